import Glibc
import Platform

/// The segment that is being written: one descriptor, appended to, hashed as it grows.
struct AuditSegmentFile: ~Copyable {
    /// Its number, from 1.
    let number: Int
    /// Its path.
    let path: String
    /// Bytes written.
    private(set) var size: Int
    /// Lines written.
    private(set) var lines: Int
    private var contents: IncrementalSHA256
    private let file: OwnedDescriptor
    private let operations: AuditFileOperations

    /// Makes a new file, mode 0640 whatever the umask, and makes its directory entry durable.
    init(
        creating number: Int, in directory: String, operations: AuditFileOperations
    ) throws(SystemError) {
        self.number = number
        self.operations = operations
        path = AuditSegmentNames.path(number, in: directory)
        file = try Self.create(path, in: directory, operations)
        (size, lines, contents) = (0, 0, IncrementalSHA256())
    }

    /// Goes on in a file that has been read.
    init(
        continuing number: Int, at path: String, after reading: AuditSegmentReading,
        operations: AuditFileOperations
    ) throws(SystemError) {
        self.number = number
        self.path = path
        self.operations = operations
        file = try OwnedDescriptor(opening: path, O_WRONLY | O_APPEND)
        (size, lines, contents) = (reading.bytes, reading.lines, reading.contents)
    }

    /// SHA-256 over the file.
    var contentHash: AuditHash { contents.digest() }

    /// Hands a whole line to the kernel with one `write`.
    mutating func append(_ line: [UInt8]) throws(AuditOutage) {
        var taken = operations.write(file.number, line.span)
        while taken == -Int(EINTR) { taken = operations.write(file.number, line.span) }
        guard taken >= 0 else { throw .system(SystemError("write", path, code: Int32(-taken))) }
        guard taken == line.count else { throw .shortWrite(path: path, written: taken, of: line.count) }
        contents.update(line.span)
        size += line.count
        lines += 1
    }

    /// Waits until what was written is on the disk, with the file's metadata where that is asked for.
    borrowing func synchronize(metadata: Bool) throws(AuditOutage) {
        let code =
            metadata ? operations.synchronize(file.number) : operations.synchronizeData(file.number)
        guard code == 0 else {
            throw .system(SystemError(metadata ? "fsync" : "fdatasync", path, code: code))
        }
    }

    private static func create(
        _ path: String, in directory: String, _ operations: AuditFileOperations
    ) throws(SystemError) -> OwnedDescriptor {
        let file = try OwnedDescriptor(opening: path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL, mode: 0o640)
        guard fchmod(file.number, 0o640) == 0 else { throw SystemError("fchmod", path) }
        let code = operations.synchronize(file.number)
        guard code == 0 else { throw SystemError("fsync", path, code: code) }
        try operations.synchronizeDirectory(directory)
        return file
    }
}
