/// xoshiro256**, seeded by splitmix64: the same numbers for a seed in every process and on every machine.
///
/// Source: Blackman, Vigna, "Scrambled Linear Pseudorandom Number Generators" (2021); their public-domain code.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// The sequence of `seed`; every seed is good.
    public init(seed: UInt64) {
        var counter = seed
        func splitmix() -> UInt64 {
            counter &+= 0x9E37_79B9_7F4A_7C15
            var mixed = counter
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
        state = (splitmix(), splitmix(), splitmix(), splitmix())
    }

    /// The next number.
    public mutating func next() -> UInt64 {
        let scrambled = state.1 &* 5
        let result = (scrambled << 7 | scrambled >> 57) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = state.3 << 45 | state.3 >> 19
        return result
    }

    /// A whole number in `0..<bound`; `bound` must be positive. Our own reduction, so that it never changes.
    public mutating func below(_ bound: Int64) -> Int64 {
        precondition(bound > 0, "a bound is positive")
        return Int64(bound.magnitude.multipliedFullWidth(by: next()).high)
    }

    /// Whether a chance of `percent` in 100 came up.
    public mutating func chance(_ percent: Int64) -> Bool { below(100) < percent }
}
