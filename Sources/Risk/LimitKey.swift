import TradingModel

/// A limit that operators may change while the daemon runs; of every one of them a greater value allows more.
public enum LimitKey: String, Sendable, CaseIterable {
    case maxSize = "max_size"
    case maxOrderNotional = "max_order_notional"
    case maxPosition = "max_position"
    case maxExposure = "max_exposure"
    case maxGrossExposure = "max_gross_exposure"
    case throttleMax = "throttle_max"
    case priceCollarBps = "price_collar_bps"
    case passiveBandBps = "passive_band_bps"
    case maxReferenceSpreadBps = "max_ref_spread_bps"
    case maxOpenOrders = "max_open_orders"
    case maxOpenOrdersTotal = "max_open_orders_total"
    case accountEquity = "account_equity"
    case maxDayLoss = "max_day_loss"
    case maxDrawdown = "max_drawdown"
    case ordersPerSecond = "orders_per_second"
    case messagesPerSecond = "messages_per_second"
    case maxRepeats = "max_repeats"
    case maxDailyOrders = "max_orders_day"

    /// Whether it may be given for one instrument.
    public var isOfSymbols: Bool {
        switch self {
        case .maxSize, .maxOrderNotional, .maxPosition, .maxExposure, .throttleMax, .priceCollarBps,
            .maxOpenOrders:
            true
        default: false
        }
    }

    /// Whether it may be given for one strategy.
    public var isOfStrategies: Bool {
        switch self {
        case .maxSize, .maxOrderNotional, .maxRepeats, .maxDailyOrders: true
        default: false
        }
    }

    /// What a number of this limit may be in the settings; `nil` where it is a quantity or an amount.
    var range: ClosedRange<Int>? {
        switch self {
        case .maxSize, .maxOrderNotional, .maxPosition, .maxExposure, .maxGrossExposure, .accountEquity,
            .maxDayLoss, .maxDrawdown:
            nil
        case .passiveBandBps: 1...9_999
        case .priceCollarBps, .maxReferenceSpreadBps, .ordersPerSecond, .messagesPerSecond: 1...1_000_000
        case .maxOpenOrders: 1...10_000
        case .maxOpenOrdersTotal: 1...100_000
        case .throttleMax, .maxRepeats, .maxDailyOrders: 1...1_000_000_000
        }
    }

    /// Reads a value of this limit; `nil` for what is none, is not positive or does not fit.
    public func value(of text: some StringProtocol) -> RiskCheck.Value? {
        switch self {
        case .maxSize, .maxPosition:
            return (try? Quantity(text)).flatMap { $0 > .zero ? .quantity($0) : nil }
        case .maxOrderNotional, .maxExposure, .maxGrossExposure, .accountEquity, .maxDayLoss, .maxDrawdown:
            return (try? Price(text)).flatMap { $0 > .zero ? .money(Money($0)) : nil }
        default:
            return Int(text).flatMap {
                (1...1_000_000_000).contains($0) && "\($0)" == text ? .count($0) : nil
            }
        }
    }
}

extension RiskLimits {
    /// A limit of all orders, of an instrument or of a strategy; `nil` where there is none. What does not fit is not set.
    public subscript(key: LimitKey, scope: KillScope) -> RiskCheck.Value? {
        get {
            switch scope {
            case .all: general(key)
            case .symbol(let symbol): symbols[symbol]?[key]
            case .strategy(let strategy): strategies[strategy]?[key]
            }
        }
        set {
            guard let newValue else { return }
            switch scope {
            case .all: setGeneral(key, newValue)
            case .symbol(let symbol): symbols[symbol, default: ScopedLimits()][key] = newValue
            case .strategy(let strategy): strategies[strategy, default: ScopedLimits()][key] = newValue
            }
        }
    }

    private func general(_ key: LimitKey) -> RiskCheck.Value? {
        switch key {
        case .maxSize: .quantity(maxSize)
        case .maxOrderNotional: maxOrderNotional.map { .money($0) }
        case .maxPosition: maxPosition.map { .quantity($0) }
        case .maxExposure: .money(maxExposure)
        case .maxGrossExposure: .money(maxGrossExposure)
        case .throttleMax: .count(throttleMax)
        case .priceCollarBps: .count(priceCollarBps)
        case .passiveBandBps: .count(passiveBandBps)
        case .maxReferenceSpreadBps: maxReferenceSpreadBps.map { .count($0) }
        case .maxOpenOrders: maxOpenOrders.map { .count($0) }
        case .maxOpenOrdersTotal: maxOpenOrdersTotal.map { .count($0) }
        case .accountEquity: accountEquity.map { .money($0) }
        case .maxDayLoss: maxDayLoss.map { .money($0) }
        case .maxDrawdown: maxDrawdown.map { .money($0) }
        case .ordersPerSecond: ordersPerSecond.map { .count($0) }
        case .messagesPerSecond: messagesPerSecond.map { .count($0) }
        case .maxRepeats: maxRepeats.map { .count($0) }
        case .maxDailyOrders: maxDailyOrders.map { .count($0) }
        }
    }

    private mutating func setGeneral(_ key: LimitKey, _ value: RiskCheck.Value) {
        switch (key, value) {
        case (.maxSize, .quantity(let value)): maxSize = value
        case (.maxOrderNotional, .money(let value)): maxOrderNotional = value
        case (.maxPosition, .quantity(let value)): maxPosition = value
        case (.maxExposure, .money(let value)): maxExposure = value
        case (.maxGrossExposure, .money(let value)): maxGrossExposure = value
        case (.throttleMax, .count(let value)): throttleMax = value
        case (.priceCollarBps, .count(let value)): priceCollarBps = value
        case (.passiveBandBps, .count(let value)): passiveBandBps = value
        case (.maxReferenceSpreadBps, .count(let value)): maxReferenceSpreadBps = value
        case (.maxOpenOrders, .count(let value)): maxOpenOrders = value
        case (.maxOpenOrdersTotal, .count(let value)): maxOpenOrdersTotal = value
        case (.accountEquity, .money(let value)): accountEquity = value
        case (.maxDayLoss, .money(let value)): maxDayLoss = value
        case (.maxDrawdown, .money(let value)): maxDrawdown = value
        case (.ordersPerSecond, .count(let value)): ordersPerSecond = value
        case (.messagesPerSecond, .count(let value)): messagesPerSecond = value
        case (.maxRepeats, .count(let value)): maxRepeats = value
        case (.maxDailyOrders, .count(let value)): maxDailyOrders = value
        default: break
        }
    }
}

extension ScopedLimits {
    fileprivate subscript(key: LimitKey) -> RiskCheck.Value? {
        get {
            switch key {
            case .maxSize: maxSize.map { .quantity($0) }
            case .maxOrderNotional: maxOrderNotional.map { .money($0) }
            case .maxPosition: maxPosition.map { .quantity($0) }
            case .maxExposure: maxExposure.map { .money($0) }
            case .throttleMax: throttleMax.map { .count($0) }
            case .priceCollarBps: priceCollarBps.map { .count($0) }
            case .maxOpenOrders: maxOpenOrders.map { .count($0) }
            case .maxRepeats: maxRepeats.map { .count($0) }
            case .maxDailyOrders: maxDailyOrders.map { .count($0) }
            default: nil
            }
        }
        set {
            switch (key, newValue) {
            case (.maxSize, .quantity(let value)): maxSize = value
            case (.maxOrderNotional, .money(let value)): maxOrderNotional = value
            case (.maxPosition, .quantity(let value)): maxPosition = value
            case (.maxExposure, .money(let value)): maxExposure = value
            case (.throttleMax, .count(let value)): throttleMax = value
            case (.priceCollarBps, .count(let value)): priceCollarBps = value
            case (.maxOpenOrders, .count(let value)): maxOpenOrders = value
            case (.maxRepeats, .count(let value)): maxRepeats = value
            case (.maxDailyOrders, .count(let value)): maxDailyOrders = value
            default: break
            }
        }
    }
}
