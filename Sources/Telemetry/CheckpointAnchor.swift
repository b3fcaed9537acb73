import Logging

/// Puts signed checkpoints of the audit trail where the trail's owner cannot reach: into the journal.
///
/// The line has `AUDIT_SIZE`, `AUDIT_ROOT` and `AUDIT_NOTE`, the note byte for byte; on a stream they are members of the
/// context.
public struct CheckpointAnchor: Sendable {
    private let log: Logger

    /// An anchor that logs under `label`.
    public init(label: String = "tradingd.audit") { log = Logger(label: label) }

    /// An anchor that logs to `log`.
    public init(_ log: Logger) { self.log = log }

    /// Logs one checkpoint; never waits.
    ///
    /// - Parameters:
    ///   - size: lines that the checkpoint covers.
    ///   - root: the root hash over them, hexadecimal.
    ///   - note: the checkpoint as it was signed; may have line feeds.
    public func write(size: UInt64, root: String, note: String) {
        log.record(
            .checkpoint,
            [
                "audit.size": .stringConvertible(size), "audit.root": .string(root),
                "audit.note": .string(note),
            ])
    }
}
