import Audit
import ExactJSON
import Messaging
import Positions
import Risk
import TradingModel

/// A simulated book beside the real one, for the time in which the broker takes no orders (`execution.on_error: shadow`).
///
/// It begins and ends with what the sequence says of the broker. New intents of strategies are judged by a copy of risk and
/// meet a simulated venue; nothing of that reaches real orders, positions, limits or results. No `ApprovedOrder` is made, so
/// that none of its orders can be sent.
public struct ShadowStage: Sendable {
    /// Whether the session has one.
    public let isEnabled: Bool
    /// Whether new intents go here now.
    public private(set) var isActive = false
    /// Since when, or when it was so last; zero before the first time.
    public private(set) var since = Timestamp.zero
    /// Why the broker takes none.
    public private(set) var reason = ""
    /// Simulated orders at work, by id ascending.
    public private(set) var working: ContiguousArray<OrderRequest> = []
    /// What simulated fills of the newest time add up to.
    public private(set) var positions: PositionBook
    /// What has happened, over all times of the session.
    public private(set) var tally = ShadowTally()

    private let instruments: [Instrument]
    private var engine: RiskEngine
    private var venue: SimAdapter
    /// Whether the broker has taken orders in this session: before, there is nothing to stand in for.
    private var hasBeenReady = false
    private var isOver = false
    private let audit: AuditLog
    private let onAuditFailure: @Sendable (AuditError) -> Void

    /// A stage that has simulated nothing.
    ///
    /// - Parameters:
    ///   - engine: of the session; its copy of the moment judges.
    ///   - options: how its venue fills.
    public init(
        isEnabled: Bool, instruments: [Instrument], engine: RiskEngine, options: SimOptions,
        audit: AuditLog, onAuditFailure: @escaping @Sendable (AuditError) -> Void
    ) {
        self.isEnabled = isEnabled
        self.instruments = isEnabled ? instruments : []
        self.engine = engine
        venue = SimAdapter(
            instruments: isEnabled ? instruments : [], options: options, isSimulated: true)
        positions = PositionBook(instruments: self.instruments)
        self.audit = audit
        self.onAuditFailure = onAuditFailure
    }

    /// What a notice has made of it.
    public enum Change: Sendable {
        case begins, ends
    }

    // MARK: Beginning and end

    /// Folds what operators, faults and the broker say.
    ///
    /// - Parameter real: the controls after the notice.
    public mutating func fold(
        _ notice: SystemNotice, _ event: MarketEvent, real: borrowing RiskEngine, quotes: some QuoteSource,
        _ outbox: inout Outbox
    ) -> Change? {
        switch notice.kind {
        case .brokerLost, .brokerUnreconciled:
            guard hasBeenReady, !isActive, !isOver, !notice.isComparison else { return nil }
            begin(notice, event, copy real, quotes, &outbox)
            return .begins
        case .brokerReady:
            hasBeenReady = true
            return end("the broker takes orders", &outbox)
        case .sessionStop:
            isOver = true
            return end("session end", &outbox)
        case .shadowEnded: write(.shadowEnd, event) { notice.writeShadow(to: &$0) }
        case .killSwitchEngaged where isActive:
            engine.fold(notice, at: event.receivedAt)
            if (notice.level ?? .halt) >= .halt { cancel("kill switch", in: notice.scope, &outbox) }
        default: if isActive { engine.fold(notice, at: event.receivedAt) }
        }
        return nil
    }

    private mutating func begin(
        _ notice: SystemNotice, _ event: MarketEvent, _ real: RiskEngine, _ quotes: some QuoteSource,
        _ outbox: inout Outbox
    ) {
        engine = real.forSimulation()
        positions = PositionBook(instruments: instruments)
        isActive = true
        since = event.receivedAt
        reason = notice.reason
        tally.times += 1
        for instrument in instruments {
            venue.quoteLost(instrument.symbol)
            guard let quote = quotes.top(instrument.symbol) else { continue }
            venue.quoteChanged(instrument.symbol, quote, &outbox)
        }
        let told = SystemNotice(.shadowBegan, actor: "execution", reason: notice.reason)
        write(.shadowBegin, event) { told.writeShadow(to: &$0) }
        outbox.publish(.system(told), source: .execution)
    }

    /// What works here ends with it, and what it has come to is told behind that.
    private mutating func end(_ reason: String, _ outbox: inout Outbox) -> Change? {
        guard isActive else { return nil }
        cancel(reason, in: .all, &outbox)
        isActive = false
        outbox.publish(
            .system(SystemNotice(.shadowEnded, actor: "execution", reason: reason, detail: text)),
            source: .execution)
        return .ends
    }

    private mutating func cancel(_ reason: String, in scope: KillScope, _ outbox: inout Outbox) {
        for order in working where scope.contains(order.strategy, order.symbol) {
            venue.cancel(order, reason: reason, &outbox)
        }
    }

    /// What it has come to, in words: `12 orders, 9 fills; XAUUSD 2 realized -0.5`.
    public var text: String {
        let held = positions.traded.map { symbol, position in
            "\(symbol.name) \(position.quantity) realized \(position.realized)"
        }
        let counts = "\(tally.sent) orders, \(tally[.fill]) fills"
        return held.isEmpty ? counts : counts + "; " + held.joined(separator: "; ")
    }

    // MARK: Intents

    /// Takes what strategies want while it stands in; what others want stays.
    ///
    /// - Returns: the orders that are sent here.
    public mutating func take(
        _ requests: inout ContiguousArray<OrderProposal>, _ event: MarketEvent, quotes: some QuoteSource,
        _ outbox: inout Outbox
    ) -> [OrderRequest] {
        var sent: [OrderRequest] = []
        for proposal in requests where proposal.request.strategy != .manual {
            let asked = proposal.origin.map { $0.sizing.change.magnitude }
            let decision = engine.decide(proposal.request, now: outbox.now, asked: asked, quotes: quotes)
            let request = decision.request
            write(.shadowOrder, event) { request.writeShadow(decision.reasons.first, to: &$0) }
            guard decision.approved else {
                refuse(request, decision.reasons.first, &outbox)
                continue
            }
            tally.sent += 1
            sent.append(request)
            working.append(request)
            venue.submit(request, &outbox)
        }
        requests.removeAll { $0.request.strategy != .manual }
        return sent
    }

    private mutating func refuse(
        _ request: OrderRequest, _ reason: RiskReason?, _ outbox: inout Outbox
    ) {
        tally.denied += 1
        var report = OrderEvent(
            id: request.id, report: .reject, status: .rejected, side: request.side,
            quantity: request.quantity, leavesQuantity: .zero,
            reason: OrderEvent.unsentPrefix + (reason?.code.description ?? ""))
        report.isSimulated = true
        outbox.publish(
            .orderEvent(report), symbol: request.symbol, source: .execution, trace: request.trace)
    }

    // MARK: Reports and market

    /// Folds a report of its own venue.
    public mutating func fold(simulated report: OrderEvent, _ event: MarketEvent) {
        engine.fold(report, event.symbol)
        tally.count(report)
        if report.report == .fill { positions.book(report, event.symbol, for: .unassigned) }
        if report.status.isTerminal { working.removeAll { $0.id == report.id } }
        write(.shadowOrder, event) { json in
            json.key("report")
            report.writeRecord(symbol: event.symbol, decision: nil, sequence: event.sequence, to: &json)
        }
    }

    /// Lets its orders meet the market, and its controls see what becomes of real orders.
    @inline(never)
    public mutating func follow(_ event: MarketEvent, quotes: some QuoteSource, _ outbox: inout Outbox) {
        switch event.payload {
        case .tick(let quote): venue.quoteChanged(event.symbol, quote, &outbox)
        case .trade(let trade): venue.tradePrinted(event.symbol, trade, &outbox)
        case .domDelta(let delta): if delta.endsBatch { ladderChanged(event.symbol, quotes, &outbox) }
        case .domSnapshot(let ladder): if ladder.endsBatch { ladderChanged(event.symbol, quotes, &outbox) }
        case .orderEvent(let report): engine.fold(report, event.symbol)
        case .feedStatus(let status):
            guard status.losesQuote || status.losesLadder else { return }
            venue.quoteLost(event.symbol)
            ladderChanged(event.symbol, quotes, &outbox)
        default: break
        }
    }

    private mutating func ladderChanged(
        _ symbol: SymbolID, _ quotes: some QuoteSource, _ outbox: inout Outbox
    ) {
        if let quote = quotes.top(symbol) { venue.quoteChanged(symbol, quote, &outbox) }
    }

    private func write(
        _ type: AuditLineType, _ event: MarketEvent, _ members: (inout JSONWriter) -> Void
    ) {
        do {
            try audit.stage(type, at: event.receivedAt) { json in
                json.beginObject()
                json.key("simulated")
                json.bool(true)
                members(&json)
                json.key("event_seq")
                json.integer(event.sequence)
                json.endObject()
            }
        } catch {
            onAuditFailure(error)
        }
    }
}
