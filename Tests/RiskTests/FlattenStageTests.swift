import Testing
import TradingModel

@testable import Risk

@Suite("Flattening")
struct FlattenStageTests {
    private let gold: SymbolID
    private let silver: SymbolID
    private var stage: FlattenStage
    private var limits: RiskLimits
    private var requests: ContiguousArray<OrderProposal> = []
    private var numbers = OrderNumbers(session: 1)
    private var quotes = Quotes()

    private struct Quotes: QuoteSource {
        var tops: [SymbolID: Tick] = [:]
        func top(_ symbol: SymbolID) -> Tick? { tops[symbol] }
    }

    private var now = Timestamp.zero
    /// The newest trade in gold.
    private var print: LastTrade?

    init() throws {
        gold = try #require(SymbolID("FLATTEN.GOLD"))
        silver = try #require(SymbolID("FLATTEN.SILVER"))
        let instruments = try [gold, silver].map {
            Instrument(symbol: $0, tickSize: try Price("0.01"), lotSize: try Quantity("1"))
        }
        stage = FlattenStage(instruments: instruments)
        limits = RiskLimits(
            whitelist: [gold, silver], instruments: instruments, maxSize: try Quantity("5"),
            maxExposure: Money(try Price("1000000")), maxGrossExposure: Money(try Price("1000000")),
            throttleMax: 10, priceCollarBps: 100, exchangeRates: ["USD": try Price("1")])
    }

    // MARK: Events

    private mutating func handle(_ payload: MarketEvent.Payload, _ symbol: SymbolID = .none) {
        let event = MarketEvent(
            timestamp: now, receivedAt: now, symbol: symbol, source: .execution, payload: payload)
        stage.fold(event)
        var engine = RiskEngine(limits: limits)
        if let print {
            engine.fold(Trade(price: print.price, size: Money.one, aggressor: .buy), gold, at: print.time)
        }
        stage.propose(event, within: engine, quotes: quotes, &requests, &numbers)
    }

    private mutating func notify(
        _ kind: SystemNotice.Kind, _ level: KillLevel? = nil, _ scope: KillScope = .all
    ) { handle(.system(SystemNotice(kind, actor: "uid:1", level: level, scope: scope))) }

    private mutating func quote(_ symbol: SymbolID, _ bid: String, _ ask: String) throws {
        let tick = Tick(bid: try Price(bid), ask: try Price(ask))
        quotes.tops[symbol] = tick
        handle(.tick(tick), symbol)
    }

    private mutating func fill(
        _ side: Side, _ quantity: String, _ symbol: SymbolID,
        id: ClientOrderID = ClientOrderID(session: 9, number: 1),
        status: OrderStatus = .filled
    ) throws {
        handle(
            .orderEvent(
                OrderEvent(
                    id: id, report: .fill, status: status, side: side, quantity: try Quantity(quantity),
                    lastPrice: try Price("100"), lastQuantity: try Quantity(quantity), executionID: 1,
                    leavesQuantity: .zero)), symbol)
    }

    private mutating func end(_ request: OrderRequest, _ report: OrderReport) {
        handle(
            .orderEvent(
                OrderEvent(
                    id: request.id, report: report, status: report == .cancel ? .cancelled : .rejected,
                    side: request.side, quantity: request.quantity, leavesQuantity: .zero)), request.symbol)
    }

    private mutating func decide(
        _ request: OrderRequest, approved: Bool = true, reason: RiskReason = .rateLimit
    ) {
        handle(
            .riskDecision(
                RiskDecision(
                    request: request, approved: approved, reasons: approved ? [] : [reason], limits: [])
            ),
            request.symbol)
    }

    /// The only proposal, taken.
    private mutating func take() throws -> OrderRequest {
        let first = try #require(requests.first?.request)
        #expect(requests.count == 1)
        requests.removeAll()
        return first
    }

    private func order(_ number: UInt32, _ side: Side, _ symbol: SymbolID) throws -> OrderRequest {
        OrderRequest(
            id: ClientOrderID(session: 9, number: number), symbol: symbol, side: side, type: .limit,
            quantity: try Quantity("1"), limitPrice: try Price("100"), strategy: StrategyID("other"))
    }

    // MARK: What it does

    @Test(
        "sells a long position at the collar's edge: reducing, flattening, by nobody's strategy, at once or not at all"
    )
    mutating func sells() throws {
        try quote(gold, "99.99", "100.01")
        try fill(.buy, "3", gold)
        #expect(requests.isEmpty && !stage.isActive)
        notify(.killSwitchEngaged, .flatten)
        let request = try take()
        #expect(try request.side == .sell && request.quantity == Quantity("3"))
        #expect(try request.limitPrice == Price("99") && request.type == .limit)
        #expect(request.timeInForce == .immediateOrCancel && request.flags == [.reduceOnly, .flatten])
        #expect(request.strategy == .manual && request.id == ClientOrderID(session: 1, number: 1))
        decide(request)
        try fill(.sell, "3", gold, id: request.id)
        try quote(gold, "99.99", "100.01")
        #expect(requests.isEmpty)
    }

    @Test("what was taken over is closed like what was traded", arguments: ["4", "-4"])
    mutating func adopted(_ change: String) throws {
        try quote(gold, "99.99", "100.01")
        notify(.killSwitchEngaged, .flatten)
        #expect(requests.isEmpty)
        let notice = SystemNotice(
            .positionAdopted, actor: "uid:1", detail: "FLATTEN.GOLD=\(change)@4000")
        handle(.system(notice))
        let request = try take()
        #expect(try request.side == (change == "4" ? .sell : .buy) && request.quantity == Quantity("4"))
        decide(request)
        try fill(request.side, "4", gold, id: request.id)
        try quote(gold, "99.99", "100.01")
        #expect(requests.isEmpty)
    }

    @Test("asks for all of a position at once, however large an order may be")
    mutating func whole() throws {
        try fill(.sell, "12", gold)
        notify(.killSwitchEngaged, .flatten, .symbol(gold))
        #expect(requests.isEmpty, "no quote yet")
        try quote(gold, "99.99", "100.01")
        let request = try take()
        #expect(try request.side == .buy && request.limitPrice == Price("101"))
        #expect(try request.quantity == Quantity("12"))
        decide(request)
        try quote(gold, "99.99", "100.01")
        #expect(requests.isEmpty, "one at a time")
    }

    @Test(
        "in pieces of whole lots where all at once is too large for risk, or for the venue",
        arguments: [true, false], ["5", "5.75", "0.5"])
    mutating func pieces(_ isRisks: Bool, _ maxSize: String) throws {
        limits.maxSize = try Quantity(maxSize)
        try fill(.sell, "12", gold)
        notify(.killSwitchEngaged, .flatten, .symbol(gold))
        try quote(gold, "99.99", "100.01")
        let whole = try take()
        decide(whole, approved: !isRisks, reason: .sizeLimit)
        if !isRisks { end(whole, .reject) }
        now = now.advanced(by: 1_000_000_000)
        var sizes: [String] = []
        for _ in 0..<3 {
            try quote(gold, "99.99", "100.01")
            let request = try take()
            sizes.append("\(request.quantity)")
            decide(request)
            try fill(.buy, "\(request.quantity)", gold, id: request.id)
        }
        try quote(gold, "99.99", "100.01")
        #expect(sizes == (maxSize == "0.5" ? ["1", "1", "1"] : ["5", "5", "2"]))
        guard maxSize == "0.5" else { return }
        // Whoever engages again asks for all of what is left.
        requests.removeAll()
        notify(.killSwitchEngaged, .flatten, .symbol(gold))
        #expect(try take().quantity == Quantity("9"))
    }

    @Test("an order of ours that never left is tried again whole")
    mutating func unsent() throws {
        try quote(gold, "99.99", "100.01")
        try fill(.sell, "12", gold)
        notify(.killSwitchEngaged, .flatten)
        let whole = try take()
        decide(whole)
        handle(
            .orderEvent(
                OrderEvent(
                    id: whole.id, report: .reject, status: .rejected, side: .buy, quantity: whole.quantity,
                    leavesQuantity: .zero, reason: OrderEvent.unsentPrefix + "approved too long ago")), gold)
        now = now.advanced(by: 1_000_000_000)
        try quote(gold, "99.99", "100.01")
        #expect(try take().quantity == Quantity("12"))
    }

    @Test("what is less than a lot cannot be sold, and keeps nothing else from being")
    mutating func oddLots() throws {
        try quote(gold, "99.99", "100.01")
        try fill(.buy, "2.5", gold)
        notify(.killSwitchEngaged, .flatten)
        let request = try take()
        #expect(try request.quantity == Quantity("2"))
        decide(request)
        try fill(.sell, "2", gold, id: request.id)
        try quote(gold, "99.99", "100.01")
        #expect(requests.isEmpty)
    }

    @Test("waits until everything else in the instrument is confirmed gone, of that instrument alone")
    mutating func waits() throws {
        try quote(gold, "99.99", "100.01")
        try quote(silver, "9.99", "10.01")
        try fill(.buy, "3", gold)
        try fill(.buy, "2", silver)
        let other = try order(2, .buy, gold)
        decide(other)
        notify(.killSwitchEngaged, .flatten)
        #expect(try take().symbol == silver)
        try quote(gold, "99.98", "100.00")
        #expect(requests.isEmpty)
        // It filled while it was being cancelled: more to sell.
        try fill(.buy, "1", gold, id: other.id)
        #expect(try take().quantity == Quantity("4"))
    }

    @Test(
        "what is cancelled, rejected or denied is tried again once a second, with a quote, a bounded number of times"
    )
    mutating func triesAgain() throws {
        try quote(gold, "99.99", "100.01")
        try fill(.buy, "3", gold)
        notify(.killSwitchEngaged, .flatten)
        for attempt in 0..<FlattenStage.attempts {
            let request = try take()
            switch attempt % 3 {
            case 0: decide(request, approved: false)
            case 1:
                decide(request)
                end(request, .cancel)
            default:
                decide(request)
                end(request, .reject)
            }
            now = now.advanced(by: 999_999_999)
            try quote(gold, "99.99", "100.01")
            #expect(requests.isEmpty, "not before a second has passed")
            now = now.advanced(by: 1)
            #expect(requests.isEmpty, "not before the next quote")
            try quote(gold, "99.99", "100.01")
        }
        #expect(requests.isEmpty && stage.hasGivenUp(gold))
        // An operator says so again.
        notify(.killSwitchEngaged, .flatten)
        #expect(try take().quantity == Quantity("3") && !stage.hasGivenUp(gold))
    }

    @Test("what only the market stands against is tried for as long as it takes")
    mutating func waitsForTheMarket() throws {
        try quote(gold, "99.99", "100.01")
        try fill(.buy, "3", gold)
        notify(.killSwitchEngaged, .flatten)
        let reasons: [RiskReason] = [.priceCollar, .noReference, .staleReference, .session, .symbolHalted]
        for attempt in 0...FlattenStage.attempts {
            decide(try take(), approved: false, reason: reasons[attempt % reasons.count])
            try quote(gold, "99.99", "100.01")
            #expect(requests.isEmpty, "not before a second has passed")
            now = now.advanced(by: 1_000_000_000)
            try quote(gold, "99.99", "100.01")
        }
        #expect(!stage.hasGivenUp(gold))
        #expect(try take().quantity == Quantity("3"))
    }

    @Test("in a market too wide to judge by its middle it asks for what risk will judge by: the last trade")
    mutating func wideMarket() throws {
        limits.maxReferenceSpreadBps = 50
        limits.maxReferenceAge = 2_000_000_000
        limits.priceCollarBps = 50
        print = LastTrade(price: try Price("100"), time: now)
        try quote(gold, "96", "100")
        try fill(.buy, "3", gold)
        notify(.killSwitchEngaged, .flatten)
        #expect(try take().limitPrice == Price("99.5"))
    }

    @Test("a part that fills counts as progress")
    mutating func progress() throws {
        try quote(gold, "99.99", "100.01")
        try fill(.buy, "3", gold)
        notify(.killSwitchEngaged, .flatten)
        for left in ["2", "1"] {
            let request = try take()
            decide(request)
            try fill(.sell, "1", gold, id: request.id, status: .partiallyFilled)
            end(request, .cancel)
            #expect(requests.isEmpty)
            try quote(gold, "99.99", "100.01")
            #expect(try requests.first?.request.quantity == Quantity(left))
        }
    }

    @Test(
        "nothing is sent to a broker who is away, below flatten, after a release or at the end of the session"
    )
    mutating func keepsStill() throws {
        try fill(.buy, "3", gold)
        notify(.killSwitchEngaged, .halt)
        try quote(gold, "99.99", "100.01")
        #expect(requests.isEmpty)
        notify(.brokerLost)
        notify(.killSwitchEngaged, .flatten)
        try quote(gold, "99.99", "100.01")
        #expect(requests.isEmpty)
        notify(.brokerReady)
        let request = try take()
        decide(request)
        end(request, .cancel)
        notify(.killSwitchReleased, .halt)
        try quote(gold, "99.99", "100.01")
        #expect(requests.isEmpty && !stage.isActive)
        notify(.killSwitchEngaged, .flatten, .symbol(silver))
        try quote(gold, "99.99", "100.01")
        #expect(requests.isEmpty && stage.isActive)
        notify(.sessionStop)
        #expect(!stage.isActive)
    }

    @Test("a crossed or missing quote gives no order; the next good one does")
    mutating func noReference() throws {
        try fill(.buy, "3", gold)
        notify(.killSwitchEngaged, .flatten)
        try quote(gold, "100.01", "99.99")
        #expect(requests.isEmpty)
        try quote(gold, "99.99", "100.01")
        #expect(requests.count == 1)
    }
}
