import Glibc
import Platform

/// Work that must not meet a writer of the log.
public enum AuditIdle {
    /// Runs `body` while nobody can write the log in `directory`, which must be there.
    ///
    /// - Throws: `AuditError.locked` where somebody does, and what `body` throws.
    public static func hold<Result>(_ directory: String, _ body: () throws -> Result) throws -> Result {
        guard access(directory, F_OK) == 0 else { throw AuditError.system(SystemError("open", directory)) }
        let lock = try AuditLock(directory: directory)
        defer { lock.release() }
        return try body()
    }
}
