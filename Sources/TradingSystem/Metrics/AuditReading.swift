import Audit
import TradingModel

/// What the metrics want to know of an audit log: the one place that asks it.
struct AuditReading: Sendable {
    /// Lines in the log.
    var lines: UInt64
    /// Lines that were there before this process wrote any.
    var linesBefore: UInt64
    /// Whether the log has failed.
    var hasFailed: Bool
    /// Lines after the newest signed checkpoint; `nil` where nothing is signed.
    var unsignedLines: UInt64?
    /// When the newest checkpoint was signed; `nil` before the first.
    var lastCheckpointAt: Timestamp?

    /// The log as it stands.
    ///
    /// - Parameter linesBefore: its lines when the session opened it.
    init(_ audit: AuditLog, linesBefore: UInt64) {
        lines = audit.head.sequence
        self.linesBefore = linesBefore
        if let outage = audit.outage { hasFailed = outage != .closed } else { hasFailed = false }
        guard audit.isSigned else { return }
        let unsigned = audit.unsigned
        (unsignedLines, lastCheckpointAt) = (unsigned.lines, unsigned.since)
    }
}
