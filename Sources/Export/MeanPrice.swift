import TradingModel

/// A quotient of exact sums, in as many digits as it needs, ten at most.
struct MeanPrice {
    /// Digits that count.
    private static let significant = 10

    /// The value is `digits` × 10^−`scale`.
    let digits: Int128
    let scale: Int

    /// `notional` ÷ `volume`, rounded half to even; `nil` without volume, and where the sum has been clamped.
    init?(_ notional: Money, over volume: Volume) {
        guard volume > .zero, notional.magnitude.rawValue < .max, notional.rawValue > .min else { return nil }
        let (whole, rest) = notional.magnitude.rawValue.quotientAndRemainder(dividingBy: volume.rawValue)
        let excess = Self.digitCount(whole) - Self.significant
        let magnitude: Int128
        if excess > 0 {
            magnitude = Self.rounded(whole, hasMore: rest > 0, places: excess)
            scale = DecimalText.fractionDigits
        } else {
            magnitude = notional.magnitude.scaled(by: Self.power(-excess), over: volume.rawValue).rawValue
            scale = DecimalText.fractionDigits - excess
        }
        digits = notional < .zero ? -magnitude : magnitude
    }

    /// `value` without its last `places` digits, which become zeros; `hasMore` tells of digits behind them.
    private static func rounded(_ value: Int128, hasMore: Bool, places: Int) -> Int128 {
        let unit = power(places)
        let (kept, cut) = value.quotientAndRemainder(dividingBy: unit)
        let half = unit / 2
        let isUp = cut > half || (cut == half && (hasMore || kept & 1 == 1))
        return (kept + (isUp ? 1 : 0)) * unit
    }

    private static func digitCount(_ value: Int128) -> Int {
        var rest = value
        var count = 0
        while rest > 0 {
            rest /= 10
            count += 1
        }
        return count
    }

    private static func power(_ exponent: Int) -> Int128 {
        var result: Int128 = 1
        for _ in 0..<exponent { result *= 10 }
        return result
    }
}
