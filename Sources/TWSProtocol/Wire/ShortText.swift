/// Up to 15 bytes of text in place: exchanges, market makers and conditions in frequent messages.
///
/// A longer text is cut; such texts inform, nothing is decided by them.
public struct ShortText: Hashable, Sendable, BitwiseCopyable {
    /// Bytes it can hold.
    public static let capacity = 15

    /// Bytes 0–7 and 8–14, first one lowest; the count is the top byte of `high`.
    @usableFromInline var low: UInt64
    @usableFromInline var high: UInt64

    /// No text.
    @inlinable
    public init() {
        low = 0
        high = 0
    }

    @inlinable
    init(low: UInt64, high: UInt64, count: Int) {
        self.low = low
        self.high = high | UInt64(truncatingIfNeeded: count) &<< 56
    }

    /// The first 15 bytes of the UTF-8 form of `text`.
    public init(_ text: String) {
        self.init()
        for byte in text.utf8 { append(byte) }
    }

    /// Number of bytes, 0…15.
    @inlinable
    public var count: Int { Int(high &>> 56) }

    /// Whether there is no byte.
    @inlinable
    public var isEmpty: Bool { high &>> 56 == 0 }

    /// The byte at `position`, which must be below `count`.
    @inlinable
    public subscript(position: Int) -> UInt8 {
        precondition(position >= 0 && position < count, "a byte lies within the text")
        let word = position < 8 ? low : high
        return UInt8(truncatingIfNeeded: word &>> UInt64(8 &* (position & 7)))
    }

    /// Adds a byte; does nothing when there is no room.
    @inlinable
    public mutating func append(_ byte: UInt8) {
        let position = count
        guard position < Self.capacity else { return }
        let bits = UInt64(byte) &<< UInt64(8 &* (position & 7))
        if position < 8 { low |= bits } else { high |= bits }
        high &+= 1 &<< 56
    }
}

extension ShortText: ExpressibleByStringLiteral, CustomStringConvertible {
    /// The first 15 bytes of a literal.
    public init(stringLiteral value: String) { self.init(value) }

    /// The text; bytes that are not UTF-8 are replaced.
    public var description: String { String(decoding: (0..<count).map { self[$0] }, as: UTF8.self) }
}
