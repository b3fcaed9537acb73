import ExactJSON
import Glibc
import Platform
import TradingModel

/// The step from one log to the next: left in the directory by whoever ends a log, taken up by the next writer.
///
/// Ending a log moves its files to `closed/<last part of its origin>/`; the next log names it in its first line. Every step
/// can be repeated, so that a crash between any two of them loses nothing.
public struct AuditSuccession: Sendable, Equatable {
    /// Version of the file.
    static let format = "tradingd.succession/1"

    /// The end of the old log.
    public let predecessor: AuditPredecessor
    /// When it was decided, UTC.
    public let time: Timestamp

    /// A step to a log after `predecessor`.
    public init(after predecessor: AuditPredecessor, at time: Timestamp) {
        self.predecessor = predecessor
        self.time = time
    }

    /// The file in a log's directory.
    static func path(in directory: String) -> String { directory + "/succeeds.json" }

    /// Makes the step durable, then moves the files of the old log away.
    public func begin(in directory: String) throws(SystemError) {
        try DurableFile.replace(Self.path(in: directory), with: encoded, mode: 0o640)
        try finishMoving(in: directory)
    }

    /// Moves what is still there of the old log.
    func finishMoving(in directory: String) throws(SystemError) {
        let target = directory + "/closed/" + folder
        try DurableFile.makeDirectories(target, mode: 0o750)
        for name in try Self.files(in: directory) {
            let (old, new) = (directory + "/" + name, target + "/" + name)
            guard rename(old, new) == 0 else { throw SystemError("rename", old) }
        }
        for changed in [target, directory + "/closed", directory] {
            try DurableFile.syncDirectory(of: changed + "/x")
        }
    }

    /// The step that waits in `directory`; `nil` without one.
    ///
    /// - Throws: `SystemError`; `EBADMSG` when the file is not understood.
    public static func pending(in directory: String) throws(SystemError) -> AuditSuccession? {
        let path = path(in: directory)
        guard let bytes = try DurableFile.read(path, limit: 65_536) else { return nil }
        guard let json = try? JSONParser.parse(bytes), let succession = AuditSuccession(json) else {
            throw SystemError("read", path, code: EBADMSG)
        }
        return succession
    }

    /// Forgets the step, once the next log's first line is durable.
    static func finish(in directory: String) throws(SystemError) {
        let path = path(in: directory)
        guard unlink(path) == 0 || errno == ENOENT else { throw SystemError("unlink", path) }
        try DurableFile.syncDirectory(of: path)
    }

    /// The folder of the old log, from the end of its origin: its UUID.
    private var folder: String {
        let name = predecessor.origin.split(separator: "/").last.map(String.init) ?? ""
        let isSafe =
            !name.isEmpty
            && name.utf8.allSatisfy { $0 == 0x2D || $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 }
        return isSafe ? name : "unknown-\(time.nanoseconds)"
    }

    private static func files(in directory: String) throws(SystemError) -> [String] {
        try DirectoryListing.names(directory).filter { name in
            name.hasPrefix("audit-") || name == "audit.vkey" || name == "latest.note"
        }
    }

    private var encoded: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("v")
        json.string(Self.format)
        json.key("origin")
        json.string(predecessor.origin)
        json.key("size")
        json.integer(predecessor.size)
        json.key("head")
        json.string(predecessor.head.hex)
        json.key("reason")
        json.string(predecessor.reason)
        json.key("by")
        json.string(predecessor.actor)
        json.key("at")
        json.timestamp(time)
        json.endObject()
        json.newline()
        return json.bytes
    }

    private init?(_ json: JSONValue) {
        guard json["v"]?.stringValue == Self.format, let origin = json["origin"]?.stringValue,
            let size = json["size"]?.integerValue.flatMap({ UInt64(exactly: $0) }),
            let head = json["head"]?.stringValue.flatMap({ AuditHash(hex: $0) }),
            let time = json["at"]?.stringValue.flatMap({ Timestamp(rfc3339: $0) })
        else { return nil }
        predecessor = AuditPredecessor(
            origin: origin, size: size, head: head, reason: json["reason"]?.stringValue ?? "",
            actor: json["by"]?.stringValue ?? "")
        self.time = time
    }
}
