import Configuration
import MarketData
import Messaging
import Platform
import Synchronization
import TradingModel

/// The door of the bus for a feed: the first batch opens the session with its own time, and only what a feed may say comes in.
final class SessionSink: EventSink {
    /// How the times of events are taken.
    enum Clock: Sendable {
        /// As they are: a replay, a live market.
        case asRecorded
        /// Moved so that the first event happens now: a recording as the feed of a simulation.
        case shiftedToNow
    }

    private let session: TradingSession
    private let clock: Clock
    private let waits: Bool
    private let onOverload: @Sendable () -> Void
    private let shift = Locked<Int64?>(nil)
    private let isOpen = Atomic<Bool>(false)

    /// - Parameter waits: whether to wait for room (recordings) or to call a full ring a fault (live).
    init(
        _ session: TradingSession, clock: Clock, waits: Bool,
        onOverload: @escaping @Sendable () -> Void = {}
    ) {
        self.session = session
        self.clock = clock
        self.waits = waits
        self.onOverload = onOverload
    }

    func accept(_ events: inout ContiguousArray<MarketEvent>) -> Bool {
        if clock == .shiftedToNow { moveToNow(&events) }
        if Self.hasForeign(events) { events.removeAll { !$0.eventType.isOfFeeds } }
        guard !events.isEmpty else { return true }
        session.stageClock.batchReceived()
        if session.mode != .replay { session.feedTimes.note(events) }
        if !isOpen.load(ordering: .relaxed) {
            session.open(at: events[0].receivedAt)
            isOpen.store(true, ordering: .relaxed)
        }
        switch session.bus.publish(draining: &events, waiting: waits) {
        case .accepted: return true
        case .overloaded:
            events.removeAll(keepingCapacity: true)
            onOverload()
            return true
        case .stopped:
            events.removeAll(keepingCapacity: true)
            return false
        }
    }

    /// Whether there are events that a feed may not tell. By index: a sequence would copy every event.
    private static func hasForeign(_ events: borrowing ContiguousArray<MarketEvent>) -> Bool {
        let events = events.span
        for index in events.indices where !events[index].eventType.isOfFeeds { return true }
        return false
    }

    private func moveToNow(_ batch: inout ContiguousArray<MarketEvent>) {
        guard let first = batch.first else { return }
        let offset = shift.withLock { shift in
            let offset = shift ?? UTCClock.now().since(first.receivedAt)
            shift = offset
            return offset
        }
        for index in batch.indices {
            batch[index].timestamp = batch[index].timestamp.advanced(by: offset)
            batch[index].receivedAt = batch[index].receivedAt.advanced(by: offset)
        }
    }
}
