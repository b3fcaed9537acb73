import TradingModel

/// How long messages travel between us and the simulated venue.
public struct SimLatencyOptions: Sendable, Equatable, BitwiseCopyable {
    /// How what comes on top of the constant part is spread.
    public enum Shape: String, Sendable, BitwiseCopyable, CaseIterable {
        /// Evenly between nothing and the jitter.
        case uniform
        /// With the jitter as its middle and a long tail (σ = 1): one in a hundred is about ten times as long.
        case lognormal
    }

    /// Nanoseconds from us to the venue, at least.
    public var entry: Int64
    /// Nanoseconds from the venue to us, at least.
    public var response: Int64
    /// What comes on top each way, in nanoseconds; 0 for nothing.
    public var jitter: Int64
    /// How that is spread.
    public var shape: Shape

    /// Latencies; none by default.
    public init(entry: Int64 = 0, response: Int64 = 0, jitter: Int64 = 0, shape: Shape = .uniform) {
        self.entry = max(0, entry)
        self.response = max(0, response)
        self.jitter = max(0, jitter)
        self.shape = shape
    }

    /// Whether nothing travels: what is sent is there.
    var isNone: Bool { entry == 0 && response == 0 && jitter == 0 }
}

/// The latencies of one way, from a stream of their own: the same for a seed everywhere.
struct SimLatency: Sendable {
    private let least: Int64
    private let jitter: Int64
    private let shape: SimLatencyOptions.Shape
    private var random: SplitMix64

    init(_ least: Int64, _ options: SimLatencyOptions, seed: UInt64) {
        (self.least, jitter, shape) = (least, options.jitter, options.shape)
        random = SplitMix64(seed: seed)
    }

    /// Nanoseconds that the next message travels.
    mutating func next() -> Int64 {
        guard jitter > 0 else { return least }
        let (sum, overflow) = least.addingReportingOverflow(variation())
        return overflow ? .max : sum
    }

    private mutating func variation() -> Int64 {
        let chance = random.next()
        switch shape {
        case .uniform:
            return Int64((UInt64(jitter) + 1).multipliedFullWidth(by: chance).high)
        case .lognormal:
            return Int64(clamping: (Int128(jitter) * Int128(Self.quantile(chance))) >> 10)
        }
    }

    /// A quantile in 1024ths of the middle: between two of the table it goes straight.
    private static func quantile(_ chance: UInt64) -> Int64 {
        let place = Int(chance >> 58)
        let next = min(place + 1, quantiles.count - 1)
        let part = Int64(chance >> 42 & 0xFFFF)
        return quantiles[place] + (((quantiles[next] - quantiles[place]) * part) >> 16)
    }

    /// exp of the standard normal distribution at (i + ½) ÷ 64, in 1024ths.
    private static let quantiles: [Int64] = [
        91, 140, 176, 207, 235, 261, 287, 312, 336, 361, 385, 409,
        434, 459, 484, 509, 535, 561, 587, 614, 642, 670, 700, 729,
        760, 792, 824, 858, 892, 928, 966, 1_004, 1_044, 1_086, 1_130, 1_175,
        1_222, 1_272, 1_325, 1_380, 1_438, 1_499, 1_564, 1_633, 1_707, 1_786, 1_870, 1_962,
        2_061, 2_168, 2_286, 2_416, 2_561, 2_723, 2_906, 3_117, 3_363, 3_656, 4_015, 4_469,
        5_077, 5_962, 7_472, 11_488,
    ]
}
