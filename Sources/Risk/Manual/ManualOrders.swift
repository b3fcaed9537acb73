import TradingModel

/// Turns what operators ask for into requests: a pure stage. They go through risk like those of a strategy.
///
/// The newest `kept` are remembered with their verdicts, so that one that is asked for again by the same caller under the
/// same token is not sent twice.
public struct ManualOrders: Sendable {
    /// Orders asked for that are remembered.
    public static let kept = 1_000

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
        fileprivate let key: String
    }

    private var entries: ContiguousArray<Entry> = []
    private var oldest = 0
    /// Looked up only, never walked.
    private var places: [String: Int] = [:]
    private var undecided = 0

    /// Nobody has asked for anything.
    public init() {}

    /// What became of an order that `actor` has asked for under `token`; `nil` where he has not, or it is forgotten.
    public func entry(by actor: String, _ token: String) -> Entry? {
        places[Self.key(actor, token)].map { entries[$0] }
    }

    private static func key(_ actor: String, _ token: String) -> String { "\(actor) \(token)" }

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
        case .riskDecision(let decision) where undecided > 0: note(decision)
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
        let trace = TraceContext(
            traceID: TraceID(session: UInt64(id.session), sequence: sequence),
            spanID: SpanID(sequence: sequence))
        remember(Entry(ticket: ticket, id: id, key: Self.key(notice.actor, ticket.token)))
        requests.append(OrderProposal(ticket.request(id, trace: trace)))
    }

    private mutating func remember(_ entry: Entry) {
        undecided += 1
        guard entries.count == Self.kept else {
            places[entry.key] = entries.count
            entries.append(entry)
            return
        }
        if entries[oldest].verdict == nil { undecided -= 1 }
        places[entries[oldest].key] = nil
        places[entry.key] = oldest
        entries[oldest] = entry
        oldest = (oldest + 1) % Self.kept
    }

    private mutating func note(_ decision: RiskDecision) {
        let id = decision.request.id
        guard let place = entries.lastIndex(where: { $0.id == id }), entries[place].verdict == nil else {
            return
        }
        entries[place].verdict = Verdict(decision)
        undecided -= 1
    }
}
