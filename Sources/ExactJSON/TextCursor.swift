/// Text put piece by piece into room at the end of a buffer, which is taken once for all the pieces. It ends the process
/// before it would write past that room.
public struct TextCursor {
    /// Where the next byte goes.
    @usableFromInline var next: UnsafeMutablePointer<UInt8>
    /// Where the room ends.
    @usableFromInline let end: UnsafeMutablePointer<UInt8>

    @usableFromInline
    init(_ start: UnsafeMutablePointer<UInt8>, room: Int) { (next, end) = (start, start + room) }

    @inlinable
    @inline(__always)
    func need(_ count: Int) { precondition(end - next >= count, "more text than there is room for") }

    /// One byte.
    @inlinable
    @inline(__always)
    public mutating func put(_ byte: UInt8) {
        need(1)
        next.initialize(to: byte)
        next += 1
    }

    /// A text.
    @inlinable
    @inline(__always)
    public mutating func put(_ text: StaticString) {
        need(text.utf8CodeUnitCount)
        text.withUTF8Buffer { source in
            if let from = source.baseAddress { next.initialize(from: from, count: source.count) }
            next += source.count
        }
    }

    /// Bytes as they are.
    @inlinable
    @inline(__always)
    public mutating func put(_ bytes: Span<UInt8>) {
        need(bytes.count)
        bytes.withUnsafeBufferPointer { source in
            if let from = source.baseAddress { next.initialize(from: from, count: source.count) }
            next += source.count
        }
    }

    /// A number in at most 20 digits.
    public mutating func put(digitsOf value: UInt64) {
        need(20)
        let end = next + Self.length(value)
        var place = end
        var rest = value
        while rest >= 100 {
            let above = rest / 100
            place -= 2
            Self.put(pair: rest &- above &* 100, at: place)
            rest = above
        }
        if rest >= 10 {
            Self.put(pair: rest, at: place - 2)
        } else {
            (place - 1).initialize(to: UInt8(truncatingIfNeeded: rest) | 0x30)
        }
        next = end
    }

    /// A whole number in at most 20 characters.
    public mutating func put(_ value: Int64) {
        if value < 0 { put(UInt8(ascii: "-")) }
        put(digitsOf: value.magnitude)
    }

    /// A count of 1e-9 as a decimal number without trailing zeros, e.g. `4000.1`, `-0.000000001`, `0`: at most 21 characters.
    public mutating func put(billionths value: Int64) {
        if value < 0 { put(UInt8(ascii: "-")) }
        let (whole, fraction) = value.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        put(digitsOf: whole)
        guard fraction > 0 else { return }
        put(UInt8(ascii: "."))
        need(9)
        let (first, rest) = fraction.quotientAndRemainder(dividingBy: 100_000_000)
        let (upper, lower) = rest.quotientAndRemainder(dividingBy: 10_000)
        next.initialize(to: UInt8(truncatingIfNeeded: first) | 0x30)
        Self.put(pair: upper / 100, at: next + 1)
        Self.put(pair: upper % 100, at: next + 3)
        Self.put(pair: lower / 100, at: next + 5)
        Self.put(pair: lower % 100, at: next + 7)
        next += 9
        // The fraction is not zero: a digit above stops it.
        while next[-1] == UInt8(ascii: "0") { next -= 1 }
    }

    /// 16 hex digits.
    public mutating func put(hex value: UInt64) {
        need(16)
        Self.put(hex: UInt32(truncatingIfNeeded: value >> 32), at: next)
        Self.put(hex: UInt32(truncatingIfNeeded: value), at: next + 8)
        next += 16
    }

    /// Eight hex digits at once: one nibble to a byte, the last one lowest.
    @inline(__always)
    private static func put(hex value: UInt32, at place: UnsafeMutablePointer<UInt8>) {
        var nibbles = UInt64(value)
        nibbles = (nibbles << 16 | nibbles) & 0x0000_FFFF_0000_FFFF
        nibbles = (nibbles << 8 | nibbles) & 0x00FF_00FF_00FF_00FF
        nibbles = (nibbles << 4 | nibbles) & 0x0F0F_0F0F_0F0F_0F0F
        // 10 to 15 are letters: 39 further than the digits.
        let letters = (nibbles &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        let digits = (nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 39).bigEndian
        UnsafeMutableRawPointer(place).storeBytes(of: digits, as: UInt64.self)
    }

    /// Two digits of a number below a hundred.
    @inline(__always)
    private static func put(pair value: UInt64, at place: UnsafeMutablePointer<UInt8>) {
        let tens = value &* 103 / 1_024
        place.initialize(to: UInt8(truncatingIfNeeded: tens) | 0x30)
        (place + 1).initialize(to: UInt8(truncatingIfNeeded: value &- tens &* 10) | 0x30)
    }

    /// Digits of a number; 1 for zero.
    @inline(__always)
    private static func length(_ value: UInt64) -> Int {
        guard value >= 10_000 else { return shortLength(value) }
        guard value >= 100_000_000 else { return 4 + shortLength(value / 10_000) }
        return 8 + longLength(value / 100_000_000)
    }

    /// The same below 10,000.
    @inline(__always)
    private static func shortLength(_ value: UInt64) -> Int {
        value < 100 ? (value < 10 ? 1 : 2) : (value < 1_000 ? 3 : 4)
    }

    private static func longLength(_ value: UInt64) -> Int {
        var (length, rest) = (1, value / 10)
        while rest > 0 {
            length += 1
            rest /= 10
        }
        return length
    }
}

extension [UInt8] {
    /// Appends what `body` puts, at most `room` bytes.
    @inlinable
    @inline(__always)
    public mutating func append(atMost room: Int, _ body: (inout TextCursor) -> Void) {
        append(addingCapacity: room) { span in
            span.withUnsafeMutableBufferPointer { buffer, count in
                guard let start = buffer.baseAddress else { return }
                var cursor = TextCursor(start + count, room: buffer.count - count)
                body(&cursor)
                count = cursor.next - start
            }
        }
    }
}
