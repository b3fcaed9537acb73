import Platform

/// How a log is written.
public struct AuditSettings: Sendable {
    /// Where the segments are; made when missing.
    public var directory: String
    /// How far a line has come when `commit` returns.
    public var durability: AuditDurability
    /// A segment does not grow beyond this many bytes, unless it would then hold no line but its first.
    public var segmentBytes: Int
    /// Whether the room of a segment is taken when it begins.
    public var preallocates: Bool
    /// Bytes kept for a full disk; 0 for none.
    public var reserveBytes: Int
    /// Times up to this much before the latest one seen are no step of the clock: nanoseconds, from 0.
    ///
    /// Callers on different threads stamp before they wait for the log, so that times may pass each other.
    public var stepTolerance: Int64
    /// Signs the checkpoints; `nil` leaves the log without any.
    public var key: AuditSigningKey?
    /// The key of the log as it is found, where `key` takes over from it.
    public var previousKey: AuditSigningKey?
    /// A checkpoint covers at most this many lines, from 1.
    public var checkpointLines: UInt64
    /// A line waits at most this long for a checkpoint, by the time of lines: nanoseconds.
    public var checkpointInterval: Int64
    /// Whether checkpoints are published as they come, or the last one alone, when the log is closed.
    public var publishesContinuously: Bool
    /// Whether a segment is synced when it closes, whatever the durability of single lines: `false` for what can be made
    /// again at any time.
    public var syncsSegments: Bool
    /// The calls that write.
    public var operations: AuditFileOperations

    /// Settings for a log in `directory`.
    public init(
        directory: String, durability: AuditDurability = .process,
        segmentBytes: Int = AuditLimits.segmentBytes, preallocates: Bool = false, reserveBytes: Int = 0,
        stepTolerance: Int64 = 0, key: AuditSigningKey? = nil, previousKey: AuditSigningKey? = nil,
        checkpointLines: UInt64 = 1_000, checkpointInterval: Int64 = 5_000_000_000,
        publishesContinuously: Bool = true, syncsSegments: Bool = true,
        operations: AuditFileOperations = .system
    ) {
        self.directory = directory
        self.durability = durability
        self.segmentBytes = segmentBytes
        self.preallocates = preallocates
        self.reserveBytes = reserveBytes
        self.stepTolerance = stepTolerance
        self.key = key
        self.previousKey = previousKey
        self.checkpointLines = checkpointLines
        self.checkpointInterval = checkpointInterval
        self.publishesContinuously = publishesContinuously
        self.syncsSegments = syncsSegments
        self.operations = operations
    }

    /// Bytes a new segment reserves.
    var reservedSegmentBytes: Int { preallocates ? segmentBytes : 0 }
}

/// What the owner of a log wants to hear of. Called on the log's own queues; must not wait.
public struct AuditObserver: Sendable {
    /// A line that was waited for has the durability asked for; called with the token given then.
    public var didBecomeDurable: @Sendable (UInt64) -> Void
    /// A sync of the segment has taken so many nanoseconds.
    public var didSynchronize: @Sendable (UInt64) -> Void
    /// A checkpoint is written and durable: to be kept elsewhere too.
    public var didSign: @Sendable (AuditSignedCheckpoint) -> Void
    /// `latest.note` could not be replaced; the log goes on.
    public var didNotPublish: @Sendable (SystemError) -> Void
    /// The writing has ended: nothing staged from now on is kept, and what waits for the disk waits in vain.
    public var didFail: @Sendable (AuditOutage) -> Void
    /// The disk was full: the reserve has been used, and orders are refused from now on.
    public var isShortOfRoom: @Sendable () -> Void

    /// Hears nothing unless told what.
    public init(
        didBecomeDurable: @escaping @Sendable (UInt64) -> Void = { _ in },
        didSynchronize: @escaping @Sendable (UInt64) -> Void = { _ in },
        didSign: @escaping @Sendable (AuditSignedCheckpoint) -> Void = { _ in },
        didNotPublish: @escaping @Sendable (SystemError) -> Void = { _ in },
        didFail: @escaping @Sendable (AuditOutage) -> Void = { _ in },
        isShortOfRoom: @escaping @Sendable () -> Void = {}
    ) {
        self.didBecomeDurable = didBecomeDurable
        self.didSynchronize = didSynchronize
        self.didSign = didSign
        self.didNotPublish = didNotPublish
        self.didFail = didFail
        self.isShortOfRoom = isShortOfRoom
    }
}
