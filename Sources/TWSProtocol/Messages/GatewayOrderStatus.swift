/// The status of an order, as a gateway names it.
///
/// Source: reference of the TWS socket protocol, "order lifecycle".
public enum GatewayOrderStatus: String, Hashable, Sendable, CaseIterable {
    /// Known to the client library only; rare on the wire.
    case apiPending = "ApiPending"
    /// Sent, not accepted yet.
    case pendingSubmit = "PendingSubmit"
    /// Accepted, simulated or waiting for its trigger.
    case preSubmitted = "PreSubmitted"
    /// Working.
    case submitted = "Submitted"
    /// Cancel sent; can still fill.
    case pendingCancel = "PendingCancel"
    /// Cancel accepted but not effective; can still fill.
    case preCancelled = "PreCancelled"
    /// Cancelled before it was acknowledged.
    case apiCancelled = "ApiCancelled"
    /// The balance is cancelled: by us, by the exchange, or as a rejection.
    case cancelled = "Cancelled"
    /// All done.
    case filled = "Filled"
    /// Held or refused; may come alive again.
    case inactive = "Inactive"

    /// Whether nothing more is to be expected.
    public var isDone: Bool {
        switch self {
        case .apiCancelled, .cancelled, .filled: true
        case .apiPending, .pendingSubmit, .preSubmitted, .submitted, .pendingCancel, .preCancelled,
            .inactive:
            false
        }
    }
}
