import TradingModel

/// A decimal number as it stood in a field, in units of 1e-9.
@usableFromInline
struct DecimalField {
    /// What became of the text.
    @usableFromInline
    enum Outcome {
        /// `billionths` is its value.
        case exact
        /// `billionths` is its value, rounded half to even.
        case rounded
        /// Not a decimal number.
        case malformed
        /// Too large for 64 bits.
        case tooLarge
        /// Not 0, but nearer to it than the unit: no noise, but a number that cannot be kept.
        case tooSmall
        /// One of the numbers that mean "unset" and do not fit: 1.7976931348623157E308, ±2^63, 2^127 − 1.
        case unset
    }

    @usableFromInline var billionths: Int64
    @usableFromInline var outcome: Outcome

    @inlinable
    init(_ billionths: Int64, _ outcome: Outcome) {
        self.billionths = billionths
        self.outcome = outcome
    }

    /// Reads every form the careful way: E notation, leading point, any number of digits.
    ///
    /// - Parameter text: the field without its NUL; not empty.
    @usableFromInline
    @inline(never)
    static func read(_ text: UnsafeBufferPointer<UInt8>) -> DecimalField {
        var scan = DecimalScan()
        guard scan.read(text) else { return DecimalField(0, .malformed) }
        if scan.isUnset { return DecimalField(0, .unset) }
        return scan.billionths
    }
}

/// A sum of money as it stood in a field, in units of 1e-18.
struct MoneyField {
    /// Sums are below this: 1e20, 38 digits.
    static let limit = Money(rawValue: 100_000_000_000_000_000_000_000_000_000_000_000_000)

    let attos: Int128
    let outcome: DecimalField.Outcome

    /// Reads every form that `DecimalField` reads.
    ///
    /// - Parameter text: the field without its NUL; not empty.
    static func read(_ text: UnsafeBufferPointer<UInt8>) -> MoneyField {
        var scan = DecimalScan()
        guard scan.read(text) else { return MoneyField(attos: 0, outcome: .malformed) }
        if scan.isUnset { return MoneyField(attos: 0, outcome: .unset) }
        return scan.attos
    }
}

/// The parts of a decimal number: up to 38 significant digits, what was left out, and the power of ten.
private struct DecimalScan {
    private static let mostDigits = 38
    /// Doubles of this size are nothing but "unset"; no price or size comes near.
    private static let unsetMagnitude = 300
    /// The 38 digits that are kept of 2^127 − 1, which IB's Python client says for an unset decimal.
    private static let pythonsUnset: UInt128 = 17_014_118_346_046_923_173_168_730_371_588_410_572

    private var isNegative = false
    private var mantissa: UInt128 = 0
    private var digits = 0
    /// Power of ten of the last digit kept.
    private var exponent = 0
    /// Whether a digit other than 0 was left out.
    private var isCut = false

    /// - Returns: whether all of the text is one number.
    mutating func read(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var position = 0
        isNegative = text[0] == UInt8(ascii: "-")
        if isNegative { position = 1 }
        let whole = readDigits(text, &position, areDecimals: false)
        var decimals = 0
        if position < text.count, text[position] == UInt8(ascii: ".") {
            position += 1
            decimals = readDigits(text, &position, areDecimals: true)
        }
        guard whole + decimals > 0 else { return false }
        guard position < text.count else { return true }
        return readExponent(text, position)
    }

    private mutating func readDigits(
        _ text: UnsafeBufferPointer<UInt8>, _ position: inout Int, areDecimals: Bool
    ) -> Int {
        let start = position
        while position < text.count {
            let digit = text[position] &- 0x30
            guard digit < 10 else { break }
            take(digit, isDecimal: areDecimals)
            position += 1
        }
        return position - start
    }

    private mutating func take(_ digit: UInt8, isDecimal: Bool) {
        guard digits < Self.mostDigits else {
            isCut = isCut || digit != 0
            if !isDecimal { exponent += 1 }
            return
        }
        mantissa = mantissa * 10 + UInt128(digit)
        if mantissa != 0 { digits += 1 }
        if isDecimal { exponent -= 1 }
    }

    private mutating func readExponent(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
        guard text[start] | 0x20 == UInt8(ascii: "e") else { return false }
        var position = start + 1
        guard position < text.count else { return false }
        let isBelow = text[position] == UInt8(ascii: "-")
        if isBelow || text[position] == UInt8(ascii: "+") { position += 1 }
        guard position < text.count, text.count - position <= 4 else { return false }
        var power = 0
        while position < text.count {
            let digit = text[position] &- 0x30
            guard digit < 10 else { return false }
            power = power * 10 + Int(digit)
            position += 1
        }
        exponent += isBelow ? -power : power
        return true
    }

    var isUnset: Bool {
        guard mantissa != 0 else { return false }
        if digits + exponent > Self.unsetMagnitude { return true }
        if exponent == 1, isCut, !isNegative { return mantissa == Self.pythonsUnset }
        return exponent == 0 && !isCut && mantissa == (isNegative ? 1 << 63 : 1 << 63 - 1)
    }

    var billionths: DecimalField {
        guard let (magnitude, isRounded) = scaled(by: 9), magnitude <= UInt128(Int64.max) else {
            return DecimalField(0, .tooLarge)
        }
        if magnitude == 0, isRounded { return DecimalField(0, .tooSmall) }
        let value = Int64(magnitude)
        return DecimalField(isNegative ? -value : value, isRounded ? .rounded : .exact)
    }

    var attos: MoneyField {
        guard let (magnitude, isRounded) = scaled(by: 18), magnitude <= UInt128(Int128.max) else {
            return MoneyField(attos: 0, outcome: .tooLarge)
        }
        let value = Int128(magnitude)
        return MoneyField(attos: isNegative ? -value : value, outcome: isRounded ? .rounded : .exact)
    }

    /// The number in units of 10^-places, half to even; `nil` when it has more than 38 digits.
    private func scaled(by places: Int) -> (magnitude: UInt128, isRounded: Bool)? {
        let shift = exponent + places
        guard shift >= 0 else { return divided(by: -shift) }
        guard mantissa != 0 else { return (0, isCut) }
        guard digits + shift <= Self.mostDigits else { return nil }
        var magnitude = mantissa
        for _ in 0..<shift { magnitude *= 10 }
        return (magnitude, isCut)
    }

    /// The mantissa without its last `places` digits, half to even.
    private func divided(by places: Int) -> (UInt128, Bool) {
        guard places <= Self.mostDigits else { return (0, mantissa != 0 || isCut) }
        var divisor: UInt128 = 1
        for _ in 0..<places { divisor *= 10 }
        let (quotient, remainder) = mantissa.quotientAndRemainder(dividingBy: divisor)
        let half = divisor / 2
        let isAbove = remainder > half || (remainder == half && (isCut || quotient & 1 == 1))
        return (isAbove ? quotient + 1 : quotient, remainder != 0 || isCut)
    }
}
