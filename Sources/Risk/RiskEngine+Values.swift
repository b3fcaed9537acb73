import TradingModel

/// The gross exposure: made anew for each decision, or kept where every change of a price is told.
extension RiskEngine {
    /// Values all instruments, and keeps what they are worth from here on: decisions then take the gross exposure as it is
    /// kept, by prices that were told, and no longer ask for the quote of every instrument.
    ///
    /// Whoever calls this calls `value(_:by:)` after every change of a quote, print or position of what is held or open,
    /// and before every order. What is kept equals what is made anew; the properties of risk compare both.
    public mutating func keepValues(by quotes: some QuoteSource) {
        if !book.keepsValues {
            // One that is listed twice counts twice where the sum is made anew.
            guard Set(symbols).count == symbols.count else { return }
            book.keepValues()
            for symbol in symbols { book.count(symbol, by: valuations[symbol]) }
        }
        for symbol in symbols { value(symbol, by: quotes) }
    }

    /// Values an instrument at its newest quote, else at its last trade, however old; nothing where no values are kept.
    public mutating func value(_ symbol: SymbolID, by quotes: some QuoteSource) {
        guard book.keepsValues else { return }
        value(symbol, at: quotes.reference(symbol)?.price)
    }

    /// The same, at the middle of the newest quote.
    mutating func value(_ symbol: SymbolID, at middle: Price?) {
        guard book.keepsValues else { return }
        let last = lastTrades[symbol].price
        book.value(symbol, at: middle ?? (last > .zero ? last : nil))
    }

    /// Whether changes of an instrument's price change what is kept.
    func followsValue(of symbol: SymbolID) -> Bool {
        book.keepsValues && !book.exposures[symbol].isEmpty
    }

    /// What is held elsewhere and cannot be valued is not known: then neither is the sum.
    func gross(_ symbol: SymbolID, _ own: Money, _ quotes: (SymbolID) -> ReferenceQuote?) -> Money? {
        if book.keepsValues { return book.values.sum(without: symbol).map { own + $0 } }
        return grossAnew(symbol, own, quotes)
    }

    /// The same, made of every instrument at its newest quote.
    func grossAnew(_ symbol: SymbolID, _ own: Money, _ quotes: (SymbolID) -> ReferenceQuote?) -> Money? {
        var gross = own
        for place in symbols.indices where symbols[place] != symbol {
            guard let held = held(symbols[place], quotes) else { return nil }
            gross += held
        }
        return gross
    }

    /// Worst-case exposure of an instrument at its newest quote, however old, else at its last trade.
    @inline(__always)
    func held(_ symbol: SymbolID, _ quotes: (SymbolID) -> ReferenceQuote?) -> Money? {
        guard book.exposures[symbol].worstCase > .zero else { return .zero }
        let price = quotes(symbol)?.price ?? lastTrades[symbol].price
        return book.exposures[symbol].value(at: price, valuations[symbol])
    }
}
