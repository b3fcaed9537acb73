import Audit
import Configuration
import ExactJSON
import Execution
import OrderFlow
import Positions
import Risk
import Strategies
import TradingModel

/// What a session did, in numbers. The same for the same events, in any process, at any speed.
public struct SessionSummary: Sendable {
    /// Result in one instrument.
    struct InstrumentResult: Sendable {
        let symbol: SymbolID
        let position: Position
        let averagePrice: Price
        let mark: Price?
        let unrealized: Money
        let currency: String
    }

    let mode: String
    let profile: String
    let session: UInt32
    let tally: EventTally
    let signals: Int
    let risk: RiskTally
    let sent: Int
    let reports: [Int]
    let working: Int
    let results: [InstrumentResult]
    /// Newest line of the audit log; once the session has ended, its last.
    var auditHead: AuditReceipt

    init(_ core: TradingPipeline, session: TradingSession) {
        mode = session.mode.rawValue
        profile = session.settings.profile.rawValue
        self.session = session.number
        tally = core.tally
        signals = core.strategies.signalCount
        risk = core.risk.tally
        sent = core.execution.sent
        reports = core.execution.reports
        working = core.execution.orders.working.count
        results = core.results
        auditHead = session.audit.head
    }

    /// Events delivered.
    public var eventCount: Int { tally.total }
    /// Whether any event of a market was among them.
    public var sawMarket: Bool { tally.firstTime != nil }

    func reports(_ report: OrderReport) -> Int { reports[Int(report.rawValue)] }

    /// Realised and unrealised profit by currency, by name.
    var profit: [(currency: String, realized: Money, unrealized: Money)] {
        Set(results.map(\.currency)).sorted().map { currency in
            let own = results.filter { $0.currency == currency }
            return (
                currency, own.reduce(.zero) { $0 + $1.position.realized },
                own.reduce(.zero) { $0 + $1.unrealized }
            )
        }
    }
}

extension DecisionPipeline {
    /// Results of the instruments that were traded, by name, marked at the mid.
    var results: [SessionSummary.InstrumentResult] {
        execution.positions.traded.map { symbol, position in
            let instrument = execution.positions.instrument(symbol)
            let multiplier = instrument?.multiplier ?? Money.one
            let mark = engines.top(symbol).map { quote in
                Price(rawValue: Int64((Int128(quote.bid.rawValue) + Int128(quote.ask.rawValue)) / 2))
            }
            return SessionSummary.InstrumentResult(
                symbol: symbol, position: position,
                averagePrice: position.averagePrice(multiplier: multiplier), mark: mark,
                unrealized: mark.map { position.unrealized(mark: $0, multiplier: multiplier) } ?? .zero,
                currency: instrument?.currency ?? "")
        }
    }
}

extension SessionSummary.InstrumentResult {
    /// Writes the result as one object.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("symbol")
        json.string(symbol.name)
        json.key("position")
        json.quantity(position.quantity)
        json.key("avg_price")
        json.price(averagePrice)
        json.key("mark")
        json.price(mark)
        json.key("fills")
        json.integer(position.fills)
        json.key("traded")
        json.volume(position.traded)
        json.key("realized_pnl")
        json.money(position.realized)
        json.key("unrealized_pnl")
        json.money(unrealized)
        json.key("currency")
        json.string(currency)
        if position.adopted != .zero {
            json.key("adopted")
            json.quantity(position.adopted)
        }
        json.endObject()
    }
}

extension SessionSummary {
    /// Writes the whole summary as one object; nothing in it depends on the machine's speed.
    ///
    /// - Parameter input: what the feed counted.
    public func write(to json: inout JSONWriter, input: FeedStatistics) {
        json.beginObject()
        json.key("profile")
        json.string(profile)
        json.key("mode")
        json.string(mode)
        json.key("session")
        json.integer(session)
        json.key("first_event")
        if let first = tally.firstTime { json.timestamp(first) } else { json.null() }
        json.key("last_event")
        if let last = tally.lastTime { json.timestamp(last) } else { json.null() }
        json.key("input")
        input.write(to: &json)
        writeActivity(to: &json)
        json.key("instruments")
        json.beginArray()
        for result in results { result.write(to: &json) }
        json.endArray()
        json.key("pnl")
        writeProfit(to: &json)
        json.key("audit")
        json.beginObject()
        json.key("lines")
        json.integer(auditHead.sequence)
        json.key("head")
        json.string(auditHead.hash.hex)
        json.endObject()
        json.endObject()
    }

    /// Writes `events signals decisions orders`.
    func writeActivity(to json: inout JSONWriter) {
        json.key("events")
        json.beginObject()
        for type in EventType.allCases where tally[type] > 0 {
            json.key(type.name)
            json.integer(tally[type])
        }
        json.key("total")
        json.integer(tally.total)
        json.endObject()
        json.key("signals")
        json.integer(signals)
        json.key("decisions")
        risk.write(to: &json)
        json.key("orders")
        json.beginObject()
        json.key("sent")
        json.integer(sent)
        for report in OrderReport.allCases where report.isAlwaysTold || reports(report) > 0 {
            json.key(report.name)
            json.integer(reports(report))
        }
        json.key("working")
        json.integer(working)
        json.endObject()
    }

    /// Writes realised, unrealised and total profit by currency.
    func writeProfit(to json: inout JSONWriter) {
        json.beginArray()
        for (currency, realized, unrealized) in profit {
            json.beginObject()
            json.key("currency")
            json.string(currency)
            json.key("realized")
            json.money(realized)
            json.key("unrealized")
            json.money(unrealized)
            json.key("total")
            json.money(realized + unrealized)
            json.endObject()
        }
        json.endArray()
    }

    /// The data of the audit line that ends the session.
    func writeRecord(reason: String, to json: inout JSONWriter) {
        json.beginObject()
        json.key("reason")
        json.string(reason)
        json.key("session")
        json.integer(session)
        writeActivity(to: &json)
        json.endObject()
    }
}

extension RiskTally {
    /// Writes `approved` and `denied` by code.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("approved")
        json.integer(approved)
        json.key("denied")
        json.integer(deniedTotal)
        json.key("denied_by_code")
        json.beginObject()
        for reason in RiskReason.allCases where denied[Int(reason.rawValue)] > 0 {
            json.key(reason.code)
            json.integer(denied[Int(reason.rawValue)])
        }
        json.endObject()
        json.endObject()
    }
}

/// What a feed read and left out.
public struct FeedStatistics: Sendable, Equatable {
    /// Records read.
    public var rows = 0
    /// Records that were malformed and left out.
    public var malformed = 0
    /// Records of kinds that are no events, left out.
    public var skipped = 0
    /// Records of instruments that are not wanted.
    public var filtered = 0

    /// Nothing read.
    public init() {}

    /// Writes `rows malformed skipped filtered`.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("rows")
        json.integer(rows)
        json.key("malformed")
        json.integer(malformed)
        json.key("skipped")
        json.integer(skipped)
        json.key("filtered")
        json.integer(filtered)
        json.endObject()
    }
}

extension OrderReport {
    /// Whether a summary counts it also where there was none.
    fileprivate var isAlwaysTold: Bool {
        switch self {
        case .ack, .fill, .cancel, .reject, .commission: true
        case .expire, .replace, .replaceReject: false
        }
    }
}
