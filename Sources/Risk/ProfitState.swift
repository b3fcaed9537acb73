import TradingModel

/// Result of the session and of the day, folded from fills and quotes: a pure value, exact, in the base currency.
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

    /// Holds what was held before, worth nothing more than it cost at that mark.
    mutating func carry(_ symbol: SymbolID, _ position: Quantity, at mark: Price, _ terms: InstrumentTerms?) {
        guard let terms else {
            isUnknown = true
            return
        }
        holdings[symbol] = Holding(
            position: position, cash: -Money(mark, times: position, multiplier: terms.multiplier), mark: mark)
    }

    /// Holds nothing any more; the result stays as it was valued last.
    mutating func release() { holdings = InstrumentTable(default: Holding()) }

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
        // Quotes of what is not held are not followed: the mark of an earlier position is old.
        if holdings[symbol].position == .zero { holdings[symbol].mark = price }
        holdings[symbol].cash -= Money(price, times: signed, multiplier: terms.multiplier)
        holdings[symbol].position += signed
        value(symbol, terms)
    }

    /// Marks what is held at a price.
    mutating func mark(_ symbol: SymbolID, _ price: Price, _ terms: InstrumentTerms?) {
        guard let terms, holdings[symbol].mark != price else { return }
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
