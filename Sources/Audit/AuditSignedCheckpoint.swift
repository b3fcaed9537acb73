import TradingModel

/// A checkpoint as it stands in a log.
public struct AuditSignedCheckpoint: Equatable, Sendable {
    /// What it says.
    public let checkpoint: AuditCheckpoint
    /// The time of its line.
    public let time: Timestamp
    /// The signed note.
    public let note: String
}
