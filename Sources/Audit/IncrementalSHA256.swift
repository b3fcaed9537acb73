import CLinux

/// SHA-256 over bytes that come in pieces: a plain value that allocates nothing.
///
/// Source: FIPS 180-4. By the processor's own instructions where it has them; the tests compare it with the cryptography
/// package.
struct IncrementalSHA256: Sendable {
    private var state = tradingd_sha256()

    /// The hash of nothing.
    init() { tradingd_sha256_begin(&state) }

    /// Takes in `bytes` after those taken before.
    mutating func update(_ bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { tradingd_sha256_update(&state, $0.baseAddress, $0.count) }
    }

    /// Takes the same bytes into both hashes, which takes hardly longer than one.
    static func update(_ hash: inout Self, _ other: inout Self, _ bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer {
            tradingd_sha256_update_both(&hash.state, &other.state, $0.baseAddress, $0.count)
        }
    }

    /// The hash of everything taken in so far; more may follow.
    func digest() -> AuditHash {
        withUnsafePointer(to: state) { state in
            withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { bytes in
                tradingd_sha256_end(state, bytes.baseAddress)
                return AuditHash(bytes: UnsafeRawBufferPointer(bytes))
            }
        }
    }

    /// The hash of one piece.
    static func hash(_ bytes: Span<UInt8>) -> AuditHash {
        var hasher = IncrementalSHA256()
        hasher.update(bytes)
        return hasher.digest()
    }
}
