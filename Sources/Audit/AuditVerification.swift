import TradingModel

/// What a reading of a log has shown.
public struct AuditVerification: Equatable, Sendable {
    /// The answer in one word.
    public enum Verdict: String, Sendable {
        /// Every line is what was written, as far as a chain alone can prove.
        case intact
        /// Every complete line is, but bytes follow the last one: a crash while writing, or a reading
        /// while a line was written.
        case torn
        /// See `fault`.
        case broken
    }

    /// One file of the log.
    public struct Segment: Equatable, Sendable {
        /// Its path.
        public let path: String
        /// Its number, from 1; `nil` when its first line could not be read.
        public let number: Int?
        /// Lines that verify.
        public let lines: Int
        /// Bytes of these lines.
        public let bytes: Int
        /// SHA-256 over these lines.
        public let contentHash: AuditHash
    }

    /// Bytes that are no complete line.
    public struct TornTail: Equatable, Sendable {
        /// Path of the segment.
        public let file: String
        /// Where they start.
        public let offset: Int
        /// How many they are.
        public let bytes: Int
    }

    /// Where the key comes from that verified the checkpoints.
    public enum KeySource: String, Sendable {
        /// Given by whoever verifies: the strongest.
        case given
        /// `audit.vkey` beside the segments.
        case file
        /// The log's first line: proves nothing against someone who writes the whole log anew.
        case log
    }

    /// A log that this one continues.
    public struct Predecessor: Equatable, Sendable {
        /// What this log says about it.
        public let link: AuditSuccessionLink
        /// Where it was found; `nil` when it was not.
        public let directory: String?
        /// What its files say; empty when it was not found.
        public let verification: AuditVerification?
    }

    /// The files that were read, in order; the last may be the one with the fault.
    public internal(set) var segments: [Segment] = []
    /// The origin; `nil` when the first segment was not given.
    public internal(set) var origin: String?
    /// Number of the first line; above 1 when the log was not given from its start.
    public internal(set) var firstSequence: UInt64 = 1
    /// Number of the last line that verifies; 0 without any.
    public internal(set) var lastSequence: UInt64 = 0
    /// Hash of that line.
    public internal(set) var head = AuditHash.zero
    /// Time of the first line.
    public internal(set) var firstTimestamp: Timestamp?
    /// Time of the last line that verifies.
    public internal(set) var lastTimestamp: Timestamp?
    /// Lines by type; types without lines are absent.
    public internal(set) var counts: [AuditLineType: Int] = [:]
    /// Lines of types that this build does not know: a warning.
    public internal(set) var unknownTypes = 0
    /// Lines earlier than the line before: a warning.
    public internal(set) var stepsBack = 0
    /// Bytes after the last line feed of the last file.
    public internal(set) var tornTail: TornTail?
    /// The first thing that is wrong.
    public internal(set) var fault: AuditFault?
    /// The lines among which a change lies, where something is wrong: from the last proof before it to the
    /// next one; to `UInt64.max` when none follows.
    public internal(set) var changedLines: ClosedRange<UInt64>?
    /// What verified the checkpoints; `nil` when no key is known.
    public internal(set) var key: AuditVerificationKey?
    /// Where the key comes from.
    public internal(set) var keySource = KeySource.log
    /// Valid checkpoints in the log.
    public internal(set) var checkpoints = 0
    /// Checkpoint lines that could not be checked, for want of a key.
    public internal(set) var uncheckedCheckpoints = 0
    /// The newest valid checkpoint in the log.
    public internal(set) var lastCheckpoint: AuditSignedCheckpoint?
    /// Lines that a compared root, signed in the log or kept elsewhere, proves.
    public internal(set) var provenSize: UInt64 = 0
    /// Size of the first checkpoint or anchor whose root could be compared.
    public internal(set) var firstProofSize: UInt64?
    /// The tree over the lines before the first one given; `nil` when it is not known.
    var startTree: MerkleTree? = MerkleTree()
    /// Checkpoints kept apart from the lines.
    public internal(set) var anchors: [AuditAnchor] = []
    /// Orders and state, as the lines tell.
    public internal(set) var tally = AuditTally()
    /// The logs that this one continues, the latest first.
    public internal(set) var predecessors: [Predecessor] = []

    /// Lines that verify.
    public var lines: Int { segments.reduce(0) { $0 + $1.lines } }

    /// The answer in one word.
    public var verdict: Verdict {
        if fault != nil { return .broken }
        return tornTail == nil ? .intact : .torn
    }

    mutating func record(_ reading: AuditSegmentReading, of path: String) {
        segments.append(
            Segment(
                path: path, number: reading.number, lines: reading.lines, bytes: reading.bytes,
                contentHash: reading.contents.digest()))
        origin = origin ?? reading.origin
        stepsBack += reading.stepsBack
        fault = reading.fault
        if reading.tornBytes > 0 {
            tornTail = TornTail(file: path, offset: reading.bytes, bytes: reading.tornBytes)
        }
    }

    mutating func record(_ inspection: AuditInspection) {
        let proof = inspection.proof
        checkpoints = proof.count
        uncheckedCheckpoints = proof.unchecked
        lastCheckpoint = proof.last
        provenSize = proof.provenSize
        firstProofSize = proof.firstRootSize
        anchors = proof.anchors + proof.setAside
        tally = inspection.tally
    }

    mutating func record(_ chain: AuditChain) {
        firstSequence = chain.firstSequence
        startTree = chain.startTree
        lastSequence = chain.sequence
        head = chain.head
        firstTimestamp = chain.firstTimestamp
        lastTimestamp = chain.timestamp
        unknownTypes = chain.counts.last ?? 0
        for (type, count) in zip(AuditLineType.allCases, chain.counts) where count > 0 {
            counts[type] = count
        }
    }
}
