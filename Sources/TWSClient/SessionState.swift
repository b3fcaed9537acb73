/// Where the session with a gateway stands.
///
/// `idle → connecting → handshake → starting → ready → reconciling → live → lost → backoff → connecting …`
///
/// Which state follows which is in `after(_:)`.
public enum SessionState: String, Sendable, CaseIterable {
    /// Not asked to connect.
    case idle
    /// TCP is on its way.
    case connecting
    /// Greeting sent, the gateway's version awaited.
    case handshake
    /// startApi sent; accounts and next order id awaited.
    case starting
    /// Both have come; contracts are asked for.
    case ready
    /// Our books are compared with the broker's: open orders, executions, positions. No new orders.
    case reconciling
    /// Compared: orders may be sent, streams are subscribed.
    case live
    /// The gateway has lost IBKR (socket kept), or the socket is gone. No new orders; streams are stale.
    case lost
    /// No socket; the next attempt waits.
    case backoff
    /// Ended for good.
    case stopped

    /// Whether new orders may be sent.
    public var takesOrders: Bool { self == .live }
}
