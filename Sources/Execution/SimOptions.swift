/// How the simulated venue fills.
public struct SimOptions: Sendable, Equatable {
    /// Ticks by which a fill is worse than the touch; a limit is never passed.
    public var slippageTicks: Int
    /// Chance of a fill each time an order meets a price it may trade at, in units of 2⁻³².
    public var fillChance: UInt64
    /// Seed of the chance.
    public var seed: UInt64

    /// Options.
    ///
    /// - Parameter fillProbability: 0…1.
    public init(slippageTicks: Int = 0, fillProbability: Double = 1, seed: UInt64 = 1) {
        self.slippageTicks = slippageTicks
        fillChance = UInt64((min(max(fillProbability, 0), 1) * 4_294_967_296).rounded())
        self.seed = seed
    }

    /// What these are for the engine of one instrument; each has a chance of its own.
    ///
    /// - Parameter place: of the instrument in the list of all: names and ids may depend on what ran before.
    func matching(place: Int) -> MatchingOptions {
        MatchingOptions(
            slippageTicks: slippageTicks, fillChance: fillChance,
            seed: seed &+ UInt64(place) &* 0x9E37_79B9_7F4A_7C15, rejectsWithoutMarket: true)
    }
}
