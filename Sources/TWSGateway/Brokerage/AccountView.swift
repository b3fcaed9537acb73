import TWSProtocol
import TradingModel

/// What accounts are worth at the last prices. A model: everything is in the base currency, the margin of a position is a
/// share of its value.
struct AccountView: Sendable {
    /// Currency of the accounts.
    static let baseCurrency = "USD"
    /// Hundredths of a position's value that must be there to open it, and to keep it.
    private static let initialShare: Int128 = 10
    private static let maintenanceShare: Int128 = 8

    let ledger: Ledger
    let floor: MatchingFloor

    init(_ desk: OrderDesk) {
        ledger = desk.ledger
        floor = desk.floor
    }

    /// A position at the last price.
    struct Valuation: Hashable, Sendable {
        var price = Price.zero
        var value = Money.zero
        var unrealized = Money.zero
    }

    /// What an account comes to.
    struct Figures: Hashable, Sendable {
        var cash = Money.zero
        var net = Money.zero
        var gross = Money.zero
        var unrealized = Money.zero
        var realized = Money.zero
        var initialMargin = Money.zero
        var maintenanceMargin = Money.zero

        var available: Money { net - initialMargin }
        var excess: Money { net - maintenanceMargin }
    }

    func multiplier(_ contract: Int32) -> Quantity { ledger.contracts[contract]?.multiplier ?? Money.one }

    /// Where no market is known, a position is worth what it cost.
    func value(_ position: Position, _ contract: Int32) -> Valuation {
        let multiplier = multiplier(contract)
        guard let price = floor.mark(contract)?.price else {
            let cost = position.averageCost.scaled(by: 1_000_000_000, over: Int128(multiplier.rawValue))
            return Valuation(
                price: Price(rawValue: Int64(clamping: cost.rawValue / 1_000_000_000)), value: position.cost)
        }
        let value = Money(price, times: position.quantity, multiplier: multiplier)
        return Valuation(price: price, value: value, unrealized: value - position.cost)
    }

    /// Cash of an account in a currency.
    func cash(_ account: String, _ currency: String = baseCurrency) -> Money {
        let traded =
            ledger.positions.cash[PositionKeeper.CashKey(account: account, currency: currency)] ?? .zero
        return currency == Self.baseCurrency ? (ledger.openingCash ?? .zero) + traded : traded
    }

    func figures(_ account: String) -> Figures {
        var figures = Figures()
        figures.cash = cash(account)
        figures.net = figures.cash
        for (key, position) in ledger.positions.ordered(of: account) {
            let valuation = value(position, key.contract)
            let isPaidInFull = ledger.contracts[key.contract]?.isPaidInFull ?? true
            figures.net += isPaidInFull ? valuation.value : valuation.unrealized
            figures.gross += valuation.value.magnitude
            figures.unrealized += valuation.unrealized
            figures.realized += position.realized
        }
        figures.initialMargin = Self.initialMargin(figures.gross)
        figures.maintenanceMargin = Self.maintenanceMargin(figures.gross)
        return figures
    }

    static func initialMargin(_ value: Money) -> Money { value.scaled(by: initialShare, over: 100) }

    static func maintenanceMargin(_ value: Money) -> Money { value.scaled(by: maintenanceShare, over: 100) }

    /// The contract of a position, as reports of positions name it.
    func contract(_ number: Int32) -> Contract {
        var contract = ledger.contracts[number]?.contract ?? Contract()
        contract.exchange = ""
        return contract
    }
}

/// One line of an account: what, how much, in which currency (empty where that means nothing).
struct AccountLine: Hashable, Sendable {
    let key: String
    let value: String
    let currency: String
}

extension AccountView {
    /// What an account has, in a fixed order.
    func lines(_ account: String) -> [AccountLine] {
        let figures = figures(account)
        let money: [(String, Money)] = [
            ("AvailableFunds", figures.available), ("BuyingPower", figures.available),
            ("EquityWithLoanValue", figures.net),
            ("ExcessLiquidity", figures.excess), ("FullAvailableFunds", figures.available),
            ("FullExcessLiquidity", figures.excess), ("FullInitMarginReq", figures.initialMargin),
            ("FullMaintMarginReq", figures.maintenanceMargin), ("GrossPositionValue", figures.gross),
            ("InitMarginReq", figures.initialMargin), ("MaintMarginReq", figures.maintenanceMargin),
            ("NetLiquidation", figures.net), ("SettledCash", figures.cash), ("TotalCashValue", figures.cash),
        ]
        return [
            AccountLine(key: "AccountReady", value: "true", currency: ""),
            AccountLine(key: "AccountType", value: "INDIVIDUAL", currency: ""),
        ]
            + money.map { AccountLine(key: $0.0, value: $0.1.description, currency: Self.baseCurrency) }
    }

    /// Cash and gains by currency, in a fixed order.
    func ledgerLines(_ account: String) -> [AccountLine] {
        let figures = figures(account)
        let money: [(String, Money)] = [
            ("CashBalance", figures.cash), ("NetLiquidationByCurrency", figures.net),
            ("RealizedPnL", figures.realized), ("TotalCashBalance", figures.cash),
            ("UnrealizedPnL", figures.unrealized),
        ]
        let base = [
            AccountLine(key: "Currency", value: Self.baseCurrency, currency: Self.baseCurrency),
            AccountLine(key: "ExchangeRate", value: "1", currency: Self.baseCurrency),
        ]
        let others = ledger.positions.cash.keys.filter {
            $0.account == account && $0.currency != Self.baseCurrency
        }
        return base
            + money.map { AccountLine(key: $0.0, value: $0.1.description, currency: Self.baseCurrency) }
            + others.sorted().map {
                AccountLine(
                    key: "CashBalance", value: cash(account, $0.currency).description, currency: $0.currency)
            }
    }
}
