import Platform
import TradingModel

/// How long something took, each time. Safe from any thread; a record takes a short lock and allocates nothing.
public final class LatencyHistogram: Sendable {
    /// Upper bounds of the buckets that are shown, ns: 1, 2.5 and 5 in each power of ten from 1 µs to 10 s. Fixed, so that
    /// figures of different days and machines can be added.
    public static let bounds: [UInt64] =
        [1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000].flatMap {
            [$0, $0 * 5 / 2, $0 * 5]
        } + [10_000_000_000]

    /// One duration that stands for its bucket, with the trace it belongs to.
    public struct Exemplar: Sendable, Hashable {
        /// The trace.
        public let trace: TraceID
        /// The duration, ns.
        public let nanoseconds: UInt64
    }

    /// A histogram as it stood.
    public struct Reading: Sendable, Hashable {
        /// Durations so far.
        public let count: UInt64
        /// Their sum, ns.
        public let sum: UInt64
        /// The longest, ns.
        public let maximum: UInt64
        /// The durations that half, 99 % and 99.9 % do not exceed, ns; at most 1/32 too great.
        public let median, p99, p999: UInt64
        /// Durations in each bucket, the last for those over all bounds; not cumulative.
        public let buckets: [UInt64]
        /// The newest traced duration of each bucket.
        public let exemplars: [Exemplar?]
    }

    private struct State {
        var fine = LogLinearCounts()
        var sum: UInt64 = 0
        var buckets = [UInt64](repeating: 0, count: LatencyHistogram.bounds.count + 1)
        var exemplars = [Exemplar?](repeating: nil, count: LatencyHistogram.bounds.count + 1)
    }

    private let state = Locked(State())

    /// Nothing recorded.
    public init() {}

    /// Records one duration.
    ///
    /// - Parameter trace: what it belongs to; `none` for nothing.
    public func record(nanoseconds: UInt64, trace: TraceID = .none) {
        let bucket = Self.bucket(of: nanoseconds)
        state.withLock { state in
            state.fine.add(nanoseconds)
            state.sum &+= nanoseconds
            state.buckets[bucket] += 1
            if trace != .none { state.exemplars[bucket] = Exemplar(trace: trace, nanoseconds: nanoseconds) }
        }
    }

    /// Records the time between two moments of the monotonic clock; one that goes back counts as 0.
    public func record(from start: UInt64, to end: UInt64, trace: TraceID = .none) {
        record(nanoseconds: end > start ? end - start : 0, trace: trace)
    }

    /// The histogram as it stands.
    public var reading: Reading {
        let (fine, sum, buckets, exemplars) = state.withLock { state in
            (state.fine.copied(), state.sum, state.buckets.map { $0 }, state.exemplars.map { $0 })
        }
        return Reading(
            count: fine.count, sum: sum, maximum: fine.maximum, median: fine.value(at: 0.5),
            p99: fine.value(at: 0.99), p999: fine.value(at: 0.999), buckets: buckets, exemplars: exemplars)
    }

    /// By halves: the bounds are few and in order.
    private static func bucket(of value: UInt64) -> Int {
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
