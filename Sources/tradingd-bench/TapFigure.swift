import Benchmarking
import CReference
import Dispatch
import Messaging
import Platform
import TradingModel

/// Handing every event to an observer behind its ring, until the observer has it.
enum TapFigure {
    private struct Nothing: EventCore {
        mutating func handle(_ event: MarketEvent, _ outbox: inout Outbox) {}
    }

    static func measure(_ bench: Bench) throws -> [Figure] {
        var market = try SimulatedEvents()
        let events = market.take(bench.plan.size(200_000, short: 20_000)) { $0.eventType != .domSnapshot }
        let batches = events.batches(of: 256)
        let ours = try Duel.alone(
            "tap_event", passes: bench.plan.passes, operations: events.count, clock: .wall,
            expected: events.count,
            ours: { observe(batches) })
        let rounds = events.count / 16
        let expected = UInt64(rounds * 16) * UInt64(rounds * 16 - 1) / 2
        let reference = try Duel.alone(
            "tap_event (C)", passes: bench.plan.passes, operations: rounds * 16, expected: expected,
            ours: { reference_ring_run(rounds) })
        var figure = Figure(
            "tap_event", .nanoseconds, ours: ours, reference: reference, publishedReference: 1e9 / 163e6,
            passes: bench.plan.passes)
        figure.notes = [
            "ours: bus, lock, ring and the observer's queue on the same core; C: a ring of 64-byte elements in batches of 16"
        ]
        return [figure]
    }

    /// - Returns: events the observer has seen.
    private static func observe(_ batches: [ContiguousArray<MarketEvent>]) -> Int {
        let bus = EventBus(core: Nothing(), queue: DispatchQueue(label: "bench.bus"))
        let seen = Locked(0)
        bus.tap("bench", .all, capacity: 65_536, policy: .block, on: DispatchQueue(label: "bench.tap")) { _ in
            seen.withLock { $0 += 1 }
        }
        var filled: ContiguousArray<MarketEvent> = []
        for batch in batches { bus.publish(batch, filling: &filled) }
        bus.stop()
        return seen.withLock { $0 }
    }
}
