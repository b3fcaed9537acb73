import Dispatch
import MarketData
import Platform
import TestSupport
import Testing
import TradingModel

/// Keeps what it is given, and the end.
private final class Collector: EventSink {
    struct State {
        var batches: [[MarketEvent]] = []
        var ends: [FeedEnd] = []
        var times: [UInt64] = []
    }

    let state = Locked(State())
    let limit: Int

    init(stoppingAfter limit: Int = .max) { self.limit = limit }

    func accept(_ events: inout ContiguousArray<MarketEvent>) -> Bool {
        let batch = Array(events)
        events.removeAll(keepingCapacity: true)
        return state.withLockNotifying { state in
            state.batches.append(batch)
            state.times.append(MonotonicClock.now())
            return state.batches.count < limit
        }
    }

    func end(_ end: FeedEnd) { state.withLockNotifying { $0.ends.append(end) } }

    var events: [MarketEvent] { state.withLock { $0.batches.flatMap(\.self) } }

    /// Waits for the end; a test that hangs is stopped by the test run.
    func waitForEnd() -> FeedEnd? { state.wait { $0.ends.first } }

    func waitForBatch() { _ = state.wait { $0.batches.isEmpty ? nil : true } }
}

@Suite("Feeds")
struct FeedTests {
    private let directory: TemporaryDirectory
    private let queue = DispatchQueue(label: "tradingd.feed")

    init() throws { directory = try TemporaryDirectory() }

    private func replay(_ files: [String], _ speed: ReplaySpeed, _ sink: Collector) throws -> ReplayFeed {
        ReplayFeed(
            loader: try HistoricalLoader(files: files), speed: speed, queue: queue, sink: sink,
            onEnd: { sink.end($0) })
    }

    @Test("replay hands over the same sequence at any speed, in batches of at most 256")
    func replaySequence() throws {
        let file = try directory.file("a.jsonl", written(try simulatedEvents(3_000), .jsonLines))
        let expected = load([file]).images
        for speed in [ReplaySpeed.maximum, .times(1e9), .times(1_000)] {
            let sink = Collector()
            let feed = try replay([file], speed, sink)
            feed.start()
            feed.start()
            #expect(sink.waitForEnd() == .finished)
            #expect(sink.events.map { EventImage($0) } == expected)
            sink.state.withLock { state in
                #expect(state.batches.allSatisfy { !$0.isEmpty && $0.count <= largestFeedBatch })
            }
            #expect(feed.statistics.events == expected.count)
        }
    }

    @Test("a paced batch holds only events that are due, and no event is early")
    func pacing() throws {
        var text = "ts,symbol,bid,ask,bid_size,ask_size\n"
        for step in 0..<5 {
            for _ in 0..<3 { text += "2014-05-05T00:00:0\(step)Z,X,1,2,,\n" }
        }
        let file = try directory.file("p.csv", text)
        let sink = Collector()
        let start = MonotonicClock.now()
        try replay([file], .times(100), sink).start()
        #expect(sink.waitForEnd() == .finished)
        sink.state.withLock { state in
            for (batch, time) in zip(state.batches, state.times) {
                #expect(batch.count % 3 == 0, "events of one time stay together")
                for event in batch {
                    let offset = event.timestamp.since(state.batches[0][0].timestamp) / 100
                    #expect(time >= start + UInt64(offset))
                }
            }
            #expect(state.batches.count <= 5)
        }
    }

    @Test("stop wakes a replay that waits for an event a day away")
    func stopsPromptly() throws {
        let file = try directory.file(
            "p.csv",
            "ts,symbol,bid,ask,bid_size,ask_size\n2014-05-05T00:00:00Z,X,1,2,,\n2014-05-06T00:00:00Z,X,1,2,,\n"
        )
        let sink = Collector()
        let feed = try replay([file], .realTime, sink)
        feed.start()
        sink.waitForBatch()
        feed.stop()
        #expect(sink.waitForEnd() == .stopped)
        #expect(sink.events.count == 1)
    }

    @Test("a feed stopped before its start, or by its receiver, says so once")
    func otherEnds() throws {
        let file = try directory.file("a.jsonl", written(try simulatedEvents(2_000), .jsonLines))
        let early = Collector()
        let feed = try replay([file], .maximum, early)
        feed.stop()
        feed.start()
        #expect(early.waitForEnd() == .stopped)
        #expect(early.events.isEmpty)
        let refusing = Collector(stoppingAfter: 2)
        try replay([file], .maximum, refusing).start()
        #expect(refusing.waitForEnd() == .stopped)
        #expect(refusing.events.count == 512)
        queue.sync {}
        #expect(refusing.state.withLock { $0.ends } == [.stopped])
    }

    @Test("a broken recording ends the feed with the loader's words, after the events before it")
    func failure() throws {
        let file = try directory.file(
            "b.csv", "ts,symbol,bid,ask,bid_size,ask_size\n2014-05-05T00:00:00Z,X,1,2,,\nbad\n")
        let sink = Collector()
        try replay([file], .maximum, sink).start()
        #expect(sink.waitForEnd() == .failed("\(file):3: 1 fields where the header has 6"))
        #expect(sink.events.count == 1)
    }

    @Test(
        "reads a speed",
        arguments: [
            ("max", ReplaySpeed.maximum), ("1", .times(1)), ("x10", .times(10)), ("2.5x", .times(2.5)),
            ("0", nil), ("-1", nil), ("inf", nil), ("", nil), ("x", nil), ("1e5", nil), ("fast", nil),
        ])
    func speeds(_ text: String, _ speed: ReplaySpeed?) {
        #expect(ReplaySpeed(text) == speed)
    }

    private func simulator() throws -> MarketSimulator {
        MarketSimulator(
            MarketSimulatorOptions(
                seed: 5, instruments: [try #require(SimulatedInstrument.gold())], eventsPerSecond: 1_000))
    }

    @Test("the unpaced simulator hands over the events of its seed and ends with a whole change")
    func unpacedSimulator() throws {
        let sink = Collector()
        let feed = SimulatorFeed(
            simulator: try simulator(), mode: .unpaced(events: 1_000), queue: queue, sink: sink,
            onEnd: { sink.end($0) })
        feed.start()
        #expect(sink.waitForEnd() == .finished)
        var expected: ContiguousArray<MarketEvent> = []
        var twin = try simulator()
        while expected.count < 1_000 { twin.next(into: &expected) }
        #expect(sink.events.map { EventImage($0) } == expected.map { EventImage($0) })
        #expect(sink.state.withLock { $0.batches.allSatisfy { $0.count <= largestFeedBatch } })
    }

    @Test("the live simulator stamps events with the time they are due, never back, and stops promptly")
    func liveSimulator() throws {
        // A second of tolerance: the clocks of feed and test are anchored apart.
        let before = Timestamp(nanoseconds: AnchoredClock().now()).advanced(by: -1_000_000_000)
        let sink = Collector(stoppingAfter: 20)
        let feed = SimulatorFeed(
            simulator: try simulator(), mode: .live(speed: .times(10)), queue: queue, sink: sink,
            onEnd: { sink.end($0) })
        feed.start()
        #expect(sink.waitForEnd() == .stopped)
        let after = Timestamp(nanoseconds: AnchoredClock().now()).advanced(by: 1_000_000_000)
        let events = sink.events
        #expect(events.count >= 20)
        var last = before
        for event in events {
            #expect(event.timestamp >= last && event.timestamp <= after)
            #expect(event.receivedAt == event.timestamp)
            last = event.timestamp
        }
        #expect(events.map(\.feedSequence) == (1...UInt64(events.count)).map { $0 })
        let slow = Collector()
        let waiting = SimulatorFeed(
            simulator: try simulator(), mode: .live(speed: .times(0.000001)), queue: queue, sink: slow,
            onEnd: { slow.end($0) })
        waiting.start()
        slow.waitForBatch()
        waiting.stop()
        #expect(slow.waitForEnd() == .stopped)
    }
}
