import Platform

/// How the outgoing lane stands after it was drained.
struct LaneState: Equatable, Sendable {
    /// The socket has no room: to be drained again when it is ready to write.
    var wantsToWrite = false
    /// When it is to be drained again, monotonic ns; `nil` when nothing waits for a time.
    var nextDue: UInt64?
    /// The socket has failed: it is of no use any more.
    var failure: SystemError?
    /// What has not left and never will, since the last time.
    var expired: [UnsentOrder] = []
    /// Requests that have left now after they had waited, by their numbers; only those that were sent as `awaited`.
    var left: [Int32] = []
}

/// An order, change or cancel that has not left and never will.
struct UnsentOrder: Equatable, Sendable {
    /// Of which order.
    let orderID: Int32
    /// Whether it is a cancel.
    let isCancel: Bool
    /// Why, for a person.
    let reason: String
}

/// A message that waits for its turn, as it goes over the wire.
struct WaitingMessage: Sendable {
    /// Whose it is.
    let owner: Owner
    /// Since when, monotonic ns.
    let since: UInt64
    /// The frame.
    var bytes: [UInt8]

    /// Whose a message is.
    enum Owner: Equatable, Sendable {
        /// A cancel of that order.
        case cancel(Int32)
        /// That order, or a change of it.
        case order(Int32)
        /// A request; whether a second one that is the same adds nothing.
        case request(isRepeatable: Bool)
        /// A request of that number; it is told when it has left.
        case awaitedRequest(Int32)

        /// How soon it leaves.
        var rank: Pace.Rank {
            switch self {
            case .cancel: .cancel
            case .order: .order
            case .request, .awaitedRequest: .request
            }
        }

        /// What to report when it does not leave; nobody is told of a request.
        func unsent(_ reason: String) -> UnsentOrder? {
            switch self {
            case .cancel(let id): UnsentOrder(orderID: id, isCancel: true, reason: reason)
            case .order(let id): UnsentOrder(orderID: id, isCancel: false, reason: reason)
            case .request, .awaitedRequest: nil
            }
        }
    }
}
