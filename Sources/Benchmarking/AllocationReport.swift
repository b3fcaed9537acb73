/// What the preloaded allocation counter has written at the end of a program.
public struct AllocationReport: Sendable, Equatable {
    /// Blocks asked for.
    public let calls: Int
    /// Bytes asked for.
    public let bytes: Int
    /// Blocks given back.
    public let frees: Int
    /// Peak resident memory in KiB.
    public let peakKibibytes: Int

    /// Reads `CALLS BYTES FREES PEAK_RSS_KIB`; `nil` for anything else.
    public init?(_ text: String) {
        let numbers = text.split(whereSeparator: { $0 == " " || $0 == "\n" }).map { Int($0) }
        guard numbers.count == 4, let calls = numbers[0], let bytes = numbers[1], let frees = numbers[2],
            let peak = numbers[3]
        else { return nil }
        self.calls = calls
        self.bytes = bytes
        self.frees = frees
        peakKibibytes = peak
    }
}
