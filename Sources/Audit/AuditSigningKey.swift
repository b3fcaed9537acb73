import Crypto
import Glibc
import Platform

/// The secret half of the key that signs checkpoints: an Ed25519 seed of 32 bytes.
///
/// Nothing prints it: neither description nor reflection show more than what it is.
public struct AuditSigningKey: Sendable {
    private let key: Curve25519.Signing.PrivateKey

    private init(_ key: Curve25519.Signing.PrivateKey) { self.key = key }

    /// The key with that seed.
    ///
    /// - Throws: `AuditKeyError.wrongLength` unless there are 32 bytes.
    public init(seed: [UInt8]) throws(AuditKeyError) {
        do {
            key = try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        } catch {
            throw .wrongLength(path: nil)
        }
    }

    /// A new key from the randomness of the system.
    public static func generate() -> AuditSigningKey { AuditSigningKey(Curve25519.Signing.PrivateKey()) }

    /// The public half, for the log `origin`.
    ///
    /// - Precondition: `origin` can stand in a note: not empty, no white space, no plus sign.
    public func verificationKey(origin: String) -> AuditVerificationKey {
        guard let key = AuditVerificationKey(origin: origin, bytes: Array(key.publicKey.rawRepresentation))
        else { preconditionFailure("an origin has no white space and no plus sign") }
        return key
    }

    /// The public half without the name of a log: base64 of 0x01 and the key, as at the end of a vkey.
    public var publicText: String { Base64.encode([1] + Array(key.publicKey.rawRepresentation)) }

    /// The signature of `message`, 64 bytes.
    func signature(of message: [UInt8]) -> [UInt8] {
        guard let signature = try? key.signature(for: message) else {
            preconditionFailure("a well-formed Ed25519 key signs every message")
        }
        return Array(signature)
    }

    /// The seed in base64 with a line feed: what a key file holds.
    var fileText: [UInt8] { Array((Base64.encode(Array(key.rawRepresentation)) + "\n").utf8) }
}

extension AuditSigningKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Says what it is, nothing of its content.
    public var description: String { "Ed25519 signing key" }
    /// Says what it is, nothing of its content.
    public var debugDescription: String { description }
    /// Without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension AuditSigningKey {
    private static let fileBytes = 45

    /// Reads a key file: one line, the seed in base64.
    ///
    /// - Parameter isCredential: the file is one that systemd keeps for the service, below
    ///   `$CREDENTIALS_DIRECTORY`, where its group may read it.
    /// - Throws: `AuditKeyError`, for every file that is not a private one with exactly that content.
    public static func load(path: String, isCredential: Bool = false) throws(AuditKeyError) -> AuditSigningKey
    {
        let content = try read(path, forbidding: isCredential ? 0o037 : 0o077)
        guard content.count == fileBytes, content.last == 0x0A,
            let seed = Base64.decode(String(decoding: content.dropLast(), as: UTF8.self)), seed.count == 32
        else { throw .wrongLength(path: path) }
        return try AuditSigningKey(seed: seed)
    }

    private static func read(_ path: String, forbidding bits: mode_t) throws(AuditKeyError) -> [UInt8] {
        // A named pipe in place of the file must not hold up the start.
        let file = try opened(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        var status = stat()
        guard fstat(file.number, &status) == 0 else { throw .system(SystemError("fstat", path)) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw .foreignOwner(path: path, uid: status.st_uid)
        }
        guard status.st_mode & bits == 0 else { throw .exposed(path: path, mode: status.st_mode & 0o777) }
        var bytes = [UInt8](repeating: 0, count: fileBytes + 1)
        let count = bytes.withUnsafeMutableBytes { Glibc.read(file.number, $0.baseAddress, $0.count) }
        guard count >= 0 else { throw .system(SystemError("read", path)) }
        return Array(bytes.prefix(count))
    }

    private static func opened(_ path: String, _ flags: Int32) throws(AuditKeyError) -> OwnedDescriptor {
        do throws(SystemError) {
            return try OwnedDescriptor(opening: path, flags, mode: 0o600)
        } catch {
            throw error.code == ELOOP ? .symbolicLink(path: path) : .system(error)
        }
    }

    /// Writes the key into a new file that only its owner may read, durably.
    ///
    /// - Throws: `AuditKeyError.system`: `EEXIST` when there is such a file; it stays as it is.
    public func save(path: String) throws(AuditKeyError) {
        let file = try Self.opened(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
        do throws(SystemError) {
            guard fchmod(file.number, 0o600) == 0 else { throw SystemError("fchmod", path) }
            try DurableFile.writeAll(fileText, to: file.number, named: path)
            guard fsync(file.number) == 0 else { throw SystemError("fsync", path) }
            try DurableFile.syncDirectory(of: path)
        } catch {
            throw .system(error)
        }
    }
}

/// Why a signing key cannot be used.
public enum AuditKeyError: Error, Equatable, Sendable {
    /// The file cannot be opened, read or written.
    case system(SystemError)
    /// The path is a symbolic link.
    case symbolicLink(path: String)
    /// The path is a directory, a device or a pipe.
    case notAFile(path: String)
    /// The file belongs to somebody else.
    case foreignOwner(path: String, uid: UInt32)
    /// Others than the owner may read the file.
    case exposed(path: String, mode: UInt32)
    /// Not exactly a seed of 32 bytes; in a file, one line of base64.
    case wrongLength(path: String?)
}

extension AuditKeyError: CustomStringConvertible {
    /// One line for an operator.
    public var description: String {
        switch self {
        case .system(let error): error.description
        case .symbolicLink(let path): "\(path): a symbolic link; give the key file itself"
        case .notAFile(let path): "\(path): not a regular file"
        case .foreignOwner(let path, let uid): "\(path): belongs to uid \(uid)"
        case .exposed(let path, let mode):
            "\(path): others than its owner may use it (mode 0\(String(mode, radix: 8))); chmod 600 it"
        case .wrongLength(let path):
            "\(path.map { $0 + ": " } ?? "")not an audit key: 32 bytes as one line of base64 expected"
        }
    }
}
