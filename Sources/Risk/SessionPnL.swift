import TradingModel

/// What the executions of a session have earned, realised and unrealised together, in the base currency, exactly.
///
/// Result of an instrument = what was paid and received + position × mark. The mark is the mid of the newest quote that was
/// neither crossed nor locked, so one that has gone stale changes nothing; before the first one it is the price of the fill.
public struct SessionPnL: Sendable {
    private struct Terms: Sendable, BitwiseCopyable {
        var multiplier = Money.one
        /// Value of one unit of the instrument's currency; `nil` when no rate is known.
        var rate: Price?
    }

    private struct Holding: Sendable, BitwiseCopyable {
        var position = Quantity.zero
        /// Received less paid, in the instrument's currency.
        var cash = Money.zero
        /// Price that values the position; zero before the first fill or quote.
        var mark = Price.zero
        /// What it adds to the total, in the base currency.
        var result = Money.zero
    }

    private var terms = InstrumentTable<Terms>(default: Terms())
    private var holdings = InstrumentTable<Holding>(default: Holding())
    /// The result of all instruments.
    public private(set) var total = Money.zero

    /// Nothing traded.
    ///
    /// - Parameter rates: value of one unit of a currency in the base currency. An instrument without one adds nothing: no
    ///   order for it is approved.
    public init(instruments: [Instrument], rates: [String: Price]) {
        for instrument in instruments {
            terms[instrument.symbol] = Terms(
                multiplier: instrument.multiplier, rate: rates[instrument.currency])
        }
    }

    /// Signed quantity held of an instrument.
    public func position(_ symbol: SymbolID) -> Quantity { holdings[symbol].position }

    /// The result of one instrument.
    public func result(_ symbol: SymbolID) -> Money { holdings[symbol].result }

    /// Books an execution; a negative quantity takes one back.
    public mutating func book(_ side: Side, _ quantity: Quantity, at price: Price, of symbol: SymbolID) {
        let signed = side == .buy ? quantity : -quantity
        // Quotes of what is not held are not followed: the mark of an earlier position is old.
        if holdings[symbol].position == .zero { holdings[symbol].mark = price }
        holdings[symbol].cash -= Money(price, times: signed, multiplier: terms[symbol].multiplier)
        holdings[symbol].position += signed
        settle(symbol)
    }

    /// Values what is held by a quote.
    ///
    /// - Returns: whether the result has changed.
    @discardableResult
    public mutating func mark(_ symbol: SymbolID, by quote: Tick) -> Bool {
        guard let price = ReferenceQuote(quote).price, price != holdings[symbol].mark else { return false }
        holdings[symbol].mark = price
        settle(symbol)
        return true
    }

    private mutating func settle(_ symbol: SymbolID) {
        let terms = terms[symbol], holding = holdings[symbol]
        guard let rate = terms.rate else { return }
        let own = holding.cash + Money(holding.mark, times: holding.position, multiplier: terms.multiplier)
        let result =
            rate == Price(rawValue: 1_000_000_000)
            ? own : own.scaled(by: Int128(rate.rawValue), over: 1_000_000_000)
        total += result - holding.result
        holdings[symbol].result = result
    }
}
