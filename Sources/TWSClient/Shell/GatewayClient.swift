import Dispatch
import Platform
import TWSProtocol

/// A session with an IB Gateway that is kept up for ever: connects, greets, reconciles, subscribes, and begins anew whenever
/// something is lost.
///
/// Everything happens on one serial queue, entered by an event loop of its own. Who starts a client stops it.
public final class GatewayClient: StreamControl, Sendable {
    private let engine: QueueConfined<ClientEngine>
    private let loop: EventLoop
    private let mark: QueueMark
    private let shown: Locked<ClientStatus>

    /// The write half for orders; from any thread.
    public let orders: any OrderLane

    /// Prepares a client; nothing is connected before `start`.
    ///
    /// - Parameters:
    ///   - queue: serial; listeners are called on it, and `StreamControl` is to be called on it.
    ///   - clock: stamps what is received.
    ///   - onNote: told what a log should have, on the queue: 5 a second in the long run
    ///     of alarms, of changes of state, and of all else.
    /// - Throws: when the machine has no threads or descriptors left, or the file of order ids cannot be used.
    public init(
        options: ClientOptions, queue: DispatchQueue, clock: AnchoredClock = AnchoredClock(),
        onNote: @escaping @Sendable (ClientNote) -> Void = { _ in }
    ) throws(SystemError) {
        let orderIDs = try OrderIDs(path: options.orderIDFile)
        let loop = try EventLoop(name: "tws", queue: queue)
        let link = ClientLink()
        let mark = QueueMark(queue)
        let shown = Locked(ClientStatus())
        let lane = OutgoingLane(options: options, orderIDs: orderIDs) { link.wake() }
        let engine = QueueConfined(
            ClientEngine(
                ClientEngine.Parts(
                    options: options, queue: queue, clock: clock, loop: loop, lane: lane,
                    orderIDs: orderIDs, link: link, mark: mark, shown: shown, onNote: onNote)),
            on: queue)
        link.connect(engine)
        self.engine = engine
        self.loop = loop
        self.mark = mark
        self.shown = shown
        orders = lane
    }

    deinit { stop() }

    /// Connects, and stays connected. Once; later calls do nothing.
    public func start(market: any MarketDataListener, orders: any OrderListener) {
        enter { $0.start(market: market, orders: orders) }
    }

    /// Closes the socket, cancels nothing. From the queue or a listener it only ends the session; from elsewhere it returns
    /// when nobody is called any more.
    public func stop() {
        enter { $0.stop() }
        loop.stop()
        if !mark.isHere { loop.join() }
    }

    /// How the session stands; never waits for the network or a listener.
    public var status: ClientStatus { shown.withLock(\.self) }

    /// Our books are in doubt: they are compared with the broker's again, soon, and not more often than makes sense.
    ///
    /// - Parameter reason: why, in words; the session tells it when it compares.
    public func reconcile(_ reason: String) { enter { $0.doubtBooks(reason) } }

    // MARK: Streams

    /// Wants a stream from now on; on the queue only.
    public func open(_ request: StreamRequest) -> StreamID {
        engine.here { $0.withTable { $0.open(request) } }
    }

    /// No longer wants it; on the queue only.
    public func close(_ stream: StreamID) {
        engine.here { $0.withTable { $0.close(stream) } }
    }

    /// Asks for it again; on the queue only.
    public func retry(_ stream: StreamID) {
        engine.here { $0.withTable { $0.retry(stream) } }
    }

    private func enter(_ body: (ClientEngine) -> Void) {
        if mark.isHere { engine.here(body) } else { engine.sync(body) }
    }
}
