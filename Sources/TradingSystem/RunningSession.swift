import Logging
import MarketData
import Messaging
import Platform
import TradingModel

/// A session with its feed.
final class RunningSession: Sendable {
    let session: TradingSession
    private let feed: any Feed
    private let replay: ReplayFeed?
    private let report: MalformedReport

    /// Connects the feed of `plan`; nothing flows before `start`.
    ///
    /// - Parameter onEnd: called once, on the feed's queue.
    init(
        _ session: TradingSession, plan: FeedPlan, queues: QueuePlan,
        onEnd: @escaping @Sendable (FeedEnd) -> Void
    ) throws(LaunchError) {
        self.session = session
        let log = Logger(label: "tradingd.feed")
        report = MalformedReport(log)
        switch plan {
        case .recording(let files, var options, let speed):
            let sink = SessionSink(session: session, waits: true, onOverload: {})
            options.onMalformed = report.note
            let replay: ReplayFeed
            do throws(HistoricalLoaderError) {
                replay = ReplayFeed(
                    loader: try HistoricalLoader(files: files, options: options), speed: speed,
                    queue: queues.feed, sink: sink, onEnd: onEnd)
            } catch {
                throw LaunchError(error)
            }
            self.replay = replay
            feed = replay
        case .simulator(let options, let speed):
            let sink = SessionSink(session: session, waits: false) {
                log.error("Events lost: the bus is overloaded", metadata: ["fault": "INFRA_OVERLOAD"])
            }
            replay = nil
            feed = SimulatorFeed(
                simulator: MarketSimulator(options), mode: .live(speed: speed), queue: queues.feed,
                sink: sink,
                onEnd: onEnd)
        }
    }

    func start() { feed.start() }

    func stop() { feed.stop() }

    /// What the feed has read and left out.
    var statistics: FeedStatistics {
        var result = FeedStatistics()
        guard let counts = replay?.statistics else { return result }
        result.rows = counts.rows
        result.malformed = counts.malformed
        result.skipped = counts.skipped.values.reduce(0, +)
        return result
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
            log.warning(
                "Row left out", metadata: ["place": "\(row.file):\(row.line)", "reason": "\(row.reason)"])
        } else if number == Self.shown + 1 {
            log.warning("More rows left out; see the summary for their number")
        }
    }
}
