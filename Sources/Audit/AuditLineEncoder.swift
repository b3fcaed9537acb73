import ExactJSON

/// The data of one line, put into words: exactly one JSON object without white space.
struct AuditWords {
    private var writer = JSONWriter(capacity: 4_096)
    #if DEBUG
    private var syntax = ObjectSyntax()
    #endif

    /// What was said last.
    var bytes: [UInt8] { writer.bytes }

    /// Has `body` say it.
    ///
    /// The writer keeps strings and separators right; that it was asked for one whole object is checked here, and in
    /// debug builds every byte of it.
    /// - Throws: `dataTooLong`, `malformedData`.
    mutating func say(_ type: AuditLineType, _ body: (inout JSONWriter) -> Void) throws(AuditError) {
        writer.reset()
        body(&writer)
        guard writer.count <= AuditLimits.dataBytes else { throw .dataTooLong(type, bytes: writer.count) }
        guard writer.isOneObject else { throw .malformedData(type) }
        #if DEBUG
        do throws(ObjectSyntax.Fault) {
            let said = writer.bytes
            try syntax.check(said.span)
        } catch {
            throw .malformedData(type)
        }
        #endif
    }

    /// Has `body` say what the log has to say itself, which is known to be good.
    mutating func say(_ body: (inout JSONWriter) -> Void) {
        writer.reset()
        body(&writer)
    }
}

/// Puts the chain around the data of lines.
enum AuditLineEncoder {
    /// Adds a whole line, with its line feed, to `lines`; cannot fail.
    ///
    /// - Parameters:
    ///   - data: one JSON object.
    ///   - stamp: the time in words.
    ///   - contents: the hash over the segment, which takes the line in as well.
    /// - Returns: the hash of the line.
    static func frame(
        _ data: Span<UInt8>, _ type: AuditLineType, sequence: UInt64, stamp: [UInt8], previous: AuditHash,
        contents: inout IncrementalSHA256, into lines: inout [UInt8]
    ) -> AuditHash {
        let start = lines.count
        lines.append(atMost: AuditLayout.frameBytes + data.count) { line in
            line.put(AuditLayout.beforeSequence)
            line.put(digitsOf: sequence)
            line.put(AuditLayout.beforeTimestamp)
            line.put(stamp.span)
            line.put(AuditLayout.beforePrevious)
            previous.put(to: &line)
            line.put(AuditLayout.beforeType)
            var name = type.rawValue
            name.withUTF8 { line.put($0.span) }
            line.put(AuditLayout.beforeData)
            line.put(data)
        }
        let end = lines.count
        var hasher = IncrementalSHA256()
        IncrementalSHA256.update(&hasher, &contents, lines.span.extracting(start..<end))
        let hash = hasher.digest()
        lines.append(atMost: AuditLayout.suffixBytes + 3) { line in
            line.put(AuditLayout.beforeHash)
            hash.put(to: &line)
            line.put("\"}\n")
        }
        contents.update(lines.span.extracting(end..<lines.count))
        return hash
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
    /// Room for everything before the data: fixed pieces, number, time, hash and the name of the type.
    static let frameBytes = 320
    /// `,"hash":"<64 hex>"}` at the end of each line.
    static let suffixBytes = 75
}
