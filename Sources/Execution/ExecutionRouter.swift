import Audit
import ExactJSON
import Messaging
import Risk
import TradingModel

/// The execution stage: hands approved orders to the venue, follows them by its reports, keeps positions,
/// cancels everything when the kill switch or the end of the session says so.
///
/// Takes an `ApprovedOrder` and nothing else.
public struct ExecutionRouter<Venue: OrderAdapter>: Sendable {
    /// Orders by id.
    public private(set) var orders = OrderTable()
    /// Holdings.
    public private(set) var positions: PositionBook
    /// Reports so far, indexed by `OrderReport.rawValue`.
    public private(set) var reports = [Int](repeating: 0, count: OrderReport.allCases.count)
    /// Orders handed over so far.
    public private(set) var sent = 0
    /// Orders confirmed cancelled since the kill switch was last engaged; 0 while it is released.
    public private(set) var cancelledByKillSwitch = 0
    private var isKilled = false

    private var venue: Venue
    private let audit: AuditLog
    private let onAuditFailure: @Sendable (AuditError) -> Void

    /// A router to `venue` that writes the life of every order to `audit`.
    ///
    /// - Parameter onAuditFailure: called on the bus queue for each line that could not be written.
    public init(
        venue: Venue, instruments: [Instrument], audit: AuditLog,
        onAuditFailure: @escaping @Sendable (AuditError) -> Void
    ) {
        self.venue = venue
        self.audit = audit
        self.onAuditFailure = onAuditFailure
        positions = PositionBook(instruments: instruments)
    }

    /// Folds one event, then hands over what risk has approved.
    ///
    /// - Parameter quotes: the best bid and ask that the venue's orders meet.
    public mutating func handle(
        _ event: MarketEvent, approved: inout ContiguousArray<ApprovedOrder>, quotes: some QuoteSource,
        _ outbox: inout Outbox
    ) {
        switch event.payload {
        case .tick(let quote): venue.quoteChanged(event.symbol, quote, &outbox)
        case .domDelta(let delta):
            if delta.endsBatch { ladderChanged(event.symbol, quotes, &outbox) }
        case .domSnapshot(let snapshot):
            if snapshot.endsBatch { ladderChanged(event.symbol, quotes, &outbox) }
        case .orderEvent(let report): fold(report, event)
        case .system(let notice): fold(notice, &outbox)
        case .feedStatus(let status):
            if status.losesBook { venue.quoteLost(event.symbol) }
        case .trade, .deltaBar, .tapeSnapshot, .footprintSnapshot, .signal, .riskDecision, .timer: break
        }
        guard !approved.isEmpty else { return }
        for order in approved { submit(order, &outbox) }
        approved.removeAll(keepingCapacity: true)
    }

    private mutating func ladderChanged(
        _ symbol: SymbolID, _ quotes: some QuoteSource, _ outbox: inout Outbox
    ) {
        if let quote = quotes.top(symbol) { venue.quoteChanged(symbol, quote, &outbox) }
    }

    private mutating func submit(_ order: ApprovedOrder, _ outbox: inout Outbox) {
        let working = WorkingOrder(order, sentAt: outbox.now)
        orders.insert(working)
        let isWritten = write(.orderSend, at: outbox.now) { json in working.writeRecord(to: &json) }
        guard isWritten else { return refuse(order.request, &outbox) }
        sent += 1
        venue.submit(order, &outbox)
    }

    /// The order never left: its reservation is given back by a report of our own.
    private func refuse(_ request: OrderRequest, _ outbox: inout Outbox) {
        outbox.publish(
            .orderEvent(
                OrderEvent(
                    id: request.id, report: .reject, status: .rejected, side: request.side,
                    quantity: request.quantity, leavesQuantity: .zero, reason: WorkingOrder.unsentReason)),
            symbol: request.symbol, source: .execution, trace: request.trace)
    }

    private mutating func fold(_ report: OrderEvent, _ event: MarketEvent) {
        reports[Int(report.report.rawValue)] += 1
        if isKilled && report.report == .cancel { cancelledByKillSwitch += 1 }
        let order = orders.fold(report, at: event.receivedAt)
        if report.report == .fill { positions.book(report, event.symbol) }
        _ = write(report.auditLineType, at: event.receivedAt) { json in
            report.writeRecord(
                symbol: event.symbol, decision: order?.decisionSequence, sequence: event.sequence, to: &json)
        }
    }

    private mutating func fold(_ notice: SystemNotice, _ outbox: inout Outbox) {
        switch notice.kind {
        case .killSwitchEngaged:
            if !isKilled { cancelledByKillSwitch = 0 }
            isKilled = true
            cancelAll(reason: "kill switch", &outbox)
        case .killSwitchReleased:
            isKilled = false
            cancelledByKillSwitch = 0
        case .sessionStop: cancelAll(reason: "session end", &outbox)
        case .armed, .disarmed, .sessionStart: break
        }
    }

    private mutating func cancelAll(reason: String, _ outbox: inout Outbox) {
        for order in orders.working { venue.cancel(order, reason: reason, &outbox) }
    }

    private func write(
        _ type: AuditLineType, at now: Timestamp, _ data: (inout JSONWriter) -> Void
    ) -> Bool {
        do {
            _ = try audit.append(type, at: now, data)
            return true
        } catch {
            onAuditFailure(error)
            return false
        }
    }
}
