import Dispatch
import Platform
import TradingModel

/// What happens when an observer does not keep up.
public enum TapPolicy: Sendable {
    /// The bus waits: for the recorder of inputs, which must miss nothing.
    case block
    /// A newer event replaces a waiting one of the same type and symbol: for snapshot streams.
    case conflate
    /// The oldest waiting event is dropped and counted: for logs and metrics.
    case dropOldest
}

/// An observer of the bus behind a bounded ring, run on its own queue. It can never reorder a decision, and
/// only `block` can slow one.
public final class EventTap: Sendable {
    private struct State {
        var waiting: BoundedQueue<MarketEvent>
        var isScheduled = false
        var dropped: UInt64 = 0
        var isClosed = false
    }

    /// Name for reports of losses.
    public let name: String
    let filter: EventFilter
    private let policy: TapPolicy
    private let queue: DispatchQueue
    private let state: Locked<State>
    private let handler: @Sendable (MarketEvent) -> Void

    init(
        name: String, filter: EventFilter, capacity: Int, policy: TapPolicy, queue: DispatchQueue,
        handler: @escaping @Sendable (MarketEvent) -> Void
    ) {
        self.name = name
        self.filter = filter
        self.policy = policy
        self.queue = queue
        self.handler = handler
        state = Locked(State(waiting: BoundedQueue(capacity: capacity)))
    }

    /// Events lost so far.
    public var dropped: UInt64 { state.withLock { $0.dropped } }

    /// Takes a delivered event; called on the bus queue.
    func offer(_ event: MarketEvent) {
        let mustSchedule: Bool? = state.wait { state in
            if state.isClosed { return false }
            if self.policy == .block && state.waiting.isFull { return nil }
            self.admit(event, to: &state)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if mustSchedule == true { queue.async { self.drain() } }
    }

    private func admit(_ event: MarketEvent, to state: inout State) {
        if policy == .conflate,
            state.waiting.replaceFirst(
                with: event, where: { $0.eventType == event.eventType && $0.symbol == event.symbol })
        {
            state.dropped += 1
            return
        }
        if state.waiting.isFull {
            _ = state.waiting.popFirst()
            state.dropped += 1
        }
        state.waiting.append(event)
    }

    private func drain() {
        while true {
            let event: MarketEvent? = state.withLockNotifying { state in
                guard let event = state.waiting.popFirst() else {
                    state.isScheduled = false
                    return nil
                }
                return event
            }
            guard let event else { return }
            handler(event)
        }
    }

    /// Takes no more events and lets those that wait reach the handler, for at most `patience`: an observer whose
    /// reader stalls must not keep the daemon from ending.
    ///
    /// - Returns: whether everything reached the handler; what did not is counted as dropped.
    @discardableResult
    func close(patience: UInt64 = 2_000_000_000) -> Bool {
        state.withLockNotifying { $0.isClosed = true }
        let isEmpty: Bool? = state.wait(until: MonotonicClock.now() + patience) { state in
            state.waiting.isEmpty && !state.isScheduled ? true : nil
        }
        if isEmpty == true { return true }
        state.withLock { $0.dropped += UInt64($0.waiting.count) }
        return false
    }
}
