import ExactJSON
import TradingModel

/// Builds lines behind one another in a buffer of the caller's.
///
/// First `prepare`, which takes the data and refuses what may not stand in a log, then `frame`, which puts
/// the chain around it and cannot fail.
struct AuditLineEncoder {
    private var data = JSONWriter(capacity: 4_096)
    #if DEBUG
    private var syntax = ObjectSyntax()
    #endif

    /// Bytes of the data prepared.
    var dataCount: Int { data.bytes.count }

    /// Has `body` write the data of the next line: exactly one JSON object.
    ///
    /// The writer keeps strings and separators right; that it was asked for one whole object is checked here, and in
    /// debug builds every byte of it.
    /// - Throws: `dataTooLong`, `malformedData`.
    mutating func prepare(_ type: AuditLineType, _ body: (inout JSONWriter) -> Void) throws(AuditError) {
        data.reset()
        body(&data)
        guard dataCount <= AuditLimits.dataBytes else { throw .dataTooLong(type, bytes: dataCount) }
        guard data.isOneObject else { throw .malformedData(type) }
        #if DEBUG
        do throws(ObjectSyntax.Fault) {
            let prepared = data.bytes
            try syntax.check(prepared.span)
        } catch {
            throw .malformedData(type)
        }
        #endif
    }

    /// Takes data of the log's own, which is known to be good.
    mutating func write(_ body: (inout JSONWriter) -> Void) {
        data.reset()
        body(&data)
    }

    /// Puts the chain around the prepared data and adds the whole line, with its line feed, to `lines`.
    ///
    /// - Returns: the hash of the line.
    func frame(
        _ type: AuditLineType, sequence: UInt64, at time: Timestamp, previous: AuditHash,
        into lines: inout [UInt8]
    ) -> AuditHash {
        let start = lines.count
        lines.append(AuditLayout.beforeSequence)
        DecimalDigits.append(sequence, to: &lines)
        lines.append(AuditLayout.beforeTimestamp)
        time.append(fractionDigits: 6, to: &lines)
        lines.append(AuditLayout.beforePrevious)
        previous.appendHex(to: &lines)
        lines.append(AuditLayout.beforeType)
        lines.append(contentsOf: type.rawValue.utf8)
        lines.append(AuditLayout.beforeData)
        lines.append(contentsOf: data.bytes)
        let hash = IncrementalSHA256.hash(lines.span.extracting(start..<lines.count))
        lines.append(AuditLayout.beforeHash)
        hash.appendHex(to: &lines)
        lines.append("\"}\n")
        return hash
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
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
