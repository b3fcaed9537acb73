import Dispatch
import Platform
import TradingModel

/// Plays recordings of level 1 ticks, paced by their time, to one who tells them on.
public final class LevelOneReplayFeed: Feed {
    private let ticks: [RecordedLevelOneTick]
    private let repeats: Int
    private let speed: ReplaySpeed
    private let queue: DispatchQueue
    private let receive: @Sendable (ArraySlice<RecordedLevelOneTick>) -> Bool
    private let run: FeedRun

    /// A replay, not yet started.
    ///
    /// - Parameters:
    ///   - ticks: by time; several recordings are put in order.
    ///   - queue: a serial queue, blocked while the feed waits for a tick to be due.
    ///   - receive: takes ticks of one moment, at most `largestFeedBatch`; `false` ends the feed.
    ///   - onEnd: called once, on the queue.
    public init(
        _ ticks: [RecordedLevelOneTick], repeats: Int, speed: ReplaySpeed, queue: DispatchQueue,
        onEnd: @escaping @Sendable (FeedEnd) -> Void,
        receive: @escaping @Sendable (ArraySlice<RecordedLevelOneTick>) -> Bool
    ) {
        self.ticks = ticks
        self.repeats = repeats
        self.speed = speed
        self.queue = queue
        self.receive = receive
        run = FeedRun(onEnd: onEnd)
    }

    /// Begins to play; a second call does nothing.
    public func start() {
        guard run.begin() else { return }
        queue.async { self.run.end(self.play()) }
    }

    /// Asks for the end; wakes a feed that waits.
    public func stop() { run.stop() }

    private func play() -> FeedEnd {
        for _ in 0..<repeats {
            var pacer = Pacer(speed)
            var start = 0
            while start < ticks.count {
                let time = ticks[start].time
                let end =
                    ticks[start...].prefix(largestFeedBatch).firstIndex { $0.time != time }
                    ?? min(start + largestFeedBatch, ticks.count)
                let due = pacer.due(time.nanoseconds, now: MonotonicClock.now())
                guard due <= MonotonicClock.now() || run.wait(until: due), !run.isStopping,
                    receive(ticks[start..<end])
                else { return .stopped }
                start = end
            }
        }
        return .finished
    }
}
