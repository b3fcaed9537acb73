import Audit
import ExactJSON
import Messaging
import Positions
import Risk
import TradingModel

/// When an approved order may leave.
public enum HandOver: Sendable {
    /// Once the audit log has committed its intent: the bus waits for that.
    case afterCommit
    /// Once the bus says that its intent is on the disk: the bus goes on meanwhile.
    case afterNotice
    /// At once, to a venue that is part of this process: what it answers is committed together with the intent, before
    /// anybody outside hears of either.
    case withBatch
}

/// The execution stage: hands approved orders to the venue, follows them by its reports, keeps positions,
/// cancels everything when the kill switch or the end of the session says so.
///
/// Takes an `ApprovedOrder` and nothing else.
public struct ExecutionRouter<Venue: OrderAdapter>: Sendable {
    /// Orders by id.
    public internal(set) var orders = OrderTable()
    /// Holdings.
    public private(set) var positions: PositionBook
    /// Reports so far, indexed by `OrderReport.rawValue`.
    public private(set) var reports = [Int](repeating: 0, count: OrderReport.allCases.count)
    /// Orders handed over so far.
    public private(set) var sent = 0
    /// The orders that kills have had cancelled, the newest `killedKept` since nothing was killed.
    public internal(set) var killed: ContiguousArray<ClientOrderID> = []
    /// The detail of a `sessionStop` after which working orders stay where they are.
    public static var leavesOrders: String { "leave" }
    /// Orders remembered in `killed`.
    public static var killedKept: Int { OrderTable.finishedKept }
    /// Orders handed over while the newest event was handled, for whoever measures.
    public private(set) var handedOver: ContiguousArray<ApprovedOrder> = []
    /// Called on the bus queue once an order may leave: for measurements, never for decisions.
    public var onCommit: (@Sendable () -> Void)?
    /// The kills that hold, as the event sequence says.
    var kills = KillLatches()
    /// Whether the session ends: no order may stay behind.
    var isEnding = false
    /// Whether the broker was away for too long: what works there is cancelled when it is back.
    var cancelsOnReturn = false
    /// Since when the broker is gone.
    private var goneSince: Timestamp?
    /// Whether positions may be missing that the broker has not told yet: exits are not judged by them until it has.
    private(set) var isBookMissing = false
    /// Nanoseconds that the broker may be gone before what works there is cancelled on its return; 0 for ever.
    private let longestAbsence: Int64
    /// Orders that `reduce` has had cancelled or refused, since the broker was ready last; never walked through.
    var reducedAway: Set<ClientOrderID> = []
    /// When what a kill wants gone and still works is asked for again, at a venue that may refuse; the end of time for never.
    var cancelsDue = Timestamp(nanoseconds: .max)
    /// Orders whose intent is not on the disk yet, oldest first.
    var waiting: ContiguousArray<(order: ApprovedOrder, since: Timestamp)> = []
    /// Nanoseconds after which an approved order is no longer sent: its price has been judged by a market that is gone.
    static var longestWait: Int64 { 1_000_000_000 }
    /// Changes whose record is not on the disk yet, oldest first.
    var waitingChanges: ContiguousArray<(change: ApprovedChange, since: Timestamp)> = []
    /// Number of the newest decision whose notice has been asked for.
    private var requestedNotice: UInt64 = 0
    let handOver: HandOver
    /// When orders end whose end is for us to see.
    var expiries = OrderExpiries()
    let sessionEnds: SessionEnds?
    /// Orders at work that may only make a position smaller.
    var reduceOnlyOrders = 0

    var venue: Venue
    /// What the venue can do.
    public var abilities: VenueAbilities { venue.abilities }
    let audit: AuditLog
    let onAuditFailure: @Sendable (AuditError) -> Void

    /// A router to `venue` that writes the life of every order to `audit`.
    ///
    /// - Parameters:
    ///   - longestAbsence: nanoseconds that the broker may be gone before orders are cancelled on its return; 0 for ever.
    ///   - sessionEnds: when the sessions of instruments end, with which day orders end at a venue without a clock.
    ///   - onAuditFailure: called on the bus queue for each line that could not be written.
    public init(
        venue: Venue, instruments: [Instrument], audit: AuditLog, handOver: HandOver = .afterCommit,
        longestAbsence: Int64 = 10_000_000_000, sessionEnds: SessionEnds? = nil,
        onAuditFailure: @escaping @Sendable (AuditError) -> Void
    ) {
        self.venue = venue
        self.audit = audit
        self.handOver = handOver
        self.longestAbsence = longestAbsence
        self.sessionEnds = sessionEnds
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
        if !handedOver.isEmpty { handedOver.removeAll(keepingCapacity: true) }
        venue.timePassed(&outbox)
        if event.receivedAt >= cancelsDue { pressCancels(&outbox) }
        if event.receivedAt >= expiries.next { expire(at: event.receivedAt, &outbox) }
        switch event.payload {
        case .tick, .trade, .domDelta, .domSnapshot: marketChanged(event, quotes, &outbox)
        case .orderEvent(let report):
            let order = fold(report, event)
            if report.lastQuantity != .zero && !kills.isEmpty { keepReducing(event.symbol, &outbox) }
            if report.lastQuantity != .zero && reduceOnlyOrders > 0 {
                keepReduceOnly(event.symbol, besidesExitsOf: order?.request.bracket, &outbox)
            }
        case .system(let notice):
            if notice.kind == .positionAdopted { adopt(notice, quotes) }
            if notice.kind == .orderRestored { restore(notice, event, &outbox) }
            if notice.kind == .orderUnresolved { doubt(notice, event) }
            fold(notice, at: event.receivedAt, &outbox)
        case .feedStatus(let status):
            if status.losesQuote || status.losesLadder { marketLost(event, quotes, &outbox) }
        case .deltaBar, .tapeSnapshot, .footprintSnapshot, .signal, .riskDecision, .timer: break
        }
        guard !approved.isEmpty else { return }
        for order in approved { take(order, &outbox) }
        approved.removeAll(keepingCapacity: true)
    }

    /// Has what was written about the events of a batch committed; what no broker has heard of only soon.
    public mutating func settle() {
        switch handOver {
        case .afterCommit: _ = commit()
        case .withBatch: keepUp()
        case .afterNotice:
            guard let newest = newestWaiting, newest.decisionSequence > requestedNotice else {
                return audit.requestCommit()
            }
            requestedNotice = newest.decisionSequence
            audit.requestCommit(notifying: requestedNotice, at: newest.auditEntry)
        }
    }

    /// Before anybody outside hears of what was written about.
    public mutating func catchUp() {
        if handOver == .withBatch { _ = commit() }
    }

    /// What was decided last of all that waits for the disk.
    private var newestWaiting: ApprovedOrder? {
        guard let change = waitingChanges.last?.change.order else { return waiting.last?.order }
        guard let order = waiting.last?.order else { return change }
        return order.decisionSequence > change.decisionSequence ? order : change
    }

    @inline(__always)
    private mutating func marketChanged(
        _ event: MarketEvent, _ quotes: some QuoteSource, _ outbox: inout Outbox
    ) {
        if venue.readsRows { return venue.marketChanged(event, &outbox) }
        switch event.payload {
        case .tick(let quote): venue.quoteChanged(event.symbol, quote, &outbox)
        case .trade(let trade): venue.tradePrinted(event.symbol, trade, &outbox)
        case .domDelta(let delta):
            if delta.endsBatch { ladderChanged(event.symbol, quotes, &outbox) }
        case .domSnapshot(let snapshot):
            if snapshot.endsBatch { ladderChanged(event.symbol, quotes, &outbox) }
        default: break
        }
    }

    private mutating func ladderChanged(
        _ symbol: SymbolID, _ quotes: some QuoteSource, _ outbox: inout Outbox
    ) {
        if let quote = quotes.top(symbol) { venue.quoteChanged(symbol, quote, &outbox) }
    }

    /// Quote or ladder are void: the venue's orders meet what is left, or nothing.
    private mutating func marketLost(
        _ event: MarketEvent, _ quotes: some QuoteSource, _ outbox: inout Outbox
    ) {
        if venue.readsRows { return venue.marketChanged(event, &outbox) }
        let symbol = event.symbol
        let left = quotes.top(symbol)
        // A quote that was lost must not stay beside the ladder that stands in for it.
        venue.quoteLost(symbol)
        if let left { venue.quoteChanged(symbol, left, &outbox) }
    }

    /// A position that nobody has priced is taken at the middle of the quote, where there is one.
    private mutating func adopt(_ notice: SystemNotice, _ quotes: some QuoteSource) {
        guard let adopted = AdoptedPosition(notice) else { return }
        let middle = quotes.top(adopted.symbol).flatMap { ReferenceQuote($0).price }
        positions.adopt(adopted, at: adopted.averagePrice ?? middle)
    }

    private mutating func take(_ order: ApprovedOrder, _ outbox: inout Outbox) {
        orders.insert(WorkingOrder(order, sentAt: outbox.now))
        if order.request.flags.contains(.reduceOnly) { reduceOnlyOrders += 1 }
        if let refusal = venue.abilities.refusal(of: order.request) {
            return refuse(order.request, refusal, &outbox)
        }
        // A trip may have been found after the approval, in the same event.
        guard
            kills.isEmpty || !order.isOvertaken(by: kills.level(order.request.strategy, order.request.symbol))
        else { return refuse(order.request, Self.killReason, &outbox) }
        switch handOver {
        case .afterCommit, .withBatch: submit(order, &outbox)
        case .afterNotice: waiting.append((order, outbox.now))
        }
    }

    /// Sends what has waited for the disk, in the order of approval.
    private mutating func submitWaiting(upTo decision: UInt64, _ outbox: inout Outbox) {
        let ready = waiting.prefix { $0.order.decisionSequence <= decision }
        waiting.removeFirst(ready.count)
        for (order, since) in ready {
            if outbox.now.since(since) > Self.longestWait {
                refuse(order.request, "its record took too long to reach the disk", &outbox)
            } else {
                submit(order, &outbox)
            }
        }
    }

    /// Gives up what still waits for the disk: it has not left.
    private mutating func refuseWaiting(
        _ reason: String, in scope: KillScope = .all, _ outbox: inout Outbox
    ) {
        for (order, _) in waiting where scope.contains(order.request) {
            refuse(order.request, reason, &outbox)
        }
        waiting.removeAll { scope.contains($0.order.request) }
        refuseChanges(reason, in: scope, &outbox)
    }

    /// Gives up what waits and a kill wants gone, but for what flattens under one that is stricter.
    mutating func refuseCondemned(in scope: KillScope, _ outbox: inout Outbox) {
        for (order, _) in waiting where scope.contains(order.request) && isCondemned(order.request) {
            refuse(order.request, Self.killReason, &outbox)
        }
        let kills = kills
        waiting.removeAll { scope.contains($0.order.request) && Self.isCondemned($0.order.request, kills) }
        refuseChanges(Self.killReason, in: scope, &outbox)
    }

    private mutating func submit(_ order: ApprovedOrder, _ outbox: inout Outbox) {
        if let expiry = order.request.expiry, expiry <= outbox.now {
            return refuse(order.request, "its time is over", &outbox)
        }
        let isWritten = write(.orderSend, at: outbox.now) { json in
            WorkingOrder.writeRecord(order.request, decision: order.decisionSequence, to: &json)
        }
        guard isWritten, handOver != .afterCommit || commit() else {
            return refuse(order.request, "audit log unavailable", &outbox)
        }
        onCommit?()
        sent += 1
        // Before it leaves: the answer may be faster than we are.
        orders.note(.handedOver, of: order.request.id)
        venue.submit(order, &outbox)
        if order.request.timeInForce.rests { noteExpiry(of: order.request, at: outbox.now) }
        handedOver.append(order)
    }

    /// The order never left: its reservation is given back by a report of our own.
    func refuse(_ request: OrderRequest, _ reason: String, _ outbox: inout Outbox) {
        outbox.publish(
            .orderEvent(
                OrderEvent(
                    id: request.id, report: .reject, status: .rejected, side: request.side,
                    quantity: request.quantity, leavesQuantity: .zero,
                    reason: WorkingOrder.unsentPrefix + reason)),
            symbol: request.symbol, source: .execution, trace: request.trace)
    }

    private mutating func fold(_ report: OrderEvent, _ event: MarketEvent) -> WorkingOrder? {
        reports[Int(report.report.rawValue)] += 1
        let isRepeat = orders.isRepeat(report)
        let wasWorking = reduceOnlyOrders > 0 && orders.isWorking(report.id)
        let order = orders.fold(report, isRepeat: isRepeat, at: event.receivedAt)
        // Nothing of it is on its way any more: it may be changed, and asked for its end, again.
        if report.report == .ack && report.reason == OrderEvent.cancelRefusal {
            orders.noteCancelRefused(of: report.id)
        }
        let owner = order.map { PositionOwner.strategy($0.request.strategy) } ?? .unassigned
        if report.report == .fill && !isRepeat { positions.book(report, event.symbol, for: owner) }
        if report.commissionCurrency != .none && !isRepeat {
            positions.charge(report.commission, report.commissionCurrency, event.symbol, to: owner)
        }
        if wasWorking, let order, order.life.isDone, order.request.flags.contains(.reduceOnly) {
            reduceOnlyOrders -= 1
        }
        if report.status.isTerminal && !reducedAway.isEmpty { reducedAway.remove(report.id) }
        _ = write(report.auditLineType, at: event.receivedAt) { json in
            report.writeRecord(
                symbol: event.symbol, decision: order?.decisionSequence, sequence: event.sequence, to: &json)
        }
        return order
    }

    private mutating func fold(_ notice: SystemNotice, at now: Timestamp, _ outbox: inout Outbox) {
        noteAbsence(notice.kind, at: now)
        if notice.kind == .brokerLost { orders.noteLoss(at: now) }
        switch notice.kind {
        case .killSwitchEngaged: kill(KillLatch(notice), &outbox)
        case .killSwitchReleased: release(notice, &outbox)
        case .sessionStop where notice.detail == Self.leavesOrders:
            refuseWaiting(OrderEvent.sessionEndReason, &outbox)
        case .sessionStop:
            isEnding = true
            refuseWaiting(OrderEvent.sessionEndReason, &outbox)
            for order in orders.working { cancel(order, OrderEvent.sessionEndReason, &outbox) }
            venue.sessionEnds(&outbox)
        case .disarmed: refuseWaiting("disarmed", &outbox)
        case .auditDurable:
            submitWaiting(upTo: notice.decisionSequence, &outbox)
            sendChanges(upTo: notice.decisionSequence, &outbox)
        // Cancels may have been lost with the connection.
        case .brokerReady:
            isBookMissing = false
            cancelAgain(&outbox)
            keepReduceOnly(&outbox)
        // What would leave only after the broker is back was judged by a market that is gone.
        case .brokerLost, .brokerUnreconciled: refuseWaiting("broker lost", &outbox)
        case .armed, .sessionStart, .limitsChanged, .tripCleared, .clockRead, .budgetCarried,
            .positionAdopted, .orderRestored, .orderUnresolved, .orderRequested, .modifyRequested,
            .faultRaised, .faultCleared, .shadowBegan, .shadowEnded:
            break
        case .cancelRequested: cancelWished(notice, &outbox)
        }
    }

    /// A broker that was away for too long while orders worked: they are cancelled when it is back, whatever kill holds.
    private mutating func noteAbsence(_ kind: SystemNotice.Kind, at now: Timestamp) {
        switch kind {
        case .brokerLost:
            goneSince = goneSince ?? now
            isBookMissing = true
        case .brokerReady, .brokerUnreconciled:
            guard let since = goneSince else { return }
            goneSince = nil
            let isTooLong = longestAbsence > 0 && now.since(since) > longestAbsence
            if isTooLong && !orders.working.isEmpty { cancelsOnReturn = true }
        default: break
        }
    }
}
