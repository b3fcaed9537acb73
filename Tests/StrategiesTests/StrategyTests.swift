import Messaging
import OrderFlow
import TestSupport
import Testing
import TradingModel

@testable import Strategies

private func tick(_ bid: String, _ ask: String, _ bidSize: String? = nil, _ askSize: String? = nil) throws
    -> Tick
{
    Tick(
        bid: try Price(bid), ask: try Price(ask), bidSize: try bidSize.map { try Quantity($0) },
        askSize: try askSize.map { try Quantity($0) })
}

@Suite("Micro-price and its features")
struct FeatureTests {
    @Test("weighs the far side's size, and is the mid without sizes")
    func microPriceVector() throws {
        let weighted = microPrice(try tick("4000.10", "4000.30", "30", "10"))
        #expect(weighted.price.description == "4000.25" && weighted.isWeighted)
        let mid = microPrice(try tick("4000.10", "4000.30"))
        #expect(mid.price.description == "4000.2" && !mid.isWeighted)
        #expect(microPrice(try tick("1", "1.000000001")).price.description == "1")
        #expect(microPrice(try tick("1.000000001", "1.000000002")).price.description == "1.000000002")
    }

    @Test("means exist only after 5 and 10 samples and follow the vector")
    func means() throws {
        var samples = MicroPriceSamples()
        let prices = ["00", "02", "05", "03", "04", "08", "10", "09", "12", "15", "11"]
        var seen: [String] = []
        for text in prices {
            samples.append(try Price("4000." + text))
            let five = samples.mean5?.description ?? "-"
            let ten = samples.mean10?.description ?? "-"
            seen.append("\(samples.last?.description ?? "-") \(five) \(ten)")
        }
        #expect(seen[3] == "4000.03 - -")
        #expect(seen[4] == "4000.04 4000.028 -")
        #expect(seen[9] == "4000.15 4000.108 4000.068")
        #expect(seen[10] == "4000.11 4000.114 4000.079")
    }

    @Test("agrees with the formulas in wide integers, whatever the quote")
    func wideIntegers() {
        var random = TestRandom(seed: TestSeed.value("MICRO_PRICE_SEED"))
        var samples = MicroPriceSamples()
        var kept: [Int128] = []
        for step in 0..<20_000 {
            let bid = Int64(truncatingIfNeeded: random.below(.max)) >> Int64(random.below(62))
            let room = UInt64(Int64.max - max(bid, 0))
            let ask = bid + Int64(random.below(room) >> random.below(60)) + 1
            let bidSize = Int64(random.below(1 << 62) >> random.below(61)) + 1
            let askSize = step % 3 == 0 ? bidSize : Int64(random.below(1 << 62) >> random.below(61)) + 1
            let quote = Tick(
                bid: Price(rawValue: bid), ask: Price(rawValue: ask), bidSize: Quantity(rawValue: bidSize),
                askSize: Quantity(rawValue: askSize))
            let price = microPrice(quote).price
            let weighted = Int128(bid) * Int128(askSize) + Int128(ask) * Int128(bidSize)
            #expect(Int128(price.rawValue) == nearest(weighted, Int128(bidSize) + Int128(askSize)))
            let mid = microPrice(Tick(bid: quote.bid, ask: quote.ask)).price
            #expect(Int128(mid.rawValue) == nearest(Int128(bid) + Int128(ask), 2))
            samples.append(price)
            kept.append(Int128(price.rawValue))
            guard kept.count >= 10, let features = samples.features else { continue }
            #expect(Int128(features.mean5.rawValue) == nearest(kept.suffix(5).reduce(0, +), 5))
            #expect(Int128(features.mean10.rawValue) == nearest(kept.suffix(10).reduce(0, +), 10))
        }
    }

    /// The whole number nearest to a ÷ b, the even one of two.
    private func nearest(_ a: Int128, _ b: Int128) -> Int128 {
        var below = a / b
        if below * b > a { below -= 1 }
        let (down, up) = (a - below * b, (below + 1) * b - a)
        return down < up || (down == up && below & 1 == 0) ? below : below + 1
    }

    @Test("takes a sample when a usable quote changes, and only then")
    func sampling() throws {
        var state = SymbolState()
        #expect(state.observe(try tick("10", "11")))
        #expect(!state.observe(try tick("10", "11")))
        #expect(!state.observe(try tick("11", "11")))
        #expect(!state.observe(try tick("12", "11")))
        #expect(state.samples.count == 1 && state.skippedQuotes == 2)
        #expect(state.quote?.bid.description == "10")
    }
}

@Suite("Micro-price momentum")
struct MomentumTests {
    private let gold: Instrument

    init() throws {
        gold = Instrument(
            symbol: try #require(SymbolID("STRATEGY.GOLD")), tickSize: try Price("0.01"),
            lotSize: try Quantity("1"))
    }

    /// Feeds mids, gives the direction of every signal.
    private func directions(_ mids: [Int64], threshold: String = "0.1") throws -> [Signal.Direction] {
        var strategy = MicroPriceMomentumStrategy(
            instruments: [gold], options: .init(thresholdTicks: try Price(threshold)))
        var state = SymbolState()
        return mids.compactMap { cents in
            let mid = 4_000_000_000_000 + cents * 10_000_000
            let quote = Tick(bid: Price(rawValue: mid - 10_000_000), ask: Price(rawValue: mid + 10_000_000))
            return state.observe(quote) ? strategy.evaluate(gold.symbol, state)?.direction : nil
        }
    }

    @Test("stays silent until ten samples exist, then follows a rise and a fall, once each")
    func follows() throws {
        #expect(try directions([1, 2, 3, 4, 5, 6, 7, 8, 9]) == [])
        #expect(try directions([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]) == [.long])
        let fall = Array(stride(from: Int64(20), through: 1, by: -1))
        #expect(try directions(Array(1...12) + fall) == [.long, .flat, .short])
    }

    @Test("needs the threshold between all three")
    func threshold() throws {
        let rise: [Int64] = Array(1...12)
        #expect(try directions(rise, threshold: "2") == [.long])
        #expect(try directions(rise, threshold: "2.1") == [])
        #expect(try directions(Array(repeating: 5, count: 20), threshold: "0") == [])
    }

    @Test("says nothing of an instrument without a tick size")
    func unknownInstrument() throws {
        var strategy = MicroPriceMomentumStrategy(instruments: [])
        var state = SymbolState()
        for cents in 1...20 {
            let bid = Price(rawValue: Int64(cents) * 10_000_000)
            _ = state.observe(Tick(bid: bid, ask: bid.moved(by: 1)))
            #expect(strategy.evaluate(gold.symbol, state) == nil)
        }
    }
}

@Suite("Sizing by target position")
struct SizingTests {
    private let gold: Instrument

    init() throws {
        gold = Instrument(
            symbol: try #require(SymbolID("SIZING.GOLD")), tickSize: try Price("0.1"),
            lotSize: try Quantity("1"))
    }

    private func signal(_ direction: Signal.Direction) throws -> (Signal, MarketEvent) {
        let signal = Signal(
            strategy: StrategyID("test"), direction: direction, isWeighted: false, score: 0, confidence: 0,
            last: .zero, mean5: .zero, mean10: .zero, bid: try Price("99.95"), ask: try Price("100.05"))
        let event = MarketEvent(
            timestamp: .zero, receivedAt: .zero, symbol: gold.symbol, source: .strategy,
            payload: .signal(signal))
        return (signal, event)
    }

    private func makeSizing(
        exitOnFlat: Bool = false, limitPrice: SizingOptions.LimitPrice = .touch
    ) throws -> TargetPositionSizing {
        TargetPositionSizing(
            options: SizingOptions(size: try Quantity("2"), exitOnFlat: exitOnFlat, limitPrice: limitPrice),
            instruments: [gold])
    }

    private func order(
        _ sizing: TargetPositionSizing, _ numbers: inout OrderNumbers, _ signal: Signal, _ event: MarketEvent
    ) -> OrderRequest? {
        sizing.order(sizing.sizing(of: signal, event.symbol), for: signal, event, &numbers)
    }

    private func event(_ payload: MarketEvent.Payload) -> MarketEvent {
        MarketEvent(
            timestamp: .zero, receivedAt: .zero, symbol: gold.symbol, source: .execution, payload: payload)
    }

    private func report(
        _ request: OrderRequest, _ report: OrderReport, _ status: OrderStatus, fill: String = "0",
        leaves: String = "0"
    ) throws -> MarketEvent {
        event(
            .orderEvent(
                OrderEvent(
                    id: request.id, report: report, status: status, side: request.side,
                    quantity: request.quantity, lastQuantity: try Quantity(fill),
                    leavesQuantity: try Quantity(leaves))))
    }

    private func approve(_ request: OrderRequest) -> MarketEvent {
        event(.riskDecision(RiskDecision(request: request, approved: true, reasons: [], limits: [])))
    }

    @Test("goes to the target, counts what is working, and reverses in one order")
    func targets() throws {
        var numbers = OrderNumbers(session: 7)
        var sizing = try makeSizing()
        let (long, longEvent) = try signal(.long)
        let (short, shortEvent) = try signal(.short)
        let buy = try #require(order(sizing, &numbers, long, longEvent))
        #expect(buy.side == .buy && buy.quantity.description == "2" && buy.limitPrice?.description == "100.1")
        #expect(buy.id == ClientOrderID(session: 7, number: 1))
        sizing.fold(approve(buy))
        #expect(order(sizing, &numbers, long, longEvent) == nil)
        sizing.fold(try report(buy, .fill, .partiallyFilled, fill: "1.5", leaves: "0.5"))
        #expect(order(sizing, &numbers, long, longEvent) == nil)
        let sell = try #require(order(sizing, &numbers, short, shortEvent))
        #expect(
            sell.side == .sell && sell.quantity.description == "4" && sell.limitPrice?.description == "99.9")
        sizing.fold(try report(buy, .cancel, .cancelled))
        let again = try #require(order(sizing, &numbers, short, shortEvent))
        #expect(again.quantity.description == "3.5")
    }

    @Test("counts a position that was taken over")
    func adopted() throws {
        var numbers = OrderNumbers(session: 7)
        var sizing = try makeSizing()
        let notice = SystemNotice(
            .positionAdopted, actor: "uid:1", detail: "\(gold.symbol.name)=5@100")
        sizing.fold(event(.system(notice)))
        let (long, event) = try signal(.long)
        let order = try #require(order(sizing, &numbers, long, event))
        #expect(try order.side == .sell && order.quantity == Quantity("3"))
    }

    @Test("asks again after a refusal: a denied order is not working")
    func denied() throws {
        var numbers = OrderNumbers(session: 7)
        var sizing = try makeSizing()
        let (long, longEvent) = try signal(.long)
        let first = try #require(order(sizing, &numbers, long, longEvent))
        let denial = RiskDecision(request: first, approved: false, reasons: [.sizeLimit], limits: [])
        sizing.fold(event(.riskDecision(denial)))
        #expect(order(sizing, &numbers, long, longEvent)?.quantity.description == "2")
    }

    @Test("flat closes only when asked to; a joining limit stands at our own side")
    func flatAndJoin() throws {
        let (flat, flatEvent) = try signal(.flat)
        let (long, longEvent) = try signal(.long)
        for exits in [true, false] {
            var numbers = OrderNumbers(session: 7)
            var sizing = try makeSizing(exitOnFlat: exits, limitPrice: .join)
            let buy = try #require(order(sizing, &numbers, long, longEvent))
            #expect(buy.limitPrice?.description == "99.9")
            sizing.fold(approve(buy))
            sizing.fold(try report(buy, .fill, .filled, fill: "2"))
            #expect(order(sizing, &numbers, flat, flatEvent)?.side == (exits ? .sell : nil))
        }
    }
}
