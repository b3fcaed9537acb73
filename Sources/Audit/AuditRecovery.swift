import Glibc
import Platform
import TradingModel

/// Bytes after the last line feed of a segment, moved to a file of their own before writing goes on.
public struct AuditRecovery: Sendable, Equatable {
    /// Where they are now.
    public let path: String
    /// How many they were.
    public let bytes: Int
    /// Their SHA-256.
    public let hash: AuditHash

    /// Copies the bytes from `offset` on to `<path>.torn-<time>`, durably, then cuts them off.
    init(
        settingAside segmentPath: String, from offset: Int, at time: Timestamp,
        operations: AuditFileOperations
    ) throws(SystemError) {
        let copy = try Self.createCopy(of: segmentPath, at: time)
        path = copy.path
        (bytes, hash) = try Self.copy(segmentPath, from: offset, to: copy.file, named: copy.path, operations)
        try Self.synchronize(copy.file, copy.path, operations)
        try operations.synchronizeDirectory(DurableFile.directoryName(segmentPath))
        let segment = try OwnedDescriptor(opening: segmentPath, O_WRONLY)
        guard ftruncate(segment.number, off_t(offset)) == 0 else {
            throw SystemError("ftruncate", segmentPath)
        }
        try Self.synchronize(segment, segmentPath, operations)
    }

    private struct Copy: ~Copyable {
        let file: OwnedDescriptor
        let path: String
    }

    /// A second copy of the same microsecond gets a number: a crash may come between copying and cutting.
    private static func createCopy(of path: String, at time: Timestamp) throws(SystemError) -> Copy {
        var stamp: [UInt8] = []
        time.append(fractionDigits: 6, to: &stamp)
        let base = path + ".torn-" + String(decoding: stamp, as: UTF8.self)
        for attempt in 1...100 {
            let name = attempt == 1 ? base : "\(base)-\(attempt)"
            do throws(SystemError) {
                let file = try OwnedDescriptor(opening: name, O_WRONLY | O_CREAT | O_EXCL, mode: 0o640)
                guard fchmod(file.number, 0o640) == 0 else { throw SystemError("fchmod", name) }
                return Copy(file: file, path: name)
            } catch {
                if error.code != EEXIST { throw error }
            }
        }
        throw SystemError("open", base, code: EEXIST)
    }

    private static func copy(
        _ path: String, from offset: Int, to copy: borrowing OwnedDescriptor, named copyPath: String,
        _ operations: AuditFileOperations
    ) throws(SystemError) -> (Int, AuditHash) {
        let source = try OwnedDescriptor(opening: path, O_RDONLY)
        var chunk = [UInt8](repeating: 0, count: 65_536)
        var contents = IncrementalSHA256()
        var total = 0
        while true {
            let count = chunk.withUnsafeMutableBytes {
                pread(source.number, $0.baseAddress, $0.count, off_t(offset + total))
            }
            if count == 0 { return (total, contents.digest()) }
            guard count > 0 else { throw SystemError("read", path) }
            let piece = chunk.span.extracting(0..<count)
            let written = operations.write(copy.number, piece)
            guard written == count else {
                throw SystemError("write", copyPath, code: written < 0 ? Int32(-written) : ENOSPC)
            }
            contents.update(piece)
            total += count
        }
    }

    private static func synchronize(
        _ file: borrowing OwnedDescriptor, _ path: String, _ operations: AuditFileOperations
    ) throws(SystemError) {
        let code = operations.synchronize(file.number)
        guard code == 0 else { throw SystemError("fsync", path, code: code) }
    }
}
