import TestSupport
import Testing
import TradingModel

@testable import Risk

/// A trip monitor that is told of orders, reports, quotes and notices by hand.
struct TripRig {
    let gold: Instrument
    let euro: Instrument
    let strategy = StrategyID("trip_test")
    let other = StrategyID("trip_other")
    var monitor: TripMonitor
    private(set) var now = Timestamp(nanoseconds: 1_000_000_000_000)
    private var number: UInt32 = 0
    private var profit = ProfitState()
    private var terms = InstrumentTable<InstrumentTerms?>(default: nil)
    private var repeats = StrategyTable<Int>(default: 0)
    /// Orders of a strategy that may be accepted.
    private let most: Int?
    /// `TRIP LEVEL SCOPE`, in the order in which kills were called for.
    private(set) var tripped: [String] = []

    init(repetitions: Int? = nil, _ change: (inout TripLimits) -> Void = { _ in }) throws {
        most = repetitions
        gold = Instrument(
            symbol: try #require(SymbolID("TRIP.GOLD")), tickSize: try Price("0.01"),
            lotSize: try Quantity("1"))
        euro = Instrument(
            symbol: try #require(SymbolID("TRIP.EURO")), tickSize: try Price("0.01"),
            lotSize: try Quantity("1"),
            multiplier: try Quantity("2"), currency: "EUR")
        var limits = TripLimits.off
        change(&limits)
        let risk = RiskLimits(
            whitelist: [gold.symbol, euro.symbol], instruments: [gold, euro], maxSize: try Quantity("10"),
            maxExposure: Money(try Price("100000")), maxGrossExposure: Money(try Price("100000")),
            throttleMax: 3, priceCollarBps: 50,
            exchangeRates: ["USD": try Price("1"), "EUR": try Price("1.5")])
        for instrument in [gold, euro] {
            terms[instrument.symbol] = InstrumentTerms(instrument, risk)
        }
        monitor = TripMonitor(limits: limits, instruments: [gold.symbol, euro.symbol])
    }

    /// Time passes.
    mutating func pass(_ nanoseconds: Int64) { now = now.advanced(by: nanoseconds) }

    mutating func fold(
        _ payload: MarketEvent.Payload, _ symbol: SymbolID = .none, source: EventSource = .ibkr
    ) {
        switch payload {
        case .tick(let tick):
            if let price = ReferenceQuote(tick).price, profit.position(symbol) != .zero {
                profit.mark(symbol, price, terms[symbol])
            }
        case .orderEvent(let report) where report.lastQuantity != .zero:
            profit.book(symbol, report.side, report.lastQuantity, at: report.lastPrice, terms[symbol])
        case .system(let notice) where notice.kind == .tripCleared && notice.detail == "repeat":
            repeats.fill(0)
        default: break
        }
        monitor.fold(
            MarketEvent(timestamp: now, receivedAt: now, symbol: symbol, source: source, payload: payload),
            profit)
        take()
    }

    private mutating func take() {
        for finding in monitor.takeFindings() {
            tripped.append("\(finding.trip.name) \(finding.level.name) \(finding.scope.text)")
            monitor.fold(
                MarketEvent(
                    timestamp: now, receivedAt: now, symbol: .none, source: .risk,
                    payload: .system(finding.notice)), profit)
        }
    }

    mutating func notify(
        _ kind: SystemNotice.Kind, level: KillLevel? = nil, scope: KillScope = .all, detail: String = ""
    ) {
        fold(
            .system(SystemNotice(kind, actor: "uid:1", level: level, scope: scope, detail: detail)),
            source: .operator_)
    }

    mutating func tick(_ bid: String, _ ask: String, of instrument: Instrument? = nil) throws {
        fold(.tick(Tick(bid: try Price(bid), ask: try Price(ask))), (instrument ?? gold).symbol)
    }

    /// A reference price.
    mutating func price(
        _ price: Price, of instrument: Instrument? = nil, isOpen: RiskEngine.TradingTimes? = nil
    ) {
        monitor.note(price, of: (instrument ?? gold).symbol, at: now, isOpen: isOpen)
        take()
    }

    mutating func price(_ text: String, of instrument: Instrument? = nil) throws {
        price(try Price(text), of: instrument)
    }

    /// Lets time be told.
    mutating func tell() { fold(.timer(TimerFired(id: 1, dueAt: now)), source: .clock) }

    /// A verdict on an order of a strategy; `reason` denies it.
    @discardableResult
    mutating func decide(
        _ reason: RiskReason? = nil, by strategy: StrategyID? = nil, side: Side = .buy,
        _ quantity: String = "1",
        of instrument: Instrument? = nil
    ) throws -> OrderRequest {
        number += 1
        let request = OrderRequest(
            id: ClientOrderID(session: 1, number: number), symbol: (instrument ?? gold).symbol, side: side,
            type: .limit, quantity: try Quantity(quantity), limitPrice: try Price("100"),
            strategy: strategy ?? self.strategy)
        if reason == nil { repeats[request.strategy] += 1 }
        monitor.note(
            RiskDecision(
                request: request, approved: reason == nil, reasons: reason.map { [$0] } ?? [], limits: []),
            repeats: Repeats(done: repeats[request.strategy], limit: most), at: now)
        take()
        return request
    }

    /// A report of the venue.
    mutating func report(
        _ request: OrderRequest, _ report: OrderReport, _ status: OrderStatus, fill quantity: String? = nil,
        at price: String = "100", reason: String = ""
    ) throws {
        let quantity = try quantity.map { try Quantity($0) } ?? .zero
        fold(
            .orderEvent(
                OrderEvent(
                    id: request.id, report: report, status: status, side: request.side,
                    quantity: request.quantity, lastPrice: try Price(price), lastQuantity: quantity,
                    leavesQuantity: .zero, reason: reason)), request.symbol)
    }

    /// An order that fills at once.
    mutating func trade(
        _ side: Side, _ quantity: String, at price: String, of instrument: Instrument? = nil
    ) throws {
        let request = try decide(side: side, quantity, of: instrument)
        try report(request, .fill, .filled, fill: quantity, at: price)
    }
}

/// Nanoseconds.
let second: Int64 = 1_000_000_000
