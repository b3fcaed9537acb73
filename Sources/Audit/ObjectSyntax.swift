/// Checks that bytes are one compact JSON object, without building it.
///
/// Stricter than the grammar: no white space, at most 32 levels, at most 1,000 members in an object, no key
/// twice in one object (compared as written), valid UTF-8. Allocates nothing once its key list has grown.
struct ObjectSyntax {
    /// Where and why the bytes are refused.
    struct Fault: Error {
        /// Offset of the first offending byte.
        let offset: Int
    }

    private static let maximumDepth = 32
    private static let maximumMembers = 1_000
    private var position = 0
    /// Keys of the objects that are open, innermost last.
    private var keys: [Key] = []

    /// Where a key stands; the number differs for most different keys.
    private struct Key {
        let place: Range<Int>
        let fingerprint: UInt64
    }

    /// Throws unless `bytes` are exactly one object.
    mutating func check(_ bytes: Span<UInt8>) throws(Fault) {
        position = 0
        keys.removeAll(keepingCapacity: true)
        guard bytes.count > 1, bytes[0] == UInt8(ascii: "{") else { throw Fault(offset: 0) }
        try object(bytes, depth: 1)
        guard position == bytes.count else { throw fault }
    }

    private var fault: Fault { Fault(offset: position) }

    private mutating func value(_ bytes: Span<UInt8>, depth: Int) throws(Fault) {
        guard depth <= Self.maximumDepth, position < bytes.count else { throw fault }
        switch bytes[position] {
        case UInt8(ascii: "{"): try object(bytes, depth: depth)
        case UInt8(ascii: "["): try array(bytes, depth: depth)
        case UInt8(ascii: "\""): try string(bytes)
        case UInt8(ascii: "t"): try word("true", bytes)
        case UInt8(ascii: "f"): try word("false", bytes)
        case UInt8(ascii: "n"): try word("null", bytes)
        default: try number(bytes)
        }
    }

    private mutating func object(_ bytes: Span<UInt8>, depth: Int) throws(Fault) {
        let firstKey = keys.count
        position += 1
        if take(UInt8(ascii: "}"), bytes) { return }
        repeat {
            let start = position
            try string(bytes)
            try remember(start..<position, from: firstKey, bytes)
            try expect(UInt8(ascii: ":"), bytes)
            try value(bytes, depth: depth + 1)
        } while take(UInt8(ascii: ","), bytes)
        try expect(UInt8(ascii: "}"), bytes)
        keys.removeLast(keys.count - firstKey)
    }

    private mutating func remember(_ key: Range<Int>, from firstKey: Int, _ bytes: Span<UInt8>) throws(Fault)
    {
        guard keys.count - firstKey < Self.maximumMembers else { throw Fault(offset: key.lowerBound) }
        let fingerprint = Self.fingerprint(key, bytes)
        for index in firstKey..<keys.count where keys[index].fingerprint == fingerprint {
            let other = keys[index].place
            if other.count == key.count,
                Self.areEqual(other.lowerBound, key.lowerBound, count: key.count, bytes)
            {
                throw Fault(offset: key.lowerBound)
            }
        }
        keys.append(Key(place: key, fingerprint: fingerprint))
    }

    /// The first eight bytes and the length.
    private static func fingerprint(_ key: Range<Int>, _ bytes: Span<UInt8>) -> UInt64 {
        var value = UInt64(key.count)
        for index in key.lowerBound..<min(key.upperBound, key.lowerBound + 8) {
            value = value << 7 ^ UInt64(bytes[index])
        }
        return value
    }

    private static func areEqual(_ left: Int, _ right: Int, count: Int, _ bytes: Span<UInt8>) -> Bool {
        for index in 0..<count where bytes[left + index] != bytes[right + index] { return false }
        return true
    }

    private mutating func array(_ bytes: Span<UInt8>, depth: Int) throws(Fault) {
        position += 1
        if take(UInt8(ascii: "]"), bytes) { return }
        repeat { try value(bytes, depth: depth + 1) } while take(UInt8(ascii: ","), bytes)
        try expect(UInt8(ascii: "]"), bytes)
    }

    private mutating func number(_ bytes: Span<UInt8>) throws(Fault) {
        _ = take(UInt8(ascii: "-"), bytes)
        let start = position
        try digits(bytes)
        if bytes[start] == UInt8(ascii: "0") && position > start + 1 { throw Fault(offset: start) }
        if take(UInt8(ascii: "."), bytes) { try digits(bytes) }
        if take(UInt8(ascii: "e"), bytes) || take(UInt8(ascii: "E"), bytes) {
            if !take(UInt8(ascii: "+"), bytes) { _ = take(UInt8(ascii: "-"), bytes) }
            try digits(bytes)
        }
    }

    private mutating func digits(_ bytes: Span<UInt8>) throws(Fault) {
        let start = position
        while position < bytes.count, bytes[position] &- 0x30 < 10 { position += 1 }
        guard position > start else { throw fault }
    }

    private mutating func word(_ text: StaticString, _ bytes: Span<UInt8>) throws(Fault) {
        for index in 0..<text.utf8CodeUnitCount {
            try expect(text.withUTF8Buffer { $0[index] }, bytes)
        }
    }

    private mutating func take(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ byte: UInt8, _ bytes: Span<UInt8>) throws(Fault) {
        guard take(byte, bytes) else { throw fault }
    }
}

extension ObjectSyntax {
    private mutating func string(_ bytes: Span<UInt8>) throws(Fault) {
        try expect(UInt8(ascii: "\""), bytes)
        while true {
            let end = Self.endOfPlain(bytes, from: position)
            position = end
            guard end < bytes.count else { throw fault }
            switch bytes[end] {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"): try escape(bytes)
            default: try multibyte(bytes[end], bytes)
            }
        }
    }

    /// The first byte from `start` on that does not stand for itself; the end when there is none.
    private static func endOfPlain(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var position = start
        while position + 8 <= bytes.count {
            // Eight bytes at once: the condition keeps the load within the bytes.
            let word = UInt64(
                littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
            let special = special(word)
            if special != 0 { return position + (special.trailingZeroBitCount >> 3) }
            position += 8
        }
        while position < bytes.count, isPlain(bytes[position]) { position += 1 }
        return position
    }

    /// The highest bit of the lowest byte that is not plain; bits of bytes above it may be set too.
    private static func special(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let controls = (word &- ones &* 0x20) & ~word
        let quote = word ^ ones &* 0x22
        let backslash = word ^ ones &* 0x5C
        let marks = ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
        return (word | controls | marks) & (ones &* 0x80)
    }

    /// A character that stands for itself in one byte.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte &- 0x20 < 0x60 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private mutating func escape(_ bytes: Span<UInt8>) throws(Fault) {
        position += 1
        guard position < bytes.count else { throw fault }
        switch bytes[position] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            position += 1
            for _ in 0..<4 {
                guard position < bytes.count, Self.isHexDigit(bytes[position]) else { throw fault }
                position += 1
            }
        default: throw fault
        }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6
    }

    /// Source: Unicode 15, table 3-7, "Well-Formed UTF-8 Byte Sequences".
    private mutating func multibyte(_ lead: UInt8, _ bytes: Span<UInt8>) throws(Fault) {
        let second: ClosedRange<UInt8>
        let length: Int
        switch lead {
        case 0xC2...0xDF: (second, length) = (0x80...0xBF, 2)
        case 0xE0: (second, length) = (0xA0...0xBF, 3)
        case 0xED: (second, length) = (0x80...0x9F, 3)
        case 0xE1...0xEF: (second, length) = (0x80...0xBF, 3)
        case 0xF0: (second, length) = (0x90...0xBF, 4)
        case 0xF1...0xF3: (second, length) = (0x80...0xBF, 4)
        case 0xF4: (second, length) = (0x80...0x8F, 4)
        default: throw fault
        }
        guard position + length <= bytes.count, second.contains(bytes[position + 1]) else { throw fault }
        for index in 2..<max(2, length) where bytes[position + index] & 0xC0 != 0x80 { throw fault }
        position += length
    }
}
