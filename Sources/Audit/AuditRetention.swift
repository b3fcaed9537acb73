import CZlib
import ExactJSON
import Glibc
import Platform
import TradingModel

/// Keeps closed segments small, and only as long as they must be kept.
///
/// A compressed segment is `audit-000001.jsonl.gz`: it takes the place of the plain file once it has been read back and found
/// the same. Segments are deleted oldest first, so that what is left is one piece; a reader starts from the tree that the
/// first line of a segment names.
public struct AuditRetention: Sendable {
    /// What a pass did.
    public struct Report: Sendable, Equatable {
        /// Names of the files that were compressed.
        public fileprivate(set) var compressed: [String] = []
        /// Names of the files that were deleted.
        public fileprivate(set) var deleted: [String] = []
    }

    private let directory: String
    private let compresses: Bool
    private let days: Int

    /// - Parameters:
    ///   - compresses: whether closed segments are compressed.
    ///   - days: how long closed segments are kept; 0 keeps all.
    public init(directory: String, compresses: Bool, days: Int) {
        self.directory = directory
        self.compresses = compresses
        self.days = days
    }

    /// Deletes and compresses what is due; takes long, so it wants a queue of its own.
    ///
    /// - Parameters:
    ///   - current: number of the segment that is being written; it is left alone.
    ///   - now: UTC.
    /// - Throws: `SystemError` of the first file that could not be treated; what was done until then stays.
    public func run(current: Int, now: Timestamp) throws(SystemError) -> Report {
        var report = Report()
        let names = try DirectoryListing.names(directory)
        let hasWork = names.contains { (AuditSegmentNames.numberOfAnyForm($0) ?? current) < current }
        // What begins the current segment must be on the disk before the one that leads to it may go.
        if hasWork { try makeDurable(AuditSegmentNames.path(current, in: directory)) }
        try delete(names, before: current, now, &report)
        if compresses { try compress(names, before: current, &report) }
        return report
    }

    private func delete(
        _ names: [String], before current: Int, _ now: Timestamp, _ report: inout Report
    ) throws(SystemError) {
        guard days > 0 else { return }
        let oldest = now.nanoseconds / 1_000_000_000 - Int64(days) * 86_400
        let closed = names.compactMap { name in AuditSegmentNames.numberOfAnyForm(name).map { (name, $0) } }
            .filter { $0.1 < current }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }
        for (name, _) in closed {
            let path = directory + "/" + name
            guard try Self.status(path).st_mtim.tv_sec < oldest else { break }
            guard unlink(path) == 0 else { throw SystemError("unlink", path) }
            report.deleted.append(name)
        }
        if !report.deleted.isEmpty { try DurableFile.syncDirectory(of: directory + "/x") }
    }

    private func compress(
        _ names: [String], before current: Int, _ report: inout Report
    ) throws(SystemError) {
        for name in names where !report.deleted.contains(name) {
            guard let number = AuditSegmentNames.number(of: name), number < current else { continue }
            try compress(directory + "/" + name, named: try hashNamed(after: number))
            report.compressed.append(name)
        }
    }

    /// What the segment after `number` says of that one; `nil` where it is not there as a plain file.
    private func hashNamed(after number: Int) throws(SystemError) -> AuditHash? {
        let next = AuditSegmentNames.path(number + 1, in: directory)
        guard access(next, F_OK) == 0 else { return nil }
        return try AuditFirstLine(next).data?["prev_segment_sha256"]?.stringValue.flatMap {
            AuditHash(hex: $0)
        }
    }

    private func makeDurable(_ path: String) throws(SystemError) {
        let file = try OwnedDescriptor(opening: path, O_RDONLY)
        guard fdatasync(file.number) == 0 else { throw SystemError("fdatasync", path) }
    }

    /// Replaces a file by its compressed form; a crash leaves one of them whole, or both.
    ///
    /// - Parameter named: its hash as the next segment has it; a file that has another is evidence and stays.
    private func compress(_ path: String, named: AuditHash?) throws(SystemError) {
        let temporary = path + ".gz.tmp"
        let plain = try Self.deflate(path, to: temporary)
        guard named == nil || named == plain else {
            unlink(temporary)
            throw SystemError("compress: not what the next segment says of it", path, code: EBADMSG)
        }
        guard try Self.inflatedHash(temporary) == plain else {
            throw SystemError("compress", temporary, code: EIO)
        }
        let file = try OwnedDescriptor(opening: temporary, O_RDWR)
        let status = try Self.status(path)
        var times = [status.st_atim, status.st_mtim]
        guard fchmod(file.number, 0o640) == 0, futimens(file.number, &times) == 0 else {
            throw SystemError("futimens", temporary)
        }
        guard fsync(file.number) == 0 else { throw SystemError("fsync", temporary) }
        guard rename(temporary, path + ".gz") == 0 else { throw SystemError("rename", temporary) }
        try DurableFile.syncDirectory(of: path)
        guard unlink(path) == 0 else { throw SystemError("unlink", path) }
        try DurableFile.syncDirectory(of: path)
    }

    /// Writes the compressed form.
    ///
    /// - Returns: SHA-256 over the plain bytes.
    private static func deflate(_ path: String, to target: String) throws(SystemError) -> AuditHash {
        let source = try OwnedDescriptor(opening: path, O_RDONLY)
        guard let file = gzopen(target, "wb6") else { throw SystemError("open", target) }
        var contents = IncrementalSHA256()
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(source.number, $0.baseAddress, $0.count) }
            if count == 0 { break }
            let isWritten = count > 0 && gzwrite(file, chunk, UInt32(count)) == Int32(count)
            guard isWritten else {
                let code = errno
                gzclose(file)
                throw SystemError(count < 0 ? "read" : "write", count < 0 ? path : target, code: code)
            }
            contents.update(chunk.span.extracting(0..<count))
        }
        guard gzclose(file) == Z_OK else { throw SystemError("write", target) }
        return contents.digest()
    }

    private static func inflatedHash(_ path: String) throws(SystemError) -> AuditHash {
        guard let file = gzopen(path, "rb") else { throw SystemError("open", path) }
        defer { gzclose(file) }
        var contents = IncrementalSHA256()
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = Int(gzread(file, &chunk, UInt32(chunk.count)))
            guard count >= 0 else { throw SystemError("read", path, code: EBADMSG) }
            if count == 0 { return contents.digest() }
            contents.update(chunk.span.extracting(0..<count))
        }
    }

    private static func status(_ path: String) throws(SystemError) -> stat {
        var status = stat()
        guard stat(path, &status) == 0 else { throw SystemError("stat", path) }
        return status
    }
}
