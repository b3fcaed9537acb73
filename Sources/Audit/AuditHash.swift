/// A SHA-256 value: 32 bytes, written as 64 lower-case hex digits.
public struct AuditHash: Hashable, Sendable, BitwiseCopyable {
    private var words: InlineArray<4, UInt64>

    /// 32 zero bytes: `prev` of the first line.
    public static let zero = AuditHash(words: InlineArray(repeating: 0))

    private init(words: InlineArray<4, UInt64>) { self.words = words }

    /// The hash in 32 bytes.
    ///
    /// - Precondition: exactly 32 bytes.
    init(bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count == 32, "a SHA-256 value has 32 bytes")
        words = InlineArray {
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
        }
    }

    /// Parses 64 lower-case hex digits; `nil` for anything else.
    public init?(hex: Span<UInt8>) {
        guard hex.count == 64 else { return nil }
        words = InlineArray(repeating: 0)
        for position in 0..<64 {
            guard let digit = Self.value(ofDigit: hex[position]) else { return nil }
            words[position / 16] = words[position / 16] << 4 | UInt64(digit)
        }
    }

    /// Parses 64 lower-case hex digits; `nil` for anything else.
    public init?(hex: String) {
        let bytes = Array(hex.utf8)
        self.init(hex: bytes.span)
    }

    /// 64 lower-case hex digits.
    public var hex: String {
        var bytes: [UInt8] = []
        appendHex(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends 64 lower-case hex digits.
    func appendHex(to bytes: inout [UInt8]) {
        var digits = InlineArray<64, UInt8>(repeating: 0)
        for position in 0..<64 {
            let digit = UInt8(truncatingIfNeeded: words[position / 16] >> UInt64(60 - position % 16 * 4)) & 15
            digits[position] = digit < 10 ? digit + 0x30 : digit + 0x57
        }
        digits.span.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }

    private static func value(ofDigit byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    /// Whether the 32 bytes are the same.
    public static func == (left: AuditHash, right: AuditHash) -> Bool {
        left.words[0] == right.words[0] && left.words[1] == right.words[1] && left.words[2] == right.words[2]
            && left.words[3] == right.words[3]
    }

    /// Feeds the first eight bytes, which are as good as random.
    public func hash(into hasher: inout Hasher) { hasher.combine(words[0]) }
}

extension AuditHash: CustomStringConvertible {
    /// 64 lower-case hex digits.
    public var description: String { hex }
}
