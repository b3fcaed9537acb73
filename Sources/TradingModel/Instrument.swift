/// What an order needs to know of an instrument.
public struct Instrument: Hashable, Sendable {
    /// The instrument.
    public let symbol: SymbolID
    /// Smallest price step of our own orders; positive.
    public let tickSize: Price
    /// Smallest quantity step; positive.
    public let lotSize: Quantity
    /// Units of the underlying one contract stands for; 1 for spot.
    public let multiplier: Quantity
    /// Currency of the price, ISO 4217 (or a coin such as `USDT`).
    public let currency: String

    /// An instrument; sizes must be positive.
    public init(
        symbol: SymbolID, tickSize: Price, lotSize: Quantity, multiplier: Quantity = Money.one,
        currency: String = "USD"
    ) {
        precondition(
            tickSize > .zero && lotSize > .zero && multiplier > .zero, "instrument sizes must be positive")
        self.symbol = symbol
        self.tickSize = tickSize
        self.lotSize = lotSize
        self.multiplier = multiplier
        self.currency = currency
    }
}

/// Buy or sell.
public enum Side: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// Buy.
    case buy
    /// Sell.
    case sell

    /// `buy` or `sell`.
    public var name: StaticString { self == .buy ? "buy" : "sell" }
    /// +1 for buy, −1 for sell.
    @inlinable
    public var sign: Int64 { self == .buy ? 1 : -1 }
    /// The other side.
    @inlinable
    public var opposite: Side { self == .buy ? .sell : .buy }
}

/// Who took liquidity in a trade.
public enum Aggressor: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// The buyer lifted the ask.
    case buy
    /// The seller hit the bid.
    case sell
    /// Not known; never enters a delta.
    case unknown

    /// `buy`, `sell` or `unknown`.
    public var name: StaticString {
        switch self {
        case .buy: "buy"
        case .sell: "sell"
        case .unknown: "unknown"
        }
    }
}
