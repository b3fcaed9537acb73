import Dispatch
import Platform
import Testing
import TradingModel

@testable import Messaging

/// Remembers what it is given; answers every tick with a timer and every timer below 3 with the next one.
private struct RecordingCore: EventCore {
    var seen: [(sequence: UInt64, type: EventType, id: UInt32, receivedAt: Timestamp)] = []
    var promised: [UInt64] = []
    /// Events seen when a batch was over.
    var settled: [Int] = []

    mutating func settle() { settled.append(seen.count) }

    mutating func handle(_ event: MarketEvent, _ outbox: inout Outbox) {
        var id: UInt32 = 0
        switch event.payload {
        case .tick: promised.append(outbox.publish(timer(1), source: .clock))
        case .timer(let fired):
            id = fired.id
            if fired.id < 3 { promised.append(outbox.publish(timer(fired.id + 1), source: .clock)) }
        default: break
        }
        seen.append((event.sequence, event.eventType, id, event.receivedAt))
    }
}

private func timer(_ id: UInt32) -> MarketEvent.Payload { .timer(TimerFired(id: id, dueAt: .zero)) }

private func tick(at nanoseconds: Int64, symbol: SymbolID = .none) -> MarketEvent {
    let time = Timestamp(nanoseconds: nanoseconds)
    return MarketEvent(
        timestamp: time, receivedAt: time, symbol: symbol, source: .replay,
        payload: .tick(Tick(bid: Price(rawValue: 1), ask: Price(rawValue: 2))))
}

/// An event that causes no others.
private func status(at nanoseconds: Int64) -> MarketEvent {
    let time = Timestamp(nanoseconds: nanoseconds)
    return MarketEvent(
        timestamp: time, receivedAt: time, symbol: .none, source: .replay,
        payload: .feedStatus(FeedStatus(quality: .live, reason: "")))
}

private func makeBus(capacity: Int = 1_024) -> EventBus<RecordingCore> {
    EventBus(core: RecordingCore(), queue: DispatchQueue(label: "bus"), capacity: capacity)
}

@Suite("Event bus")
struct EventBusTests {
    @Test("finishes what follows from an event before the next one, with promised numbers")
    func runsToCompletion() {
        let bus = makeBus()
        bus.publish(all: [tick(at: 10), tick(at: 20)], waiting: true)
        bus.query { core in
            #expect(core.seen.map(\.sequence) == [1, 2, 3, 4, 5, 6, 7, 8])
            #expect(core.seen.map(\.id) == [0, 1, 2, 3, 0, 1, 2, 3])
            #expect(core.promised == [2, 3, 4, 6, 7, 8])
        }
    }

    @Test("settles after each batch, cascades and urgent events included, before a query looks")
    func settlesAfterEachBatch() {
        let bus = makeBus()
        bus.publish(all: [tick(at: 10), tick(at: 20)], waiting: true)
        bus.query { #expect($0.settled.last == $0.seen.count && $0.seen.count == 8) }
        bus.publishUrgent(tick(at: 30))
        bus.query { #expect($0.settled.last == $0.seen.count && $0.seen.count == 12) }
    }

    @Test("never lets time go back and stamps what has no time")
    func timeIsMonotonic() {
        let bus = makeBus()
        bus.publish(tick(at: 20))
        bus.publish(tick(at: 10))
        bus.publish(tick(at: 0))
        bus.query { core in
            #expect(core.seen.filter { $0.type == .tick }.map(\.receivedAt.nanoseconds) == [20, 20, 20])
        }
    }

    @Test("gives the same sequence for any batching")
    func batchingIsInvisible() {
        let events = ContiguousArray((1...1_000).map { tick(at: Int64($0)) })
        let whole = makeBus()
        whole.publish(all: events, waiting: true)
        let single = makeBus()
        for event in events { single.publish(event) }
        let first = whole.query { $0.seen.map { "\($0.sequence) \($0.type) \($0.receivedAt.nanoseconds)" } }
        let second = single.query { $0.seen.map { "\($0.sequence) \($0.type) \($0.receivedAt.nanoseconds)" } }
        #expect(first.count == 4_000)
        #expect(first == second)
    }

    @Test("loses and doubles nothing when many threads publish")
    func manyPublishers() {
        let bus = makeBus(capacity: 64)
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for index in 0..<500 {
                let event = tick(at: Int64(thread * 1_000 + index + 1))
                #expect(bus.publish(all: [event], waiting: true) == .accepted)
            }
        }
        bus.stop()
        bus.query { core in
            #expect(core.seen.count == 8 * 500 * 4)
            #expect(core.seen.map(\.sequence) == (1...16_000).map(UInt64.init))
        }
    }

    @Test("filters subscribers by type and symbol, with wildcards")
    func subscriptions() throws {
        let gold = try #require(SymbolID("BUS.GOLD"))
        let other = try #require(SymbolID("BUS.OTHER"))
        let bus = makeBus()
        let counts = Locked([0, 0, 0, 0])
        let filters = [
            EventFilter.all, EventFilter(types: [.tick]), EventFilter(types: [.tick], symbol: gold),
            EventFilter(types: nil, symbol: other),
        ]
        for (index, filter) in filters.enumerated() {
            bus.subscribe(filter) { _, _ in counts.withLock { $0[index] += 1 } }
        }
        bus.publish(all: [tick(at: 1, symbol: gold), tick(at: 2, symbol: other)], waiting: true)
        #expect(counts.withLock { $0 } == [8, 2, 1, 1])
    }

    @Test("takes events published through the bus from inside a handler")
    func publishesFromHandler() {
        let bus = makeBus()
        bus.subscribe(EventFilter(types: [.tick])) { [unowned bus] event, outbox in
            bus.publish(
                MarketEvent(
                    timestamp: .zero, receivedAt: .zero, symbol: .none, source: .clock, payload: timer(9)))
        }
        bus.publish(all: [tick(at: 1), tick(at: 2)], waiting: true)
        bus.query { core in
            #expect(core.seen.map(\.id) == [0, 1, 9, 2, 3, 0, 1, 9, 2, 3])
            #expect(core.seen.map(\.sequence) == (1...10).map(UInt64.init))
        }
    }

    @Test("delivers an urgent event before the next external one, also from inside a handler")
    func urgentOvertakes() {
        let bus = makeBus()
        bus.subscribe(EventFilter(types: [.tick])) { [unowned bus] event, outbox in
            guard event.timestamp.nanoseconds == 1 else { return }
            bus.publishUrgent(
                MarketEvent(
                    timestamp: .zero, receivedAt: .zero, symbol: .none, source: .operator_,
                    payload: .system(SystemNotice(.killSwitchEngaged, actor: "test"))))
        }
        bus.publish(all: [tick(at: 1), tick(at: 2)], waiting: true)
        bus.query { core in
            let types = core.seen.map(\.type)
            #expect(types == [.tick, .timer, .timer, .timer, .system, .tick, .timer, .timer, .timer])
            #expect(core.seen[4].receivedAt.nanoseconds == 1)
        }
    }

    @Test("drains at stop and refuses afterwards")
    func stops() {
        let bus = makeBus()
        bus.publish(tick(at: 1))
        bus.stop()
        bus.stop()
        #expect(bus.publish(tick(at: 2)) == .stopped)
        #expect(bus.publishUrgent(tick(at: 3)) == .stopped)
        #expect(bus.publish(all: [tick(at: 4)], waiting: true) == .stopped)
        bus.query { #expect($0.seen.count == 4) }
    }

    @Test("refuses a live batch that does not fit, whole")
    func overload() {
        let bus = makeBus(capacity: 2)
        let results = Locked<[PublishResult]>([])
        bus.subscribe(EventFilter(types: [.tick])) { [unowned bus] event, _ in
            guard event.timestamp.nanoseconds == 1 else { return }
            let done = DispatchSemaphore(value: 0)
            DispatchQueue(label: "other").async {
                let fits = bus.publish(all: [tick(at: 2), tick(at: 3)], waiting: false)
                let refused = bus.publish(all: [tick(at: 4)], waiting: false)
                results.withLock { $0 = [fits, refused] }
                done.signal()
            }
            done.wait()
        }
        bus.publish(tick(at: 1))
        #expect(results.withLock { $0 } == [.accepted, .overloaded])
        bus.query { #expect($0.seen.filter { $0.type == .tick }.count == 3) }
    }

    @Test("a tap that cannot keep up loses the oldest, counted; a conflating one keeps the newest")
    func taps() {
        let bus = makeBus()
        let gate = DispatchQueue(label: "tap")
        let dropping = Locked<[Int64]>([])
        let conflating = Locked<[Int64]>([])
        gate.suspend()
        let filter = EventFilter(types: [.tick])
        let first = bus.tap("log", filter, capacity: 3, policy: .dropOldest, on: gate) { event in
            dropping.withLock { $0.append(event.timestamp.nanoseconds) }
        }
        let second = bus.tap("view", filter, capacity: 3, policy: .conflate, on: gate) { event in
            conflating.withLock { $0.append(event.timestamp.nanoseconds) }
        }
        bus.publish(all: ContiguousArray((1...10).map { tick(at: $0) }), waiting: true)
        gate.resume()
        bus.stop()
        #expect(dropping.withLock { $0 } == [8, 9, 10])
        #expect(first.dropped == 7)
        #expect(conflating.withLock { $0 } == [10])
        #expect(second.dropped == 9)
    }

    @Test("a blocking tap misses nothing")
    func blockingTap() {
        let bus = makeBus()
        let seen = Locked<[UInt64]>([])
        bus.tap("recorder", .all, capacity: 2, policy: .block, on: DispatchQueue(label: "recorder")) {
            event in
            seen.withLock { $0.append(event.sequence) }
        }
        bus.publish(all: ContiguousArray((1...500).map { tick(at: $0) }), waiting: true)
        bus.stop()
        #expect(seen.withLock { $0 } == (1...2_000).map(UInt64.init))
    }

    @Test("an urgent event never waits for a bus that hangs, and is there for the next query")
    func urgentDoesNotWait() {
        let bus = makeBus()
        let holding = DispatchSemaphore(value: 0)
        let held = DispatchSemaphore(value: 0)
        bus.queue.async {
            held.signal()
            holding.wait()
        }
        held.wait()
        let result = bus.publishUrgent(tick(at: 1))
        holding.signal()
        #expect(result == .accepted)
        bus.query { #expect($0.seen.first?.type == .tick) }
    }

    @Test(
        "takes the events out of the caller's array, which keeps its room, whether it delivers them or queues them"
    )
    func emptiesAccepted() throws {
        let bus = makeBus()
        var events: ContiguousArray = [tick(at: 1), tick(at: 2)]
        events.reserveCapacity(100)
        let room = events.capacity
        #expect(bus.publish(draining: &events, waiting: false) == .accepted)
        #expect(events.isEmpty && events.capacity == room)
        // While one thread delivers, another's events wait in the ring.
        let inside = DispatchSemaphore(value: 0)
        let leave = DispatchSemaphore(value: 0)
        bus.subscribe(EventFilter(types: [.feedStatus])) { _, _ in
            inside.signal()
            leave.wait()
        }
        DispatchQueue(label: "first").async { bus.publish(status(at: 3)) }
        inside.wait()
        events.append(tick(at: 4))
        #expect(bus.publish(draining: &events, waiting: false) == .accepted)
        #expect(events.isEmpty && events.capacity == room)
        leave.signal()
        bus.stop()
        bus.query { core in
            #expect(core.seen.filter { $0.type == .tick }.map(\.receivedAt.nanoseconds) == [1, 2, 4])
        }
    }

    @Test("leaves the caller's array alone when it refuses")
    func keepsRefused() {
        let bus = makeBus(capacity: 1)
        let inside = DispatchSemaphore(value: 0)
        let leave = DispatchSemaphore(value: 0)
        bus.subscribe(EventFilter(types: [.feedStatus])) { _, _ in
            inside.signal()
            leave.wait()
        }
        DispatchQueue(label: "first").async { bus.publish(status(at: 1)) }
        inside.wait()
        var events: ContiguousArray = [tick(at: 2), tick(at: 3)]
        #expect(bus.publish(draining: &events, waiting: false) == .overloaded)
        #expect(events.map(\.receivedAt.nanoseconds) == [2, 3] && events.allSatisfy { $0.sequence == 0 })
        leave.signal()
        bus.stop()
        #expect(bus.publish(draining: &events, waiting: true) == .stopped)
        #expect(events.map(\.receivedAt.nanoseconds) == [2, 3] && events.allSatisfy { $0.sequence == 0 })
    }

    @Test("a stored step runs as often as asked, in a new work item before the old one is used up")
    func storedStep() {
        let queue = DispatchQueue(label: "steps")
        let runs = Locked(0)
        let step = StoredStep(limit: 3)
        step.prepare { runs.withLock { $0 += 1 } }
        for _ in 0..<10 { step.run(on: queue) }
        #expect(runs.withLock { $0 } == 10)
        #expect(step.renewals == 4)
    }

    @Test("an observer that never comes back does not keep the bus from stopping")
    func stalledTap() {
        let bus = makeBus()
        let stuck = DispatchSemaphore(value: 0)
        let tap = bus.tap("log", .all, capacity: 4, policy: .dropOldest, on: DispatchQueue(label: "stuck")) {
            _ in
            stuck.wait()
        }
        bus.publish(tick(at: 1))
        bus.publish(tick(at: 2))
        #expect(!tap.close(patience: 1_000_000))
        #expect(tap.dropped > 0)
        for _ in 0..<10 { stuck.signal() }
        bus.stop()
    }
}

extension EventBus {
    /// Publishes a copy of `events`.
    @discardableResult
    fileprivate func publish(
        all events: ContiguousArray<MarketEvent>, waiting: Bool
    ) -> PublishResult {
        var events = events
        return publish(draining: &events, waiting: waiting)
    }
}
