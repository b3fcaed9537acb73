import TradingModel

/// How a matching engine fills.
public struct MatchingOptions: Hashable, Sendable, BitwiseCopyable {
    /// Ticks by which a fill from the shown book is worse than the row; a limit is never passed.
    public var slippageTicks: Int
    /// Chance that the shown book is there for an order each time they meet, in units of 2⁻³²; 2³² is always.
    public var fillChance: UInt64
    /// Seed of the chance.
    public var seed: UInt64
    /// Whether an order that comes while no row of a quote or ladder is known is refused; otherwise it waits.
    public var rejectsWithoutMarket: Bool

    /// Options; by default every meeting fills, at the price of the row, and orders wait for a market.
    public init(
        slippageTicks: Int = 0, fillChance: UInt64 = Self.always, seed: UInt64 = 1,
        rejectsWithoutMarket: Bool = false
    ) {
        self.slippageTicks = slippageTicks
        self.fillChance = fillChance
        self.seed = seed
        self.rejectsWithoutMarket = rejectsWithoutMarket
    }

    /// The chance of what is certain.
    public static let always: UInt64 = 1 << 32
}

/// splitmix64 (Steele, Lea, Flood): a stream of 64-bit numbers, the same for a seed everywhere.
struct SplitMix64: Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
