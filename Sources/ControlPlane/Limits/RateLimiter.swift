import Glibc

/// A bucket of requests for each user: refilled evenly, saved up for one second at most.
struct RateLimiter {
    private struct Bucket {
        /// When the bucket would be full again, in nanoseconds; the classic "theoretical arrival time".
        var fullAt: UInt64
    }

    private var buckets: [uid_t: Bucket] = [:]
    private let interval: UInt64
    private let burst: UInt64

    /// - Parameter perSecond: requests a second and burst; at least 1.
    init(perSecond: Int) {
        interval = 1_000_000_000 / UInt64(max(1, perSecond))
        burst = interval * UInt64(max(1, perSecond))
    }

    /// Takes one request from the bucket of `uid`.
    ///
    /// - Returns: 0 when there was one, else the nanoseconds until there is one.
    mutating func take(_ uid: uid_t, now: UInt64) -> UInt64 {
        if buckets.count >= 256 { buckets = buckets.filter { $0.value.fullAt > now } }
        let fullAt = max(buckets[uid]?.fullAt ?? 0, now) + interval
        if fullAt > now + burst { return fullAt - now - burst }
        buckets[uid] = Bucket(fullAt: fullAt)
        return 0
    }
}
