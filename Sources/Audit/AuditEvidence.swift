import ExactJSON
import Glibc
import Platform

/// What whoever verifies a log brings along: keys and checkpoints that were kept out of its writer's reach.
public struct AuditEvidence: Sendable {
    /// Public keys, at most one for each log.
    public var keys: [AuditVerificationKey] = []
    /// Checkpoints.
    public var anchors: [AuditAnchor] = []
    /// Lines that count in the figures about orders and state; the proof always covers all.
    public var countedLines: ClosedRange<UInt64> = 0 ... .max

    /// Nothing.
    public init() {}
}

extension AuditEvidence {
    /// Adds a signed note kept in a file.
    ///
    /// - Throws: `SystemError`; `ENOENT` when there is no such file.
    public mutating func addAnchor(file: String) throws(SystemError) {
        guard let bytes = try DurableFile.read(file, limit: 1 << 20) else {
            throw SystemError("open", file, code: ENOENT)
        }
        anchors.append(
            AuditAnchor(source: .given, name: file, note: String(decoding: bytes, as: UTF8.self)))
    }

    /// Adds every checkpoint in a file that `journalctl -o json TRADE_EVENT=checkpoint` has written; entries
    /// that are no checkpoints are passed over.
    ///
    /// - Throws: `SystemError`; `ENOENT` when there is no such file, `EBADMSG` for a line that is no JSON object.
    public mutating func addJournal(file: String) throws(SystemError) {
        guard let bytes = try DurableFile.read(file, limit: 1 << 30) else {
            throw SystemError("open", file, code: ENOENT)
        }
        let before = anchors.count
        for (index, line) in bytes.split(separator: 0x0A).enumerated() {
            let name = "\(file):\(index + 1)"
            guard let entry = try? JSONParser.parse(Array(line)), entry.objectValue != nil else {
                throw SystemError("read", name, code: EBADMSG)
            }
            let note = Self.text(entry["AUDIT_NOTE"])
            guard note != nil || entry["TRADE_EVENT"]?.stringValue == "checkpoint" else { continue }
            let problem =
                note.map { Self.agrees(entry, with: $0) } ?? false
                ? nil : "AUDIT_SIZE, AUDIT_ROOT and AUDIT_NOTE that do not agree"
            anchors.append(AuditAnchor(source: .journal, name: name, note: note ?? "", problem: problem))
        }
        // A filter that let nothing through must not look like a proof.
        guard anchors.count > before else { throw SystemError("find a checkpoint", file, code: ENOMSG) }
    }

    /// A field; the journal gives one with unusual bytes as an array of numbers.
    private static func text(_ field: JSONValue?) -> String? {
        guard let bytes = field?.arrayValue else { return field?.stringValue }
        return String(
            decoding: bytes.compactMap { $0.integerValue.flatMap(UInt8.init(exactly:)) }, as: UTF8.self)
    }

    private static func agrees(_ entry: JSONValue, with note: String) -> Bool {
        let lines = note.split(separator: "\n", maxSplits: 3, omittingEmptySubsequences: false)
        guard lines.count == 4, let root = Base64.decode(lines[2]).flatMap({ AuditHash(bytes: $0) }) else {
            return false
        }
        let named = text(entry["AUDIT_ROOT"])
        return text(entry["AUDIT_SIZE"]).map { $0 == lines[1] } ?? true
            && named.map { $0 == lines[2] || $0 == root.hex } ?? true
    }
}
