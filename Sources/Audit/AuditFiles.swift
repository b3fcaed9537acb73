import Glibc
import Platform

/// The files of a log, as its one writer has them: puts lines where the composer says they stand.
///
/// Any error ends it: a descriptor is never written again after a failed write or `fsync`, because nobody knows what is on
/// the disk until it has been read again. A full disk alone is met once, with the reserve.
struct AuditFiles: ~Copyable {
    /// Whether the disk was full and the reserve has been given up for what must still be written.
    private(set) var isShortOfRoom = false
    private var segment: AuditSegmentFile
    private var reserve: AuditReserve
    private let settings: AuditSettings

    /// Goes on in `segment`.
    init(_ segment: consuming AuditSegmentFile, _ settings: AuditSettings) throws(SystemError) {
        self.segment = segment
        self.settings = settings
        reserve = try AuditReserve(settings)
        if !self.segment.reserve(settings.reservedSegmentBytes) { isShortOfRoom = true }
    }

    /// Path of the segment that is being written.
    var path: String { segment.path }

    /// Writes the lines of `batch`, segment after segment; a segment that ends is synced.
    mutating func write(_ batch: borrowing AuditBatch) throws(AuditOutage) {
        var start = 0
        for piece in batch.pieces {
            if piece.segment != segment.number { try begin(piece.segment) }
            try write(batch.bytes.span.extracting(start..<piece.end))
            start = piece.end
        }
    }

    /// Number of the segment that is being written.
    var number: Int { segment.number }

    /// Makes everything written durable.
    borrowing func synchronize(metadata: Bool = false) throws(AuditOutage) {
        try segment.synchronize(metadata: metadata)
    }

    /// Makes everything durable, where that is wanted, and gives room back.
    borrowing func close() throws(AuditOutage) {
        if settings.syncsSegments { try segment.synchronize(metadata: true) }
        segment.releaseRoom()
    }

    private mutating func begin(_ number: Int) throws(AuditOutage) {
        try close()
        do throws(SystemError) {
            segment = try AuditSegmentFile(creating: number, settings)
        } catch {
            guard error.code == ENOSPC, giveUpReserve() else { throw .system(error) }
            segment = try retried(number)
        }
        if !segment.reserve(settings.reservedSegmentBytes) { _ = giveUpReserve() }
    }

    private borrowing func retried(_ number: Int) throws(AuditOutage) -> AuditSegmentFile {
        // The file may have been made before the disk was full.
        unlink(AuditSegmentNames.path(number, in: settings.directory))
        do throws(SystemError) {
            return try AuditSegmentFile(creating: number, settings)
        } catch {
            throw .system(error)
        }
    }

    private mutating func write(_ lines: Span<UInt8>) throws(AuditOutage) {
        let taken = segment.write(lines)
        if taken == lines.count { return }
        let rest = lines.extracting(max(0, taken)..<lines.count)
        guard taken == -Int(ENOSPC) || taken >= 0 && segment.hasNoRoom(for: rest.count), giveUpReserve()
        else { throw failure(taken, of: lines.count) }
        let more = segment.write(rest)
        guard more == rest.count else { throw failure(more, of: rest.count) }
    }

    private borrowing func failure(_ taken: Int, of count: Int) -> AuditOutage {
        taken < 0
            ? .system(SystemError("write", segment.path, code: Int32(-taken)))
            : .shortWrite(path: segment.path, written: taken, of: count)
    }

    private mutating func giveUpReserve() -> Bool {
        isShortOfRoom = true
        return reserve.release()
    }
}
