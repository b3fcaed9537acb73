import Glibc
import Platform

/// The lock on a log directory; held until it is released or this goes.
struct AuditLock: ~Copyable {
    private let file: OwnedDescriptor

    /// Makes the directory when it is missing and takes the lock in it.
    init(directory: String) throws(AuditError) {
        file = try Self.lockedFile(directory + "/lock", in: directory)
    }

    /// Lets the next writer in.
    func release() { flock(file.number, LOCK_UN) }

    private static func lockedFile(
        _ path: String, in directory: String
    ) throws(AuditError) -> OwnedDescriptor {
        do throws(SystemError) {
            try DurableFile.makeDirectories(directory, mode: 0o750)
            let file = try OwnedDescriptor(opening: path, O_RDWR | O_CREAT, mode: 0o640)
            guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else { throw SystemError("flock", path) }
            return file
        } catch {
            throw error.code == EWOULDBLOCK ? .locked(path: path) : .system(error)
        }
    }
}
