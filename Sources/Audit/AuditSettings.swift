/// How a log is written.
public struct AuditSettings: Sendable {
    /// Where the segments are; made when missing.
    public var directory: String
    /// How far a line has come when `append` returns.
    public var durability: AuditDurability
    /// A segment does not grow beyond this many bytes, unless it would then hold no line but its first.
    public var segmentBytes: Int
    /// Times up to this much before the latest one seen are no step of the clock: nanoseconds, from 0.
    ///
    /// Callers on different threads stamp before they wait for the log, so that times may pass each other.
    public var stepTolerance: Int64
    /// The calls that write.
    public var operations: AuditFileOperations

    /// Settings for a log in `directory`.
    public init(
        directory: String, durability: AuditDurability = .process,
        segmentBytes: Int = AuditLimits.segmentBytes, stepTolerance: Int64 = 0,
        operations: AuditFileOperations = .system
    ) {
        self.directory = directory
        self.durability = durability
        self.segmentBytes = segmentBytes
        self.stepTolerance = stepTolerance
        self.operations = operations
    }
}
