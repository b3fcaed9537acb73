import Glibc

/// Seeds of randomised tests: taken from the environment, else fresh, and printed.
public enum TestSeed {
    /// The seed to use.
    public static func value(_ variable: String) -> UInt64 {
        let seed = getenv(variable).flatMap { UInt64(String(cString: $0)) } ?? UInt64.random(in: 0 ... .max)
        print("\(variable)=\(seed)")
        // A run that hangs or is killed must have told its seed.
        fflush(nil)
        return seed
    }
}

/// xorshift64*: enough for choosing test cases.
public struct TestRandom {
    private var state: UInt64

    /// A stream for a seed.
    public init(seed: UInt64) { state = seed | 1 }

    /// A number from 0 to bound − 1.
    public mutating func below(_ bound: UInt64) -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return (state &* 0x2545_F491_4F6C_DD1D) % bound
    }
}
