import TWSProtocol
import TradingModel

/// What became of an order, change or cancel that was handed over.
public enum SendOutcome: Hashable, Sendable {
    /// Its bytes are with the kernel, or behind others in the socket's own buffer.
    case sent
    /// It waits for the pace of requests; sent as soon as the pace allows, or reported as unsent.
    case queued
    /// Nothing was sent and nothing will be.
    case refused(SendRefusal)
}

/// Why nothing was sent.
public enum SendRefusal: String, Hashable, Sendable {
    /// The session is not live (for an order) or has no socket (for a cancel).
    case notLive = "session with the gateway is not live"
    /// No order id that is marked as used on disk is at hand.
    case noOrderID = "no order id is reserved on disk"
    /// Too many orders wait for the pace of requests.
    case tooMany = "too many requests wait for their turn"
    /// A field cannot be written.
    case unwritable = "the order cannot be written"
}

/// The write half of the session for orders: from any thread, above all the bus queue; never blocks for the network.
public protocol OrderLane: AnyObject, Sendable {
    /// An id above all that were ever used, marked as used on disk before it is given; `nil` when there is none.
    func takeOrderID() -> Int32?

    /// Sends an order or a change of one; only while the session is live.
    func place(_ order: borrowing PlaceOrder) -> SendOutcome

    /// Sends a cancel, ahead of everything else; while there is a session.
    func cancel(_ order: borrowing CancelOrder) -> SendOutcome
}
