import Glibc

/// The machine's monotonic clock, for waiting, pacing and latencies; never for decisions.
public enum MonotonicClock {
    /// Nanoseconds since an arbitrary start; never goes back.
    public static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// UTC that never goes back: read once from the wall clock, then carried by the monotonic clock.
///
/// A feed stamps what it receives with one of these, so that a step of the wall clock cannot reorder events.
public struct AnchoredClock: Sendable {
    private let utcAtStart: Int64
    private let monotonicAtStart: UInt64

    /// Reads both clocks once.
    public init() {
        utcAtStart = Self.wallNanoseconds()
        monotonicAtStart = MonotonicClock.now()
    }

    /// Nanoseconds since 1970 UTC.
    public func now() -> Int64 { utc(at: MonotonicClock.now()) }

    /// Nanoseconds since 1970 UTC at a reading of the monotonic clock, also one before the anchor.
    public func utc(at monotonic: UInt64) -> Int64 {
        utcAtStart &+ Int64(truncatingIfNeeded: monotonic &- monotonicAtStart)
    }

    /// The wall clock as it stands: nanoseconds since 1970 UTC. May step.
    public static func wallNanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
