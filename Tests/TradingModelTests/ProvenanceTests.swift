import ExactJSON
import TestSupport
import Testing
import TradingModel

@Suite("Provenance of decisions")
struct ProvenanceTests {
    /// A decision with everything that may lead to one.
    private func decision() throws -> RiskDecision {
        let symbol = try #require(SymbolID("XAUUSD"))
        let strategy = StrategyID("micro_price_momentum")
        var samples = PriceWindow()
        for number in 1...10 { samples.append(try Price("4000.\(number)")) }
        let quote = Tick(bid: try Price("4000.1"), ask: try Price("4000.2"), bidSize: try Quantity("3"))
        let signal = Signal(
            strategy: strategy, direction: .long, isWeighted: false, score: 12.5, confidence: 0.25,
            last: try Price("4000.15"), mean5: try Price("4000.1"), mean10: try Price("4000.000000001"),
            bid: quote.bid, ask: quote.ask)
        let origin = SignalOrigin(
            trigger: EventStamp(
                sequence: 5, feedSequence: 4, type: .tick, timestamp: Timestamp(nanoseconds: 9),
                receivedAt: Timestamp(nanoseconds: 11)), quote: quote, samples: samples, sampleCount: 77,
            tickSize: try Price("0.01"), threshold: try Price("0.001"), strategyVersion: 3, signal: signal,
            signalSequence: 6)
        return RiskDecision(
            request: OrderRequest(
                id: ClientOrderID(session: 1, number: 2), symbol: symbol, side: .buy, type: .limit,
                quantity: try Quantity("3"), limitPrice: quote.ask, strategy: strategy, signalSequence: 6),
            approved: true, reasons: [],
            limits: [RiskCheck(.mode, limit: .flag(false), actual: .flag(false), passed: true)],
            reference: ReferenceQuote(quote, sequence: 5, receivedAt: Timestamp(nanoseconds: 11)),
            origin: OrderOrigin(
                signal: origin,
                sizing: Sizing(
                    target: try Quantity("1"), position: try Quantity("-2"), leaves: .zero, outcome: .order)))
    }

    @Test("an event with its origin reads back as written; one without has no such members")
    func roundTrip() throws {
        let decision = try decision()
        var event = MarketEvent(
            timestamp: .zero, receivedAt: .zero, symbol: decision.request.symbol, source: .risk,
            payload: .riskDecision(decision))
        let copy = try MarketEvent(json: try JSONParser.parse(event.json), source: .replay)
        #expect(copy.payload == event.payload && copy.json == event.json)
        var plain = decision
        plain.origin = nil
        plain.reference = nil
        event.payload = .riskDecision(plain)
        #expect(!event.json.contains("origin") && !event.json.contains("reference\""))
        #expect(plain != decision)
    }

    @Test("a file with more checks or samples than there can be is refused")
    func bounds() throws {
        let event = MarketEvent(
            timestamp: .zero, receivedAt: .zero, symbol: try decision().request.symbol, source: .risk,
            payload: .riskDecision(try decision()))
        for (old, new, path) in [
            ("\"samples\":[", "\"samples\":[" + String(repeating: "1,", count: 10), "samples"),
            (
                "\"limits\":[",
                "\"limits\":["
                    + String(
                        repeating:
                            #"{"check":"mode","limit":{"flag":false},"actual":{"flag":false},"passed":true},"#,
                        count: RiskChecks.capacity), "limits"
            ),
        ] {
            let parts = event.json.split(separator: old, omittingEmptySubsequences: false)
            try #require(parts.count == 2)
            let value = try JSONParser.parse(parts.joined(separator: new))
            let error = #expect(throws: EventDecodingError.self) {
                try MarketEvent(json: value, source: .replay)
            }
            #expect(error?.path.hasSuffix(path) == true)
        }
    }

    @Test("market events are not larger for it")
    func sizes() {
        #expect(MemoryLayout<Signal>.size == 64)
        #expect(MemoryLayout<MarketEvent>.size == 129)
    }

    @Test("checks keep every kind of value")
    func checks() {
        let values: [RiskCheck.Value] = [
            .flag(true), .flag(false), .count(-7), .count(.max), .quantity(Quantity(rawValue: .min)),
            .price(Price(rawValue: .max)), .money(Money(rawValue: .min)), .money(Money(rawValue: -1)),
            .money(Money(rawValue: Int128(UInt64.max) + 1)), .missing,
        ]
        var checks = RiskChecks()
        for (index, value) in values.enumerated() {
            checks.append(
                RiskCheck(.mode, limit: value, actual: values[values.count - 1 - index], passed: index != 4))
        }
        #expect(checks.map(\.limit) == values && checks.map(\.actual) == values.reversed())
        #expect(!checks.allPassed && checks.firstFailure == .mode && checks[4].passed == false)
        var other = checks
        #expect(other == checks && other.hashValue == checks.hashValue)
        other.append(checks[0])
        #expect(other != checks)
    }

    @Test("open quantities are those of a dictionary, in any order of ids")
    func openQuantities() {
        var random = TestRandom(seed: TestSeed.value("OPEN_QUANTITIES_SEED"))
        var open = OpenQuantities()
        var twin: [ClientOrderID: Quantity] = [:]
        for _ in 0..<5_000 {
            let id = ClientOrderID(
                session: UInt32(1 + random.below(2)), number: UInt32(1 + random.below(40)))
            let quantity = random.below(3) == 0 ? nil : Quantity(rawValue: Int64(random.below(1_000)))
            open[id] = quantity
            twin[id] = quantity
            #expect(open[id] == twin[id] && open.count == twin.count)
        }
        for (id, quantity) in twin { #expect(open[id] == quantity) }
    }
}
