import TradingModel

extension ValueKind where Value: FixedWidthInteger {
    /// A whole number in decimal digits; no sign but `-`, no leading zeros.
    static func whole(_ range: ClosedRange<Value>) -> ValueKind {
        ValueKind(
            "a whole number from \(range.lowerBound) to \(range.upperBound)",
            scalar: { text in number(text, in: range) }, print: { String($0) })
    }

    /// A power of two up to `limit`.
    static func powerOfTwo(upTo limit: Value) -> ValueKind {
        ValueKind(
            "a power of two from 1 to \(limit)",
            scalar: { text in
                number(text, in: 1...limit).flatMap { $0.nonzeroBitCount == 1 ? $0 : nil }
            }, print: { String($0) })
    }

    private static func number(_ text: String, in range: ClosedRange<Value>) -> Value? {
        guard let value = Value(text), String(value) == text, range.contains(value) else { return nil }
        return value
    }
}

/// The exact decimals of the model, all read through units of 1e-9.
enum Decimals {
    /// Which values are allowed.
    enum Sign: String {
        case positive = "> 0"
        case notNegative = ">= 0"
        case any = "of either sign"
    }

    static func price(_ sign: Sign) -> ValueKind<Price> {
        kind(sign, of: Price.init(rawValue:)) { $0.description }
    }

    static func quantity(_ sign: Sign) -> ValueKind<Quantity> {
        kind(sign, of: Quantity.init(rawValue:)) { $0.description }
    }

    static func money(_ sign: Sign) -> ValueKind<Money> {
        kind(sign, of: { Money(Price(rawValue: $0)) }, print: { $0.description })
    }

    /// 0…1, given with at most nine digits after the point.
    static let probability = ValueKind<Double>("a decimal number from 0 to 1") { text throws(BadValue) in
        guard let count = try exact(text, "a decimal number from 0 to 1"), (0...one).contains(count) else {
            return nil
        }
        return Double(count) / Double(one)
    } print: { value in
        Price(rawValue: Int64((value * Double(one)).rounded())).description
    }

    /// `max` or a factor.
    static let replaySpeed = ValueKind<ReplaySpeed>("max or a decimal number > 0") { text throws(BadValue) in
        if text == "max" { return .max }
        guard let count = try exact(text, "max or a decimal number > 0"), count > 0 else { return nil }
        return .times(Price(rawValue: count))
    } print: { speed in
        switch speed {
        case .max: "max"
        case .times(let factor): factor.description
        }
    }

    private static let one: Int64 = 1_000_000_000

    private static func kind<Value: Sendable>(
        _ sign: Sign, of make: @escaping @Sendable (Int64) -> Value,
        print: @escaping @Sendable (Value) -> String
    ) -> ValueKind<Value> {
        let words = "a decimal number \(sign.rawValue)"
        let lowest: Int64 =
            switch sign {
            case .positive: 1
            case .notNegative: 0
            case .any: .min
            }
        return ValueKind(words) { text throws(BadValue) in
            guard let count = try exact(text, words) else { return nil }
            guard count >= lowest else { throw BadValue("must be \(sign.rawValue)") }
            return make(count)
        } print: { value in
            print(value)
        }
    }

    /// Units of 1e-9; `nil` for what is no number.
    private static func exact(_ text: String, _ words: String) throws(BadValue) -> Int64? {
        do throws(DecimalError) {
            return try DecimalText.parse(text)
        } catch {
            switch error {
            case .malformed: return nil
            case .overflow: throw BadValue("must be \(words), at most \(Price(rawValue: .max))")
            case .inexact: throw BadValue("must be \(words) with at most 9 digits after the point")
            }
        }
    }
}
