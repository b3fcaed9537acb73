import TradingModel

/// What a strategy sees of the micro-price: the newest sample and two means.
public struct Features: Hashable, Sendable, BitwiseCopyable {
    /// Newest micro-price.
    public let last: Price
    /// Mean of the newest 5 samples.
    public let mean5: Price
    /// Mean of the newest 10 samples.
    public let mean10: Price
}

/// The newest ten micro-price samples and their means: Σ ÷ n to 1e-9, half to even.
///
/// The sums are integers kept up to date with every sample, so nothing drifts.
/// Source: order-flow reference, "Strategy features", vector A7.
public struct MicroPriceSamples: Sendable {
    /// Samples kept.
    public static let capacity = 10

    private var samples: InlineArray<10, Int64> = InlineArray(repeating: 0)
    private var newest = -1
    private var sum5: Int128 = 0
    private var sum10: Int128 = 0
    /// Samples taken since the last reset.
    public private(set) var count = 0
    /// All three features; `nil` until ten samples exist.
    ///
    /// Kept, since to read the samples of a borrowed value copies all of them.
    public private(set) var features: Features?

    /// No samples.
    public init() {}

    /// Takes a sample.
    public mutating func append(_ price: Price) {
        newest = newest + 1 == Self.capacity ? 0 : newest + 1
        // What leaves the two means; zero while there are fewer samples.
        let fifth = newest < 5 ? newest + 5 : newest - 5
        sum5 += Int128(price.rawValue) - Int128(samples[fifth])
        sum10 += Int128(price.rawValue) - Int128(samples[newest])
        samples[newest] = price.rawValue
        count += 1
        guard count >= Self.capacity else { return }
        features = Features(
            last: price, mean5: Self.mean(sum5, over: 5), mean10: Self.mean(sum10, over: 10))
    }

    /// Newest sample; `nil` before the first.
    public var last: Price? { count > 0 ? Price(rawValue: samples[newest]) : nil }

    /// Mean of the newest 5 samples; `nil` until there are 5.
    public var mean5: Price? { count >= 5 ? Self.mean(sum5, over: 5) : nil }

    /// Mean of the newest 10 samples; `nil` until there are 10.
    public var mean10: Price? { count >= 10 ? Self.mean(sum10, over: 10) : nil }

    /// The samples kept, the newest last.
    public var window: PriceWindow {
        var window = PriceWindow()
        let kept = min(count, Self.capacity)
        for age in stride(from: kept - 1, through: 0, by: -1) {
            window.append(Price(rawValue: samples[(newest - age + Self.capacity) % Self.capacity]))
        }
        return window
    }

    @inline(__always)
    private static func mean(_ sum: Int128, over count: Int64) -> Price {
        // Division by a constant in 64 bits is a multiplication; sums of prices near the limit take the long way.
        guard let narrow = Int64(exactly: sum) else {
            return Price(rawValue: Int64(roundedHalfEven(sum, over: Int128(count))))
        }
        return Price(rawValue: roundedHalfEven(narrow, over: count))
    }
}

/// Micro-price of a quote: `(bid · askSize + ask · bidSize) ÷ (bidSize + askSize)` to 1e-9, half to even.
///
/// Without both sizes it is the mid. The quote must not be crossed or locked.
/// Source: order-flow reference, "Micro-price, simple", vector A3.
public func microPrice(_ quote: Tick) -> (price: Price, isWeighted: Bool) {
    guard let bidSize = quote.bidSize, let askSize = quote.askSize, bidSize > .zero, askSize > .zero else {
        return (mid(quote), false)
    }
    if let price = narrowMicroPrice(quote, bidSize.rawValue, askSize.rawValue) { return (price, true) }
    let bidWeight = Int128(askSize.rawValue)
    let askWeight = Int128(bidSize.rawValue)
    let weighted = roundedHalfEven(
        Int128(quote.bid.rawValue) * bidWeight + Int128(quote.ask.rawValue) * askWeight,
        over: bidWeight + askWeight)
    return (Price(rawValue: Int64(weighted)), true)
}

/// The same as bid + spread · bidSize ÷ (bidSize + askSize), where 64 bits suffice; `nil` where they do not.
@inline(__always)
private func narrowMicroPrice(_ quote: Tick, _ bidSize: Int64, _ askSize: Int64) -> Price? {
    let (spread, spreadOverflow) = quote.ask.rawValue.subtractingReportingOverflow(quote.bid.rawValue)
    let (share, shareOverflow) = spread.multipliedReportingOverflow(by: bidSize)
    let (total, totalOverflow) = bidSize.addingReportingOverflow(askSize)
    guard !spreadOverflow, !shareOverflow, !totalOverflow, spread >= 0 else { return nil }
    let (quotient, remainder) = UInt64(share).quotientAndRemainder(dividingBy: UInt64(total))
    let below = quote.bid.rawValue + Int64(quotient)
    let rest = UInt64(total) - remainder
    let isAbove = remainder > rest || (remainder == rest && below & 1 != 0)
    return Price(rawValue: isAbove ? below + 1 : below)
}

/// (bid + ask) ÷ 2, half to even.
@inline(__always)
private func mid(_ quote: Tick) -> Price {
    let sum = Int128(quote.bid.rawValue) + Int128(quote.ask.rawValue)
    let below = sum >> 1
    return Price(rawValue: Int64(sum & 1 == 1 && below & 1 == 1 ? below + 1 : below))
}

/// numerator ÷ denominator (positive), half to even.
@inline(__always)
private func roundedHalfEven<Number: FixedWidthInteger & SignedInteger>(
    _ numerator: Number, over denominator: Number
) -> Number {
    let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
    let distance = remainder.magnitude
    let rest = denominator.magnitude - distance
    if distance < rest || (distance == rest && quotient & 1 == 0) { return quotient }
    return quotient + (numerator < 0 ? -1 : 1)
}
