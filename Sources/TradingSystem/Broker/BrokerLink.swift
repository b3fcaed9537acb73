import Configuration
import Dispatch
import Execution
import Logging
import MarketData
import Messaging
import Platform
import Risk
import TWSClient
import TWSProtocol
import Telemetry
import TradingModel

/// What a session of mode ibkr has towards its gateway: one client, the book of our orders, and later the listeners.
///
/// Made in two steps, because the venue is a part of the session and the listeners need the session.
final class BrokerLink: Sendable {
    /// The session with the gateway.
    let client: GatewayClient
    /// Our orders at the broker.
    let book: BrokerBook
    /// Where the gateway is, as `host:port`.
    let address: String
    private let options: IBKREventsOptions
    private let queues: QueuePlan
    private let profile: Profile
    private let follower = Locked<BrokerOrders?>(nil)
    private let log = Logger(label: "tradingd.gateway")

    /// Reads the order ids; connects nothing yet.
    ///
    /// - Parameters:
    ///   - symbols: names of the instruments wanted.
    ///   - session: number of the daemon's session.
    /// - Throws: `LaunchError`: configuration for an instrument without a contract, system for ids that cannot be read.
    init(
        _ settings: Settings, symbols: [String], session: UInt32, state directory: String, queues: QueuePlan
    ) throws(LaunchError) {
        let clientOptions = try ClientOptions(settings, symbols: symbols, directory: directory)
        options = try IBKREventsOptions(settings, symbols: symbols)
        self.queues = queues
        profile = settings.profile
        let notes = GatewayLog(log)
        do throws(SystemError) {
            client = try GatewayClient(
                options: clientOptions, queue: queues.tws, clock: UTCClock.anchored, onNote: notes.write)
        } catch {
            throw .system(error.description)
        }
        let gateway = settings.providers.ibkr
        address = "\(gateway.host):\(gateway.port)"
        var orders = BrokerOptions(
            clientID: gateway.clientID, session: session, account: gateway.account ?? "",
            worksOutsideRegularHours: gateway.tradesOutsideHours)
        orders.compareTime = settings.execution.reconcileEvery
        book = BrokerBook(options: orders)
    }

    /// Whether the session with the gateway is up.
    var isConnected: Bool { client.status.state.takesOrders }

    /// Where the session's orders go.
    func venue(_ killSwitch: KillSwitch) -> TradingVenue {
        let gate = HandOverGate(killSwitch) { UTCClock.now() }
        return .broker(IBKRAdapter(lane: client.orders, book: book, gate: gate))
    }

    /// Connects the listeners to a session; nothing flows before the feed starts.
    ///
    /// - Parameter onDrift: told when the broker's positions differ from ours and nothing explains it.
    func feed(
        for session: TradingSession, onDrift: @escaping @Sendable (String) -> Void,
        onOverload: @escaping @Sendable () -> Void, onEnd: @escaping @Sendable (FeedEnd) -> Void
    ) -> BrokerFeed {
        let book = book
        if let carried = session.carried { book.carry(carried.use.holdings.map(\.adoption)) }
        if let earlier = session.earlier { book.restore(open: earlier.open, finished: earlier.finished) }
        let outlets = BrokerOutlets(
            publish: { [weak session, weak client, book, profile] event in
                guard let session else { return .stopped }
                return session.publish(broker: event, book: book) {
                    Self.warnings(of: client?.status.accounts ?? [], profile)
                }
            },
            reconcile: { [weak client] reason in client?.reconcile(reason) },
            onDrift: { [log] drift in
                let text = drift.map(\.description).joined(separator: "; ")
                log.record(.reconciliationDrift, ["reason": "\(text)"])
                onDrift(text)
            },
            onStrangeOrder: { [log] text in
                log.record(.reconciliationDrift, ["reason": "\(text)"])
                onDrift(text)
            },
            onUnknownExecution: { [weak session] text in session?.trip(.unknownExecution, text) },
            onNote: GatewayLog(log).write)
        let orders = BrokerOrders(book: book, lane: client.orders, queue: queues.tws, outlets: outlets)
        follower.withLock { $0 = orders }
        let sink = SessionSink(session, clock: .asRecorded, waits: false, onOverload: onOverload)
        return BrokerFeed(
            client: client,
            market: BrokerMarket(
                events: IBKREvents(options: options, streams: client, sink: sink), book: book, log: log),
            orders: orders, onEnd: onEnd)
    }

    /// An operator has looked at what differs and goes on: the broker's positions are right from now on.
    ///
    /// Waits for the client's queue.
    ///
    /// - Parameter symbols: of those instruments alone; `nil` for all.
    /// - Returns: what differed.
    func acceptPositions(
        by actor: String, reason: String, in symbols: Set<SymbolID>? = nil
    ) -> [BrokerDrift] {
        guard let orders = follower.withLock({ $0 }) else { return [] }
        return queues.tws.sync { [book] in
            let differences = book.acceptableDifferences.filter { symbols?.contains($0.symbol) != false }
            orders.acceptPositions(by: actor, reason: reason, in: symbols, at: UTCClock.now())
            return differences
        }
    }

    /// Accounts of paper trading begin with D, and belong to every profile but prod.
    private static func warnings(of accounts: [String], _ profile: Profile) -> [StartUpWarning] {
        let odd = accounts.filter { $0.hasPrefix("D") == (profile == .prod) }
        guard !odd.isEmpty else { return [] }
        let kind = profile == .prod ? "paper" : "live"
        return [
            StartUpWarning(
                .account,
                "account \(odd.joined(separator: ", ")) is a \(kind) account, the profile is \(profile.rawValue)"
            )
        ]
    }
}

/// The gateway as a feed: connects, and stays connected until it is stopped.
final class BrokerFeed: Feed {
    private let client: GatewayClient
    private let market: BrokerMarket
    private let orders: BrokerOrders
    private let onEnd: @Sendable (FeedEnd) -> Void

    init(
        client: GatewayClient, market: BrokerMarket, orders: BrokerOrders,
        onEnd: @escaping @Sendable (FeedEnd) -> Void
    ) {
        self.client = client
        self.market = market
        self.orders = orders
        self.onEnd = onEnd
    }

    func start() { client.start(market: market, orders: orders) }

    /// Returns when the socket is closed and nobody is called any more.
    func stop() {
        client.stop()
        onEnd(.stopped)
    }
}

/// Market data for the events, contracts for those who place orders, too.
final class BrokerMarket: MarketDataListener {
    private let events: IBKREvents
    private let book: BrokerBook
    private let log: Logger

    init(events: IBKREvents, book: BrokerBook, log: Logger) {
        self.events = events
        self.book = book
        self.log = log
    }

    func sessionChanged(_ change: SessionChange) {
        log.record(
            .gatewaySession,
            ["from": "\(change.from.rawValue)", "to": "\(change.to.rawValue)", "reason": "\(change.reason)"])
        events.sessionChanged(change)
    }

    func take(_ messages: Span<MarketMessage>, at time: Timestamp) { events.take(messages, at: time) }

    func take(_ message: ServerMessage, of stream: StreamID, at time: Timestamp) {
        events.take(message, of: stream, at: time)
    }

    func take(_ notice: StreamNotice, of stream: StreamID, at time: Timestamp) {
        events.take(notice, of: stream, at: time)
    }

    func take(_ contract: ResolvedContract?, for symbol: SymbolID, text: String, at time: Timestamp) {
        book.resolve(symbol, contract)
        events.take(contract, for: symbol, text: text, at: time)
    }

    func readEnded(at time: Timestamp) { events.readEnded(at: time) }

    func timePassed(_ time: Timestamp) { events.timePassed(time) }
}
