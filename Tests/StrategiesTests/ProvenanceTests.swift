import Dispatch
import Messaging
import OrderFlow
import TestSupport
import Testing
import TradingModel

@testable import Strategies

/// Engines and strategy on a bus; every proposal counts as filled at once.
private struct SignalPath: EventCore {
    var engines = OrderFlowEngines()
    var strategies: StrategyStage<MicroPriceMomentumStrategy>
    var proposals: [OrderProposal] = []
    var signals: [MarketEvent] = []

    mutating func handle(_ event: MarketEvent, _ outbox: inout Outbox) {
        engines.handle(event, &outbox)
        strategies.handle(event, engines, &outbox)
        if case .signal = event.payload { signals.append(event) }
        for proposal in strategies.requests {
            proposals.append(proposal)
            let request = proposal.request
            outbox.publish(
                .riskDecision(RiskDecision(request: request, approved: true, reasons: [], limits: [])),
                symbol: request.symbol, source: .risk)
            outbox.publish(
                .orderEvent(
                    OrderEvent(
                        id: request.id, report: .fill, status: .filled, side: request.side,
                        quantity: request.quantity, lastQuantity: request.quantity, leavesQuantity: .zero)),
                symbol: request.symbol, source: .execution)
        }
        strategies.requests.removeAll()
    }
}

@Suite("What led to an order")
struct ProvenanceTests {
    private let gold: Instrument

    init() throws {
        gold = Instrument(
            symbol: try #require(SymbolID("PROVENANCE.GOLD")), tickSize: try Price("0.01"),
            lotSize: try Quantity("1"))
    }

    private func makeBus(
        exitOnFlat: Bool = false, isEnabled: Bool = true, instruments: [Instrument]? = nil
    ) throws -> EventBus<SignalPath> {
        let instruments = instruments ?? [gold]
        let stage = StrategyStage(
            strategy: MicroPriceMomentumStrategy(instruments: instruments),
            sizing: TargetPositionSizing(
                options: SizingOptions(size: try Quantity("2"), exitOnFlat: exitOnFlat),
                instruments: instruments), isEnabled: isEnabled, session: 3)
        return EventBus(core: SignalPath(strategies: stage), queue: DispatchQueue(label: "bus"))
    }

    private func event(_ payload: MarketEvent.Payload, _ number: Int) -> MarketEvent {
        MarketEvent(
            timestamp: Timestamp(nanoseconds: Int64(number) * 1_000),
            receivedAt: Timestamp(nanoseconds: Int64(number) * 1_000 + 7), symbol: gold.symbol,
            source: .replay, feedSequence: UInt64(number), payload: payload)
    }

    @Test(
        "names the event and carries features that follow from the recorded quotes", arguments: [true, false])
    func features(hasQuoteStream: Bool) throws {
        var random = TestRandom(seed: TestSeed.value("PROVENANCE_SEED"))
        let bus = try makeBus(exitOnFlat: true)
        var recorded: [Tick] = []
        var mid: Int64 = 4_000_000_000_000
        for number in 1...3_000 {
            mid += (Int64(random.below(9)) - 4) * 10_000_000
            let half = Int64(random.below(4)) * 10_000_000
            let tick = Tick(
                bid: Price(rawValue: mid - half), ask: Price(rawValue: mid + half),
                bidSize: random.below(5) == 0 && hasQuoteStream
                    ? nil : Quantity(rawValue: Int64(1 + random.below(9)) * 1_000_000_000),
                askSize: Quantity(rawValue: Int64(1 + random.below(9)) * 1_000_000_000))
            recorded.append(tick)
            bus.publish(event(hasQuoteStream ? .tick(tick) : .domSnapshot(snapshot(tick)), number))
        }
        let (proposals, signals) = bus.query { ($0.proposals, $0.signals) }
        #expect(proposals.count > 50)
        var position = Quantity.zero
        for proposal in proposals {
            let origin = try #require(proposal.origin)
            try check(origin.signal, recorded, signals, type: hasQuoteStream ? .tick : .domSnapshot)
            #expect(proposal.request.signalSequence == origin.signal.signalSequence)
            #expect(origin.sizing.position == position && origin.sizing.leaves == .zero)
            #expect(origin.sizing.change.magnitude == proposal.request.quantity)
            #expect((origin.sizing.change > .zero) == (proposal.request.side == .buy))
            position = origin.sizing.target
        }
    }

    private func snapshot(_ tick: Tick) -> DomSnapshot {
        DomSnapshot(
            bids: [Level(price: tick.bid, size: tick.bidSize ?? .zero)],
            asks: [Level(price: tick.ask, size: tick.askSize ?? .zero)])
    }

    /// Everything in `origin`, computed from the quotes as they were recorded.
    private func check(
        _ origin: SignalOrigin, _ recorded: [Tick], _ signals: [MarketEvent], type: EventType
    ) throws {
        let number = Int(origin.trigger.feedSequence)
        #expect(origin.trigger.type == type && origin.strategyVersion == 1)
        #expect(origin.trigger.timestamp.nanoseconds == Int64(number) * 1_000)
        #expect(origin.trigger.receivedAt.nanoseconds == Int64(number) * 1_000 + 7)
        #expect(origin.quote == recorded[number - 1])
        var samples: [Int128] = []
        var last: Tick?
        for tick in recorded[..<number] where tick.bid < tick.ask && tick != last {
            last = tick
            samples.append(naiveMicroPrice(tick))
        }
        #expect(origin.sampleCount == samples.count)
        #expect(origin.samples.map { Int128($0.rawValue) } == samples.suffix(10))
        let (five, ten) = (mean(samples.suffix(5)), mean(samples.suffix(10)))
        let newest = try #require(samples.last)
        #expect(Int128(origin.signal.last.rawValue) == newest)
        #expect(Int128(origin.signal.mean5.rawValue) == five)
        #expect(Int128(origin.signal.mean10.rawValue) == ten)
        // 0.1 tick of 0.01.
        #expect(origin.tickSize.description == "0.01" && origin.threshold.description == "0.001")
        let (fast, slow) = (newest - five, five - ten)
        let direction: Signal.Direction =
            fast >= 1_000_000 && slow >= 1_000_000
            ? .long : fast <= -1_000_000 && slow <= -1_000_000 ? .short : .flat
        #expect(origin.signal.direction == direction)
        let event = try #require(signals.first { $0.sequence == origin.signalSequence })
        #expect(event.payload == .signal(origin.signal))
        #expect(origin.trigger.sequence < origin.signalSequence)
    }

    private func naiveMicroPrice(_ tick: Tick) -> Int128 {
        let (bid, ask) = (Int128(tick.bid.rawValue), Int128(tick.ask.rawValue))
        guard let bidSize = tick.bidSize, let askSize = tick.askSize else { return nearest(bid + ask, 2) }
        let (below, above) = (Int128(bidSize.rawValue), Int128(askSize.rawValue))
        return nearest(bid * above + ask * below, below + above)
    }

    private func mean(_ samples: ArraySlice<Int128>) -> Int128 {
        nearest(samples.reduce(0, +), Int128(samples.count))
    }

    /// The whole number nearest to a ÷ b, the even one of two.
    private func nearest(_ a: Int128, _ b: Int128) -> Int128 {
        var below = a / b
        if below * b > a { below -= 1 }
        let (down, up) = (a - below * b, (below + 1) * b - a)
        return down < up || (down == up && below & 1 == 0) ? below : below + 1
    }

    /// Rising mids, then falling ones.
    private func publish(_ bus: EventBus<SignalPath>, cents: some Sequence<Int64>) {
        for (number, cents) in cents.enumerated() {
            let mid = 4_000_000_000_000 + cents * 10_000_000
            bus.publish(
                event(
                    .tick(
                        Tick(bid: Price(rawValue: mid - 10_000_000), ask: Price(rawValue: mid + 10_000_000))),
                    number + 1))
        }
    }

    private func newest(_ bus: EventBus<SignalPath>) -> SignalRecord? {
        bus.query { [gold] core in core.strategies.snapshot(gold.symbol).newest }
    }

    @Test("remembers the newest signal and why no order followed")
    func outcomes() throws {
        let fall = stride(from: Int64(20), through: 1, by: -1)
        let rising = Array(Int64(1)...12)
        let quiet = try makeBus()
        publish(quiet, cents: rising.prefix(9))
        let before = quiet.query { [gold] in $0.strategies.snapshot(gold.symbol) }
        #expect(before.newest == nil && before.state.samples.count == 9 && before.view != nil)

        let bus = try makeBus()
        publish(bus, cents: rising)
        let ordered = try #require(newest(bus))
        #expect(ordered.sizing?.outcome == .order && ordered.order == ClientOrderID(session: 3, number: 1))
        // From long to flat: held.
        let held = try makeBus()
        publish(held, cents: rising + fall.prefix(1))
        let flat = try #require(newest(held))
        #expect(flat.origin.signal.direction == .flat || flat.sizing?.outcome == .order)

        let stranger = Instrument(
            symbol: try #require(SymbolID("PROVENANCE.OTHER")), tickSize: try Price("1"),
            lotSize: try Quantity("1"))
        let unknown = try makeBus(instruments: [stranger])
        publish(unknown, cents: rising)
        let silent = unknown.query { [gold] in $0.strategies.snapshot(gold.symbol) }
        #expect(silent.newest == nil && silent.view == nil && silent.state.samples.count == 12)
    }

    @Test("sizing says which of its rules spoke")
    func sizing() throws {
        var sizing = TargetPositionSizing(
            options: SizingOptions(size: try Quantity("2")), instruments: [gold])
        var numbers = OrderNumbers(session: 1)
        func signal(_ direction: Signal.Direction) -> Signal {
            Signal(
                strategy: StrategyID("test"), direction: direction, isWeighted: false, score: 0,
                confidence: 0, last: .zero, mean5: .zero, mean10: .zero, bid: .zero, ask: .zero)
        }
        #expect(sizing.sizing(of: signal(.flat), gold.symbol).outcome == .flatHolds)
        let stranger = try #require(SymbolID("PROVENANCE.STRANGER"))
        #expect(sizing.sizing(of: signal(.long), stranger).outcome == .unknownInstrument)
        let long = sizing.sizing(of: signal(.long), gold.symbol)
        #expect(long.outcome == .order && long.change.description == "2")
        let made = sizing.order(long, for: signal(.long), event(.signal(signal(.long)), 1), &numbers)
        let request = try #require(made)
        sizing.fold(
            event(.riskDecision(RiskDecision(request: request, approved: true, reasons: [], limits: [])), 2))
        let reached = sizing.sizing(of: signal(.long), gold.symbol)
        #expect(reached.outcome == .targetReached && reached.leaves.description == "2")
        #expect(sizing.sizing(of: signal(.short), gold.symbol).change.description == "-4")
    }

    @Test("a window of samples has the newest last, whatever their number")
    func window() {
        var samples = MicroPriceSamples()
        #expect(samples.window.isEmpty)
        for number in Int64(1)...37 {
            samples.append(Price(rawValue: number))
            let expected = (max(1, number - 9)...number).map { Price(rawValue: $0) }
            #expect(Array(samples.window) == expected)
        }
    }
}
