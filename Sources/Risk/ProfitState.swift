import TradingModel

/// Result of the session and of the day, folded from fills and quotes: a pure value, exact, in the base currency.
///
/// Realised and unrealised together are the money that came in and went out and the value of what is held, so that a fill
/// that is taken back is exact as well. What is held is marked at the newest quote; between a fill and the next quote at the
/// fill's price.
public struct ProfitState: Sendable {
    private struct Holding {
        var position = Quantity.zero
        /// Σ −signed quantity × price, in the base currency.
        var cash = Money.zero
        var mark = Price.zero
        /// Cash and the marked position.
        var worth = Money.zero
    }

    private var holdings = InstrumentTable<Holding>(default: Holding())
    /// Realised and unrealised, since the session began.
    public private(set) var total = Money.zero
    /// The highest total since the session began; at least nothing.
    public private(set) var peak = Money.zero
    /// Total when the day (UTC) of the newest event began.
    public private(set) var dayStart = Money.zero
    /// Whether something was traded whose value is not known.
    public private(set) var isUnknown = false
    private var nextDay = Timestamp(nanoseconds: .min)

    /// Nothing earned, nothing lost.
    public init() {}

    /// Loss since the day began; negative for a profit.
    public var dayLoss: Money { dayStart - total }
    /// Loss from the highest total.
    public var drawdown: Money { peak - total }

    /// Whether anything is held that a quote would change the value of.
    func holds(_ symbol: SymbolID) -> Bool { holdings[symbol].position != .zero }

    /// A new day (UTC) begins with the result at its first event.
    mutating func advance(to now: Timestamp) {
        guard now >= nextDay else { return }
        let isFirst = nextDay.nanoseconds == .min
        nextDay = now.floored(to: Self.day).advanced(by: Self.day)
        if !isFirst { dayStart = total }
    }

    static let day: Int64 = 86_400_000_000_000

    /// Books a fill, or one that is taken back (a negative quantity).
    ///
    /// - Parameter terms: of the instrument; `nil`, or without a rate, leaves the result unknown from here on.
    mutating func book(
        _ symbol: SymbolID, _ side: Side, _ quantity: Quantity, at price: Price, _ terms: InstrumentTerms?
    ) {
        guard let terms, let paid = terms.value(side == .buy ? quantity : -quantity, price) else {
            isUnknown = true
            return
        }
        holdings[symbol].position += side == .buy ? quantity : -quantity
        holdings[symbol].cash -= paid
        if holdings[symbol].mark == .zero { holdings[symbol].mark = price }
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
        let held = holding.position == .zero ? .zero : terms.value(holding.position, holding.mark)
        guard let held else {
            isUnknown = true
            return
        }
        let worth = holding.cash + held
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
