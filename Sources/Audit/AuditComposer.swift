import ExactJSON
import TradingModel

/// A log without its files: numbers, chain, time, tree, segments, checkpoints. Touches nothing outside itself
/// but what puts records into words.
///
/// It says which lines stand in which segment; `AuditFiles` puts them there.
struct AuditComposer {
    /// Number and hash of the last line.
    private(set) var head: AuditReceipt
    /// Lines that wait to be written.
    var pending = AuditBatch()
    /// Number of the segment of the next line.
    private(set) var segment: Int
    /// Bytes in that segment.
    private(set) var segmentBytes: Int
    /// Time of the newest checkpoint, or of the place where this writer began.
    private(set) var lastCheckpoint: Timestamp
    /// The newest checkpoint that this writer has made.
    private(set) var newestCheckpoint: AuditSignedCheckpoint?
    private var segmentLines: Int
    private var contents: IncrementalSHA256
    private var tree: MerkleTree
    private var signedSize: UInt64
    /// The caller's clock at the newest checkpoint: the time of lines may stand still behind a clock that was ahead.
    private var checkpointClock: Timestamp
    private var clock: AuditClock
    private var own = AuditWords()
    private var words = AuditWords()
    private var stamp = AuditStamp()
    private let settings: AuditSettings
    private let origin: String
    private let signer: AuditSigner?

    /// Goes on at `place` of the log `origin`.
    init(_ place: AuditPlace, origin: String, signer: AuditSigner?, settings: AuditSettings) {
        head = AuditReceipt(sequence: place.chain.sequence, hash: place.chain.head)
        segment = place.segment
        segmentBytes = place.bytes
        segmentLines = place.lines
        contents = place.contents
        tree = place.tree
        signedSize = place.signedSize
        let last = place.chain.timestamp ?? .zero
        lastCheckpoint = last
        checkpointClock = last
        clock = AuditClock(last: last, tolerance: settings.stepTolerance)
        self.settings = settings
        self.origin = origin
        self.signer = signer
    }

    /// Lines that no checkpoint covers yet; all of them where there is no key.
    var unsignedLines: UInt64 { head.sequence - signedSize }

    /// Adds what was staged, in its order.
    ///
    /// - Throws: `dataTooLong`, `malformedData` where a record has no words; what stood before it has been added.
    mutating func add(_ intake: borrowing AuditIntake) throws(AuditError) {
        var start = 0
        var record = 0
        for entry in intake.entries {
            if let type = entry.type, entry.isRecord {
                let said = intake.records[record]
                try words.say(type) { said.write(at: entry.time, to: &$0) }
                add(words.bytes.span, type, at: entry.time)
                record += 1
            } else if let type = entry.type {
                add(intake.bytes.span.extracting(start..<entry.end), type, at: entry.time)
            } else if isCheckpointDue(at: entry.time) {
                checkpoint(at: entry.time)
            }
            start = entry.end
        }
    }

    /// Adds a line of the caller's, and what belongs before and after it.
    private mutating func add(_ data: Span<UInt8>, _ type: AuditLineType, at time: Timestamp) {
        let stamp = settle(time)
        rotateIfNeeded(for: data.count, at: stamp)
        frame(data, type, at: stamp)
        if isCheckpointDue(after: type, at: time) { sign(stamp) }
    }

    /// Covers every line so far, if there are new ones and a key.
    mutating func checkpoint(at time: Timestamp) {
        if signer != nil && unsignedLines > 0 { sign(settle(time)) }
    }

    private mutating func sign(_ stamp: Timestamp) {
        guard let signer, unsignedLines > 0 else { return }
        let (checkpoint, note) = signer.sign(tree)
        self.note(.logCheckpoint, at: stamp) { json in
            json.beginObject()
            json.key("size")
            json.integer(checkpoint.size)
            json.key("note")
            json.string(note)
            json.endObject()
        }
        let signed = AuditSignedCheckpoint(checkpoint: checkpoint, time: stamp, note: note)
        pending.checkpoint = signed
        newestCheckpoint = signed
        // A checkpoint needs none of its own.
        signedSize = head.sequence
        lastCheckpoint = stamp
        checkpointClock = clock.latest
    }

    /// Whether the oldest line without checkpoint is older than the interval.
    func isCheckpointDue(at time: Timestamp) -> Bool {
        let passed = time.since(checkpointClock)
        return unsignedLines > 0
            && (passed >= settings.checkpointInterval || passed <= -settings.checkpointInterval)
    }

    private func isCheckpointDue(after type: AuditLineType, at time: Timestamp) -> Bool {
        type.isMilestone || unsignedLines >= settings.checkpointLines || isCheckpointDue(at: time)
    }

    /// The time to write; a step back of the clock is put down first.
    private mutating func settle(_ time: Timestamp) -> Timestamp {
        let latest = clock.latest
        guard clock.take(time) else { return clock.stamp }
        note(.clockStep, at: clock.stamp) { [now = clock.latest] json in
            json.beginObject()
            json.key("from")
            json.timestamp(latest, fractionDigits: 6)
            json.key("to")
            json.timestamp(now, fractionDigits: 6)
            json.endObject()
        }
        return clock.stamp
    }

    private mutating func note(
        _ type: AuditLineType, at time: Timestamp, _ data: (inout JSONWriter) -> Void
    ) {
        own.say(data)
        frame(own.bytes.span, type, at: time)
    }

    /// Puts the chain around the data, and takes the line into what is known of segment and log.
    private mutating func frame(_ data: Span<UInt8>, _ type: AuditLineType, at time: Timestamp) {
        let start = pending.bytes.count
        let sequence = head.sequence + 1
        stamp.say(time)
        let hash = AuditLineEncoder.frame(
            data, type, sequence: sequence, stamp: stamp.text, previous: head.hash, contents: &contents,
            into: &pending.bytes)
        head = AuditReceipt(sequence: sequence, hash: hash)
        pending.take(head, of: segment)
        let lines = pending.bytes
        if signer != nil { tree.append(line: lines.span.extracting(start..<lines.count - 1)) }
        segmentBytes += lines.count - start
        segmentLines += 1
    }
}

extension AuditComposer {
    /// Room for the frame of a line, a checkpoint and `segment.close`.
    private static let reservedBytes = 2_048

    /// - Parameter count: bytes of data of the next line.
    private mutating func rotateIfNeeded(for count: Int, at time: Timestamp) {
        let isFull = segmentBytes + count + Self.reservedBytes > settings.segmentBytes
        // A segment that holds its first line alone would not get smaller.
        guard isFull && segmentLines > 1 || clock.entersNewDay && segmentLines > 0 else { return }
        sign(time)
        closeSegment(at: time)
        openNextSegment(at: time)
    }

    private mutating func closeSegment(at time: Timestamp) {
        note(.segmentClose, at: time) { [segment, segmentBytes] json in
            json.beginObject()
            json.key("segment")
            json.integer(segment)
            json.key("bytes")
            json.integer(segmentBytes)
            json.endObject()
        }
    }

    private mutating func openNextSegment(at time: Timestamp) {
        let previous = contents.digest()
        segment += 1
        (segmentBytes, segmentLines, contents) = (0, 0, IncrementalSHA256())
        noteSegmentOpen(previousFile: previous, time)
    }

    /// Begins the segment after one that was found closed.
    mutating func beginNextSegment(at time: Timestamp) { openNextSegment(at: settle(time)) }

    /// The first line of a log.
    mutating func begin(_ identity: AuditIdentity, predecessor: AuditSuccessionLink?, at time: Timestamp) {
        let key = signer?.verificationKey.text
        let stamp = settle(time)
        lastCheckpoint = stamp
        checkpointClock = clock.latest
        note(.logOpen, at: stamp) { [origin] json in
            AuditOwnLines.logOpen(
                identity, origin: origin, verificationKey: key, predecessor: predecessor, to: &json)
        }
    }

    /// What was set aside before this writer began.
    mutating func addRecovered(_ recovery: AuditRecovery, at time: Timestamp) {
        let stamp = settle(time)
        rotateIfNeeded(for: 0, at: stamp)
        note(.logRecovered, at: stamp) { AuditOwnLines.logRecovered(recovery, to: &$0) }
    }

    /// The last words of a log whose key goes: they name the next one and are signed by the old.
    mutating func addRotation(to next: String, at time: Timestamp) {
        let stamp = settle(time)
        note(.keyRotate, at: stamp) { json in
            json.beginObject()
            json.key("vkey")
            json.string(next)
            json.endObject()
        }
        sign(stamp)
    }

    /// Time of the newest line.
    var lastTime: Timestamp { clock.stamp }

    private mutating func noteSegmentOpen(previousFile: AuditHash, _ stamp: Timestamp) {
        let start = AuditSegmentStart(
            number: segment, previousFile: previousFile, linesBefore: head.sequence, origin: origin,
            verificationKey: signer?.verificationKey.text, tree: signer == nil ? nil : tree.subtrees)
        note(.segmentOpen, at: stamp) { start.write(to: &$0) }
    }
}

/// The time of a line in words, kept for the lines that follow at the same time.
private struct AuditStamp {
    private var time: Timestamp?
    private(set) var text: [UInt8] = []

    mutating func say(_ new: Timestamp) {
        guard time != new else { return }
        time = new
        text.removeAll(keepingCapacity: true)
        new.append(fractionDigits: 6, to: &text)
    }
}

extension AuditLineType {
    /// Lines that are covered by a checkpoint at once: what an operator or a fault did to trading.
    fileprivate var isMilestone: Bool {
        switch self {
        case .killSwitchEngage, .killSwitchReleaseRequest, .killSwitchRelease, .modeChange, .modeArm,
            .modeDisarm, .configLoad, .configReject, .riskLimitChange, .riskTrip, .keyRotate, .sessionStop:
            true
        default: false
        }
    }

    /// Lines that let an order out: refused when room is short, so that what stops trading still fits.
    var opensRisk: Bool {
        switch self {
        case .orderIntent, .orderDeny, .orderReplace: true
        default: false
        }
    }
}
