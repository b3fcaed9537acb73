import TradingModel

/// What risk allows. Every limit is inclusive: a value equal to it passes.
public struct RiskLimits: Sendable, Equatable {
    /// Instruments that may be traded.
    public var whitelist: Set<SymbolID>
    /// What the engine knows of each tradable instrument.
    public var instruments: [Instrument]
    /// Greatest quantity of one order.
    public var maxSize: Quantity
    /// Greatest worst-case exposure in one instrument, base currency.
    public var maxExposure: Money
    /// Greatest worst-case exposure over all instruments, base currency.
    public var maxGrossExposure: Money
    /// Orders accepted for one instrument within 60 s, at most.
    public var throttleMax: Int
    /// How far a limit price may lie beyond the reference, in basis points.
    public var priceCollarBps: Int
    /// How far a limit price may lie on the passive side of the reference, in basis points.
    public var passiveBandBps: Int
    /// Value of one unit of a currency in the base currency; a missing rate refuses.
    public var exchangeRates: [String: Price]

    /// Limits.
    public init(
        whitelist: Set<SymbolID>, instruments: [Instrument], maxSize: Quantity, maxExposure: Money,
        maxGrossExposure: Money, throttleMax: Int, priceCollarBps: Int, passiveBandBps: Int = 1_000,
        exchangeRates: [String: Price]
    ) {
        self.whitelist = whitelist
        self.instruments = instruments
        self.maxSize = maxSize
        self.maxExposure = maxExposure
        self.maxGrossExposure = maxGrossExposure
        self.throttleMax = throttleMax
        self.priceCollarBps = priceCollarBps
        self.passiveBandBps = passiveBandBps
        self.exchangeRates = exchangeRates
    }
}
