import TradingModel

/// Turns what operators ask for into requests: a pure stage. They go through risk like those of a strategy.
///
/// The newest `kept` are remembered with their verdicts, so that one that is asked for again by the same caller under the
/// same token is not sent twice.
public struct ManualOrders: Sendable {
    /// Orders asked for that are remembered.
    public static var kept: Int { TokenMemory<Entry>.kept }

    /// What risk has said.
    public struct Verdict: Sendable, Hashable {
        /// Whether it may be sent.
        public let isApproved: Bool
        /// The control that failed, where it may not.
        public let failure: RiskCheck?

        init(_ decision: RiskDecision) {
            isApproved = decision.approved
            failure = decision.limits.first { !$0.passed }
        }
    }

    /// An order asked for, and what became of it.
    public struct Entry: Sendable, Hashable {
        /// What was asked for.
        public let ticket: OrderTicket
        /// Its id.
        public let id: ClientOrderID
        /// `nil` until it is decided.
        public internal(set) var verdict: Verdict?
    }

    private var memory = TokenMemory<Entry>()
    /// The exits of entries by hand.
    public var brackets = BracketStage()
    /// The kills that hold, as the event sequence says.
    private var kills = KillLatches()
    private var undecided = 0
    /// The newest order asked for: its id, by the number of the event that asks.
    public private(set) var newest: (id: ClientOrderID, sequence: UInt64)?

    /// Nobody has asked for anything.
    public init() {}

    /// What became of an order that `actor` has asked for under `token`; `nil` where he has not, or it is forgotten.
    public func entry(by actor: String, _ token: String) -> Entry? { memory[actor, token] }

    /// Folds one event.
    ///
    /// - Parameters:
    ///   - requests: for the risk stage to take.
    ///   - numbers: of the session.
    public mutating func fold(
        _ event: MarketEvent, _ requests: inout ContiguousArray<OrderProposal>, _ numbers: inout OrderNumbers
    ) {
        switch event.payload {
        case .system(let notice) where notice.kind == .orderRequested:
            request(notice, event.sequence, &requests, &numbers)
        case .system(let notice): fold(notice, &requests, &numbers)
        case .riskDecision(let decision):
            if undecided > 0 { note(decision) }
            if !brackets.isEmpty { brackets.fold(decision, at: event.receivedAt, &requests, &numbers) }
        case .orderEvent(let report) where !brackets.isIdle:
            brackets.fold(report, at: event.receivedAt, &requests, &numbers)
        default: break
        }
        if event.receivedAt >= brackets.retryIsDue { brackets.retry(&requests, &numbers) }
    }

    /// What an earlier session has left, and what lets exits be sent that could not be.
    private mutating func fold(
        _ notice: SystemNotice, _ requests: inout ContiguousArray<OrderProposal>,
        _ numbers: inout OrderNumbers
    ) {
        switch notice.kind {
        case .orderRestored: if let order = RestoredOrder(notice) { brackets.restore(order, kills) }
        case .brokerReady, .armed, .positionAdopted, .limitsChanged:
            if !brackets.isEmpty { brackets.retry(&requests, &numbers) }
        // Nothing brings back what a kill has ended.
        case .killSwitchEngaged:
            kills.engage(KillLatch(notice))
            guard (notice.level ?? .halt) >= .halt else { return }
            brackets.giveUp { notice.scope.contains($0.strategy, $0.symbol) }
        case .killSwitchReleased: kills.release(notice.scope, to: notice.level)
        case .cancelRequested:
            guard !brackets.isEmpty, let wish = CancelWish(text: notice.detail) else { return }
            brackets.giveUp { wish.contains($0) }
        default: break
        }
    }

    /// One that cannot be understood asks for nothing; one that is known has its answer.
    private mutating func request(
        _ notice: SystemNotice, _ sequence: UInt64, _ requests: inout ContiguousArray<OrderProposal>,
        _ numbers: inout OrderNumbers
    ) {
        guard let ticket = OrderTicket(text: notice.detail), entry(by: notice.actor, ticket.token) == nil
        else {
            return
        }
        let id = numbers.next()
        newest = (id, sequence)
        let trace = TraceContext(
            traceID: TraceID(session: UInt64(id.session), sequence: sequence),
            spanID: SpanID(sequence: sequence))
        undecided += 1
        let forgotten = memory.insert(Entry(ticket: ticket, id: id), notice.actor, ticket.token)
        if let forgotten, forgotten.verdict == nil { undecided -= 1 }
        let request = ticket.request(id, trace: trace)
        if ticket.isBracket { brackets.begin(ticket, request) }
        requests.append(OrderProposal(request))
    }

    private mutating func note(_ decision: RiskDecision) {
        var isNoted = false
        memory.update(where: { $0.id == decision.request.id && $0.verdict == nil }) { entry in
            entry.verdict = Verdict(decision)
            isNoted = true
        }
        if isNoted { undecided -= 1 }
    }
}
