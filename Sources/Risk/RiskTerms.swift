import TradingModel

/// What the controls need of one instrument, as plain numbers; of several limits the tightest.
struct InstrumentTerms: Sendable, Hashable, BitwiseCopyable {
    let tickSize: Price
    let lotSize: Quantity
    let multiplier: Quantity
    /// Value of one unit of the instrument's currency in the base currency; `nil` when no rate is known.
    let rate: Price?
    /// Whether it is on the whitelist.
    let isTradable: Bool
    let maxSize: Quantity
    let maxExposure: Money
    let throttleMax: Int
    let collarBps: Int
    let passiveBandBps: Int
    let maxOrderNotional: Money?
    let maxPosition: Quantity?
    let maxOpenOrders: Int?

    init(_ instrument: Instrument, _ limits: RiskLimits) {
        let own = limits.symbols[instrument.symbol] ?? ScopedLimits()
        tickSize = instrument.tickSize
        lotSize = instrument.lotSize
        multiplier = instrument.multiplier
        rate = limits.exchangeRates[instrument.currency]
        isTradable = limits.whitelist.contains(instrument.symbol)
        maxSize = tighter(limits.maxSize, own.maxSize)
        maxExposure = tighter(limits.maxExposure, own.maxExposure)
        throttleMax = tighter(limits.throttleMax, own.throttleMax)
        collarBps = tighter(limits.priceCollarBps, own.priceCollarBps)
        passiveBandBps = limits.passiveBandBps
        maxOrderNotional = tightest(limits.maxOrderNotional, own.maxOrderNotional)
        maxPosition = tightest(limits.maxPosition, own.maxPosition)
        maxOpenOrders = tightest(limits.maxOpenOrders, own.maxOpenOrders)
    }

    /// Of an instrument that nothing is known of: what holds for all.
    init(unknownUnder limits: RiskLimits) {
        tickSize = .zero
        lotSize = .zero
        multiplier = Money.one
        rate = nil
        isTradable = false
        maxSize = limits.maxSize
        maxExposure = limits.maxExposure
        throttleMax = limits.throttleMax
        collarBps = limits.priceCollarBps
        passiveBandBps = limits.passiveBandBps
        maxOrderNotional = limits.maxOrderNotional
        maxPosition = nil
        maxOpenOrders = nil
    }

    /// Notional in the base currency; `nil` without an exchange rate.
    func value(_ quantity: Quantity, _ price: Price) -> Money? {
        valuation.value(quantity, price)
    }

    var valuation: Valuation { Valuation(multiplier: multiplier, rate: rate) }
}

/// What turns a quantity of an instrument at a price into an amount in the base currency.
struct Valuation: Sendable, BitwiseCopyable {
    let multiplier: Quantity
    /// Value of one unit of the instrument's currency in the base currency; `nil` when no rate is known.
    let rate: Price?

    /// Notional in the base currency; `nil` without an exchange rate.
    @inline(__always)
    func value(_ quantity: Quantity, _ price: Price) -> Money? {
        inBaseCurrency(Money(price, times: quantity, multiplier: multiplier))
    }

    /// Σ quantity × price without the multiplier in the base currency; `nil` without an exchange rate.
    @inline(__always)
    func value(_ sum: Money) -> Money? {
        let isOne = multiplier.rawValue == Money.one.rawValue
        return inBaseCurrency(
            isOne ? sum : sum.scaled(by: Int128(multiplier.rawValue), over: 1_000_000_000))
    }

    /// An amount in the currency of the instrument as one in the base currency; `nil` without an exchange rate.
    @inline(__always)
    func inBaseCurrency(_ own: Money) -> Money? {
        guard let rate else { return nil }
        // The base currency itself, most often.
        if rate.rawValue == 1_000_000_000 { return own }
        return own.scaled(by: Int128(rate.rawValue), over: 1_000_000_000)
    }
}

/// The smaller of a limit and one that may not be given.
func tighter<Limit: Comparable>(_ one: Limit, _ other: Limit?) -> Limit {
    other.map { min(one, $0) } ?? one
}

/// The smaller of two limits that may not be given.
func tightest<Limit: Comparable>(_ one: Limit?, _ other: Limit?) -> Limit? {
    guard let one else { return other }
    return tighter(one, other)
}

/// A value for each strategy, by dense number; grows as strategies appear.
struct StrategyTable<Value: Sendable>: Sendable {
    private var values: ContiguousArray<Value> = []
    private let defaultValue: Value

    /// A table in which every strategy has `value`, with room for the first ones.
    init(default value: Value) {
        defaultValue = value
        values = ContiguousArray(repeating: value, count: 16)
    }

    subscript(strategy: StrategyID) -> Value {
        get {
            let place = Int(strategy.rawValue)
            return place < values.count ? values[place] : defaultValue
        }
        _modify {
            while values.count <= Int(strategy.rawValue) { values.append(defaultValue) }
            yield &values[Int(strategy.rawValue)]
        }
    }

    /// Sets every strategy's value.
    mutating func fill(_ value: Value) {
        for place in values.indices { values[place] = value }
    }
}
