import TradingModel

/// Who took liquidity in a print whose source does not say: the rule of Lee and Ready, in the order of arrival.
///
/// At or above the ask a buy, at or below the bid a sell; inside, the nearer side; at the middle, and where there is no usable
/// quote, the direction of the last change of price. IBKR's times have whole seconds, so the quote is the newest that arrived
/// before the print, whatever its time. It is inference: about a fifth of the prints inside the spread are told wrong.
///
/// - Source: C. Lee, M. Ready, "Inferring Trade Direction from Intraday Data", Journal of Finance 46 (1991).
struct AggressorRule {
    /// Best bid and ask; `nil` while they are not known or stale.
    var quote: Tick?
    private var lastPrice: Price?
    private var direction = Aggressor.unknown

    /// Judges a print, which becomes the last one.
    mutating func classify(_ price: Price) -> Aggressor {
        if let lastPrice, lastPrice != price { direction = price > lastPrice ? .buy : .sell }
        lastPrice = price
        return side(of: price) ?? direction
    }

    /// What the quote says; `nil` where it says nothing: it is missing, locked or crossed, or the print at its middle.
    private func side(of price: Price) -> Aggressor? {
        guard let quote, quote.bid < quote.ask else { return nil }
        if price >= quote.ask { return .buy }
        if price <= quote.bid { return .sell }
        let above = price.rawValue &- quote.bid.rawValue
        let below = quote.ask.rawValue &- price.rawValue
        return above == below ? nil : above > below ? .buy : .sell
    }

    /// Forgets everything: another day, another connection.
    mutating func reset() { self = AggressorRule() }
}
