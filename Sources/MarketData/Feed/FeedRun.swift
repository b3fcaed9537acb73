import Platform

/// Life of one feed: started at most once, stopped from any thread, its end reported exactly once.
struct FeedRun: Sendable {
    private struct State {
        var isStarted = false
        var isStopping = false
        var isEnded = false
    }

    private let state = Locked(State())
    private let onEnd: @Sendable (FeedEnd) -> Void

    init(onEnd: @escaping @Sendable (FeedEnd) -> Void) { self.onEnd = onEnd }

    /// - Returns: whether this is the first call.
    func begin() -> Bool {
        state.withLock { state in
            defer { state.isStarted = true }
            return !state.isStarted
        }
    }

    /// Wakes whoever waits in `wait(until:)`.
    func stop() { state.withLockNotifying { $0.isStopping = true } }

    /// Whether `stop()` was called.
    var isStopping: Bool { state.withLock { $0.isStopping } }

    /// Waits for the monotonic `deadline`.
    ///
    /// - Returns: `false` as soon as `stop()` is called.
    func wait(until deadline: UInt64) -> Bool {
        state.wait(until: deadline) { $0.isStopping ? true : nil } == nil
    }

    /// Reports the end, the first time.
    func end(_ end: FeedEnd) {
        let isFirst = state.withLock { state in
            defer { state.isEnded = true }
            return !state.isEnded
        }
        if isFirst { onEnd(end) }
    }
}
