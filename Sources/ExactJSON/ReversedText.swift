/// A number on its way to text, written from its end, so that it reaches a buffer of bytes in one piece.
struct ReversedText {
    /// A sign, the 39 digits of 128 bits, a point, two quotes and a comma need 44.
    private static let capacity = 48

    private var bytes = InlineArray<48, UInt8>(repeating: 0)
    private var first = Self.capacity

    /// Puts one byte before the rest.
    @inline(__always)
    mutating func put(_ byte: UInt8) {
        first -= 1
        bytes[first] = byte
    }

    /// Puts the digits of a number before the rest.
    @inline(__always)
    mutating func put(digitsOf value: UInt64) {
        var rest = value
        repeat {
            let next = rest / 10
            put(UInt8(truncatingIfNeeded: rest &- next &* 10) | 0x30)
            rest = next
        } while rest > 0
    }

    /// The same; digits beyond 19 come from the second half.
    mutating func put(digitsOf value: UInt128) {
        if let narrow = UInt64(exactly: value) { return put(digitsOf: narrow) }
        let (high, low) = value.quotientAndRemainder(dividingBy: 10_000_000_000_000_000_000)
        put(fraction: UInt64(low), places: 19)
        put(digitsOf: high)
    }

    /// Puts exactly `places` digits, with leading zeros, before the rest.
    @inline(__always)
    mutating func put(fraction: UInt64, places: Int) {
        var rest = fraction
        for _ in 0..<places {
            let next = rest / 10
            put(UInt8(truncatingIfNeeded: rest &- next &* 10) | 0x30)
            rest = next
        }
    }

    /// Puts a point and the fraction of that many places before the rest, without trailing zeros; nothing for zero.
    @inline(__always)
    mutating func put(trimmed fraction: UInt64, places: Int) {
        guard fraction > 0 else { return }
        var significant = fraction
        var count = places
        // Most fractions are short: their zeros go in large steps.
        while significant % 10_000 == 0 {
            significant /= 10_000
            count -= 4
        }
        while significant % 10 == 0 {
            significant /= 10
            count -= 1
        }
        put(fraction: significant, places: count)
        put(0x2E)
    }

    /// Puts `value` ÷ `unit`, which is ten to the power of `places` (at most 18), before the rest, without trailing zeros.
    mutating func put(_ value: Int128, unit: UInt64, places: Int) {
        let magnitude = value.magnitude
        let high = UInt64(truncatingIfNeeded: magnitude >> 64)
        if high < unit {
            // One division of the processor.
            let (whole, fraction) = unit.dividingFullWidth((high, UInt64(truncatingIfNeeded: magnitude)))
            put(trimmed: fraction, places: places)
            put(digitsOf: whole)
        } else {
            let (whole, fraction) = magnitude.quotientAndRemainder(dividingBy: UInt128(unit))
            put(trimmed: UInt64(fraction), places: places)
            put(digitsOf: whole)
        }
        if value < 0 { put(0x2D) }
    }

    /// Appends what was put.
    @inline(__always)
    func append(to buffer: inout [UInt8]) {
        bytes.span.extracting(first...).bytes.withUnsafeBytes { buffer.append(contentsOf: $0) }
    }
}

extension DecimalDigits {
    /// Appends a count of 1e-9 as a decimal number without trailing zeros, e.g. `4000.1`, `-0.000000001`, `0`.
    public static func append(billionths value: Int64, to bytes: inout [UInt8]) {
        bytes.append(atMost: 32) { $0.put(billionths: value) }
    }

    /// Appends `value × 10^-places` without trailing zeros.
    ///
    /// - Parameter places: 0…18.
    public static func append(_ value: Int128, places: Int, to bytes: inout [UInt8]) {
        var text = ReversedText()
        text.put(value, unit: unit(places), places: places)
        text.append(to: &bytes)
    }

    /// Ten to the power of `places`; those of our types without a calculation.
    static func unit(_ places: Int) -> UInt64 {
        switch places {
        case 9: return 1_000_000_000
        case 18: return 1_000_000_000_000_000_000
        default:
            var unit: UInt64 = 1
            for _ in 0..<places { unit *= 10 }
            return unit
        }
    }
}

extension JSONWriter {
    /// A count of 1e-9 as an exact number.
    public mutating func number(billionths value: Int64) {
        self.value(atMost: 32) { $0.put(billionths: value) }
    }

    /// A count of 1e-9 as an exact number in a string, which no reader can round.
    public mutating func text(billionths value: Int64) {
        self.value(atMost: 32) { cursor in
            cursor.put(UInt8(ascii: "\""))
            cursor.put(billionths: value)
            cursor.put(UInt8(ascii: "\""))
        }
    }

    /// `value × 10^-places` (at most 18) as an exact number in a string.
    public mutating func text(_ value: Int128, places: Int) {
        var text = ReversedText()
        text.put(UInt8(ascii: "\""))
        text.put(value, unit: DecimalDigits.unit(places), places: places)
        text.put(UInt8(ascii: "\""))
        put(&text)
    }

    /// A whole number of 64 bits.
    @usableFromInline
    mutating func number(_ value: Int64) {
        self.value(atMost: 24) { $0.put(value) }
    }
}
