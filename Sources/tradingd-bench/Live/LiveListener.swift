import MarketData
import Platform
import TWSClient
import TWSProtocol
import TradingModel

/// Counts the market data of a session on its way to events, and takes everything else as it comes.
final class LiveListener: MarketDataListener, OrderListener {
    private struct Count {
        var state = SessionState.idle
        var messages = 0
        var goal = Int.max
        var start: UInt64 = 0
        var end: UInt64?
    }

    /// Who makes events; `nil`: nobody.
    private let events: Locked<IBKREvents?>
    private let count = Locked(Count())
    /// What else is done with messages.
    private let onMessages: @Sendable (Span<MarketMessage>, Timestamp) -> Void
    private let onContract: @Sendable (ResolvedContract) -> Void

    init(
        onContract: @escaping @Sendable (ResolvedContract) -> Void = { _ in },
        onMessages: @escaping @Sendable (Span<MarketMessage>, Timestamp) -> Void = { _, _ in }
    ) {
        events = Locked(nil)
        self.onMessages = onMessages
        self.onContract = onContract
    }

    /// Who makes events from now on.
    func connect(_ events: IBKREvents) { self.events.withLock { $0 = events } }

    /// Counts anew, up to a goal.
    func begin(goal: Int) {
        count.withLock { ($0.messages, $0.goal, $0.start, $0.end) = (0, goal, 0, nil) }
    }

    /// Waits for the goal.
    ///
    /// - Returns: nanoseconds from the first message to the last; `nil` after 60 s.
    func reachGoal() -> UInt64? {
        count.wait(until: MonotonicClock.now() + 60_000_000_000) { count in count.end.map { $0 - count.start }
        }
    }

    /// Waits until the session is live.
    func live() -> Bool {
        count.wait(until: MonotonicClock.now() + 30_000_000_000) { $0.state == .live ? true : nil } ?? false
    }

    /// Waits for a message.
    func hears() -> Bool {
        count.wait(until: MonotonicClock.now() + 30_000_000_000) { $0.messages > 0 ? true : nil } ?? false
    }

    private func note(_ messages: Int) {
        let now = MonotonicClock.now()
        let isNews = count.withLock { count -> Bool in
            let before = count.messages
            if before == 0 { count.start = now }
            count.messages += messages
            guard before < count.goal, count.messages >= count.goal else { return before == 0 }
            count.end = now
            return true
        }
        if isNews { count.withLockNotifying { _ in } }
    }

    private var maker: IBKREvents? { events.withLock(\.self) }

    // MARK: Market data

    func sessionChanged(_ change: SessionChange) {
        count.withLockNotifying { $0.state = change.to }
        maker?.sessionChanged(change)
    }

    func take(_ messages: Span<MarketMessage>, at time: Timestamp) {
        onMessages(messages, time)
        maker?.take(messages, at: time)
        note(messages.count)
    }

    func take(_ message: ServerMessage, of stream: StreamID, at time: Timestamp) {
        maker?.take(message, of: stream, at: time)
    }

    func take(_ notice: StreamNotice, of stream: StreamID, at time: Timestamp) {
        maker?.take(notice, of: stream, at: time)
    }

    func take(_ contract: ResolvedContract?, for symbol: SymbolID, text: String, at time: Timestamp) {
        if let contract { onContract(contract) }
        maker?.take(contract, for: symbol, text: text, at: time)
    }

    func readEnded(at time: Timestamp) { maker?.readEnded(at: time) }

    func timePassed(_ time: Timestamp) { maker?.timePassed(time) }

    // MARK: Orders

    func take(_ message: ServerMessage, at time: Timestamp) {}
    func take(_ error: ErrorMessage, at time: Timestamp) {}
    func reconciled(at time: Timestamp) {}
    func unsent(_ orderID: Int32, isCancel: Bool, reason: String, at time: Timestamp) {}
}

/// A sink that counts.
final class CountingSink: EventSink {
    private let count = Locked(0)
    private let depth = Locked(0)

    /// Events so far.
    var events: Int { count.withLock(\.self) }

    /// Waits until a ladder is there.
    func hasLadder() -> Bool {
        depth.wait(until: MonotonicClock.now() + 30_000_000_000) { $0 >= 10 ? true : nil } ?? false
    }

    func accept(_ events: inout ContiguousArray<MarketEvent>) -> Bool {
        let before = count.withLock { count in
            count += events.count
            return count - events.count
        }
        // Only the beginning is looked at.
        if before < 10_000 { countDepth(events) }
        events.removeAll(keepingCapacity: true)
        return true
    }

    private func countDepth(_ events: ContiguousArray<MarketEvent>) {
        let rows = events.count { if case .domDelta = $0.payload { true } else { false } }
        if rows > 0 { depth.withLockNotifying { $0 += rows } }
    }
}
