/// Checks that bytes are one compact JSON object, without building it.
///
/// Stricter than the grammar: no white space, at most 32 levels, at most 1,000 members in an object, no key
/// twice in one object (compared as written), valid UTF-8. Allocates nothing once its key list has grown.
///
/// Each function takes the place where its part starts and gives the place behind it.
struct ObjectSyntax {
    /// Where and why the bytes are refused.
    struct Fault: Error {
        /// Offset of the first offending byte.
        let offset: Int
    }

    private static let maximumDepth = 32
    private static let maximumMembers = 1_000
    /// Keys of the objects that are open, innermost last.
    private var keys: [Key] = []

    /// Where a key stands; the number differs for most different keys.
    private struct Key {
        let place: Range<Int>
        let fingerprint: UInt64
    }

    /// Throws unless `bytes` are exactly one object.
    mutating func check(_ bytes: Span<UInt8>) throws(Fault) {
        keys.removeAll(keepingCapacity: true)
        guard bytes.count > 1, bytes[0] == UInt8(ascii: "{") else { throw Fault(offset: 0) }
        let end = try object(bytes, 0, depth: 1)
        guard end == bytes.count else { throw Fault(offset: end) }
    }

    private mutating func value(_ bytes: Span<UInt8>, _ start: Int, depth: Int) throws(Fault) -> Int {
        guard depth <= Self.maximumDepth, start < bytes.count else { throw Fault(offset: start) }
        switch bytes[start] {
        case UInt8(ascii: "\""): return try Self.string(bytes, start)
        case UInt8(ascii: "{"): return try object(bytes, start, depth: depth)
        case UInt8(ascii: "["): return try array(bytes, start, depth: depth)
        case UInt8(ascii: "t"): return try Self.word("true", bytes, start)
        case UInt8(ascii: "f"): return try Self.word("false", bytes, start)
        case UInt8(ascii: "n"): return try Self.word("null", bytes, start)
        default: return try Self.number(bytes, start)
        }
    }

    private mutating func object(_ bytes: Span<UInt8>, _ start: Int, depth: Int) throws(Fault) -> Int {
        let firstKey = keys.count
        var position = start + 1
        if Self.isByte(UInt8(ascii: "}"), bytes, position) { return position + 1 }
        while true {
            let keyEnd = try Self.string(bytes, position)
            try remember(position..<keyEnd, from: firstKey, bytes)
            guard Self.isByte(UInt8(ascii: ":"), bytes, keyEnd) else { throw Fault(offset: keyEnd) }
            position = try value(bytes, keyEnd + 1, depth: depth + 1)
            guard Self.isByte(UInt8(ascii: ","), bytes, position) else { break }
            position += 1
        }
        guard Self.isByte(UInt8(ascii: "}"), bytes, position) else { throw Fault(offset: position) }
        keys.removeLast(keys.count - firstKey)
        return position + 1
    }

    private mutating func remember(
        _ key: Range<Int>, from firstKey: Int, _ bytes: Span<UInt8>
    ) throws(Fault) {
        guard keys.count - firstKey < Self.maximumMembers else { throw Fault(offset: key.lowerBound) }
        let fingerprint = Self.fingerprint(key, bytes)
        for index in firstKey..<keys.count where keys[index].fingerprint == fingerprint {
            let other = keys[index].place
            if other.count == key.count, Self.areEqual(other.lowerBound, key, bytes) {
                throw Fault(offset: key.lowerBound)
            }
        }
        keys.append(Key(place: key, fingerprint: fingerprint))
    }

    /// The first eight bytes and the length.
    private static func fingerprint(_ key: Range<Int>, _ bytes: Span<UInt8>) -> UInt64 {
        var word: UInt64 = 0
        if key.lowerBound + 8 <= bytes.count {
            word = UInt64(
                littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: key.lowerBound, as: UInt64.self)
            )
        } else {
            for index in key { word |= UInt64(bytes[index]) << UInt64(8 * (index - key.lowerBound)) }
        }
        // Bytes behind the key must not count: the same key may be followed by others.
        word <<= UInt64(8 * max(0, 8 - key.count))
        return word ^ UInt64(truncatingIfNeeded: key.count) &* 0x9E37_79B9_7F4A_7C15
    }

    private static func areEqual(_ other: Int, _ key: Range<Int>, _ bytes: Span<UInt8>) -> Bool {
        for index in 0..<key.count where bytes[other + index] != bytes[key.lowerBound + index] {
            return false
        }
        return true
    }

    private mutating func array(_ bytes: Span<UInt8>, _ start: Int, depth: Int) throws(Fault) -> Int {
        var position = start + 1
        if Self.isByte(UInt8(ascii: "]"), bytes, position) { return position + 1 }
        while true {
            position = try value(bytes, position, depth: depth + 1)
            guard Self.isByte(UInt8(ascii: ","), bytes, position) else { break }
            position += 1
        }
        guard Self.isByte(UInt8(ascii: "]"), bytes, position) else { throw Fault(offset: position) }
        return position + 1
    }

    private static func isByte(_ byte: UInt8, _ bytes: Span<UInt8>, _ position: Int) -> Bool {
        position < bytes.count && bytes[position] == byte
    }
}

extension ObjectSyntax {
    private static func number(_ bytes: Span<UInt8>, _ start: Int) throws(Fault) -> Int {
        let first = isByte(UInt8(ascii: "-"), bytes, start) ? start + 1 : start
        var position = try digits(bytes, first)
        if bytes[first] == UInt8(ascii: "0") && position > first + 1 { throw Fault(offset: first) }
        if isByte(UInt8(ascii: "."), bytes, position) { position = try digits(bytes, position + 1) }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            let isSigned =
                isByte(UInt8(ascii: "+"), bytes, position) || isByte(UInt8(ascii: "-"), bytes, position)
            position = try digits(bytes, isSigned ? position + 1 : position)
        }
        return position
    }

    private static func digits(_ bytes: Span<UInt8>, _ start: Int) throws(Fault) -> Int {
        var position = start
        while position < bytes.count, bytes[position] &- 0x30 < 10 { position += 1 }
        guard position > start else { throw Fault(offset: start) }
        return position
    }

    private static func word(
        _ text: StaticString, _ bytes: Span<UInt8>, _ start: Int
    ) throws(Fault) -> Int {
        for index in 0..<text.utf8CodeUnitCount {
            guard isByte(text.withUTF8Buffer { $0[index] }, bytes, start + index) else {
                throw Fault(offset: start + index)
            }
        }
        return start + text.utf8CodeUnitCount
    }

    private static func string(_ bytes: Span<UInt8>, _ start: Int) throws(Fault) -> Int {
        guard isByte(UInt8(ascii: "\""), bytes, start) else { throw Fault(offset: start) }
        var position = start + 1
        while true {
            position = endOfPlain(bytes, from: position)
            guard position < bytes.count else { throw Fault(offset: position) }
            switch bytes[position] {
            case UInt8(ascii: "\""): return position + 1
            case UInt8(ascii: "\\"): position = try escape(bytes, position)
            default: position = try multibyte(bytes, position)
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

    private static func escape(_ bytes: Span<UInt8>, _ start: Int) throws(Fault) -> Int {
        guard start + 1 < bytes.count else { throw Fault(offset: start + 1) }
        switch bytes[start + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return start + 2
        case UInt8(ascii: "u"):
            for position in start + 2..<start + 6 {
                guard position < bytes.count, isHexDigit(bytes[position]) else {
                    throw Fault(offset: position)
                }
            }
            return start + 6
        default: throw Fault(offset: start + 1)
        }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6
    }

    /// Source: Unicode 15, table 3-7, "Well-Formed UTF-8 Byte Sequences".
    private static func multibyte(_ bytes: Span<UInt8>, _ start: Int) throws(Fault) -> Int {
        let second: ClosedRange<UInt8>
        let length: Int
        switch bytes[start] {
        case 0xC2...0xDF: (second, length) = (0x80...0xBF, 2)
        case 0xE0: (second, length) = (0xA0...0xBF, 3)
        case 0xED: (second, length) = (0x80...0x9F, 3)
        case 0xE1...0xEF: (second, length) = (0x80...0xBF, 3)
        case 0xF0: (second, length) = (0x90...0xBF, 4)
        case 0xF1...0xF3: (second, length) = (0x80...0xBF, 4)
        case 0xF4: (second, length) = (0x80...0x8F, 4)
        default: throw Fault(offset: start)
        }
        guard start + length <= bytes.count, second.contains(bytes[start + 1]) else {
            throw Fault(offset: start)
        }
        for index in 2..<max(2, length) where bytes[start + index] & 0xC0 != 0x80 {
            throw Fault(offset: start)
        }
        return start + length
    }
}
