import Audit
import ExactJSON
import Messaging
import TradingModel

/// The risk stage: check, reserve, write the intent, approve, in one step on the bus queue.
public struct RiskStage: Sendable {
    /// The controls and their state.
    public private(set) var engine: RiskEngine
    /// Orders approved while the event at hand was handled, for the execution stage to take.
    public var approved: ContiguousArray<ApprovedOrder> = []
    /// Decisions so far.
    public private(set) var tally = RiskTally()

    /// Called on the bus queue between a verdict and its record: for measurements, never for decisions.
    public var onVerdict: (@Sendable () -> Void)?

    private let audit: AuditLog
    private let onAuditFailure: @Sendable (AuditError) -> Void

    /// A stage that writes its decisions to `audit`.
    ///
    /// - Parameter onAuditFailure: called on the bus queue, once for each decision that could not be written.
    public init(
        engine: RiskEngine, audit: AuditLog, onAuditFailure: @escaping @Sendable (AuditError) -> Void
    ) {
        self.engine = engine
        self.audit = audit
        self.onAuditFailure = onAuditFailure
        approved.reserveCapacity(8)
    }

    /// Folds one event, then decides on the requests it led to.
    ///
    /// - Parameter quotes: where the prices come from that orders are judged by.
    public mutating func handle(
        _ event: MarketEvent, requests: inout ContiguousArray<OrderRequest>, quotes: some QuoteSource,
        _ outbox: inout Outbox
    ) {
        follow(event)
        guard !requests.isEmpty else { return }
        for request in requests { decide(request, { quotes.top($0) }, &outbox) }
        requests.removeAll(keepingCapacity: true)
    }

    /// Folds what concerns risk, and puts operator commands into the audit trail.
    private mutating func follow(_ event: MarketEvent) {
        switch event.payload {
        case .orderEvent(let report): engine.fold(report, event.symbol)
        case .system(let notice):
            engine.fold(notice)
            record(notice, event)
        default: break
        }
    }

    private mutating func decide(
        _ request: OrderRequest, _ quotes: (SymbolID) -> Tick?, _ outbox: inout Outbox
    ) {
        let now = outbox.now
        var decision = engine.evaluate(request, now: now, quotes: quotes)
        onVerdict?()
        do {
            try write(decision, quote: quotes(request.symbol), now: now)
        } catch {
            engine.isAuditAvailable = false
            onAuditFailure(error)
            decision = engine.evaluate(request, now: now, quotes: quotes)
        }
        if decision.approved { engine.reserve(request, now: now) }
        tally.count(decision)
        let sequence = outbox.publish(
            .riskDecision(decision), symbol: request.symbol, source: .risk, trace: request.trace)
        if decision.approved {
            approved.append(ApprovedOrder(request: request, decisionSequence: sequence))
        }
    }

    /// Operator commands are audited where they take effect: in the sequence, before anything follows from them.
    private func record(_ notice: SystemNotice, _ event: MarketEvent) {
        let type: AuditLineType
        switch notice.kind {
        case .killSwitchEngaged: type = .killSwitchEngage
        case .killSwitchReleased: type = .killSwitchRelease
        case .armed: type = .modeArm
        case .disarmed: type = .modeDisarm
        case .sessionStart, .sessionStop: return
        }
        do {
            _ = try audit.append(type, at: event.receivedAt) { json in
                json.beginObject()
                json.key("by")
                json.string(notice.actor)
                json.key("reason")
                json.string(notice.reason)
                json.key("scope")
                json.string("all" as StaticString)
                json.key("event_seq")
                json.integer(event.sequence)
                json.endObject()
            }
        } catch {
            onAuditFailure(error)
        }
    }

    /// The decision record: `order.intent` for an approval, `order.deny` otherwise.
    private func write(_ decision: RiskDecision, quote: Tick?, now: Timestamp) throws(AuditError) {
        let type: AuditLineType = decision.approved ? .orderIntent : .orderDeny
        _ = try audit.append(type, at: now) { json in decision.writeRecord(quote: quote, to: &json) }
    }
}

/// Decisions counted by outcome.
public struct RiskTally: Sendable {
    /// Orders approved.
    public private(set) var approved = 0
    /// Orders denied, by the first failing control, indexed by `RiskReason.rawValue`.
    public private(set) var denied = [Int](repeating: 0, count: RiskReason.allCases.count)

    /// All orders denied.
    public var deniedTotal: Int { denied.reduce(0, +) }

    mutating func count(_ decision: RiskDecision) {
        if let reason = decision.reasons.first {
            denied[Int(reason.rawValue)] += 1
        } else {
            approved += 1
        }
    }
}

extension RiskDecision {
    /// The data of an audit line; prices, quantities and money are strings.
    func writeRecord(quote: Tick?, to json: inout JSONWriter) {
        json.beginObject()
        json.key("cid")
        json.orderID(request.id)
        json.key("symbol")
        json.string(request.symbol.name)
        json.key("side")
        json.string(request.side == .buy ? "BUY" : "SELL" as StaticString)
        json.key("type")
        json.string(request.type.name)
        json.key("tif")
        json.string(request.timeInForce.name)
        json.key("qty")
        json.quantityText(request.quantity)
        if let limit = request.limitPrice {
            json.key("limit")
            json.priceText(limit)
        }
        if let stop = request.stopPrice {
            json.key("stop")
            json.priceText(stop)
        }
        json.key("strategy")
        json.string(request.strategy.name)
        json.key("signal_seq")
        json.integer(request.signalSequence)
        json.key("bid")
        json.priceText(quote?.bid)
        json.key("ask")
        json.priceText(quote?.ask)
        json.key("verdict")
        json.string(approved ? "accept" : "deny" as StaticString)
        if let reason = reasons.first {
            json.key("code")
            json.string(reason.code)
        }
        json.key("checks")
        json.beginArray()
        for (index, check) in limits.enumerated() { check.writeRecord(number: index + 1, to: &json) }
        json.endArray()
        json.key("trace")
        json.traceID(request.trace.traceID)
        json.endObject()
    }
}

extension RiskCheck {
    fileprivate func writeRecord(number: Int, to json: inout JSONWriter) {
        json.beginObject()
        json.key("n")
        json.integer(number)
        json.key("code")
        json.string(reason.code)
        json.key("limit")
        limit.writeText(to: &json)
        json.key("actual")
        actual.writeText(to: &json)
        json.key("result")
        json.string(passed ? "pass" : "fail" as StaticString)
        json.endObject()
    }
}
