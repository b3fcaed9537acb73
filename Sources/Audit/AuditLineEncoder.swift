import ExactJSON
import TradingModel

/// Builds one line at a time in buffers that it uses again.
///
/// First `prepare`, which takes the data and refuses what may not stand in a log, then `frame`, which puts
/// the chain around it and cannot fail.
struct AuditLineEncoder {
    /// The last line framed, with its line feed.
    private(set) var line: [UInt8] = []
    private var data = JSONWriter(capacity: 4_096)
    private var syntax = ObjectSyntax()

    /// An encoder with room for ordinary lines.
    init() { line.reserveCapacity(4_096) }

    /// Bytes of the data prepared.
    var dataCount: Int { data.bytes.count }

    /// Has `body` write the data of the next line: exactly one JSON object.
    ///
    /// - Throws: `dataTooLong`, `malformedData`.
    mutating func prepare(_ type: AuditLineType, _ body: (inout JSONWriter) -> Void) throws(AuditError) {
        data.reset()
        body(&data)
        guard dataCount <= AuditLimits.dataBytes else { throw .dataTooLong(type, bytes: dataCount) }
        let prepared = data.bytes
        do throws(ObjectSyntax.Fault) {
            try syntax.check(prepared.span)
        } catch {
            throw .malformedData(type, offset: error.offset)
        }
    }

    /// Puts the chain around the prepared data; `line` then holds the whole line.
    ///
    /// - Returns: the hash of the line.
    mutating func frame(
        _ type: AuditLineType, sequence: UInt64, at time: Timestamp, previous: AuditHash
    ) -> AuditHash {
        line.removeAll(keepingCapacity: true)
        append(AuditLayout.beforeSequence)
        appendDecimal(sequence)
        append(AuditLayout.beforeTimestamp)
        time.append(fractionDigits: 6, to: &line)
        append(AuditLayout.beforePrevious)
        previous.appendHex(to: &line)
        append(AuditLayout.beforeType)
        line.append(contentsOf: type.rawValue.utf8)
        append(AuditLayout.beforeData)
        line.append(contentsOf: data.bytes)
        let hash = IncrementalSHA256.hash(line.span)
        append(AuditLayout.beforeHash)
        hash.appendHex(to: &line)
        append("\"}\n")
        return hash
    }

    /// Builds a whole line of the log's own, whose data is known to be good.
    mutating func frame(
        _ type: AuditLineType, sequence: UInt64, at time: Timestamp, previous: AuditHash,
        _ body: (inout JSONWriter) -> Void
    ) -> AuditHash {
        data.reset()
        body(&data)
        return frame(type, sequence: sequence, at: time, previous: previous)
    }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { line.append(contentsOf: $0) }
    }

    private mutating func appendDecimal(_ value: UInt64) {
        let start = line.count
        var rest = value
        repeat {
            line.append(UInt8(truncatingIfNeeded: rest % 10) + 0x30)
            rest /= 10
        } while rest > 0
        line.reverseTail(from: start)
    }
}

/// The fixed pieces of a line of `tradingd.audit/1`, in their order.
enum AuditLayout {
    static let beforeSequence: StaticString = #"{"v":"tradingd.audit/1","seq":"#
    static let beforeTimestamp: StaticString = #","ts":""#
    static let beforePrevious: StaticString = #"","prev":""#
    static let beforeType: StaticString = #"","type":""#
    static let beforeData: StaticString = #"","data":"#
    static let beforeHash: StaticString = #","hash":""#
    /// `2026-01-05T14:30:00.000125Z`.
    static let timestampBytes = 27
    /// A hash in hex.
    static let hashBytes = 64
    /// `,"hash":"<64 hex>"}` at the end of each line.
    static let suffixBytes = 75
}
