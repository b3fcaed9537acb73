import TradingModel

/// Acceptance times of one instrument's newest orders: a sliding window of 60 s.
///
/// An order is refused when the number of acceptances in `(now − 60 s, now]` has reached the maximum; a refused order
/// neither enters nor extends the window. What has left the window is given back in large pieces, so that the cost of an
/// acceptance does not depend on how many there are.
/// Source: risk reference, "60 s throttle, exactly".
struct Throttle: Sendable {
    /// Length of the window in nanoseconds.
    static let window: Int64 = 60_000_000_000

    /// Ascending: event time never goes back.
    private var times: ContiguousArray<Timestamp> = []
    /// Index of the oldest time that may still be in the window.
    private var oldest = 0

    /// Makes room, so that the first acceptances allocate nothing.
    mutating func prepare() { times.reserveCapacity(256) }

    /// Acceptances in the window that ends at `now`.
    func count(at now: Timestamp) -> Int { times.count - firstInWindow(at: now) }

    /// Acceptances in the window that ends at `now`, ascending.
    func accepted(at now: Timestamp) -> ContiguousArray<Timestamp>.SubSequence {
        times[firstInWindow(at: now)...]
    }

    /// Enters an acceptance.
    mutating func accept(at now: Timestamp) {
        oldest = firstInWindow(at: now)
        if oldest > 64 && oldest * 2 > times.count {
            times.removeFirst(oldest)
            oldest = 0
        }
        times.append(now)
    }

    private func firstInWindow(at now: Timestamp) -> Int {
        let start = now.advanced(by: -Self.window)
        var low = oldest
        // Most often nothing or one has left; after a pause all has.
        if low == times.count || times[low] > start { return low }
        if times[times.count - 1] <= start { return times.count }
        var high = times.count
        while low < high {
            let middle = (low + high) / 2
            if times[middle] > start { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
