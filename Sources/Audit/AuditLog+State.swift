import Platform
import TradingModel

/// How far the log is, and whether it works.
extension AuditLog {
    /// Number and hash of the last line committed.
    public var head: AuditReceipt { staging.withLock { $0.committed.head } }

    /// What ended the writing; `nil` while the log works.
    public var outage: AuditOutage? { staging.withLock { $0.outage } }

    /// Whether the disk is full and orders are refused.
    public var isShortOfRoom: Bool { staging.withLock { $0.isShortOfRoom } }

    /// Number of the segment that is being written, from 1, and its bytes.
    ///
    /// Every segment before that number is closed on the disk, and its successor has begun: only those may be compressed.
    public var segment: (number: Int, bytes: Int) {
        staging.withLock { ($0.committed.segment, $0.committed.segmentBytes) }
    }

    /// Committed lines that no checkpoint covers yet, and the time of the newest checkpoint.
    public var unsigned: (lines: UInt64, since: Timestamp) {
        staging.withLock { ($0.committed.unsignedLines, $0.committed.lastCheckpoint) }
    }
}
