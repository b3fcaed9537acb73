import TradingModel

/// What trading costs, by security type; in the currency of the contract.
///
/// A model, not IBKR's price list: so much a unit, plus a share of the value traded, at least the minimum of an order.
public struct CommissionSchedule: Sendable, Equatable {
    /// What orders of one security type cost.
    public struct Rate: Sendable, Equatable {
        /// For each share, contract or ounce.
        public var perUnit: Money
        /// Millionths of the value traded.
        public var perMillion: Int
        /// Least of an order that traded at all.
        public var minimum: Money

        /// A rate.
        public init(perUnit: Money, perMillion: Int, minimum: Money) {
            self.perUnit = perUnit
            self.perMillion = perMillion
            self.minimum = minimum
        }

        /// What an order owes once so much of it has traded.
        func owed(quantity: Quantity, value: Money) -> Money {
            guard quantity > .zero else { return .zero }
            let units = perUnit.scaled(by: Int128(quantity.rawValue), over: 1_000_000_000)
            return max(minimum, units + value.scaled(by: Int128(perMillion), over: 1_000_000))
        }
    }

    /// Futures: 2.47 a contract.
    public var futures = Rate(perUnit: .cents(247), perMillion: 0, minimum: .zero)
    /// Shares: 0.005 a share, at least 1.
    public var shares = Rate(perUnit: .millis(5), perMillion: 0, minimum: .cents(100))
    /// Currencies: 0.002 % of the value, at least 2.
    public var currencies = Rate(perUnit: .zero, perMillion: 20, minimum: .cents(200))
    /// Everything else, metals among it: 0.0015 % of the value, at least 2.
    public var others = Rate(perUnit: .zero, perMillion: 15, minimum: .cents(200))

    /// The model described at each property.
    public init() {}

    /// The rate of a security type.
    func rate(_ securityType: String) -> Rate {
        switch securityType {
        case "FUT": futures
        case "STK": shares
        case "CASH": currencies
        default: others
        }
    }
}

extension Money {
    static func cents(_ cents: Int64) -> Money { millis(cents * 10) }
    static func millis(_ millis: Int64) -> Money { Money(Price(rawValue: millis * 1_000_000)) }
}
