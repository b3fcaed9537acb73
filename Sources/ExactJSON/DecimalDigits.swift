/// Whole numbers as decimal digits, straight into a byte buffer.
public enum DecimalDigits {
    /// Appends `value` with a minus sign where it is negative.
    @inlinable
    public static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        if value < 0 { bytes.append(0x2D) }
        append(magnitude: UInt128(value.magnitude), to: &bytes)
    }

    /// Appends a number without sign; digits beyond 19 come from the second half.
    @inlinable
    public static func append(magnitude: UInt128, to bytes: inout [UInt8]) {
        if let narrow = UInt64(exactly: magnitude) { return append(magnitude: narrow, to: &bytes) }
        let (high, low) = magnitude.quotientAndRemainder(dividingBy: 10_000_000_000_000_000_000)
        append(magnitude: high, to: &bytes)
        append(fraction: UInt64(low), places: 19, to: &bytes)
    }

    /// Appends a number without sign.
    @inlinable
    public static func append(magnitude: UInt64, to bytes: inout [UInt8]) {
        if magnitude < 10 { return bytes.append(UInt8(truncatingIfNeeded: magnitude) + 0x30) }
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var first = 20
        var rest = magnitude
        repeat {
            first -= 1
            digits[first] = UInt8(truncatingIfNeeded: rest % 10) + 0x30
            rest /= 10
        } while rest > 0
        bytes.append(addingCapacity: 20) { room in
            for index in first..<20 { room.append(digits[index]) }
        }
    }

    /// Appends exactly `places` digits (at most 19) with leading zeros.
    @inlinable
    public static func append(fraction: UInt64, places: Int, to bytes: inout [UInt8]) {
        var digits = InlineArray<20, UInt8>(repeating: 0x30)
        var position = places
        var rest = fraction
        while position > 0 {
            position -= 1
            digits[position] = UInt8(truncatingIfNeeded: rest % 10) + 0x30
            rest /= 10
        }
        bytes.append(addingCapacity: 20) { room in
            for index in 0..<places { room.append(digits[index]) }
        }
    }
}
