import Risk
import TradingModel

/// The limits as operators have set them, kept as simply as can be: what is for a while goes before what is for good.
struct TwinLimits: Sendable {
    /// Which limit of which instrument; `nil` for all of them.
    struct Place: Hashable, Sendable {
        let name: RiskStep.LimitName
        let symbol: Int?

        var scope: KillScope {
            symbol.map { KillScope.symbol(RiskMarket.all[$0].instrument.symbol) } ?? .all
        }
    }

    private(set) var base: [Place: Int64] = [:]
    private var passing: [Place: (value: Int64, until: Timestamp)] = [:]

    mutating func set(_ name: RiskStep.LimitName, _ symbol: Int?, _ value: Int64, until: Timestamp? = nil) {
        let place = Place(name: name, symbol: symbol)
        guard let until else {
            base[place] = value
            passing[place] = nil
            return
        }
        passing[place] = (value, until)
    }

    /// The tighter of what holds for all and for one instrument; lots, or whole units of the base currency.
    func value(_ name: RiskStep.LimitName, _ symbol: Int, at now: Timestamp) -> Int64 {
        min(holding(name, nil, now) ?? .max, holding(name, symbol, now) ?? .max)
    }

    private func holding(_ name: RiskStep.LimitName, _ symbol: Int?, _ now: Timestamp) -> Int64? {
        let place = Place(name: name, symbol: symbol)
        if let passing = passing[place], now < passing.until { return passing.value }
        return base[place]
    }
}

extension RiskStep.LimitName {
    var key: LimitKey {
        switch self {
        case .size: .maxSize
        case .position: .maxPosition
        case .exposure: .maxExposure
        case .gross: .maxGrossExposure
        }
    }

    func value(_ number: Int64) -> RiskCheck.Value {
        let raw = number * RiskMarket.one
        return switch self {
        case .size, .position: .quantity(Quantity(rawValue: raw))
        case .exposure, .gross: .money(Money(Price(rawValue: raw)))
        }
    }
}
