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
    /// What stops trading by itself.
    public private(set) var trips: TripMonitor
    /// Called on the bus queue when a trip has engaged the kill switch in the sequence: it engages the durable one.
    public var onTrip: (@Sendable (KillLatch) -> Void)?
    /// Decisions so far.
    public private(set) var tally = RiskTally()

    /// Hash of the settings the decisions depend on, for the lines.
    public let configHash: String
    /// Called on the bus queue between a verdict and its record: for measurements, never for decisions.
    public var onVerdict: (@Sendable () -> Void)?
    /// Called on the bus queue once a kill holds for the next decision: for measurements, never for decisions.
    public var onKill: (@Sendable () -> Void)?

    /// A stream that may not be traded on.
    private struct FeedFault: Hashable {
        let symbol: SymbolID
        let stream: FeedStream?
    }

    private var feedFaults: Set<FeedFault> = []
    /// When what is used up is to be written down next; never where nobody told what earlier sessions have used up.
    private var useIsDue = Timestamp(nanoseconds: .max)
    /// Decisions since it was written down, and the result that was.
    private var decisionsSinceUse = 0
    private var writtenResult = Money.zero
    private var writtenDayEnd = Timestamp(nanoseconds: .min)
    private let audit: AuditLog
    private let onAuditFailure: @Sendable (AuditError) -> Void

    /// A stage that writes its decisions to `audit`.
    ///
    /// - Parameters:
    ///   - trips: when trading stops by itself.
    ///   - configHash: hash of the settings the decisions depend on.
    ///   - onAuditFailure: called on the bus queue, once for each decision that could not be written.
    public init(
        engine: RiskEngine, trips: TripLimits = TripLimits(), configHash: String, audit: AuditLog,
        onAuditFailure: @escaping @Sendable (AuditError) -> Void
    ) {
        self.engine = engine
        self.trips = TripMonitor(limits: trips, instruments: engine.limits.whitelist)
        self.configHash = configHash
        self.audit = audit
        self.onAuditFailure = onAuditFailure
        approved.reserveCapacity(8)
    }

    /// Folds one event, then decides on the requests it led to.
    ///
    /// - Parameter quotes: where the prices come from that orders are judged by.
    public mutating func handle(
        _ event: MarketEvent, requests: inout ContiguousArray<OrderProposal>, quotes: some QuoteSource,
        _ outbox: inout Outbox
    ) {
        if event.receivedAt >= useIsDue { writeUseIfChanged(event) }
        follow(event, quotes)
        trips.fold(event, engine.profit)
        if trips.followsPrice(of: event.symbol) { follow(priceOf: event, quotes) }
        if !trips.findings.isEmpty { trip(event.receivedAt, &outbox) }
        guard !requests.isEmpty else { return }
        engine.advance(to: outbox.now)
        for index in requests.indices { decide(requests[index], quotes, &outbox) }
        requests.removeAll(keepingCapacity: true)
    }

    /// Folds what concerns risk, and puts operator commands into the audit trail.
    private mutating func follow(_ event: MarketEvent, _ quotes: some QuoteSource) {
        switch event.payload {
        case .tick, .domDelta, .domSnapshot:
            guard engine.followsQuotes(of: event.symbol) else { return }
            engine.advance(to: event.receivedAt)
            engine.mark(event.symbol, quotes.top(event.symbol))
        case .trade(let trade): engine.fold(trade, event.symbol, at: event.receivedAt)
        case .orderEvent(let report):
            engine.advance(to: event.receivedAt)
            engine.fold(report, event.symbol)
        case .system(let notice):
            engine.advance(to: event.receivedAt)
            // Before the change is made: afterwards it would be compared with itself.
            if notice.kind == .limitsChanged { recordChange(notice, event) }
            if let clearing = TripClearing(notice), !trips.allows(clearing, at: event.receivedAt) {
                return record(clearing.trip, "clear_refused", notice, event)
            }
            engine.fold(notice, at: event.receivedAt)
            // Limits may be others now: a release must not meet those of before.
            trips.renew { engine.repeats(of: $0) }
            if notice.kind == .killSwitchEngaged { onKill?() }
            record(notice, event)
        case .feedStatus(let status): record(status, event)
        default: break
        }
    }

    /// Tells the trips the reference price that market data have led to: the middle of a good quote, without quotes the
    /// last trade.
    @inline(never)
    private mutating func follow(priceOf event: MarketEvent, _ quotes: some QuoteSource) {
        let trade: Price?
        switch event.payload {
        case .tick, .domDelta, .domSnapshot: trade = nil
        case .trade(let print): trade = print.price
        default: return
        }
        let quote = quotes.top(event.symbol)
        guard let price = quote == nil ? trade : RiskEngine.middle(quote) else { return }
        trips.note(price, of: event.symbol, at: event.receivedAt, isOpen: engine.isOpen)
    }

    /// A stream that may not be traded on is a fault until it may.
    private mutating func record(_ status: FeedStatus, _ event: MarketEvent) {
        let fault = FeedFault(symbol: event.symbol, stream: status.stream)
        if status.quality.isTradable {
            guard feedFaults.remove(fault) != nil else { return }
            record(.faultClear, "FEED_STREAM", status.reason, event, stream: status)
        } else if feedFaults.insert(fault).inserted {
            record(.faultRaise, "FEED_STREAM", status.reason, event, stream: status)
        }
    }

    private func record(
        _ type: AuditLineType, _ fault: StaticString, _ reason: String, _ event: MarketEvent,
        stream status: FeedStatus? = nil
    ) {
        stage(type, event) { json in
            json.key("fault")
            json.string(fault)
            if event.symbol != .none {
                json.key("symbol")
                json.string(event.symbol.name)
            }
            if let status {
                json.key("stream")
                json.string(status.stream?.name ?? "all")
                json.key("quality")
                json.string(status.quality.name)
            }
            json.key("reason")
            json.string(reason)
        }
    }

    private mutating func decide(
        _ proposal: OrderProposal, _ quotes: some QuoteSource, _ outbox: inout Outbox
    ) {
        let now = outbox.now
        var decision = judge(proposal, now, quotes)
        onVerdict?()
        var line: UInt64 = 0
        do {
            line = try write(decision, sequence: outbox.nextSequence, now: now)
        } catch {
            engine.isAuditAvailable = false
            onAuditFailure(error)
            decision = judge(proposal, now, quotes)
        }
        // What is sent is what was judged: a market order may have become a limit.
        let request = decision.request
        if decision.approved {
            engine.reserve(decision, now: now, asked: Self.asked(proposal))
        } else {
            engine.note(request)
        }
        tally.count(decision)
        countTowardsUse()
        let sequence = outbox.publish(
            .riskDecision(decision), symbol: request.symbol, source: .risk, trace: request.trace)
        if decision.approved {
            approved.append(
                ApprovedOrder(request: request, decisionSequence: sequence, auditSequence: line))
        }
        trips.note(decision, repeats: engine.repeats(of: request.strategy), at: now)
        if !trips.findings.isEmpty { trip(now, &outbox) }
    }

    /// Kills at once, for whatever follows in this event, and tells the sequence; also of a trip for which one as strict
    /// holds already, so that it leaves its trace.
    @inline(never)
    private mutating func trip(_ now: Timestamp, _ outbox: inout Outbox) {
        for finding in trips.takeFindings() {
            var latch = finding.latch
            latch.since = now
            engine.kills.engage(latch)
            outbox.publish(.system(finding.notice), source: .risk)
            if !finding.isHeld { onTrip?(latch) }
        }
    }

    private func judge(
        _ proposal: OrderProposal, _ now: Timestamp, _ quotes: some QuoteSource
    ) -> RiskDecision {
        var decision = engine.evaluate(
            proposal.request, now: now, asked: Self.asked(proposal), quotes: quotes)
        decision.origin = proposal.origin
        return decision
    }

    /// The quantity that the decision behind a request asked for in all.
    private static func asked(_ proposal: OrderProposal) -> Quantity? {
        proposal.origin.map { $0.sizing.change.magnitude }
    }

    /// Operator commands are audited where they take effect: in the sequence, before anything follows from them.
    private mutating func record(_ notice: SystemNotice, _ event: MarketEvent) {
        let type: AuditLineType
        switch notice.kind {
        case .killSwitchEngaged:
            type = .killSwitchEngage
            if let trip = Trip(actor: notice.actor) { record(trip, "tripped", notice, event) }
        case .killSwitchReleased: type = .killSwitchRelease
        case .armed: type = .modeArm
        case .disarmed: type = .modeDisarm
        case .brokerLost, .brokerUnreconciled: return record(.faultRaise, "EXEC_BROKER", notice.reason, event)
        case .brokerReady: return record(.faultClear, "EXEC_BROKER", notice.reason, event)
        case .tripCleared:
            guard let trip = TripClearing(notice)?.trip else { return }
            return record(trip, "cleared", notice, event)
        case .budgetCarried: return carry(notice, event)
        case .sessionStop: return useIsDue.nanoseconds == .max ? () : writeUse(event)
        case .sessionStart, .auditDurable, .clockRead, .limitsChanged: return
        }
        stage(type, event) { notice.writeCommand(to: &$0) }
    }

    /// Decisions after which what is used up is written down anew, so that a start need not read more than that.
    static let decisionsPerUse = 1_000
    /// Nanoseconds after which it is where anything has changed, so that what a position has lost is known that late at most.
    static let timePerUse: Int64 = 10_000_000_000

    /// Goes on from what earlier sessions have used up, and tells from now on what is; or an operator goes on without what
    /// is not known of it.
    private mutating func carry(_ notice: SystemNotice, _ event: MarketEvent) {
        if notice.detail == BudgetUse.acknowledgement {
            engine.profit.acknowledgeDoubt()
        } else if let use = BudgetUse(text: notice.detail) {
            engine.carry(use)
            trips.carry(use, at: event.receivedAt) { engine.repeats(of: $0) }
        }
        writeUse(event)
    }

    private mutating func countTowardsUse() {
        decisionsSinceUse += 1
        guard decisionsSinceUse >= Self.decisionsPerUse, useIsDue.nanoseconds < .max else { return }
        useIsDue = Timestamp(nanoseconds: .min)
    }

    @inline(never)
    private mutating func writeUseIfChanged(_ event: MarketEvent) {
        engine.advance(to: event.receivedAt)
        guard decisionsSinceUse == 0, engine.profit.total == writtenResult, event.receivedAt < writtenDayEnd
        else { return writeUse(event) }
        useIsDue = event.receivedAt.advanced(by: Self.timePerUse)
    }

    /// Writes down what all events before this one have used up.
    @inline(never)
    private mutating func writeUse(_ event: MarketEvent) {
        let now = event.receivedAt
        engine.advance(to: now)
        decisionsSinceUse = 0
        let use = use(at: now)
        useIsDue = now.advanced(by: Self.timePerUse)
        writtenDayEnd = use.day.advanced(by: ProfitState.day)
        writtenResult = engine.profit.total
        do throws(AuditError) {
            try audit.stage(.riskUse, at: now) { use.write(to: &$0) }
        } catch {
            onAuditFailure(error)
        }
    }

    /// What is used up of the limits.
    public func use(at now: Timestamp) -> BudgetUse {
        var use = engine.use(at: now, strategies: [.manual] + trips.strategies.counts.map(\.strategy))
        use.tripDayLoss = trips.losses.dayLoss(at: now)
        use.tripDrawdown = trips.losses.drawdown
        use.tripped = Array(trips.records)
        return use
    }

    /// A limit that operators change: for good, or for a while; or one that by now may not be changed so any more.
    private func recordChange(_ notice: SystemNotice, _ event: MarketEvent) {
        guard let change = LimitAssignment(text: notice.detail) else { return }
        let isAllowed = engine.allows(change, at: event.receivedAt)
        stage(change.until == nil ? .riskLimitChange : .riskOverride, event) { json in
            json.key("by")
            json.string(notice.actor)
            json.key("reason")
            json.string(notice.reason)
            json.key("limit")
            json.string(change.name)
            json.key("value")
            json.string(change.value.text)
            if let until = change.until {
                json.key("until")
                json.timestamp(until)
            }
            if !isAllowed {
                json.key("refused")
                json.string("looser_by_now")
            }
        }
    }

    /// A trip that has tripped, or counts from nothing again.
    private func record(_ trip: Trip, _ state: StaticString, _ notice: SystemNotice, _ event: MarketEvent) {
        stage(.riskTrip, event) { json in
            json.key("trip")
            json.string(trip.name)
            json.key("state")
            json.string(state)
            notice.writeCommand(to: &json)
        }
    }

    /// Writes a line of those members, and the event's number.
    private func stage(_ type: AuditLineType, _ event: MarketEvent, _ members: (inout JSONWriter) -> Void) {
        do {
            try audit.stage(type, at: event.receivedAt) { json in
                json.beginObject()
                members(&json)
                json.key("event_seq")
                json.integer(event.sequence)
                json.endObject()
            }
        } catch {
            onAuditFailure(error)
        }
    }

    /// The decision record: `order.intent` for an approval, `order.deny` otherwise.
    ///
    /// - Returns: number of its line.
    private func write(
        _ decision: RiskDecision, sequence: UInt64, now: Timestamp
    ) throws(AuditError) -> UInt64 {
        try audit.stage(decision.auditLineType, at: now) { json in
            decision.writeRecord(sequence: sequence, at: now, configHash: configHash, to: &json)
        }.sequence
    }
}

extension SystemNotice {
    /// Who has commanded it, why, whom it concerns and how far: members of an object.
    fileprivate func writeCommand(to json: inout JSONWriter) {
        json.key("by")
        json.string(actor)
        json.key("reason")
        json.string(reason)
        json.key("scope")
        json.string(scope.text)
        if let level {
            json.key("level")
            json.string(level.name)
        }
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
