import Dispatch
import Glibc
import Testing

@testable import Platform

@Suite("Who goes first at an event loop")
struct EventLoopUrgencyTests {
    private static let others = 8

    /// A loop with one urgent socket and several others.
    private struct Crowd {
        let rig: EventLoopRig
        let urgent: SocketPair
        let others: [SocketPair]

        init() throws {
            rig = try EventLoopRig()
            urgent = try SocketPair()
            others = try (0..<EventLoopUrgencyTests.others).map { _ in try SocketPair() }
        }

        /// A registered descriptor must stay open, so the loop ends first.
        func close() {
            rig.loop.stop()
            rig.loop.join()
            for pair in [urgent] + others {
                Glibc.close(pair.near)
                Glibc.close(pair.far)
            }
        }

        func watchUrgent() throws {
            let (rig, near) = (rig, urgent.near)
            _ = try rig.queue.sync {
                try rig.loop.register(near, for: .read, isUrgent: true) { _ in
                    SocketPair.take(near)
                    rig.note("urgent")
                }
            }
        }

        /// What was noted, without the rig's own.
        var calls: [String] { rig.calls.withLock { $0.filter { $0 != "gate" } } }
    }

    @Test("one that becomes ready while others are served goes before the next of them")
    func overtakes() throws {
        let crowd = try Crowd()
        defer { crowd.close() }
        let (rig, urgent, others) = (crowd.rig, crowd.urgent, crowd.others)
        try crowd.watchUrgent()
        for other in others {
            _ = try rig.watch(other.near) { _ in
                SocketPair.take(other.near)
                if rig.count("other") == 0 { urgent.poke() }
                rig.note("other")
            }
        }
        rig.prepareBatch { for other in others { other.poke() } }
        #expect(rig.waits(for: "other", times: others.count))
        #expect(crowd.calls.prefix(3) == ["other", "urgent", "other"])
        #expect(rig.count("urgent") == 1)
    }

    @Test("those that never have enough do not keep it from being called, nor it them")
    func neitherStarves() throws {
        let crowd = try Crowd()
        defer { crowd.close() }
        let (rig, urgent, other) = (crowd.rig, crowd.urgent, crowd.others[0])
        // Nothing is read: both stay ready.
        let places = Locked<[EventLoop.Registration]>([])
        for (pair, name) in [(urgent, "urgent"), (other, "other")] {
            let place = try rig.queue.sync {
                try rig.loop.register(pair.near, for: .read, isUrgent: name == "urgent") { _ in
                    rig.note(name)
                    guard rig.count(name) == 50 else { return }
                    for place in places.withLock({ $0 }) { rig.loop.setInterest([], of: place) }
                }
            }
            places.withLock { $0.append(place) }
        }
        rig.prepareBatch {
            urgent.poke()
            other.poke()
        }
        #expect(rig.waits(for: "urgent", times: 10) && rig.waits(for: "other", times: 10))
    }

    @Test("turns come in the order in which they were asked for, and an urgent one goes before each")
    func turns() throws {
        let crowd = try Crowd()
        defer { crowd.close() }
        let (rig, urgent, others) = (crowd.rig, crowd.urgent, crowd.others)
        try crowd.watchUrgent()
        let places = Locked<[EventLoop.Registration]>([])
        for (index, other) in others.enumerated() {
            let place = try rig.watch(other.near) { ready in
                guard ready == .turn else { return }
                rig.note("\(index)")
                urgent.poke()
            }
            places.withLock { $0.append(place) }
        }
        rig.prepareBatch {
            for place in places.withLock({ $0 }) { rig.loop.askAgain(place) }
        }
        #expect(rig.waits(for: "urgent", times: others.count))
        #expect(crowd.calls == others.indices.flatMap { ["\($0)", "urgent"] })
    }

    @Test("a turn does not come before its time, nor to who is gone")
    func later() throws {
        let crowd = try Crowd()
        defer { crowd.close() }
        let (rig, others) = (crowd.rig, crowd.others)
        let start = MonotonicClock.now()
        let cameAt = Locked<UInt64>(0)
        let first = try rig.watch(others[0].near) { _ in rig.note("gone") }
        let second = try rig.watch(others[1].near) { _ in
            cameAt.withLock { $0 = MonotonicClock.now() }
            rig.note("later")
        }
        rig.prepareBatch {
            rig.loop.askAgain(first, after: 1_000_000)
            rig.loop.askAgain(second, after: 3_000_000)
            rig.loop.unregister(first)
        }
        #expect(rig.waits(for: "later"))
        #expect(cameAt.withLock { $0 } >= start + 3_000_000)
        #expect(rig.count("gone") == 0)
    }
}
