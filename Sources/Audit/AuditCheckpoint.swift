/// What a log says about itself at one moment: how many lines it has, and the root of the tree over them.
///
/// - Source: C2SP tlog-checkpoint and signed-note, without extension lines.
public struct AuditCheckpoint: Hashable, Sendable {
    /// The log.
    public let origin: String
    /// Lines in the tree.
    public let size: UInt64
    /// Root of the tree over them.
    public let root: AuditHash

    /// The state of log `origin` after `size` lines.
    public init(origin: String, size: UInt64, root: AuditHash) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// The text that is signed, with its final line feed.
    private var text: String { "\(origin)\n\(size)\n\(Base64.encode(root.bytes))\n" }

    /// The whole note: text, empty line, signature line.
    public func signed(by key: AuditSigningKey) -> String {
        let signature = key.signature(of: Array(text.utf8))
        let id = key.verificationKey(origin: origin).idBytes
        return "\(text)\n\(Self.signatureStart)\(origin) \(Base64.encode(id + signature))\n"
    }

    private static let signatureStart = "\u{2014} "
    /// Bytes of a note, at most: many witnesses, no flood.
    static let noteBytes = 32_768

    /// Takes a note that `key` has signed; signatures of other keys are allowed and not looked at.
    ///
    /// - Throws: `AuditNoteError` unless the note is exactly one checkpoint of the key's log with a valid
    ///   signature.
    public init(note: String, key: AuditVerificationKey) throws(AuditNoteError) {
        let bytes = Array(note.utf8)
        guard bytes.count <= Self.noteBytes, let end = Self.endOfText(bytes) else { throw .malformed }
        let text = Array(bytes[..<end])
        let signatures = String(decoding: bytes[(end + 1)...], as: UTF8.self)
        var isSigned = false
        for line in signatures.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            let signature = try Self.signature(line)
            guard signature.name == key.origin, signature.bytes.starts(with: key.idBytes) else { continue }
            guard key.isValid(Array(signature.bytes.dropFirst(4)), over: text) else { throw .badSignature }
            isSigned = true
        }
        guard isSigned else { throw .notSigned(by: key.keyID) }
        try self.init(text: String(decoding: text, as: UTF8.self), of: key.origin)
    }

    /// Where the text ends: behind the line feed before the last empty line.
    private static func endOfText(_ bytes: [UInt8]) -> Int? {
        guard bytes.last == 0x0A, bytes.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x0A }) else {
            return nil
        }
        var end = bytes.count - 2
        while end > 0, bytes[end] != 0x0A || bytes[end - 1] != 0x0A { end -= 1 }
        return end > 0 ? end : nil
    }

    private static func signature(
        _ line: Substring
    ) throws(AuditNoteError) -> (name: Substring, bytes: [UInt8]) {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "\u{2014}", AuditVerificationKey.isName(parts[1]),
            let bytes = Base64.decode(parts[2]), bytes.count > 4
        else { throw .malformed }
        return (parts[1], bytes)
    }

    private init(text: String, of log: String) throws(AuditNoteError) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 4, lines[3].isEmpty, let size = UInt64(lines[1]), String(size) == lines[1],
            let bytes = Base64.decode(lines[2]), let root = AuditHash(bytes: bytes)
        else { throw .malformed }
        guard lines[0] == log else { throw .otherLog(String(lines[0])) }
        self.init(origin: log, size: size, root: root)
    }
}

/// Why a note is not a checkpoint of a log.
public enum AuditNoteError: Error, Equatable, Sendable {
    /// Not a signed note with the three lines of a checkpoint.
    case malformed
    /// The known key has not signed it.
    case notSigned(by: String)
    /// The signature of the known key does not match.
    case badSignature
    /// The key's owner signed it for another log.
    case otherLog(String)
}

extension AuditNoteError: CustomStringConvertible {
    /// What is wrong, in a few words.
    public var description: String {
        switch self {
        case .malformed: "not a signed checkpoint"
        case .notSigned(let key): "not signed by key \(key)"
        case .badSignature: "signature does not match"
        case .otherLog(let origin): "checkpoint of log \(origin)"
        }
    }
}
