import Dispatch
import Platform
import TradingModel

/// Plays recordings into a sink, paced by event time.
///
/// Runs on one serial queue of its own, which it occupies while it plays. Pacing decides when events are
/// handed over, never which or in what order: events of one time are due together, and a paced batch holds
/// only events that are due.
public final class ReplayFeed: Feed {
    private let loader: Locked<HistoricalLoader?>
    private let speed: ReplaySpeed
    private let queue: DispatchQueue
    private let sink: any EventSink
    private let run: FeedRun
    private let counts = Locked(LoaderStatistics())

    /// A replay, not yet started.
    ///
    /// - Parameters:
    ///   - queue: a serial queue, `tradingd.feed`; blocked while the feed waits for an event to be due.
    ///   - onEnd: called once, on the queue.
    public init(
        loader: sending HistoricalLoader, speed: ReplaySpeed, queue: DispatchQueue, sink: any EventSink,
        onEnd: @escaping @Sendable (FeedEnd) -> Void
    ) {
        self.loader = Locked(loader)
        self.speed = speed
        self.queue = queue
        self.sink = sink
        run = FeedRun(onEnd: onEnd)
    }

    /// Begins to play; a second call does nothing.
    public func start() {
        guard run.begin() else { return }
        queue.async { self.play() }
    }

    /// Asks for the end; wakes a feed that waits for an event to be due.
    public func stop() { run.stop() }

    /// What has been read so far; brought up to date with every block of events read.
    public var statistics: LoaderStatistics { counts.withLock { $0 } }

    private func play() {
        let taken = loader.withLock { loader in
            defer { loader = nil }
            return loader
        }
        guard let taken else { return }
        run.end(Self.outcome { () throws(HistoricalLoaderError) in try play(taken) })
    }

    private static func outcome(_ body: () throws(HistoricalLoaderError) -> FeedEnd) -> FeedEnd {
        do throws(HistoricalLoaderError) { return try body() } catch { return .failed(error.description) }
    }

    private func play(_ loader: HistoricalLoader) throws(HistoricalLoaderError) -> FeedEnd {
        var block: ContiguousArray<MarketEvent> = []
        block.reserveCapacity(largestFeedBatch)
        var ready: ContiguousArray<MarketEvent> = []
        var pacer = Pacer(speed)
        while !run.isStopping {
            defer { counts.withLock { $0 = loader.statistics } }
            guard try loader.next(into: &block) else { return .finished }
            guard hand(over: &block, &ready, &pacer) else { return .stopped }
        }
        return .stopped
    }

    /// - Returns: `false` when the feed is to stop.
    private func hand(
        over block: inout ContiguousArray<MarketEvent>, _ ready: inout ContiguousArray<MarketEvent>,
        _ pacer: inout Pacer
    ) -> Bool {
        guard speed != .maximum else { return sink.accept(&block) && !run.isStopping }
        var start = 0
        while start < block.count {
            let now = MonotonicClock.now()
            var end = start
            while end < block.count, pacer.due(block[end].receivedAt.nanoseconds, now: now) <= now {
                end += 1
            }
            if end > start {
                ready.append(contentsOf: block[start..<end])
                guard sink.accept(&ready), !run.isStopping else { return false }
                start = end
            } else {
                let due = pacer.due(block[start].receivedAt.nanoseconds, now: now)
                guard run.wait(until: due) else { return false }
            }
        }
        return true
    }
}
