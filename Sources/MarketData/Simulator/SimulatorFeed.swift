import Dispatch
import Platform
import TradingModel

/// Runs a simulated market into a sink, in real time or as fast as it goes.
///
/// Runs on one serial queue of its own, which it occupies while it plays.
public final class SimulatorFeed: Feed {
    /// How time passes.
    public enum Mode: Sendable {
        /// From now on, `speed` times as fast as simulated; each event is stamped with the time it is due
        /// (at `maximum`, with simulated time laid on the start). Ends only by `stop()`.
        case live(speed: ReplaySpeed)
        /// As fast as the receiver takes them, stamped with simulated time; ends with the change that
        /// brings the count to `events`.
        case unpaced(events: Int)
    }

    private let simulator: MarketSimulator
    private let mode: Mode
    private let queue: DispatchQueue
    private let sink: any EventSink
    private let run: FeedRun

    /// A simulation, not yet started.
    ///
    /// - Parameters:
    ///   - queue: a serial queue, `tradingd.feed`; blocked while the feed waits for an event to be due.
    ///   - onEnd: called once, on the queue.
    public init(
        simulator: MarketSimulator, mode: Mode, queue: DispatchQueue, sink: any EventSink,
        onEnd: @escaping @Sendable (FeedEnd) -> Void
    ) {
        self.simulator = simulator
        self.mode = mode
        self.queue = queue
        self.sink = sink
        run = FeedRun(onEnd: onEnd)
    }

    /// Begins to play; a second call does nothing.
    public func start() {
        guard run.begin() else { return }
        queue.async { self.run.end(self.play()) }
    }

    /// Asks for the end; wakes a feed that waits for an event to be due.
    public func stop() { run.stop() }

    private func play() -> FeedEnd {
        switch mode {
        case .live(let speed): playLive(speed)
        case .unpaced(let events): playUnpaced(events)
        }
    }

    private func playUnpaced(_ wanted: Int) -> FeedEnd {
        var simulator = simulator
        var batch: ContiguousArray<MarketEvent> = []
        var left = wanted
        while left > 0 {
            batch.removeAll(keepingCapacity: true)
            while batch.count < left, batch.count <= largestFeedBatch - MarketSimulator.mostEventsPerChange {
                simulator.next(into: &batch)
            }
            left -= batch.count
            guard sink.accept(&batch), !run.isStopping else { return .stopped }
        }
        return .finished
    }

    private func playLive(_ speed: ReplaySpeed) -> FeedEnd {
        var timeline = LiveTimeline(simulator, speed: speed)
        var batch: ContiguousArray<MarketEvent> = []
        while !run.isStopping {
            let now = MonotonicClock.now()
            batch.removeAll(keepingCapacity: true)
            while timeline.due <= now, batch.count <= largestFeedBatch - MarketSimulator.mostEventsPerChange {
                timeline.takeChange(into: &batch)
            }
            if batch.isEmpty {
                guard run.wait(until: timeline.due) else { return .stopped }
            } else if !sink.accept(&batch) {
                return .stopped
            }
        }
        return .stopped
    }
}

/// Simulated time laid on real time: the first change is due now.
private struct LiveTimeline {
    private var simulator: MarketSimulator
    private let speed: ReplaySpeed
    private let utcAtStart: Int64
    private let monotonicAtStart: UInt64
    private var simulatedAtStart: Int64
    private var change: ContiguousArray<MarketEvent> = []
    private var offset: Int64 = 0

    init(_ simulator: MarketSimulator, speed: ReplaySpeed) {
        self.simulator = simulator
        self.speed = speed
        utcAtStart = AnchoredClock().now()
        monotonicAtStart = MonotonicClock.now()
        simulatedAtStart = 0
        readChange()
        simulatedAtStart = change.first?.timestamp.nanoseconds ?? 0
        offset = 0
    }

    /// Monotonic time of the next change; at `maximum` speed every change is due at once.
    var due: UInt64 { speed == .maximum ? monotonicAtStart : monotonicAtStart &+ UInt64(offset) }

    /// Appends the next change, stamped with the time it is due.
    mutating func takeChange(into batch: inout ContiguousArray<MarketEvent>) {
        let time = Timestamp(nanoseconds: utcAtStart).advanced(by: offset)
        for var event in change {
            event.timestamp = time
            event.receivedAt = time
            batch.append(event)
        }
        readChange()
    }

    private mutating func readChange() {
        change.removeAll(keepingCapacity: true)
        simulator.next(into: &change)
        let simulated = (change.first?.timestamp.nanoseconds ?? 0) - simulatedAtStart
        offset = speed.duration(of: simulated) ?? simulated
    }
}
