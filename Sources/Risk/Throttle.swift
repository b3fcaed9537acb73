import TradingModel

/// Acceptance times of one instrument's newest orders: a sliding window of 60 s.
///
/// An order is refused when the number of acceptances in `(now − 60 s, now]` has reached the maximum; a refused order
/// neither enters nor extends the window. Only what lies in the window is kept.
/// Source: risk reference, "60 s throttle, exactly".
struct Throttle: Sendable {
    /// Length of the window in nanoseconds.
    static let window: Int64 = 60_000_000_000

    /// Ascending: event time never goes back.
    private var times: ContiguousArray<Timestamp> = []

    /// Acceptances in the window that ends at `now`.
    func count(at now: Timestamp) -> Int { times.count - expired(at: now) }

    /// Enters an acceptance.
    mutating func accept(at now: Timestamp) {
        times.removeFirst(expired(at: now))
        times.append(now)
    }

    private func expired(at now: Timestamp) -> Int {
        let start = now.advanced(by: -Self.window)
        return times.firstIndex { $0 > start } ?? times.count
    }
}
