import CLinux

/// How good the wall clock is, as the kernel knows it.
public struct ClockQuality: Sendable, Hashable, BitwiseCopyable {
    /// Whether something keeps it synchronised.
    public var isSynchronised: Bool
    /// Nanoseconds by which it may be wrong at most.
    public var error: Int64

    /// A quality.
    public init(isSynchronised: Bool, error: Int64) {
        self.isSynchronised = isSynchronised
        self.error = error
    }

    /// As it stands; `nil` where the kernel does not tell, as in some containers.
    public static func read() -> ClockQuality? {
        var isSynchronised: Int32 = 0
        var microseconds = 0
        guard tradingd_clock_quality(&isSynchronised, &microseconds) == 0 else { return nil }
        let (error, overflow) = Int64(microseconds).multipliedReportingOverflow(by: 1_000)
        return ClockQuality(isSynchronised: isSynchronised != 0, error: overflow ? .max : error)
    }
}
