import Risk
import TradingModel

/// One of the instruments that random sequences trade, in plain numbers, and where its price is.
struct RiskMarket: Sendable {
    /// Of one whole number in prices, quantities, multipliers and rates.
    static let one: Int64 = 1_000_000_000

    let instrument: Instrument
    let multiplier: Int64
    /// Value of its currency, in 1e-9 of the base currency.
    let rate: Int64
    /// Where its price begins, in 1e-9.
    let start: Int64
    /// Ticks that it has moved.
    var moved: Int64 = 0

    private static let tick: Int64 = 10_000_000

    init(_ name: SymbolID, start: Int64, multiplier: Int64, currency: String, rate: Int64) {
        instrument = Instrument(
            symbol: name, tickSize: Price(rawValue: Self.tick), lotSize: Quantity(rawValue: Self.one),
            multiplier: Quantity(rawValue: multiplier * Self.one), currency: currency)
        (self.multiplier, self.rate, self.start) = (multiplier, rate, start * Self.one)
    }

    /// Three of them: spot in the base currency, a contract of 100 in a dearer one, one of 5 in a cheap one.
    static let all: [RiskMarket] = {
        let first = [
            SymbolID("PROPERTY.SPOT").map {
                RiskMarket($0, start: 4_000, multiplier: 1, currency: "USD", rate: one)
            },
            SymbolID("PROPERTY.BOND").map {
                RiskMarket($0, start: 130, multiplier: 100, currency: "EUR", rate: 1_170_000_001)
            },
            SymbolID("PROPERTY.INDEX").map {
                RiskMarket($0, start: 39_000, multiplier: 5, currency: "JPY", rate: 6_540_123)
            },
        ]
        return first.compactMap { $0 }
    }()

    /// The middle of the quote.
    var price: Price { Price(rawValue: start + moved * Self.tick) }

    var quote: Tick {
        Tick(
            bid: Price(rawValue: price.rawValue - Self.tick), ask: Price(rawValue: price.rawValue + Self.tick)
        )
    }

    /// A price so many half basis points from the middle, towards the worse, on the grid.
    func limit(_ steps: Int, isBuy: Bool) -> Price {
        let near = price.rawValue + Int64(isBuy ? steps : -steps) * (start / 20_000)
        return Price(rawValue: near - near % Self.tick)
    }

    /// What lots are worth at a price, in 1e-18 of the base currency: exact, as multipliers and lots are whole.
    func worth(_ lots: Int64, at price: Price) -> Int128 {
        Int128(lots) * Int128(price.rawValue) * Int128(multiplier) * Int128(rate)
    }
}

/// The quotes of all, of one moment.
struct RiskQuotes: QuoteSource {
    let symbols: [SymbolID]
    let ticks: [Tick]
    let time: Timestamp

    init(_ markets: [RiskMarket], at time: Timestamp) {
        symbols = markets.map(\.instrument.symbol)
        ticks = markets.map(\.quote)
        self.time = time
    }

    func top(_ symbol: SymbolID) -> Tick? { symbols.firstIndex(of: symbol).map { ticks[$0] } }

    func reference(_ symbol: SymbolID) -> ReferenceQuote? {
        top(symbol).map { ReferenceQuote($0, sequence: 1, receivedAt: time) }
    }
}

/// An engine to begin with, and the limits it has: made once, copied for every sequence.
struct RiskProfile: Sendable {
    static let strategies = [StrategyID("property-a"), StrategyID("property-b"), StrategyID.manual]
    static let start = Timestamp(nanoseconds: 1_767_571_200_000_000_000)

    let limits: TwinLimits
    let engine: RiskEngine

    /// Limits by the dice: now one binds, now another.
    init(_ random: inout RiskDice) {
        func below(_ bound: Int) -> Int64 { Int64(random.below(bound)) }
        let markets = RiskMarket.all
        var limits = TwinLimits()
        limits.set(.size, nil, 4 + below(12))
        limits.set(.position, nil, 3 + below(14))
        limits.set(.exposure, nil, 4_000 * (3 + below(60)))
        limits.set(.gross, nil, 4_000 * (6 + below(120)))
        for place in markets.indices where below(2) == 0 { limits.set(.position, place, 2 + below(10)) }
        for place in markets.indices where below(3) == 0 {
            limits.set(.exposure, place, 4_000 * (2 + below(50)))
        }
        self.limits = limits

        var risk = RiskLimits(
            whitelist: Set(markets.map(\.instrument.symbol)), instruments: markets.map(\.instrument),
            maxSize: Quantity(rawValue: 1), maxExposure: .zero, maxGrossExposure: .zero, throttleMax: 25,
            priceCollarBps: 50,
            exchangeRates: Dictionary(
                markets.map { ($0.instrument.currency, Price(rawValue: $0.rate)) },
                uniquingKeysWith: { old, _ in old }))
        for (change, value) in limits.base {
            risk[change.name.key, change.scope] = change.name.value(value)
        }
        risk.maxOpenOrders = 3
        risk.maxOpenOrdersTotal = 7
        risk.ordersPerSecond = 20
        risk.maxReferenceAge = 2 * RiskMarket.one
        risk.refusesSelfCross = below(4) == 0
        var engine = RiskEngine(limits: risk)
        engine.fold(SystemNotice(.armed, actor: "test"), at: Self.start)
        self.engine = engine
    }
}
