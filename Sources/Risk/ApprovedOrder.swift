import TradingModel

/// An order that passed every control and whose intent is in the audit log. Only Risk can make one, and Execution takes
/// nothing else.
public struct ApprovedOrder: Sendable {
    /// The order.
    public let request: OrderRequest
    /// Sequence number of the decision.
    public let decisionSequence: UInt64
    /// Number of the audit line that holds the intent: nothing leaves before that line is safe.
    public let auditSequence: UInt64

    init(request: OrderRequest, decisionSequence: UInt64, auditSequence: UInt64) {
        self.request = request
        self.decisionSequence = decisionSequence
        self.auditSequence = auditSequence
    }
}
