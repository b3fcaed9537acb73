import TradingModel

/// Prices between which a limit may lie, both inclusive.
public struct PriceCollar: Hashable, Sendable {
    /// Lowest price allowed.
    public let lowest: Price
    /// Highest price allowed.
    public let highest: Price

    /// The band around a reference price.
    ///
    /// A buy may not lie above `floor_to_tick(reference × (1 + collar))` nor below
    /// `ceil_to_tick(reference × (1 − passive band))`; a sell mirrored.
    /// Source: risk reference, "Collar, exactly".
    public init(side: Side, reference: Price, tick: Price, collarBps: Int, passiveBandBps: Int) {
        let above = side == .buy ? collarBps : passiveBandBps
        let below = side == .buy ? passiveBandBps : collarBps
        highest = reference.moved(by: Self.share(reference, above)).roundedDown(to: tick)
        lowest = reference.moved(by: -Self.share(reference, below)).roundedUp(to: tick)
    }

    /// Whether `price` lies inside.
    public func contains(_ price: Price) -> Bool { lowest <= price && price <= highest }

    /// Basis points of a price, towards zero.
    private static func share(_ price: Price, _ basisPoints: Int) -> Int64 {
        let (product, overflow) = price.rawValue.multipliedReportingOverflow(by: Int64(basisPoints))
        // A division of 128 bits takes many times as long, and is hardly ever needed.
        return overflow
            ? Int64(clamping: Int128(price.rawValue) * Int128(basisPoints) / 10_000) : product / 10_000
    }
}

/// Whether a limit price lies within the collar around the reference price.
public func withinPriceCollar(
    side: Side, price: Price, reference: Price, tick: Price, collarBps: Int, passiveBandBps: Int = 1_000
) -> Bool {
    PriceCollar(
        side: side, reference: reference, tick: tick, collarBps: collarBps, passiveBandBps: passiveBandBps
    ).contains(price)
}
