import ExactJSON
import Glibc
import Platform
import TradingModel

/// What a log says about the one before it.
public struct AuditSuccessionLink: Equatable, Sendable {
    /// Origin of the log before.
    public let origin: String
    /// Its last good sequence number.
    public let size: UInt64
    /// The hash of that line.
    public let head: AuditHash
    /// Why a break in it was accepted; `nil` when it ended well.
    public let reason: String?
    /// Who accepted it, e.g. `uid:1000`.
    public let by: String?

    /// The end of log `origin`.
    public init(origin: String, size: UInt64, head: AuditHash, reason: String? = nil, by: String? = nil) {
        self.origin = origin
        self.size = size
        self.head = head
        self.reason = reason
        self.by = by
    }

    /// Takes the members of an object; `nil` unless the first three are there.
    init?(_ value: JSONValue?) {
        guard let value, let origin = value["origin"]?.stringValue,
            let size = value["size"]?.integerValue.flatMap(UInt64.init(exactly:)),
            let head = value["head"]?.stringValue.flatMap({ AuditHash(hex: $0) })
        else { return nil }
        self.init(
            origin: origin, size: size, head: head, reason: value["reason"]?.stringValue,
            by: value["by"]?.stringValue)
    }
}

/// The file `succeeds.json`: an operator has accepted a break, and the next log continues the broken one.
///
/// The writer names it in the first line of that log, then removes the file.
public struct AuditSuccession: Equatable, Sendable {
    /// The end of the broken log.
    public let link: AuditSuccessionLink
    /// When it was accepted.
    public let at: Timestamp

    private static let version = "tradingd.succession/1"

    /// The end of a log that was accepted at a time.
    public init(link: AuditSuccessionLink, at: Timestamp) {
        self.link = link
        self.at = at
    }

    /// Path of the file in an audit directory.
    public static func path(in directory: String) -> String { directory + "/succeeds.json" }

    /// Reads the file.
    ///
    /// - Returns: `nil` when there is none.
    /// - Throws: `SystemError`; `EBADMSG` when it is not what `write` writes.
    public static func read(directory: String) throws(SystemError) -> AuditSuccession? {
        let path = path(in: directory)
        guard let bytes = try DurableFile.read(path, limit: 65_536) else { return nil }
        guard let value = try? JSONParser.parse(bytes), value["v"]?.stringValue == version,
            let link = AuditSuccessionLink(value),
            let at = value["at"]?.stringValue.flatMap({ Timestamp(rfc3339: $0) })
        else { throw SystemError("read", path, code: EBADMSG) }
        return AuditSuccession(link: link, at: at)
    }

    /// Writes the file, durably and as a whole.
    public func write(directory: String) throws(SystemError) {
        try DurableFile.replace(Self.path(in: directory), with: Array((text + "\n").utf8), mode: 0o640)
    }

    /// Removes the file, durably; it may be gone.
    public static func remove(directory: String) throws(SystemError) {
        let path = path(in: directory)
        guard unlink(path) == 0 || errno == ENOENT else { throw SystemError("unlink", path) }
        try DurableFile.syncDirectory(of: path)
    }

    private var text: String {
        var members: [JSONValue.Member] = [
            .init("v", .string(Self.version)), .init("origin", .string(link.origin)),
            .init("size", .number(String(link.size))), .init("head", .string(link.head.hex)),
        ]
        if let reason = link.reason { members.append(.init("reason", .string(reason))) }
        if let by = link.by { members.append(.init("by", .string(by))) }
        var stamp: [UInt8] = []
        at.append(fractionDigits: 6, to: &stamp)
        members.append(.init("at", .string(String(decoding: stamp, as: UTF8.self))))
        return JSONValue.object(members).text
    }
}
