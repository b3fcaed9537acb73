import Platform
import TWSProtocol

/// The write half of the session: every message to the gateway leaves through it, from whatever thread, at the pace the
/// gateway allows; cancels first, then orders, then requests.
///
/// While a token is there and nothing waits ahead, a message is encoded and handed to the kernel on the thread that brings it,
/// under one short lock, without waiting for anything. Otherwise it waits for `drain`, on the client's queue.
final class OutgoingLane: OrderLane, Sendable {
    private let content: Locked<LaneContent>
    private let orderIDs: OrderIDs
    private let wake: @Sendable () -> Void
    private let clock: @Sendable () -> UInt64

    /// A lane without a socket.
    ///
    /// - Parameters:
    ///   - wake: asks the client's queue to drain soon; called from any thread, under no lock, when something waits or is to
    ///     be reported.
    ///   - clock: monotonic nanoseconds, for those who come without a time.
    init(
        options: ClientOptions, orderIDs: OrderIDs, wake: @escaping @Sendable () -> Void,
        clock: @escaping @Sendable () -> UInt64 = MonotonicClock.now
    ) {
        content = Locked(LaneContent(pace: Pace(limit: options.requestsPerSecond)))
        self.orderIDs = orderIDs
        self.wake = wake
        self.clock = clock
    }

    /// A socket after its handshake: startAPI is the first message through it. The descriptor stays the client's, who
    /// detaches before closing it.
    func attach(_ descriptor: Int32, version: ServerVersion, now: UInt64) {
        _ = now
        content.withLock { $0.attach(SocketOutput(descriptor, version: version)) }
    }

    /// Accounts and next order id have come: until then startApi alone leaves, and cancels wait.
    func start() { content.withLock { $0.start() } }

    /// The socket is going: nothing leaves any more.
    ///
    /// - Returns: orders and cancels that have not left, among them one that has left in part, which is worth nothing; and
    ///   what was to be reported anyway.
    func detach(reason: String) -> [UnsentOrder] {
        content.withLock { $0.detach(reason) }
    }

    /// Whether orders are taken: while the session is live. Those that wait when it ends are reported as unsent.
    var takesOrders: Bool {
        get { content.withLock { $0.takesOrders } }
        set {
            if content.withLock({ $0.takeOrders(newValue) }) { wake() }
        }
    }

    /// Sends a request at the pace, behind orders and cancels.
    ///
    /// - Parameter awaited: the request's number, where `LaneState.left` is to tell that it has left; only after `queued`.
    /// - Returns: `refused` when there is no socket, the message cannot be written, or 8,192 wait.
    @discardableResult
    func send<Message: WireMessage>(
        _ message: borrowing Message, awaited: Int32? = nil, now: UInt64
    ) -> SendOutcome {
        let owner =
            awaited.map(WaitingMessage.Owner.awaitedRequest)
            ?? .request(isRepeatable: Self.repeatable.contains(Message.messageID.rawValue))
        let message = copy message
        return waking { $0.submit(message, of: owner, now: now) }
    }

    /// Sends what pace and socket allow; orders older than a second are given up.
    func drain(now: UInt64) -> LaneState {
        content.withLock { $0.drain(now: now) }
    }

    /// Messages handed to the socket, and those among all that had to wait, since the lane was made.
    var counts: (sent: UInt64, waited: UInt64) { content.withLock { ($0.sent, $0.waited) } }

    /// Code 100, too many messages: nothing leaves until then, and less afterwards until the next session.
    func holdOff(until time: UInt64) {
        content.withLock { $0.holdOff(until: time) }
    }

    /// Questions whose answer does not depend on how often they are asked: while one waits, a second adds nothing.
    private static let repeatable: [Int32] = [
        RequestOpenOrders.messageID.rawValue, RequestIDs.messageID.rawValue,
        RequestAllOpenOrders.messageID.rawValue, RequestManagedAccounts.messageID.rawValue,
        RequestCurrentTime.messageID.rawValue, RequestCompletedOrders.messageID.rawValue,
        RequestCurrentTimeInMilliseconds.messageID.rawValue,
    ]
}

extension OutgoingLane {
    func takeOrderID() -> Int32? {
        content.withLock { content in
            guard let id = orderIDs.take() else { return nil }
            content.gave(id)
            return id
        }
    }

    func place(_ order: borrowing PlaceOrder) -> SendOutcome {
        let now = clock()
        return waking { content -> SendOutcome in
            guard content.takesOrders else { return .refused(.notLive) }
            return content.submit(order, of: .order(order.orderID), now: now)
        }
    }

    func cancel(_ order: borrowing CancelOrder) -> SendOutcome {
        let now = clock()
        return waking { $0.cancel(order, now: now) }
    }

    /// Does it under the lock, and wakes the client's queue outside of it when there is something to drain.
    private func waking(_ send: (inout LaneContent) -> SendOutcome) -> SendOutcome {
        let (outcome, isToDrain) = content.withLock { content -> (SendOutcome, Bool) in
            let outcome = send(&content)
            return (outcome, outcome == .queued || content.hasReports)
        }
        if isToDrain { wake() }
        return outcome
    }
}
