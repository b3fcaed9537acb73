import Crypto

/// SHA-256 over bytes that come in pieces.
///
/// The only door to the cryptography package. Its hasher cannot be rewound, so each new value costs one
/// allocation of about 130 bytes; updating and reading allocate nothing.
struct IncrementalSHA256 {
    private var state = SHA256()

    /// Takes in `bytes` after those taken before.
    mutating func update(_ bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { state.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    }

    /// The hash of everything taken in so far; more may follow.
    func digest() -> AuditHash {
        state.finalize().withUnsafeBytes { AuditHash(bytes: $0) }
    }

    /// The hash of one piece.
    static func hash(_ bytes: Span<UInt8>) -> AuditHash {
        var hasher = IncrementalSHA256()
        hasher.update(bytes)
        return hasher.digest()
    }
}
