import TradingModel

/// A change of a working order that passed every control, is reserved, and whose record is in the audit log. Only Risk can
/// make one.
public struct ApprovedChange: Sendable {
    /// The order as it is to be afterwards, with the number of the event that asked for it as its decision.
    public let order: ApprovedOrder

    init(_ order: ApprovedOrder) { self.order = order }

    /// The order it is of.
    public var id: ClientOrderID { order.request.id }
    /// Its whole quantity afterwards.
    public var quantity: Quantity { order.request.quantity }
    /// Its limit afterwards; `nil` where it has none.
    public var limitPrice: Price? { order.request.limitPrice }
    /// Its trigger afterwards; `nil` where it has none.
    public var stopPrice: Price? { order.request.stopPrice }
}

/// An order that passed every control and whose intent is in the audit log. Only Risk can make one, and Execution takes
/// nothing else.
public struct ApprovedOrder: Sendable {
    /// The order.
    public let request: OrderRequest
    /// Sequence number of the decision.
    public let decisionSequence: UInt64
    /// What the audit log calls the line that holds the intent: nothing leaves before that line is safe.
    public let auditEntry: UInt64
    /// When it was approved, by the time of events.
    public let approvedAt: Timestamp
    /// The strictest kill that it met when it was approved, and that lets it pass; `nil` where none held for it.
    public let judgedUnder: KillLevel?

    init(
        request: OrderRequest, decisionSequence: UInt64, auditEntry: UInt64,
        approvedAt: Timestamp = .zero, judgedUnder: KillLevel? = nil
    ) {
        self.request = request
        self.decisionSequence = decisionSequence
        self.auditEntry = auditEntry
        self.approvedAt = approvedAt
        self.judgedUnder = judgedUnder
    }

    /// Whether a kill has come since it was approved that is stricter than the one it was judged under.
    ///
    /// - Parameter level: the strictest that holds for it now; `nil` for none.
    public func isOvertaken(by level: KillLevel?) -> Bool {
        guard let level else { return false }
        return judgedUnder.map { level > $0 } ?? true
    }
}
