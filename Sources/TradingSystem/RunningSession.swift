import Configuration
import Execution
import Logging
import MarketData
import Messaging
import Platform
import Telemetry
import TradingModel

/// A session with its feed.
final class RunningSession: Sendable {
    let session: TradingSession
    /// What the session has towards its gateway; `nil` in other modes.
    let broker: BrokerLink?
    /// Writes the blotter; `nil` for a replay.
    let blotter: BlotterKeeper?
    private let feed: any Feed
    private let replay: ReplayFeed?
    /// Watches a feed that does not know its own quality; `nil` for others.
    private let watch: Locked<StalenessWatch?>
    private let report: MalformedReport
    private let end: Locked<FeedEnd?>
    private let observers = Locked<[EventTap]>([])
    /// Tells the trips of a live session the time; `nil` for a replay.
    private let tripTimer: TripTimer?

    /// Connects the feed of `plan`; nothing flows before `start`.
    ///
    /// - Parameter onEnd: called once, on the feed's queue.
    init(
        _ session: TradingSession, plan: FeedPlan, broker: BrokerLink?, queues: QueuePlan,
        onEnd: @escaping @Sendable (FeedEnd) -> Void
    ) throws(LaunchError) {
        self.session = session
        self.broker = broker
        blotter = session.mode == .replay ? nil : BlotterKeeper(session, queue: queues.blotter)
        let log = Logger(label: "tradingd.feed")
        report = MalformedReport(log)
        let end = Locked<FeedEnd?>(nil)
        self.end = end
        let watch = Locked<StalenessWatch?>(nil)
        self.watch = watch
        tripTimer =
            session.mode == .replay
            ? nil : TripTimer(session, queue: queues.staleness) { [observers] in observers.withLock { $0 } }
        let onEnd: @Sendable (FeedEnd) -> Void = { [onEnd] outcome in
            watch.withLock { $0 }?.end()
            end.withLock { $0 = outcome }
            onEnd(outcome)
        }
        switch plan {
        case .recording(let files, var options, let speed, _):
            let sink = SessionSink(
                session, clock: session.mode == .sim ? .shiftedToNow : .asRecorded, waits: true)
            options.onMalformed = report.note
            options.onTornTail = { tail in
                log.warning("Journal ends within a block", metadata: ["place": "\(tail)"])
            }
            // At another speed than the recording's, silence means nothing.
            let watcher =
                session.mode == .sim && speed == .realTime
                ? try StalenessWatch(
                    session.settings, symbols: session.settings.symbols, session: session, sink: sink,
                    queue: queues.staleness) : nil
            watch.withLock { $0 = watcher }
            let replay: ReplayFeed
            do throws(HistoricalLoaderError) {
                replay = ReplayFeed(
                    loader: try HistoricalLoader(files: files, options: options), speed: speed,
                    queue: queues.feed, sink: watcher ?? sink, onEnd: onEnd)
            } catch {
                throw LaunchError(error)
            }
            self.replay = replay
            feed = replay
        case .simulator(let options, let speed):
            let overload = OverloadFault(log)
            let sink = SessionSink(session, clock: .asRecorded, waits: false) { overload.raise(session) }
            let watcher = try StalenessWatch(
                session.settings, symbols: options.instruments.map(\.symbol.name), session: session,
                sink: sink,
                queue: queues.staleness)
            watch.withLock { $0 = watcher }
            replay = nil
            feed = SimulatorFeed(
                simulator: MarketSimulator(options), mode: .live(speed: speed), queue: queues.feed,
                sink: watcher, onEnd: onEnd)
        case .gateway:
            guard let broker else { throw .system("mode ibkr without a client") }
            let overload = OverloadFault(log)
            replay = nil
            feed = broker.feed(
                for: session, onDrift: { [weak session] in session?.trip(drift: $0) },
                onOverload: { overload.raise(session) }, onEnd: onEnd)
        }
    }

    func start() { feed.start() }

    /// Nanoseconds that a broker has to confirm the cancels at the end of a session: a heartbeat and some attempts to connect.
    private static let farewell: UInt64 = 20_000_000_000

    /// Trades no more; where a broker holds orders, waits until it has confirmed their cancellation, or for long enough.
    ///
    /// - Parameter leavesOrders: whether what works at a broker stays there; a kill has it cancelled all the same.
    /// - Returns: orders whose end is not known, a line each.
    func windDown(reason: String, leavesOrders: Bool = false) -> [String] {
        guard let broker else { return [] }
        session.beginEnd(reason: reason, leavesOrders: leavesOrders)
        if leavesOrders && killOutcome(.all).unconfirmed.isEmpty {
            session.noteLeft(broker.book.openOrderTexts)
            return []
        }
        guard !session.waitForCancels(atMost: Self.farewell) else { return [] }
        let orders = broker.book.openOrderTexts
        session.noteUnconfirmed(orders)
        return orders
    }

    /// Those who observe the bus.
    var taps: [EventTap] { observers.withLock { $0 } }

    /// Remembers an observer, for the report of its losses.
    func add(_ tap: EventTap?) {
        if let tap { observers.withLock { $0.append(tap) } }
    }

    func stop() {
        tripTimer?.end()
        watch.withLock { $0 }?.end()
        feed.stop()
    }

    /// How the feed ended; `nil` while it runs.
    var feedEnd: FeedEnd? { end.withLock { $0 } }

    /// Whether events may still come, or came to a proper end.
    var isFeedWell: Bool {
        if case .failed = feedEnd { return false }
        return true
    }

    /// What the feed has read and left out.
    var statistics: FeedStatistics {
        var result = FeedStatistics()
        guard let counts = replay?.statistics else { return result }
        result.rows = counts.rows
        result.malformed = counts.malformed
        result.filtered = counts.filtered
        result.skipped = counts.skipped.values.reduce(0, +)
        return result
    }
}

/// `INFRA_OVERLOAD`: events of a live feed were lost, so its ladder is no longer true. Raised once a session.
private final class OverloadFault: Sendable {
    private let log: Logger
    private let isRaised = Locked(false)

    init(_ log: Logger) { self.log = log }

    func raise(_ session: TradingSession) {
        let isFirst = isRaised.withLock { isRaised in
            defer { isRaised = true }
            return !isRaised
        }
        guard isFirst else { return }
        log.record(.overloaded, ["fault": "INFRA_OVERLOAD"])
        session.feedLost(.unavailable, reason: "\(FeedStatus.Words.overload): events were lost")
    }
}

/// Reports malformed rows: the first hundred one by one, the rest by their number.
private final class MalformedReport: Sendable {
    private static let shown = 100
    private let log: Logger
    private let count = Locked(0)

    init(_ log: Logger) { self.log = log }

    @Sendable
    func note(_ row: MalformedRow) {
        let number = count.withLock { count in
            count += 1
            return count
        }
        if number <= Self.shown {
            log.record(
                .rowLeftOut, ["place": "\(row.file):\(row.line)", "reason": "\(row.reason)"])
        } else if number == Self.shown + 1 {
            log.warning("More rows left out; see the summary for their number")
        }
    }
}
