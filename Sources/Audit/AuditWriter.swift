import ExactJSON
import Platform
import TradingModel

/// The one writer of a log, without its queue: chain, time, rotation.
///
/// Any error of the file ends it: the descriptor is never written again, because after a failed write or
/// `fsync` nobody knows what is on the disk until it has been read again.
struct AuditWriter: ~Copyable {
    /// Number and hash of the last line.
    private(set) var head: AuditReceipt
    /// What ended the writing, if anything did.
    private(set) var outage: AuditOutage?
    private var segment: AuditSegmentFile
    private var clock: AuditClock
    private var caller = AuditLineEncoder()
    private var own = AuditLineEncoder()
    private let settings: AuditSettings

    /// Goes on after `head` in `segment`.
    init(
        settings: AuditSettings, segment: consuming AuditSegmentFile, head: AuditReceipt, last: Timestamp
    ) {
        self.settings = settings
        self.segment = segment
        self.head = head
        clock = AuditClock(last: last, tolerance: settings.stepTolerance)
    }

    /// The number of the segment that is being written.
    var segmentNumber: Int { segment.number }

    /// Bytes in that segment.
    var segmentSize: Int { segment.size }

    /// Writes one line; see `AuditLog.append`.
    mutating func append(
        _ type: AuditLineType, at time: Timestamp, _ data: (inout JSONWriter) -> Void
    ) throws(AuditError) -> AuditReceipt {
        if let outage { throw .unavailable(outage) }
        guard !type.isReserved else { throw .reservedType(type) }
        try caller.prepare(type, data)
        return try latching { (writer: inout AuditWriter) throws(AuditOutage) in
            let stamp = try writer.settle(time)
            try writer.rotateIfNeeded(at: stamp)
            try writer.commit(type, at: stamp)
            try writer.makeDurable()
            return writer.head
        }
    }

    /// Writes a line of the log itself, where opening calls for it.
    mutating func appendOwn(
        _ type: AuditLineType, at time: Timestamp, _ data: (inout JSONWriter) -> Void
    ) throws(AuditError) {
        try latching { (writer: inout AuditWriter) throws(AuditOutage) in
            let stamp = try writer.settle(time)
            try writer.rotateIfNeeded(at: stamp)
            try writer.note(type, at: stamp, data)
            try writer.segment.synchronize(metadata: true)
        }
    }

    /// Makes what was written durable and ends the writing.
    mutating func close() throws(AuditError) {
        guard outage == nil else { return }
        try latching { (writer: inout AuditWriter) throws(AuditOutage) in
            try writer.segment.synchronize(metadata: true)
        }
        outage = .closed
    }

    /// Whatever fails in `body` ends the writing.
    private mutating func latching<Result>(
        _ body: (inout AuditWriter) throws(AuditOutage) -> Result
    ) throws(AuditError) -> Result {
        if let outage { throw .unavailable(outage) }
        do throws(AuditOutage) {
            return try body(&self)
        } catch {
            outage = error
            throw .unavailable(error)
        }
    }

    /// The time to write; a step back of the clock is put down first.
    private mutating func settle(_ time: Timestamp) throws(AuditOutage) -> Timestamp {
        let latest = clock.latest
        guard clock.take(time) else { return clock.stamp }
        try note(.clockStep, at: clock.stamp) { [now = clock.latest] json in
            json.beginObject()
            json.key("from")
            json.timestamp(latest, fractionDigits: 6)
            json.key("to")
            json.timestamp(now, fractionDigits: 6)
            json.endObject()
        }
        return clock.stamp
    }

    private mutating func commit(_ type: AuditLineType, at time: Timestamp) throws(AuditOutage) {
        let hash = caller.frame(type, sequence: head.sequence + 1, at: time, previous: head.hash)
        try segment.append(caller.line)
        head = AuditReceipt(sequence: head.sequence + 1, hash: hash)
    }

    private mutating func note(
        _ type: AuditLineType, at time: Timestamp, _ data: (inout JSONWriter) -> Void
    ) throws(AuditOutage) {
        let hash = own.frame(type, sequence: head.sequence + 1, at: time, previous: head.hash, data)
        try segment.append(own.line)
        head = AuditReceipt(sequence: head.sequence + 1, hash: hash)
    }

    private func makeDurable() throws(AuditOutage) {
        if settings.durability == .disk { try segment.synchronize(metadata: false) }
    }
}

extension AuditWriter {
    /// Room for the frame of a line and for `segment.close`.
    private static let reservedBytes = 1_024

    private mutating func rotateIfNeeded(at time: Timestamp) throws(AuditOutage) {
        let isFull = segment.size + caller.dataCount + Self.reservedBytes > settings.segmentBytes
        // A segment that holds its first line alone would not get smaller.
        guard isFull && segment.lines > 1 || clock.entersNewDay && segment.lines > 0 else { return }
        try closeSegment(at: time)
        try openNextSegment(at: time)
    }

    private mutating func closeSegment(at time: Timestamp) throws(AuditOutage) {
        let (number, size) = (segment.number, segment.size)
        try note(.segmentClose, at: time) { json in
            json.beginObject()
            json.key("segment")
            json.integer(number)
            json.key("bytes")
            json.integer(size)
            json.endObject()
        }
        try segment.synchronize(metadata: true)
    }

    private mutating func openNextSegment(at time: Timestamp) throws(AuditOutage) {
        let contents = segment.contentHash
        let number = segment.number + 1
        do throws(SystemError) {
            segment = try AuditSegmentFile(
                creating: number, in: settings.directory, operations: settings.operations)
        } catch {
            throw .system(error)
        }
        let lines = head.sequence
        try note(.segmentOpen, at: time) {
            AuditOwnLines.segmentOpen(number, previousFile: contents, linesBefore: lines, to: &$0)
        }
    }
}
