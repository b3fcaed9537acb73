import Glibc
import Platform

/// The segment that is being written: one descriptor, appended to.
struct AuditSegmentFile: ~Copyable {
    /// Room below which the disk counts as full.
    private static let leastRoom = 4 << 20
    /// Its number, from 1.
    let number: Int
    /// Its path.
    let path: String
    private let file: OwnedDescriptor
    private let operations: AuditFileOperations

    /// Makes a new file, mode 0640 whatever the umask, and makes its directory entry durable.
    init(creating number: Int, _ settings: AuditSettings) throws(SystemError) {
        let path = AuditSegmentNames.path(number, in: settings.directory)
        file = try Self.create(path, settings)
        (self.number, self.path, operations) = (number, path, settings.operations)
    }

    private static func create(_ path: String, _ settings: AuditSettings) throws(SystemError)
        -> OwnedDescriptor
    {
        let file = try OwnedDescriptor(opening: path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL, mode: 0o640)
        guard fchmod(file.number, 0o640) == 0 else { throw SystemError("fchmod", path) }
        let code = settings.operations.synchronize(file.number)
        guard code == 0 else { throw SystemError("fsync", path, code: code) }
        try settings.operations.synchronizeDirectory(settings.directory)
        return file
    }

    /// Goes on in a file that has been read.
    init(continuing number: Int, _ settings: AuditSettings) throws(SystemError) {
        let path = AuditSegmentNames.path(number, in: settings.directory)
        file = try OwnedDescriptor(opening: path, O_WRONLY | O_APPEND)
        (self.number, self.path, operations) = (number, path, settings.operations)
    }

    /// Reserves room up to `bytes` without changing the size, so that neither a full disk nor the search for free blocks
    /// meets a line later. A file system that cannot is no fault.
    ///
    /// - Returns: whether the disk has that room, or at least some.
    borrowing func reserve(_ bytes: Int) -> Bool {
        guard bytes > 0, operations.reserve(file.number, bytes) == ENOSPC else { return true }
        // What it took before it met the end of the disk others may need.
        releaseRoom()
        return !hasNoRoom(for: Self.leastRoom)
    }

    /// Whether a short write has met a full disk: there is no room for `bytes` more.
    borrowing func hasNoRoom(for bytes: Int) -> Bool { operations.room(file.number) < bytes }

    /// Gives back the room that was reserved and not needed.
    borrowing func releaseRoom() {
        var status = stat()
        if fstat(file.number, &status) == 0 { ftruncate(file.number, status.st_size) }
    }

    /// Hands bytes to the kernel, all with one `write`.
    ///
    /// - Returns: the bytes taken, or the negative errno; interruptions are passed over.
    borrowing func write(_ bytes: Span<UInt8>) -> Int {
        var taken = operations.write(file.number, bytes)
        while taken == -Int(EINTR) { taken = operations.write(file.number, bytes) }
        return taken
    }

    /// Waits until what was written is on the disk, with the file's metadata where that is asked for.
    borrowing func synchronize(metadata: Bool) throws(AuditOutage) {
        let code =
            metadata ? operations.synchronize(file.number) : operations.synchronizeData(file.number)
        guard code == 0 else {
            throw .system(SystemError(metadata ? "fsync" : "fdatasync", path, code: code))
        }
    }
}
