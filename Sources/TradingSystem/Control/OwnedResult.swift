import Configuration
import ExactJSON
import Positions
import TradingModel

/// Exchange rates into the base currency, as configured.
struct BaseRates: Sendable {
    /// The base currency.
    let base: String
    private let risk: Settings.Risk

    init(_ risk: Settings.Risk) {
        self.risk = risk
        base = risk.baseCurrency
    }

    /// An amount in the base currency; `nil` where no rate is configured.
    func inBase(_ amount: Money, _ currency: String) -> Money? {
        guard currency != base else { return amount }
        return risk.rate(of: currency).map {
            amount.scaled(by: Int128($0.rawValue), over: 1_000_000_000)
        }
    }

    /// The sum of amounts in the base currency; `nil` where a rate is missing.
    func inBase(_ totals: CommissionTotals) -> Money? {
        guard !totals.isIncomplete else { return nil }
        var sum = Money.zero
        for entry in totals.list {
            guard let amount = inBase(entry.amount, entry.currency.name) else { return nil }
            sum += amount
        }
        return sum
    }

    /// The sum of amounts in `currency`; `nil` where a rate is missing.
    func sum(_ totals: CommissionTotals, in currency: String) -> Money? {
        guard !totals.isIncomplete else { return nil }
        var sum = Money.zero
        for entry in totals.list {
            if entry.currency.name == currency {
                sum += entry.amount
            } else {
                guard let amount = inBase(entry.amount, entry.currency.name),
                    let rate = currency == base ? Money.one.rawValue : risk.rate(of: currency)?.rawValue,
                    rate > 0
                else { return nil }
                sum += amount.scaled(by: 1_000_000_000, over: Int128(rate))
            }
        }
        return sum
    }

    /// Currencies of which no rate is configured, by name.
    func missing(_ currencies: [String]) -> [String] {
        Set(currencies.filter { inBase(.zero, $0) == nil }).sorted()
    }
}

/// One owner's part of a position with its result, marked at the middle of the quote.
struct OwnedResult: Sendable {
    let symbol: SymbolID
    let owner: String
    private let position: Position
    private let commissions: CommissionTotals
    private let averagePrice: Price
    private let mark: Price?
    /// `nil` while nobody knows what it is worth.
    private let unrealized: Money?
    private let currency: String

    init(_ part: OwnedPosition, _ instrument: Instrument?, _ quote: Tick?) {
        let multiplier = instrument?.multiplier ?? Money.one
        symbol = part.symbol
        owner = part.owner.name
        position = part.position
        commissions = part.commissions
        averagePrice = part.position.averagePrice(multiplier: multiplier)
        mark = quote.map { quote in
            Price(rawValue: Int64((Int128(quote.bid.rawValue) + Int128(quote.ask.rawValue)) / 2))
        }
        if part.position.quantity == .zero {
            unrealized = .zero
        } else if part.position.lacksPrice {
            unrealized = nil
        } else {
            unrealized = mark.map { part.position.unrealized(mark: $0, multiplier: multiplier) }
        }
        currency = instrument?.currency ?? ""
    }

    /// Writes the part as one object; what is not known is `null`.
    func write(account: String, _ rates: BaseRates, to json: inout JSONWriter) {
        json.beginObject()
        json.key("account")
        json.string(account)
        json.key("symbol")
        json.string(symbol.name)
        json.key("strategy")
        json.string(owner)
        json.key("position")
        json.quantity(position.quantity)
        json.key("avg_price")
        json.price(averagePrice == .zero ? nil : averagePrice)
        json.key("mark")
        json.price(mark)
        json.key("fills")
        json.integer(position.fills)
        json.key("currency")
        json.string(currency)
        json.key("realized_pnl")
        json.money(position.realized)
        json.key("unrealized_pnl")
        json.money(unrealized)
        json.key("commissions")
        json.amounts(commissions.list)
        let paid = rates.sum(commissions, in: currency)
        json.key("commission")
        json.money(paid)
        json.key("net_pnl")
        json.money(net(unrealized, paid))
        writeBase(rates, to: &json)
        json.endObject()
    }

    private func net(_ unrealized: Money?, _ paid: Money?) -> Money? {
        guard let unrealized, let paid else { return nil }
        return position.realized + unrealized - paid
    }

    /// The same in the base currency, and which rates are missing for it.
    private func writeBase(_ rates: BaseRates, to json: inout JSONWriter) {
        let realized = rates.inBase(position.realized, currency)
        let open = unrealized.flatMap { rates.inBase($0, currency) }
        let paid = rates.inBase(commissions)
        json.key("base")
        json.beginObject()
        json.key("realized_pnl")
        json.money(realized)
        json.key("unrealized_pnl")
        json.money(open)
        json.key("commission")
        json.money(paid)
        json.key("net_pnl")
        if let realized, let open, let paid { json.money(realized + open - paid) } else { json.null() }
        json.key("missing_rates")
        json.beginArray()
        for currency in rates.missing([currency] + commissions.list.map(\.currency.name)) {
            json.string(currency)
        }
        json.endArray()
        json.endObject()
    }
}
