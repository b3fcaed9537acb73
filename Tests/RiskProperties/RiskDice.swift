/// The dice of random sequences: xorshift64*, the same numbers for the same seed on every machine.
struct RiskDice: Sendable {
    private var state: UInt64

    /// - Parameter number: of a stream within the seed; each is another one.
    init(seed: UInt64, stream number: UInt64 = 0) {
        // Neighbouring seeds and streams are mixed well apart (splitmix64).
        var mixed = seed &+ (number &+ 1) &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        state = (mixed ^ (mixed >> 31)) | 1
    }

    /// A number from 0 to bound − 1.
    mutating func below(_ bound: Int) -> Int {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return Int((state &* 0x2545_F491_4F6C_DD1D) >> 1) % bound
    }

    /// Once in so many times.
    mutating func isOne(in chances: Int) -> Bool { below(chances) == 0 }
}
