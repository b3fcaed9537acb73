import ExactJSON

/// Why a text is not an exact fixed-point number.
public enum DecimalError: Error, Equatable, Sendable {
    /// Not a decimal number.
    case malformed
    /// Too large for the type.
    case overflow
    /// Has digits below 1e-9.
    case inexact
}

/// Decimal text to and from scaled integers, without `Double` and without rounding.
public enum DecimalText {
    /// Digits after the point that `Price` and `Quantity` keep.
    public static let fractionDigits = 9

    /// Parses `[-]digits[.digits][e[±]digits]` into units of 1e-9.
    ///
    /// - Throws: `DecimalError`; trailing zeros below 1e-9 are no error.
    @inlinable
    public static func parse(_ text: Span<UInt8>) throws(DecimalError) -> Int64 {
        let count = text.count
        var position = 0
        let negative = count > 0 && text[0] == 0x2D
        if negative { position = 1 }
        var value: UInt64 = 0
        var digits = 0
        while position < count {
            let digit = text[position] &- 0x30
            guard digit < 10 else { break }
            // Nineteen digits always fit; longer numbers take the exact path.
            if digits == 18 { return try parseLong(text) }
            value = value &* 10 &+ UInt64(digit)
            digits += 1
            position += 1
        }
        guard digits > 0 else { throw .malformed }
        var fraction = 0
        if position < count, text[position] == 0x2E {
            position += 1
            while position < count {
                let digit = text[position] &- 0x30
                guard digit < 10 else { break }
                if digits == 18 || fraction == fractionDigits { return try parseLong(text) }
                value = value &* 10 &+ UInt64(digit)
                digits += 1
                fraction += 1
                position += 1
            }
            guard fraction > 0 else { throw .malformed }
        }
        guard position == count else { return try parseLong(text) }
        let (scaled, overflow) = value.multipliedReportingOverflow(by: powersOfTen[fractionDigits - fraction])
        guard !overflow, scaled <= UInt64(Int64.max) else { throw .overflow }
        return negative ? -Int64(scaled) : Int64(scaled)
    }

    /// Parses text; see `parse(_: Span<UInt8>)`.
    public static func parse(_ text: some StringProtocol) throws(DecimalError) -> Int64 {
        let bytes = Array(text.utf8)
        return try parse(bytes.span)
    }

    /// Powers of ten from 1e0 to 1e9.
    @usableFromInline
    static let powersOfTen: InlineArray<10, UInt64> = [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
    ]

    /// The rare shapes: exponents, more than 18 digits, more than nine decimals.
    @usableFromInline
    static func parseLong(_ text: Span<UInt8>) throws(DecimalError) -> Int64 {
        var position = text[0] == 0x2D ? 1 : 0
        let negative = position == 1
        var digits: [UInt8] = []
        var pointAt: Int?
        while position < text.count {
            let byte = text[position]
            if byte &- 0x30 < 10 {
                digits.append(byte &- 0x30)
            } else if byte == 0x2E, pointAt == nil, !digits.isEmpty {
                pointAt = digits.count
            } else {
                break
            }
            position += 1
        }
        guard !digits.isEmpty, pointAt != digits.count else { throw .malformed }
        let exponent = try parseExponent(text, at: position)
        // value = 0.digits × 10^(point + exponent); wanted: × 1e9.
        let last = (pointAt ?? digits.count) + exponent + fractionDigits
        var value: UInt64 = 0
        for index in 0..<max(last, digits.count) {
            let digit = index < digits.count ? digits[index] : 0
            if index >= last {
                if digit != 0 { throw .inexact }
                continue
            }
            if value == 0 && digit == 0 { continue }
            let (tenfold, high) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tenfold.addingReportingOverflow(UInt64(digit))
            guard !high, !carry, sum <= UInt64(Int64.max) else { throw .overflow }
            value = sum
        }
        return negative ? -Int64(value) : Int64(value)
    }

    private static func parseExponent(_ text: Span<UInt8>, at start: Int) throws(DecimalError) -> Int {
        guard start < text.count else { return 0 }
        guard text[start] | 0x20 == 0x65 else { throw .malformed }
        var position = start + 1
        guard position < text.count else { throw .malformed }
        let negative = text[position] == 0x2D
        if negative || text[position] == 0x2B { position += 1 }
        guard position < text.count, text.count - position <= 3 else { throw .malformed }
        var value = 0
        while position < text.count {
            let digit = text[position] &- 0x30
            guard digit < 10 else { throw .malformed }
            value = value * 10 + Int(digit)
            position += 1
        }
        return negative ? -value : value
    }

    /// Appends `value × 10^-scale` without trailing zeros, e.g. `4000.1`, `-0.000000001`, `0`.
    ///
    /// - Parameter scale: 0…18.
    public static func append(_ value: Int128, scale: Int, to bytes: inout [UInt8]) {
        DecimalDigits.append(value, places: scale, to: &bytes)
    }

    /// Appends a count of 1e-9; the fast form of the above.
    public static func append(_ value: Int64, to bytes: inout [UInt8]) {
        DecimalDigits.append(billionths: value, to: &bytes)
    }
}
