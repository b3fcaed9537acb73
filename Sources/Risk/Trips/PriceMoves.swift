import TradingModel

/// How far a price has moved lately: lowest and highest within sixteen buckets of time, the newest of them not yet full.
///
/// A price holds until the next one, so what stood when a bucket began belongs to it. What is looked at is therefore
/// every price that held within the newest fifteen to sixteen buckets: never less than the window that a bucket is the
/// fifteenth part of, and less than a fifteenth more. Costs two comparisons a price; a new bucket, at most sixteen times,
/// a look at all of them.
struct PriceMoves: Sendable, BitwiseCopyable {
    static let buckets = 16

    private struct Range: Sendable, BitwiseCopyable {
        var low: Int64 = 0
        var high: Int64 = 0
    }

    private var ranges: InlineArray<16, Range> = InlineArray(repeating: Range())
    /// Number of the newest bucket, counted from the epoch.
    private var bucket: Int64 = 0
    /// Where it is in `ranges`.
    private var place = 0
    /// When that bucket ends: an earlier price, even one from before, belongs to it.
    private var end: Int64 = .min
    /// Of all buckets.
    private var low: Int64 = 0
    private var high: Int64 = 0
    /// The newest price, 1e-9; 0 before the first.
    private(set) var newest: Int64 = 0
    /// When it was told.
    private(set) var heard = Timestamp.zero
    /// Beyond these it has moved too far.
    private var floor: Int64 = 0
    private var ceiling: Int64 = .max

    /// Whether the newest price is further from another one than it may be.
    var isBeyond: Bool { newest > ceiling || newest < floor }

    /// The greater of its distances from the lowest and from the highest price, in 1e-9 of a basis point of those, towards
    /// zero; negative for a fall.
    var distance: Int64 {
        guard newest > 0 else { return 0 }
        let scale: Int128 = 10_000_000_000_000
        let rise = (Int128(newest) - Int128(low)) * scale / Int128(low)
        let fall = (Int128(high) - Int128(newest)) * scale / Int128(high)
        return Int64(clamping: rise >= fall ? rise : -fall)
    }

    /// Notes a price, > 0.
    ///
    /// - Parameters:
    ///   - length: of a bucket, nanoseconds, positive.
    ///   - limit: how far it may move, in basis points of where it moves from.
    @inline(__always)
    mutating func note(_ price: Int64, at now: Timestamp, length: Int64, limit: Int64) {
        if now.nanoseconds >= end { advance(to: now, length: length, limit: limit) }
        heard = max(heard, now)
        guard price != newest else { return }
        if newest == 0 { return begin(price, limit) }
        newest = price
        if price < ranges[place].low { ranges[place].low = price }
        if price > ranges[place].high { ranges[place].high = price }
        if price < low || price > high { widen(by: price, limit) }
    }

    /// Lets time pass in which the newest price held.
    @inline(never)
    mutating func advance(to now: Timestamp, length: Int64, limit: Int64) {
        guard now.nanoseconds >= end else { return }
        let start = now.floored(to: length)
        let next = start.nanoseconds / length
        let passed = end == .min ? Int64(Self.buckets) : min(next - bucket, Int64(Self.buckets))
        for _ in 0..<passed {
            place = (place + 1) % Self.buckets
            ranges[place] = Range(low: newest, high: newest)
        }
        bucket = next
        end = start.advanced(by: length).nanoseconds
        measure(limit)
    }

    /// The first price has not moved.
    @inline(never)
    private mutating func begin(_ price: Int64, _ limit: Int64) {
        newest = price
        forget(limit: limit)
    }

    /// Lets the price move from the newest on.
    mutating func forget(limit: Int64) {
        for place in 0..<Self.buckets { ranges[place] = Range(low: newest, high: newest) }
        measure(limit)
    }

    private mutating func measure(_ limit: Int64) {
        low = ranges[0].low
        high = ranges[0].high
        for place in 1..<Self.buckets {
            low = min(low, ranges[place].low)
            high = max(high, ranges[place].high)
        }
        bound(limit)
    }

    private mutating func widen(by price: Int64, _ limit: Int64) {
        low = min(low, price)
        high = max(high, price)
        bound(limit)
    }

    private mutating func bound(_ limit: Int64) {
        ceiling = Int64(clamping: Int128(low) + Int128(low) * Int128(limit) / 10_000)
        floor = Int64(clamping: Int128(high) - Int128(high) * Int128(limit) / 10_000)
    }
}
