import TradingModel

extension Settings {
    /// Limits before every order (`risk`). Those that are `nil` are not checked.
    public struct Risk: Sendable, Equatable {
        /// How long orders may be good for.
        public internal(set) var timesInForce = TimeInForce.allCases
        /// What becomes of market orders.
        public enum MarketOrders: String, CaseIterable, Sendable {
            /// They are refused.
            case deny
            /// They are sent as limits at the edge of the collar.
            case protect
        }

        /// Instruments that may be traded.
        public internal(set) var whitelist = ["XAUUSD"]
        /// Largest quantity of one order.
        public internal(set) var maxSize = Quantity(rawValue: 100_000_000_000)
        /// Largest worst-case exposure of one symbol, in the base currency.
        public internal(set) var maxExposure = Money(Price(rawValue: 1_000_000_000_000_000))
        /// Largest sum of exposures, in the base currency.
        public internal(set) var maxGrossExposure = Money(Price(rawValue: 1_000_000_000_000_000_000))
        /// Accepted orders per symbol in 60 s.
        public internal(set) var throttleMax = 60
        /// Farthest an order's price may be from the reference, in basis points.
        public internal(set) var priceCollarBps = 100
        /// The same on the passive side, and for triggers.
        public internal(set) var passiveBandBps = 1_000
        /// Largest value of one order, in the base currency.
        public internal(set) var maxOrderNotional: Money?
        /// Largest worst-case position of one symbol.
        public internal(set) var maxPosition: Quantity?
        /// Nanoseconds after which a price is no reference.
        public internal(set) var maxReferenceAge: Int64?
        /// Widest quote whose middle is a reference, in basis points.
        public internal(set) var maxReferenceSpreadBps: Int?
        /// Kinds of order that are allowed.
        public internal(set) var orderTypes = OrderType.allCases
        /// What becomes of market orders.
        public internal(set) var marketOrders = MarketOrders.protect
        /// Funds of the account, in the base currency.
        public internal(set) var accountEquity: Money?
        /// Loss of a day, in the base currency.
        public internal(set) var maxDayLoss: Money?
        /// Loss from the highest result, in the base currency.
        public internal(set) var maxDrawdown: Money?
        /// Working and pending orders of one symbol.
        public internal(set) var maxOpenOrders: Int?
        /// Working and pending orders of all symbols.
        public internal(set) var maxOpenOrdersTotal: Int?
        /// Whether an order that would trade with one of our own is refused.
        public internal(set) var refusesSelfCross = false
        /// Nanoseconds by which the clock may be wrong.
        public internal(set) var maxClockError: Int64?
        /// Nanoseconds in which the same order is not accepted twice.
        public internal(set) var duplicateWindow: Int64?
        /// Orders and changes a second.
        public internal(set) var ordersPerSecond: Int?
        /// Messages a second.
        public internal(set) var messagesPerSecond: Int?
        /// Per cent of both for reducing orders alone.
        public internal(set) var rateReservePercent = 20
        /// Orders of one strategy until somebody enables it again.
        public internal(set) var maxRepeats: Int?
        /// Accepted orders on one day.
        public internal(set) var maxDailyOrders: Int?
        /// Trading hours by instrument.
        public internal(set) var sessions: [String: String] = [:]
        /// Whether positions may be made smaller outside those hours.
        public internal(set) var reducesOutsideSessions = true
        /// Limits by instrument.
        public internal(set) var symbols: [String: ScopedRisk] = [:]
        /// Limits by strategy.
        public internal(set) var strategies: [String: ScopedRisk] = [:]
        /// Who answers for a limit, by the last part of its key.
        public internal(set) var owners: [String: String] = [:]
        /// Currency of the exposures.
        public internal(set) var baseCurrency = "USD"
        /// Whether a second person has to approve what lets trading go on, under prod.
        public internal(set) var needsTwoPersons = true
        /// Value of one unit of a currency in the base currency, by currency.
        public internal(set) var fx: [String: Price] = [:]
        /// When trading stops by itself.
        public internal(set) var trips = Trips()

        /// Value of one `currency` in the base currency; `nil` when no rate is configured.
        public func rate(of currency: String) -> Price? {
            currency == baseCurrency ? Price(rawValue: 1_000_000_000) : fx[currency]
        }
    }

    /// Limits of one instrument or one strategy (`risk.symbols.<NAME>`, `risk.strategies.<NAME>`).
    public struct ScopedRisk: Sendable, Equatable {
        /// Largest quantity of one order.
        public internal(set) var maxSize: Quantity?
        /// Largest value of one order, in the base currency.
        public internal(set) var maxOrderNotional: Money?
        /// Largest worst-case position.
        public internal(set) var maxPosition: Quantity?
        /// Largest worst-case exposure, in the base currency.
        public internal(set) var maxExposure: Money?
        /// Accepted orders in 60 s.
        public internal(set) var throttleMax: Int?
        /// Farthest an order's price may be from the reference, in basis points.
        public internal(set) var priceCollarBps: Int?
        /// Working and pending orders.
        public internal(set) var maxOpenOrders: Int?
        /// Orders until somebody enables it again.
        public internal(set) var maxRepeats: Int?
        /// Accepted orders on one day.
        public internal(set) var maxDailyOrders: Int?
    }
}
