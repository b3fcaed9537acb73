/// Durations counted by size, from a nanosecond to a minute, in buckets 3 % wide: the layout of HDR histograms.
///
/// Below 64 ns each value has its own bucket; above, every power of two has 32. A bucket is found with two shifts.
struct LogLinearCounts: Sendable {
    /// Buckets in a power of two.
    private static let divisions: UInt64 = 32
    private static let divisionBits: UInt64 = 5
    /// Greatest value told apart, ns: 2³⁶ − 1, a little over a minute; what is greater counts as this.
    static let greatest: UInt64 = 1 << 36 - 1

    /// Values counted.
    private(set) var count: UInt64 = 0
    /// Greatest of them, exact.
    private(set) var maximum: UInt64 = 0
    private var counts: [UInt64]

    /// Nothing counted.
    init() { counts = [UInt64](repeating: 0, count: Self.index(of: Self.greatest) + 1) }

    /// Counts one value.
    mutating func add(_ value: UInt64) {
        counts[Self.index(of: min(value, Self.greatest))] += 1
        count += 1
        if value > maximum { maximum = value }
    }

    /// The value that the share `quantile` (0…1) of all values does not exceed; never smaller than the true one, and at
    /// most 1/32 greater. 0 when nothing was counted.
    func value(at quantile: Double) -> UInt64 {
        guard count > 0 else { return 0 }
        let rank = min(count, max(1, UInt64((quantile * Double(count)).rounded(.up))))
        var seen: UInt64 = 0
        for (index, number) in counts.enumerated() {
            seen += number
            if seen >= rank { return min(Self.greatestValue(in: index), maximum) }
        }
        return maximum
    }

    /// A copy whose storage nobody shares: what is counted meanwhile need not copy it.
    func copied() -> LogLinearCounts {
        var copy = self
        copy.counts = counts.map { $0 }
        return copy
    }

    /// Buckets follow each other without a gap: 0…63 each alone, then 32 to a power of two.
    static func index(of value: UInt64) -> Int {
        guard value >= 2 * divisions else { return Int(value) }
        let shift = UInt64(63 - value.leadingZeroBitCount) - divisionBits
        return Int(shift * divisions + value >> shift)
    }

    static func greatestValue(in index: Int) -> UInt64 {
        let index = UInt64(index)
        guard index >= 2 * divisions else { return index }
        let shift = index / divisions - 1
        return (index % divisions + divisions + 1) << shift - 1
    }
}
