import Glibc
import Platform

/// Room on the disk that is kept for the day it is full: deleted then, so that trip and kill lines still fit.
struct AuditReserve {
    private let path: String
    private let directory: String
    private var isHeld: Bool

    /// Takes the room, or finds it taken.
    ///
    /// - Throws: `SystemError`, `ENOSPC` above all: a log without reserve must not begin. A file system that cannot reserve
    ///   gets a file of zeros.
    init(_ settings: AuditSettings) throws(SystemError) {
        directory = settings.directory
        path = settings.directory + "/reserve"
        isHeld = settings.reserveBytes > 0
        guard isHeld else { return }
        let file = try OwnedDescriptor(opening: path, O_RDWR | O_CREAT, mode: 0o600)
        let code = posix_fallocate(file.number, 0, off_t(settings.reserveBytes))
        guard code == 0 else {
            unlink(path)
            throw SystemError("posix_fallocate", path, code: code)
        }
    }

    /// Gives the room free, once.
    ///
    /// - Returns: whether there was any.
    mutating func release() -> Bool {
        defer { isHeld = false }
        return isHeld && unlink(path) == 0
    }
}
