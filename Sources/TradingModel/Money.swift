/// An amount of money or a notional, exact, in units of 1e-18 of a currency: price × quantity without rounding.
public struct Money: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Count of 1e-18.
    public let rawValue: Int128

    /// An amount of `rawValue` × 1e-18.
    @inlinable
    public init(rawValue: Int128) { self.rawValue = rawValue }

    /// price × quantity × multiplier, exact; clamped when it passes 1.7e20.
    ///
    /// - Parameter multiplier: units of the underlying a contract stands for, in 1e-9.
    @inlinable
    public init(_ price: Price, times quantity: Quantity, multiplier: Quantity = Money.one) {
        let product = Int128(price.rawValue) * Int128(quantity.rawValue)
        if multiplier.rawValue == Money.one.rawValue {
            rawValue = product
        } else {
            rawValue = Money.scale(product, by: Int128(multiplier.rawValue), over: 1_000_000_000)
        }
    }

    /// A whole number of currency units from fixed-point text such as a limit.
    @inlinable
    public init(_ amount: Price) { rawValue = Int128(amount.rawValue) * 1_000_000_000 }

    /// Nothing.
    public static let zero = Money(rawValue: 0)

    /// The quantity 1: the multiplier of spot instruments.
    public static let one = Quantity(rawValue: 1_000_000_000)

    /// The value without its sign.
    @inlinable
    public var magnitude: Money { Money(rawValue: rawValue < 0 ? 0 &- rawValue : rawValue) }

    /// This × `numerator` ÷ `denominator`, rounded half to even, without losing bits in between.
    public func scaled(by numerator: Int128, over denominator: Int128) -> Money {
        Money(rawValue: Self.scale(rawValue, by: numerator, over: denominator))
    }

    /// value × numerator ÷ denominator, half to even, clamped.
    @usableFromInline
    static func scale(_ value: Int128, by numerator: Int128, over denominator: Int128) -> Int128 {
        precondition(denominator > 0, "a scale needs a positive denominator")
        let negative = (value < 0) != (numerator < 0)
        let product = value.magnitude.multipliedFullWidth(by: numerator.magnitude)
        guard product.high < denominator.magnitude else { return negative ? .min : .max }
        let (quotient, remainder) = denominator.magnitude.dividingFullWidth(product)
        let half = denominator.magnitude - remainder
        let up = remainder > half || (remainder == half && quotient & 1 == 1)
        guard quotient < Int128.max.magnitude else { return negative ? .min : .max }
        let rounded = Int128(quotient) + (up ? 1 : 0)
        return negative ? -rounded : rounded
    }

    /// Orders by value.
    @inlinable
    public static func < (left: Money, right: Money) -> Bool { left.rawValue < right.rawValue }

    /// The sum, clamped to the range of the type.
    @inlinable
    public static func + (left: Money, right: Money) -> Money {
        let (sum, overflow) = left.rawValue.addingReportingOverflow(right.rawValue)
        return Money(rawValue: overflow ? (right.rawValue < 0 ? -Int128.max : .max) : sum)
    }

    /// The difference, clamped to the range of the type.
    @inlinable
    public static func - (left: Money, right: Money) -> Money { left + -right }

    /// Adds in place, clamped.
    @inlinable
    public static func += (left: inout Money, right: Money) { left = left + right }

    /// Subtracts in place, clamped.
    @inlinable
    public static func -= (left: inout Money, right: Money) { left = left - right }

    /// The opposite.
    @inlinable
    public static prefix func - (value: Money) -> Money {
        Money(rawValue: value.rawValue == .min ? .max : -value.rawValue)
    }
}

extension Money: CustomStringConvertible {
    /// The exact decimal text without trailing zeros.
    public var description: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the exact decimal text.
    public func append(to bytes: inout [UInt8]) { DecimalText.append(rawValue, scale: 18, to: &bytes) }
}
