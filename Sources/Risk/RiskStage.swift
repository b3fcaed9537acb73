import Audit
import ExactJSON
import Messaging
import TradingModel

/// The risk stage: check, reserve, write the intent, approve, in one step on the bus queue.
public struct RiskStage: Sendable {
    /// The controls and their state.
    public internal(set) var engine: RiskEngine
    /// Orders approved while the event at hand was handled, for the execution stage to take.
    public var approved: ContiguousArray<ApprovedOrder> = []
    /// What stops trading by itself.
    public internal(set) var trips: TripMonitor
    /// Called on the bus queue when a trip has engaged the kill switch in the sequence: it engages the durable one.
    public var onTrip: (@Sendable (KillLatch) -> Void)?
    /// The newest verdict: room for the next one, which is larger than a kilobyte.
    private var decision = RiskDecision(
        request: OrderRequest(
            id: ClientOrderID(session: 0, number: 0), symbol: .none, side: .buy, type: .limit, quantity: .zero
        ),
        approved: false, reasons: [], limits: RiskChecks())
    private let words: AuditRecordWriter
    /// The newest order that an operator has asked for, with the number of the event that asks: for its line.
    public var newestWish: (id: ClientOrderID, sequence: UInt64)?
    /// Decisions so far.
    public private(set) var tally = RiskTally()

    /// Hash of the settings the decisions depend on, for the lines.
    public let configHash: String
    /// Called on the bus queue between a verdict and its record: for measurements, never for decisions.
    public var onVerdict: (@Sendable () -> Void)?
    /// Called on the bus queue once a kill holds for the next decision: for measurements, never for decisions.
    public var onKill: (@Sendable () -> Void)?

    /// Kills of trips found while the event at hand was handled, for the execution stage to carry out in the same event.
    public private(set) var tripped: ContiguousArray<KillLatch> = []
    /// When what is used up is to be written down next; never where nobody told what earlier sessions have used up.
    var useIsDue = Timestamp(nanoseconds: .max)
    /// Decisions since it was written down, and the result that was.
    var decisionsSinceUse = 0
    var writtenResult = Money.zero
    var writtenDayEnd = Timestamp(nanoseconds: .min)
    let audit: AuditLog
    let onAuditFailure: @Sendable (AuditError) -> Void

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
        words = Self.words(of: configHash)
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
        do {
            let proposals = requests.span
            for index in proposals.indices { decide(proposals[index], quotes, &outbox) }
        }
        requests.removeAll(keepingCapacity: true)
    }

    /// Folds what concerns risk, and puts operator commands into the audit trail.
    private mutating func follow(_ event: MarketEvent, _ quotes: some QuoteSource) {
        switch event.payload {
        case .tick, .domDelta, .domSnapshot:
            follow(quoteOf: event, quotes)
        case .trade(let trade):
            engine.fold(trade, event.symbol, at: event.receivedAt)
            if engine.followsValue(of: event.symbol) { engine.value(event.symbol, by: quotes) }
        case .orderEvent(let report):
            engine.advance(to: event.receivedAt)
            engine.fold(report, event.symbol)
            engine.value(event.symbol, by: quotes)
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
            if notice.kind == .positionAdopted { valueAdopted(notice, quotes) }
            record(notice, event)
            if quotes.changesByEventsAlone { engine.keepValues(by: quotes) }
        case .feedStatus:
            if quotes.changesByEventsAlone { engine.keepValues(by: quotes) }
        default: break
        }
    }

    /// Marks and values what is held at its new quote, and values what is open.
    @inline(__always)
    private mutating func follow(quoteOf event: MarketEvent, _ quotes: some QuoteSource) {
        let isMarked = engine.followsQuotes(of: event.symbol)
        let isValued = engine.followsValue(of: event.symbol)
        guard isMarked || isValued else { return }
        let middle = RiskEngine.middle(quotes.top(event.symbol))
        if isMarked {
            engine.advance(to: event.receivedAt)
            engine.mark(event.symbol, at: middle)
        }
        if isValued { engine.value(event.symbol, at: middle) }
    }

    /// A result that a position brings along counts at once where its price is known.
    private mutating func valueAdopted(_ notice: SystemNotice, _ quotes: some QuoteSource) {
        guard let symbol = AdoptedPosition(notice)?.symbol else { return }
        engine.mark(symbol, quotes.top(symbol))
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

    private mutating func decide(
        _ proposal: OrderProposal, _ quotes: some QuoteSource, _ outbox: inout Outbox
    ) {
        let now = outbox.now
        engine.value(proposal.request.symbol, by: quotes)
        judge(proposal, now, quotes)
        onVerdict?()
        var payload = MarketEvent.Payload.riskDecision(decision)
        var line: UInt64 = 0
        do {
            line = try audit.stage(
                decision.auditLineType, at: now,
                AuditRecord(payload, sequence: outbox.nextSequence, in: words))
        } catch {
            engine.isAuditAvailable = false
            onAuditFailure(error)
            judge(proposal, now, quotes)
            payload = .riskDecision(decision)
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
            payload, symbol: request.symbol, source: .risk, trace: request.trace)
        if decision.approved {
            approved.append(
                ApprovedOrder(
                    request: request, decisionSequence: sequence, auditEntry: line, approvedAt: now,
                    judgedUnder: engine.kills.level(request.strategy, request.symbol)))
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
            if !finding.isHeld { tripped.append(latch) }
            outbox.publish(.system(finding.notice), source: .risk)
            if !finding.isHeld { onTrip?(latch) }
        }
    }

    /// The kills of trips, once.
    public mutating func takeTripped() -> ContiguousArray<KillLatch> {
        defer { tripped = [] }
        return tripped
    }

    private mutating func judge(_ proposal: OrderProposal, _ now: Timestamp, _ quotes: some QuoteSource) {
        engine.judge(
            proposal.request, now: now, asked: Self.asked(proposal), quotes: quotes, into: &decision)
        decision.origin = proposal.origin
    }

    /// The quantity that the decision behind a request asked for in all.
    private static func asked(_ proposal: OrderProposal) -> Quantity? {
        proposal.origin?.sizing.change.magnitude
    }

    /// Finds the words of decisions: `order.intent` for an approval, `order.deny` otherwise.
    private static func words(of configHash: String) -> AuditRecordWriter {
        var wording = RiskCheckWording()
        return AuditRecordWriter { payload, sequence, time, json in
            // Of anything else nothing is said, which the log does not take.
            guard case .riskDecision(var decision) = payload else { return }
            decision.writeRecord(
                sequence: sequence, at: time, configHash: configHash, wording: &wording, to: &json)
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
