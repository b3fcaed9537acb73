import TradingModel

/// Result of the session and of the day, folded from fills and quotes: a pure value, exact, in the base currency.
///
/// Commissions and fees are part of it from the moment at which the venue tells them.
///
/// Result of an instrument = what was received less what was paid, and position × mark; so a fill that is taken back is
/// exact as well. The mark is the middle of the newest quote that was neither crossed nor locked, so one that has gone stale
/// changes nothing; before the first one it is the price of the fill.
public struct ProfitState: Sendable {
    private struct Holding {
        var position = Quantity.zero
        /// Received less paid, in the currency of the instrument.
        var cash = Money.zero
        var mark = Price.zero
        /// What it adds to the total, in the base currency.
        var worth = Money.zero
        /// What was paid for what is held now, at the mean; it informs.
        var cost = HeldCost()
        /// What was taken over and has not met a price yet.
        var unpriced = Quantity.zero
        /// What that is said to have cost; zero where nobody has said so.
        var toldPrice = Price.zero
    }

    private var holdings = InstrumentTable<Holding>(default: Holding())
    /// Realised and unrealised, since the session began.
    public private(set) var total = Money.zero
    /// The highest total since the session began; at least nothing. What an earlier session of the day fell by counts.
    public private(set) var peak = Money.zero
    /// Total when the day (UTC) of the newest event began, also where that was before the session.
    public private(set) var dayStart = Money.zero
    /// Whether something was traded whose value is not known.
    public private(set) var isUnknown = false
    /// Result of earlier sessions that the funds of the account go on from.
    public private(set) var earlier = Money.zero
    /// Whether the result of an earlier session of the day is known.
    private(set) var doubt = Doubt.none
    private var nextDay = Timestamp(nanoseconds: .min)

    /// What is not known of earlier sessions of the day.
    enum Doubt: Sendable {
        /// Nothing.
        case none
        /// Something was traded whose value is not known.
        case open
        /// The same, and an operator goes on without it.
        case acknowledged
    }

    /// Nothing earned, nothing lost.
    public init() {}

    /// The result that the funds of the account are made of, over all sessions that go on from each other.
    public var lasting: Money { earlier + total }
    /// Whether limits of the result have nothing to go by.
    public var isMissing: Bool { isUnknown || doubt == .open }

    /// Loss since the day began; negative for a profit.
    public var dayLoss: Money { dayStart - total }
    /// Loss from the highest total.
    public var drawdown: Money { peak - total }

    /// Signed quantity held of an instrument.
    public func position(_ symbol: SymbolID) -> Quantity { holdings[symbol].position }

    /// A new day (UTC) begins with the result at its first event.
    mutating func advance(to now: Timestamp) {
        guard now >= nextDay else { return }
        let isFirst = nextDay.nanoseconds == .min
        nextDay = now.floored(to: Self.day).advanced(by: Self.day)
        if !isFirst { dayStart = total }
        doubt = .none
    }

    /// Goes on from what was lost before: the total stays that of the session.
    mutating func carry(_ use: BudgetUse) {
        dayStart = total + use.dayLoss
        peak = total + max(use.drawdown, .zero)
        nextDay = use.day.advanced(by: Self.day)
        earlier = use.funds?.result ?? .zero
        if use.isResultUnknown { doubt = .open }
    }

    /// An operator goes on without what is not known of earlier sessions.
    mutating func acknowledgeDoubt() { if doubt == .open { doubt = .acknowledged } }

    /// Holds what was taken over, with the first price that is known of it; what an earlier session held is worth nothing
    /// more than it was there.
    ///
    /// A loss that is open then counts, since nobody knows whether it is of this day. A gain does not: it must not make
    /// room for losses. What closes a position without an execution changes no result.
    mutating func adopt(_ adopted: AdoptedPosition, _ terms: InstrumentTerms?) {
        guard let terms else {
            isUnknown = true
            return
        }
        let symbol = adopted.symbol
        settleUnpriced(symbol, holdings[symbol].mark, terms)
        let before = holdings[symbol].position, isNew = before == .zero
        let isClosing = !isNew && (before > .zero) != (adopted.change > .zero)
        let told = adopted.averagePrice ?? .zero
        let price = isNew ? adopted.mark ?? told : holdings[symbol].mark
        holdings[symbol].position += adopted.change
        holdings[symbol].cash -= Money(price, times: adopted.change, multiplier: terms.multiplier)
        holdings[symbol].mark = price
        holdings[symbol].cost.book(adopted.change, at: told > .zero ? told : price)
        if terms.rate == nil { isUnknown = true }
        if adopted.mark != nil || isClosing && price > .zero { return value(symbol, terms) }
        holdings[symbol].unpriced += adopted.change
        holdings[symbol].toldPrice = told
        // While something is held its mark is followed.
        if !isNew { settleUnpriced(symbol, price, terms) }
        value(symbol, terms)
    }

    /// Values what was taken over at the first price that is known.
    private mutating func settleUnpriced(_ symbol: SymbolID, _ price: Price, _ terms: InstrumentTerms) {
        let change = holdings[symbol].unpriced, told = holdings[symbol].toldPrice
        guard change != .zero, price > .zero else { return }
        holdings[symbol].unpriced = .zero
        let basis = told == .zero ? price : change > .zero ? max(told, price) : min(told, price)
        let entered = holdings[symbol].mark
        holdings[symbol].cash -=
            Money(basis, times: change, multiplier: terms.multiplier)
            - Money(entered, times: change, multiplier: terms.multiplier)
        if told == .zero && entered == .zero { holdings[symbol].cost.price(change, at: price) }
    }

    /// Holds nothing any more; the result stays as it was valued last.
    mutating func release() { holdings = InstrumentTable(default: Holding()) }

    /// What a unit of what is held cost, at the mean; zero where that is not known.
    func averagePrice(of symbol: SymbolID) -> Price { holdings[symbol].cost.mean }

    /// What is held of an instrument, for whoever goes on with it.
    func holding(_ symbol: SymbolID) -> BudgetUse.Holding {
        BudgetUse.Holding(
            symbol: symbol, position: position(symbol), mark: mark(of: symbol),
            averagePrice: averagePrice(of: symbol))
    }

    /// The price at which an instrument was valued last.
    func mark(of symbol: SymbolID) -> Price { holdings[symbol].mark }

    static let day: Int64 = 86_400_000_000_000

    /// Books a fill, or one that is taken back (a negative quantity).
    ///
    /// - Parameter terms: of the instrument; `nil`, or without a rate, leaves the result unknown from here on.
    mutating func book(
        _ symbol: SymbolID, _ side: Side, _ quantity: Quantity, at price: Price, _ terms: InstrumentTerms?
    ) {
        guard let terms, terms.rate != nil else {
            isUnknown = true
            return
        }
        let signed = side == .buy ? quantity : -quantity
        if holdings[symbol].unpriced != .zero { mark(symbol, price, terms) }
        // Quotes of what is not held are not followed: the mark of an earlier position is old.
        if holdings[symbol].position == .zero { holdings[symbol].mark = price }
        holdings[symbol].cash -= Money(price, times: signed, multiplier: terms.multiplier)
        holdings[symbol].position += signed
        holdings[symbol].cost.book(signed, at: price)
        value(symbol, terms)
    }

    /// Takes off what the venue has charged; negative where it gives some back.
    ///
    /// - Parameter rate: value of a unit of its currency in the base currency; `nil` leaves the result unknown from here on.
    mutating func charge(_ amount: Money, rate: Price?) {
        guard amount != .zero else { return }
        guard let cost = Valuation(multiplier: Money.one, rate: rate).inBaseCurrency(amount) else {
            isUnknown = true
            return
        }
        total -= cost
        peak = max(peak, total)
        if cost.isSaturated || total.isSaturated { isUnknown = true }
    }

    /// Marks what is held at a price.
    mutating func mark(_ symbol: SymbolID, _ price: Price, _ terms: InstrumentTerms?) {
        guard let terms else { return }
        guard holdings[symbol].mark != price || holdings[symbol].unpriced != .zero else { return }
        if holdings[symbol].unpriced != .zero { settleUnpriced(symbol, price, terms) }
        holdings[symbol].mark = price
        value(symbol, terms)
    }

    private mutating func value(_ symbol: SymbolID, _ terms: InstrumentTerms) {
        let holding = holdings[symbol]
        let own = holding.cash + Money(holding.mark, times: holding.position, multiplier: terms.multiplier)
        guard let worth = terms.valuation.inBaseCurrency(own) else {
            isUnknown = true
            return
        }
        total += worth - holding.worth
        holdings[symbol].worth = worth
        peak = max(peak, total)
        if worth.isSaturated || total.isSaturated { isUnknown = true }
    }
}

extension Money {
    /// Whether a sum has met the end of its range: what it stands for is then not known.
    var isSaturated: Bool { rawValue == .max || rawValue <= -Int128.max }
}
