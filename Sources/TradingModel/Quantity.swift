/// A quantity of an instrument (ounces, contracts, shares, coins), exact, in units of 1e-9.
///
/// Range ±9.22 billion: one order, one print, one ladder row. Sums are `Volume`.
public struct Quantity: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Count of 1e-9.
    public let rawValue: Int64

    /// A quantity of `rawValue` × 1e-9.
    @inlinable
    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// Parses decimal text exactly.
    ///
    /// - Throws: `DecimalError`.
    public init(_ text: some StringProtocol) throws(DecimalError) {
        rawValue = try DecimalText.parse(text)
    }

    /// Parses decimal bytes exactly.
    ///
    /// - Throws: `DecimalError`.
    @inlinable
    public init(decimal: Span<UInt8>) throws(DecimalError) {
        rawValue = try DecimalText.parse(decimal)
    }

    /// Nothing.
    public static let zero = Quantity(rawValue: 0)

    /// The value without its sign.
    @inlinable
    public var magnitude: Quantity { Quantity(rawValue: rawValue < 0 ? 0 &- rawValue : rawValue) }

    /// Whether this is a whole number of `lot`, which must be positive.
    @inlinable
    public func isMultiple(of lot: Quantity) -> Bool { rawValue % lot.rawValue == 0 }

    /// Orders by value.
    @inlinable
    public static func < (left: Quantity, right: Quantity) -> Bool { left.rawValue < right.rawValue }

    /// The sum, clamped to the range of the type.
    @inlinable
    public static func + (left: Quantity, right: Quantity) -> Quantity {
        let (sum, overflow) = left.rawValue.addingReportingOverflow(right.rawValue)
        return Quantity(rawValue: overflow ? (right.rawValue < 0 ? -Int64.max : .max) : sum)
    }

    /// The difference, clamped to the range of the type.
    @inlinable
    public static func - (left: Quantity, right: Quantity) -> Quantity { left + -right }

    /// Adds in place, clamped.
    @inlinable
    public static func += (left: inout Quantity, right: Quantity) { left = left + right }

    /// Subtracts in place, clamped.
    @inlinable
    public static func -= (left: inout Quantity, right: Quantity) { left = left - right }

    /// The opposite.
    @inlinable
    public static prefix func - (value: Quantity) -> Quantity {
        Quantity(rawValue: value.rawValue == .min ? .max : -value.rawValue)
    }
}

extension Quantity: CustomStringConvertible {
    /// The exact decimal text without trailing zeros.
    public var description: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the exact decimal text.
    public func append(to bytes: inout [UInt8]) { DecimalText.append(rawValue, to: &bytes) }
}

/// A sum of quantities, exact, in units of 1e-9; 128 bits, so that no stream of prints overflows it.
public struct Volume: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Count of 1e-9.
    public let rawValue: Int128

    /// A volume of `rawValue` × 1e-9.
    @inlinable
    public init(rawValue: Int128) { self.rawValue = rawValue }

    /// A sum of one quantity.
    @inlinable
    public init(_ quantity: Quantity) { rawValue = Int128(quantity.rawValue) }

    /// Nothing.
    public static let zero = Volume(rawValue: 0)

    /// Orders by value.
    @inlinable
    public static func < (left: Volume, right: Volume) -> Bool { left.rawValue < right.rawValue }

    /// The exact sum.
    @inlinable
    public static func + (left: Volume, right: Volume) -> Volume {
        Volume(rawValue: left.rawValue &+ right.rawValue)
    }

    /// The exact difference.
    @inlinable
    public static func - (left: Volume, right: Volume) -> Volume {
        Volume(rawValue: left.rawValue &- right.rawValue)
    }

    /// Adds one quantity.
    @inlinable
    public static func += (left: inout Volume, right: Quantity) {
        left = Volume(rawValue: left.rawValue &+ Int128(right.rawValue))
    }

    /// Subtracts one quantity.
    @inlinable
    public static func -= (left: inout Volume, right: Quantity) {
        left = Volume(rawValue: left.rawValue &- Int128(right.rawValue))
    }
}

extension Volume: CustomStringConvertible {
    /// The exact decimal text without trailing zeros.
    public var description: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the exact decimal text.
    public func append(to bytes: inout [UInt8]) {
        DecimalText.append(rawValue, scale: DecimalText.fractionDigits, to: &bytes)
    }
}
