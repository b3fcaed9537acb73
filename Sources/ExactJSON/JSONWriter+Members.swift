/// A key with its value in one piece, for lines that are written often.
extension JSONWriter {
    /// A key and a text that needs no escaping.
    @inlinable
    @inline(__always)
    public mutating func member(_ key: StaticString, _ text: StaticString) {
        member(key, atMost: text.utf8CodeUnitCount + 2) { cursor in
            cursor.put(UInt8(ascii: "\""))
            cursor.put(text)
            cursor.put(UInt8(ascii: "\""))
        }
    }

    /// A key and a whole number.
    @inlinable
    @inline(__always)
    public mutating func member(_ key: StaticString, _ value: Int64) {
        member(key, atMost: 24) { $0.put(value) }
    }

    /// A key and a whole number.
    @inlinable
    @inline(__always)
    public mutating func member(_ key: StaticString, _ value: UInt64) {
        member(key, atMost: 24) { $0.put(digitsOf: value) }
    }

    /// A key and a count of 1e-9 as an exact number in a string, which no reader can round.
    @inlinable
    @inline(__always)
    public mutating func member(_ key: StaticString, text billionths: Int64) {
        member(key, atMost: 48) { cursor in
            cursor.put(UInt8(ascii: "\""))
            cursor.put(billionths: billionths)
            cursor.put(UInt8(ascii: "\""))
        }
    }

    /// A key and a text of a prefix and two numbers with hyphens between them, in quotes.
    @inlinable
    @inline(__always)
    public mutating func member(
        _ key: StaticString, _ prefix: StaticString, _ first: UInt32, _ second: UInt32
    ) {
        member(key, atMost: prefix.utf8CodeUnitCount + 48) { cursor in
            cursor.put(UInt8(ascii: "\""))
            cursor.put(prefix)
            cursor.put(UInt8(ascii: "-"))
            cursor.put(digitsOf: UInt64(first))
            cursor.put(UInt8(ascii: "-"))
            cursor.put(digitsOf: UInt64(second))
            cursor.put(UInt8(ascii: "\""))
        }
    }

    /// A key and 32 hex digits in quotes.
    @inlinable
    @inline(__always)
    public mutating func member(_ key: StaticString, hex high: UInt64, _ low: UInt64) {
        member(key, atMost: 34) { cursor in
            cursor.put(UInt8(ascii: "\""))
            cursor.put(hex: high)
            cursor.put(hex: low)
            cursor.put(UInt8(ascii: "\""))
        }
    }
}
