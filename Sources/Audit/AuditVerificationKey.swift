import Crypto

/// The public half of the key that signs the checkpoints of one log, with the name of the log.
///
/// - Source: C2SP signed-note: key name, key id and Ed25519 key.
public struct AuditVerificationKey: Hashable, Sendable {
    /// The log whose checkpoints it verifies, which is also the name of the key.
    public let origin: String
    /// The 32 bytes of the Ed25519 key.
    let bytes: [UInt8]
    /// First four bytes of SHA-256 over name, line feed, 0x01 and key.
    let idBytes: [UInt8]

    /// A key of the log `origin`; `nil` unless it has 32 bytes and the name can stand in a note.
    init?(origin: String, bytes: [UInt8]) {
        guard bytes.count == 32, Self.isName(origin) else { return nil }
        self.origin = origin
        self.bytes = bytes
        let named = Array(origin.utf8) + [0x0A, 0x01] + bytes
        idBytes = Array(IncrementalSHA256.hash(named.span).bytes.prefix(4))
    }

    /// Parses `<origin>+<key id>+<base64 of 0x01 and key>`; `nil` for anything else, and when the id is not
    /// that of the key.
    public init?(text: String) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let typed = Base64.decode(parts[2]), typed.first == 1 else { return nil }
        self.init(origin: String(parts[0]), bytes: Array(typed.dropFirst()))
        guard keyID == parts[1] else { return nil }
    }

    /// `<origin>+<key id>+<base64 of 0x01 and key>`.
    public var text: String { "\(origin)+\(keyID)+\(Base64.encode([1] + bytes))" }

    /// Eight hex digits that tell keys of one log apart.
    public var keyID: String {
        idBytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Whether `signature` over `message` is this key's.
    func isValid(_ signature: [UInt8], over message: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else { return false }
        return key.isValidSignature(signature, for: message)
    }

    /// Whether a log and its key may have that name: no white space or control character, no plus sign.
    public static func isName(_ name: some StringProtocol) -> Bool {
        !name.isEmpty
            && name.unicodeScalars.allSatisfy {
                !$0.properties.isWhitespace && $0 != "+" && $0.value >= 0x20 && $0.value != 0x7F
            }
    }
}

extension AuditVerificationKey: CustomStringConvertible {
    /// Its text form.
    public var description: String { text }
}
