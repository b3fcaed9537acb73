import ExactJSON

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
        for index in 0..<4 {
            // The count was checked above.
            let high = hex.bytes.unsafeLoadUnaligned(fromByteOffset: 16 * index, as: UInt64.self)
            let low = hex.bytes.unsafeLoadUnaligned(fromByteOffset: 16 * index + 8, as: UInt64.self)
            guard let upper = Self.value(ofDigits: high), let lower = Self.value(ofDigits: low) else {
                return nil
            }
            words[index] = UInt64(upper) << 32 | UInt64(lower)
        }
    }

    /// Parses 64 lower-case hex digits; `nil` for anything else.
    public init?(hex: String) {
        let bytes = Array(hex.utf8)
        self.init(hex: bytes.span)
    }

    /// The hash in 32 bytes; `nil` for any other number of bytes.
    init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self = bytes.withUnsafeBytes { AuditHash(bytes: $0) }
    }

    /// The 32 bytes.
    var bytes: [UInt8] { (0..<32).map { self[$0] } }

    /// Byte `index`, from 0 to 31.
    subscript(index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: words[index >> 3] >> UInt64(56 - 8 * (index & 7)))
    }

    /// 64 lower-case hex digits.
    public var hex: String {
        var bytes: [UInt8] = []
        appendHex(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends 64 lower-case hex digits.
    func appendHex(to bytes: inout [UInt8]) { bytes.append(atMost: 64) { put(to: &$0) } }

    /// Puts 64 lower-case hex digits.
    func put(to text: inout TextCursor) {
        text.put(hex: words[0])
        text.put(hex: words[1])
        text.put(hex: words[2])
        text.put(hex: words[3])
    }

    /// Eight hex digits as eight characters in the order of memory, all at once.
    private static func digits(_ value: UInt32) -> UInt64 {
        // One nibble to a byte, the last one lowest.
        var nibbles = UInt64(value)
        nibbles = (nibbles << 16 | nibbles) & 0x0000_FFFF_0000_FFFF
        nibbles = (nibbles << 8 | nibbles) & 0x00FF_00FF_00FF_00FF
        nibbles = (nibbles << 4 | nibbles) & 0x0F0F_0F0F_0F0F_0F0F
        // 10 to 15 are letters: 39 further than the digits.
        let letters = (nibbles &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return (nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 39).bigEndian
    }

    /// The value of eight characters in the order of memory; `nil` unless `digits` writes exactly these.
    private static func value(ofDigits text: UInt64) -> UInt32? {
        let characters = UInt64(bigEndian: text)
        // Letters have bit 6 set and are 9 away from the value of their low nibble.
        var nibbles =
            (characters & 0x0F0F_0F0F_0F0F_0F0F) &+ (characters >> 6 & 0x0101_0101_0101_0101) &* 9
        nibbles = (nibbles | nibbles >> 4) & 0x00FF_00FF_00FF_00FF
        nibbles = (nibbles | nibbles >> 8) & 0x0000_FFFF_0000_FFFF
        let value = UInt32(truncatingIfNeeded: nibbles | nibbles >> 16)
        return digits(value) == text ? value : nil
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
