import ExactJSON
import TradingModel

/// What a journal says of itself: enough to run its session again without anything else.
public struct JournalHeader: Hashable, Sendable {
    /// Version of the program that wrote it.
    public var product: String
    /// The profile.
    public var profile: String
    /// The mode.
    public var mode: String
    /// Number of the session.
    public var session: UInt32
    /// Number of this file in the session, from 1.
    public var file: UInt32
    /// Hash of the decision settings.
    public var configHash: String
    /// Origin of the audit log the session writes.
    public var origin: String
    /// When the session began.
    public var startedAt: Timestamp
    /// Every setting a decision can depend on, one `key = value` a line.
    public var settings: String
    /// Names of the instruments numbered before this file, in the order of their numbers, from 1.
    public var symbols: [String]

    /// A header of the first file of a session.
    public init(
        product: String, profile: String, mode: String, session: UInt32, configHash: String, origin: String,
        startedAt: Timestamp, settings: String
    ) {
        self.product = product
        self.profile = profile
        self.mode = mode
        self.session = session
        self.configHash = configHash
        self.origin = origin
        self.startedAt = startedAt
        self.settings = settings
        file = 1
        symbols = []
    }

    /// Whether `other` is of the same session.
    func isOfSession(_ other: JournalHeader) -> Bool {
        var other = other
        other.file = file
        other.symbols = symbols
        return self == other
    }
}

// The head of a file, 64 bytes: magic 0–7, byte order 8, version 12, bytes of a record 14, bytes of a block's
// header 16, bytes of the whole header 20, bytes of the description 24, checksum 28; the rest is zero. The
// description follows, one JSON object, filled up with zeros.
extension JournalHeader {
    private static let checksumPlace = 28

    /// The header as it stands in the file.
    public var bytes: [UInt8] {
        let description = description
        let count = JournalFormat.rounded(JournalFormat.fileHeaderBytes + description.count)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        bytes.append(littleEndian: JournalFormat.fileMagic)
        bytes.append(littleEndian: JournalFormat.byteOrder)
        bytes.append(littleEndian: JournalFormat.version)
        bytes.append(littleEndian: UInt16(JournalFormat.recordBytes))
        bytes.append(littleEndian: UInt32(JournalFormat.blockHeaderBytes))
        bytes.append(littleEndian: UInt32(count))
        bytes.append(littleEndian: UInt32(description.count))
        bytes.append(contentsOf: repeatElement(0, count: JournalFormat.fileHeaderBytes - bytes.count))
        bytes += description
        bytes.append(contentsOf: repeatElement(0, count: count - bytes.count))
        let checksum = bytes.withUnsafeBytes {
            JournalChecksum.of($0, leavingOut: Self.checksumPlace)
        }
        withUnsafeBytes(of: checksum.littleEndian) { sum in
            for index in sum.indices { bytes[Self.checksumPlace + index] = sum[index] }
        }
        return bytes
    }

    private var description: [UInt8] {
        var json = JSONWriter(capacity: 4_096)
        json.beginObject()
        json.key("format")
        json.string(JournalFormat.name)
        json.key("product")
        json.string(product)
        json.key("profile")
        json.string(profile)
        json.key("mode")
        json.string(mode)
        json.key("session")
        json.integer(session)
        json.key("file")
        json.integer(file)
        json.key("config")
        json.string(configHash)
        json.key("origin")
        json.string(origin)
        json.key("started")
        json.timestamp(startedAt)
        json.key("symbols")
        json.beginArray()
        for name in symbols { json.string(name) }
        json.endArray()
        json.key("settings")
        json.string(settings)
        json.endObject()
        return json.bytes
    }

    /// Bytes of the whole header, from its first 64.
    ///
    /// - Throws: what is wrong with them.
    static func length(_ head: RawSpan) throws(JournalFault) -> Int {
        guard head.word(0) == JournalFormat.fileMagic else { throw JournalFault("is no journal") }
        guard head.half(8) == JournalFormat.byteOrder else { throw JournalFault("has a foreign byte order") }
        let version = UInt16(truncatingIfNeeded: head.half(12))
        guard version == JournalFormat.version else {
            throw JournalFault("is of version \(version); this program reads \(JournalFormat.name)")
        }
        let length = Int(head.half(20)), description = Int(head.half(24))
        guard head.half(12) >> 16 == UInt32(JournalFormat.recordBytes),
            head.half(16) == UInt32(JournalFormat.blockHeaderBytes),
            description <= JournalFormat.longestDescription,
            length == JournalFormat.rounded(JournalFormat.fileHeaderBytes + description)
        else { throw JournalFault("has impossible sizes in its header") }
        return length
    }

    /// Reads a whole header.
    ///
    /// - Throws: what is wrong with it.
    init(_ bytes: [UInt8]) throws(JournalFault) {
        let checksum = bytes.withUnsafeBytes { JournalChecksum.of($0, leavingOut: Self.checksumPlace) }
        let head = bytes.span.bytes
        guard head.half(Self.checksumPlace) == checksum else {
            throw JournalFault("the checksum of its header is wrong")
        }
        let start = JournalFormat.fileHeaderBytes
        let json: JSONValue
        do throws(JSONError) {
            json = try JSONParser.parse(Array(bytes[start..<(start + Int(head.half(24)))]))
        } catch {
            throw JournalFault("its description is not JSON")
        }
        self = try Self.read(json)
    }

    private static func read(_ json: JSONValue) throws(JournalFault) -> JournalHeader {
        func text(_ key: String) throws(JournalFault) -> String {
            guard let text = json[key]?.stringValue else {
                throw JournalFault("its description has no '\(key)'")
            }
            return text
        }
        func number(_ key: String) throws(JournalFault) -> UInt32 {
            guard let number = json[key]?.integerValue.flatMap({ UInt32(exactly: $0) }) else {
                throw JournalFault("its description has no '\(key)'")
            }
            return number
        }
        guard let startedAt = Timestamp(rfc3339: try text("started")) else {
            throw JournalFault("its description has no time in 'started'")
        }
        var header = JournalHeader(
            product: try text("product"), profile: try text("profile"), mode: try text("mode"),
            session: try number("session"), configHash: try text("config"), origin: try text("origin"),
            startedAt: startedAt, settings: try text("settings"))
        header.file = try number("file")
        let names = json["symbols"]?.arrayValue
        header.symbols = (names ?? []).compactMap(\.stringValue)
        guard header.file > 0, let names, names.count == header.symbols.count,
            names.count <= JournalFormat.mostSymbols
        else { throw JournalFault("its description has no usable 'file' and 'symbols'") }
        return header
    }
}

extension [UInt8] {
    /// Adds a number, its least byte first.
    mutating func append(littleEndian number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }
}
