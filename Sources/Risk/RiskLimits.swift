import TradingModel

/// What becomes of market orders.
public enum MarketOrderRule: String, Sendable, CaseIterable {
    /// They are refused, and so are stops, which become market orders.
    case deny
    /// They are sent as limits at the edge of the collar, and valued there.
    case protect
}

/// Limits of one instrument or one strategy; where one is also given for all, the tighter applies.
public struct ScopedLimits: Sendable, Equatable {
    /// Greatest quantity of one order.
    public var maxSize: Quantity?
    /// Greatest value of one order, base currency.
    public var maxOrderNotional: Money?
    /// Greatest worst-case |position|; instruments only.
    public var maxPosition: Quantity?
    /// Greatest worst-case exposure, base currency; instruments only.
    public var maxExposure: Money?
    /// Orders accepted within 60 s; instruments only.
    public var throttleMax: Int?
    /// How far a price may lie beyond the reference, in basis points.
    public var priceCollarBps: Int?
    /// Working and pending orders; instruments only.
    public var maxOpenOrders: Int?
    /// Orders accepted on one day (UTC); strategies only.
    public var maxDailyOrders: Int?
    /// Orders accepted since somebody enabled it; strategies only.
    public var maxRepeats: Int?

    /// No limits.
    public init() {}
}

/// What risk allows. A value equal to a limit passes, but where the control says "reached". A limit that is `nil` is not
/// checked.
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

    /// Kinds of order that are allowed.
    public var allowedTypes = Set(OrderType.allCases)
    /// How long orders may be good for.
    public var timesInForce = Set(TimeInForce.allCases)
    /// What becomes of market orders.
    public var marketOrders = MarketOrderRule.protect
    /// Nanoseconds after which a reference price is too old.
    public var maxReferenceAge: Int64?
    /// Spread of a quote whose middle may be a reference, in basis points of it.
    public var maxReferenceSpreadBps: Int?
    /// Nanoseconds by which the clock may be wrong.
    public var maxClockError: Int64?
    /// Whether somebody watches the clock: then nothing but reducing orders is approved before the first reading.
    public var needsClockReading = false
    /// Greatest value of one order, base currency.
    public var maxOrderNotional: Money?
    /// Greatest worst-case |position| in one instrument.
    public var maxPosition: Quantity?
    /// Working and pending orders in one instrument; reducing ones are counted for themselves.
    public var maxOpenOrders: Int?
    /// Working and pending orders over all instruments; reducing ones are counted for themselves.
    public var maxOpenOrdersTotal: Int?
    /// Funds of the account, base currency: what the gross exposure may not pass, less the loss.
    public var accountEquity: Money?
    /// Loss of the day (UTC), realised and not, base currency, at which nothing but reducing orders is approved.
    public var maxDayLoss: Money?
    /// The same for the loss from the highest result of the session.
    public var maxDrawdown: Money?
    /// Nanoseconds within which the same order is not accepted twice.
    public var duplicateWindow: Int64?
    /// Whether an order that would trade with one of our own is refused.
    public var refusesSelfCross = false
    /// Orders and changes a second.
    public var ordersPerSecond: Int?
    /// Messages a second, cancels included.
    public var messagesPerSecond: Int?
    /// Per cent of both that only reducing orders may use.
    public var reserveForReducing = 20
    /// Orders of one strategy until somebody enables it again.
    public var maxRepeats: Int?
    /// Orders accepted on one day (UTC), over all strategies.
    public var maxDailyOrders: Int?
    /// Whether reducing orders are also approved outside trading hours.
    public var reducesOutsideSessions = true
    /// Limits of single instruments.
    public var symbols: [SymbolID: ScopedLimits] = [:]
    /// Limits of single strategies.
    public var strategies: [StrategyID: ScopedLimits] = [:]

    /// Greatest quantity of one order of an instrument.
    public func maxSize(of symbol: SymbolID) -> Quantity { tighter(maxSize, symbols[symbol]?.maxSize) }

    /// The rates by code, for currencies that have one.
    var ratesByCode: [CurrencyCode: Price] {
        exchangeRates.reduce(into: [:]) { rates, entry in
            if let code = CurrencyCode(entry.key) { rates[code] = entry.value }
        }
    }

    /// How far a limit price of an instrument may lie beyond the reference, in basis points.
    public func priceCollarBps(of symbol: SymbolID) -> Int {
        tighter(priceCollarBps, symbols[symbol]?.priceCollarBps)
    }

    /// Limits; those that are not given are not checked.
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
