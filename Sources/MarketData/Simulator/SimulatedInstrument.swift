import TradingModel

/// One instrument of a simulated market.
public struct SimulatedInstrument: Hashable, Sendable {
    /// The instrument.
    public let symbol: SymbolID
    /// Price step; positive.
    public let tickSize: Price
    /// Size step; positive.
    public let lotSize: Quantity
    /// Where the market opens; rounded down to the grid, at least 1,000 ticks.
    public let startPrice: Price

    /// An instrument that opens at `startPrice`.
    public init(symbol: SymbolID, tickSize: Price, lotSize: Quantity = Money.one, startPrice: Price) {
        precondition(tickSize > .zero && lotSize > .zero, "steps are positive")
        precondition(
            startPrice.rawValue / tickSize.rawValue >= 1_000, "a market opens at 1,000 ticks or more")
        precondition(
            lotSize.rawValue <= 100_000_000_000_000 && startPrice.rawValue <= Int64.max / 16,
            "prices and sizes leave room to grow")
        self.symbol = symbol
        self.tickSize = tickSize
        self.lotSize = lotSize
        self.startPrice = startPrice
    }

    /// Spot gold: opens at 4000, tick 0.01, lots of 1 ounce. `nil` when no more names fit in the process.
    public static func gold(_ name: String = "XAUUSD") -> SimulatedInstrument? {
        SymbolID(name).map {
            SimulatedInstrument(
                symbol: $0, tickSize: Price(rawValue: 10_000_000),
                startPrice: Price(rawValue: 4_000_000_000_000))
        }
    }
}
