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

/// The newest ten micro-price samples and their means.
///
/// Means are recomputed from the samples, so that nothing drifts: Σ ÷ n to 1e-9, half to even.
/// Source: order-flow reference, "Strategy features", vector A7.
public struct MicroPriceSamples: Sendable {
    /// Samples kept.
    public static let capacity = 10

    private var samples: InlineArray<10, Int64> = InlineArray(repeating: 0)
    private var newest = -1
    /// Samples taken since the last reset.
    public private(set) var count = 0

    /// No samples.
    public init() {}

    /// Takes a sample.
    public mutating func append(_ price: Price) {
        newest = newest + 1 == Self.capacity ? 0 : newest + 1
        samples[newest] = price.rawValue
        count += 1
    }

    /// Newest sample; `nil` before the first.
    public var last: Price? { count > 0 ? Price(rawValue: samples[newest]) : nil }

    /// Mean of the newest `size` samples (1…10); `nil` until that many exist.
    public func mean(_ size: Int) -> Price? {
        guard count >= size else { return nil }
        var sum: Int128 = 0
        var index = newest
        for _ in 0..<size {
            sum += Int128(samples[index])
            index = index == 0 ? Self.capacity - 1 : index - 1
        }
        return Price(rawValue: Int64(roundedHalfEven(sum, over: Int128(size))))
    }

    /// All three features; `nil` until ten samples exist.
    public var features: Features? {
        guard let last, let mean5 = mean(5), let mean10 = mean(10) else { return nil }
        return Features(last: last, mean5: mean5, mean10: mean10)
    }
}

/// Micro-price of a quote: `(bid · askSize + ask · bidSize) ÷ (bidSize + askSize)` to 1e-9, half to even.
///
/// Without both sizes it is the mid. The quote must not be crossed or locked.
/// Source: order-flow reference, "Micro-price, simple", vector A3.
public func microPrice(_ quote: Tick) -> (price: Price, isWeighted: Bool) {
    let bid = Int128(quote.bid.rawValue)
    let ask = Int128(quote.ask.rawValue)
    guard let bidSize = quote.bidSize, let askSize = quote.askSize, bidSize > .zero, askSize > .zero else {
        return (Price(rawValue: Int64(roundedHalfEven(bid + ask, over: 2))), false)
    }
    let bidWeight = Int128(askSize.rawValue)
    let askWeight = Int128(bidSize.rawValue)
    let weighted = roundedHalfEven(bid * bidWeight + ask * askWeight, over: bidWeight + askWeight)
    return (Price(rawValue: Int64(weighted)), true)
}

/// numerator ÷ denominator (positive), half to even.
private func roundedHalfEven(_ numerator: Int128, over denominator: Int128) -> Int128 {
    let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
    let twice = remainder.magnitude * 2
    if twice < denominator.magnitude || (twice == denominator.magnitude && quotient & 1 == 0) {
        return quotient
    }
    return quotient + (numerator < 0 ? -1 : 1)
}
