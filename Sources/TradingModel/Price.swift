/// A price, exact, in units of 1e-9 of the quote currency.
///
/// Range ±9.22 billion. Market data keeps the price that was sent, on the tick grid or off it.
public struct Price: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Count of 1e-9.
    public let rawValue: Int64

    /// A price of `rawValue` × 1e-9.
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

    /// No price at all.
    public static let zero = Price(rawValue: 0)

    /// Orders by value.
    @inlinable
    public static func < (left: Price, right: Price) -> Bool { left.rawValue < right.rawValue }

    /// Whether this lies on the grid of `tick`, which must be positive.
    @inlinable
    public func isMultiple(of tick: Price) -> Bool { rawValue % tick.rawValue == 0 }

    /// The grid price at or below.
    @inlinable
    public func roundedDown(to tick: Price) -> Price {
        let remainder = rawValue % tick.rawValue
        let below = remainder < 0 ? remainder &+ tick.rawValue : remainder
        let (result, overflow) = rawValue.subtractingReportingOverflow(below)
        return Price(rawValue: overflow ? Int64.min : result)
    }

    /// The grid price at or above.
    @inlinable
    public func roundedUp(to tick: Price) -> Price {
        let remainder = rawValue % tick.rawValue
        let missing = remainder > 0 ? tick.rawValue &- remainder : -remainder
        let (result, overflow) = rawValue.addingReportingOverflow(missing)
        return Price(rawValue: overflow ? Int64.max : result)
    }

    /// Moved by `rawValue` units of 1e-9, clamped to the range of the type.
    @inlinable
    public func moved(by offset: Int64) -> Price {
        let (result, overflow) = rawValue.addingReportingOverflow(offset)
        return Price(rawValue: overflow ? (offset < 0 ? .min : .max) : result)
    }
}

extension Price: CustomStringConvertible {
    /// The exact decimal text without trailing zeros.
    public var description: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the exact decimal text.
    public func append(to bytes: inout [UInt8]) { DecimalText.append(rawValue, to: &bytes) }
}
