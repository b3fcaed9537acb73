/// A few bytes to be recognised, compared as two words.
struct ByteLiteral: Equatable, BitwiseCopyable {
    /// Bytes it may have.
    static let longest = 16

    private var early: UInt64 = 0
    private var earlyMask: UInt64 = 0
    private var late: UInt64 = 0
    private var lateMask: UInt64 = 0
    /// Bytes it has.
    private(set) var count = 0

    /// No bytes: matches everywhere.
    init() {}

    /// The bytes of `text`, at most `longest`.
    init(_ text: Span<UInt8>) {
        precondition(text.count <= Self.longest, "a literal has at most sixteen bytes")
        count = text.count
        for index in 0..<min(8, count) {
            early |= UInt64(text[index]) << UInt64(8 * index)
            earlyMask |= 0xFF << UInt64(8 * index)
        }
        for index in 8..<max(8, count) {
            late |= UInt64(text[index]) << UInt64(8 * (index - 8))
            lateMask |= 0xFF << UInt64(8 * (index - 8))
        }
    }

    /// Whether `bytes` continue with this at `position`; sixteen bytes must be readable there.
    @inline(__always)
    func matches(_ bytes: Span<UInt8>, at position: Int) -> Bool {
        let differences =
            (bytes.word(at: position) ^ early) & earlyMask | (bytes.word(at: position &+ 8) ^ late) & lateMask
        return differences == 0
    }
}
