import TradingModel

/// Tells when so many things happened within a window of time: keeps their newest `limit` times and nothing else.
///
/// The window is `(now − length, now]`. Time never goes back.
struct SlidingCount: Sendable, Hashable {
    /// Things that reach it; 0: it is never reached.
    let limit: Int
    /// Nanoseconds.
    let length: Int64
    /// A ring once it is full; `next` is then the oldest.
    private var times: ContiguousArray<Timestamp> = []
    private var next = 0

    init(limit: Int, within length: Int64) {
        self.limit = limit
        self.length = length
    }

    /// Enters one.
    mutating func note(at now: Timestamp) {
        guard limit > 0 else { return }
        if times.count < limit {
            times.append(now)
        } else {
            times[next] = now
            next = next + 1 == limit ? 0 : next + 1
        }
    }

    /// Whether the window that ends at `now` holds at least `limit`.
    func isReached(at now: Timestamp) -> Bool {
        limit > 0 && times.count == limit && times[next] > now.advanced(by: -length)
    }

    /// How many the window holds, counted up to `limit`.
    func count(at now: Timestamp) -> Int {
        let start = now.advanced(by: -length)
        return times.count { $0 > start }
    }

    /// Forgets all.
    mutating func reset() {
        times.removeAll(keepingCapacity: true)
        next = 0
    }
}
