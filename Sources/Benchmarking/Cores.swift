import CLinux
import Platform

/// The processors that this process, and what it starts, may run on.
public enum Cores {
    /// Runs `body` on every processor that we are let have, then goes back to those of before.
    ///
    /// - Throws: `SystemError`; what `body` throws.
    public static func all<Result>(_ body: () throws -> Result) throws -> Result {
        // Room for 8,192 processors, as many as Linux knows.
        var before = [UInt8](repeating: 0, count: 1_024)
        guard tradingd_use_all_cores(&before, before.count) == 0 else {
            throw SystemError("sched_setaffinity", "all processors")
        }
        defer { _ = tradingd_use_cores(before, before.count) }
        return try body()
    }
}
