/// How the simulated venue fills, how far away it is, and what it charges.
public struct SimOptions: Sendable, Equatable {
    /// What of the market orders meet.
    public enum Book: String, Sendable, CaseIterable {
        /// The best bid and ask.
        case touch
        /// Every row of the ladder, where depth is known.
        case rows
    }

    /// Ticks by which a fill is worse than the touch; a limit is never passed.
    public var slippageTicks: Int
    /// Chance of a fill each time an order meets a price it may trade at, in units of 2⁻³².
    public var fillChance: UInt64
    /// Seed of every chance.
    public var seed: UInt64
    /// How long messages travel.
    public var latency = SimLatencyOptions()
    /// What of the market orders meet.
    public var book = Book.touch
    /// What executions cost.
    public var fees = SimFees()
    /// Chance that an order is refused when it arrives, in units of 2⁻³².
    public var rejectChance: UInt64 = 0
    /// Chance that a cancel is refused when it arrives, in units of 2⁻³².
    public var cancelRejectChance: UInt64 = 0

    /// Options; everything but these is off until it is set.
    ///
    /// - Parameter fillProbability: 0…1.
    public init(slippageTicks: Int = 0, fillProbability: Double = 1, seed: UInt64 = 1) {
        self.slippageTicks = slippageTicks
        fillChance = Self.chance(fillProbability)
        self.seed = seed
    }

    /// A probability, 0…1, in units of 2⁻³².
    public static func chance(_ probability: Double) -> UInt64 {
        UInt64((min(max(probability, 0), 1) * 4_294_967_296).rounded())
    }

    /// What these are for the engine of one instrument; each has a chance of its own.
    ///
    /// - Parameter place: of the instrument in the list of all: names and ids may depend on what ran before.
    func matching(place: Int) -> MatchingOptions {
        MatchingOptions(
            slippageTicks: slippageTicks, fillChance: fillChance,
            seed: seed &+ UInt64(place) &* 0x9E37_79B9_7F4A_7C15, rejectsWithoutMarket: true)
    }

    /// The seed of a stream beside those of the instruments, so that none of them changes when it is used.
    func seed(of stream: Stream) -> UInt64 { seed ^ stream.rawValue }

    /// What is drawn beside the fills.
    enum Stream: UInt64 {
        case entry = 0xD1B5_4A32_D192_ED03
        case response = 0xAEF1_7502_108E_F2D9
        case refusal = 0x94D0_49BB_1331_11EB
    }
}
