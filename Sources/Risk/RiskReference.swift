import TradingModel

/// The price an order is judged by: the middle of a good quote, else the last trade, else what is known but too old.
struct RiskReference: Sendable, BitwiseCopyable {
    /// The price; `nil` where none is known.
    var price: Price?
    /// Its age, nanoseconds.
    var age: Int64 = 0
    /// Spread of the quote in basis points of its middle, rounded up, where that is too wide; else `nil`.
    var wideSpread: Int?
    /// Whether only reducing orders may be judged by it.
    var isStale = false
    /// When the last trade was had, where that is the price.
    var tradedAt: Timestamp?

    /// The trade that stands in for a quote.
    var trade: ReferenceTrade? {
        guard let price, let tradedAt else { return nil }
        return ReferenceTrade(price, receivedAt: tradedAt)
    }
}

/// A print, as far as a reference price may be made of it.
struct LastTrade: Sendable, BitwiseCopyable {
    var price = Price.zero
    var time = Timestamp.zero
}

extension RiskEngine {
    /// The middle of a quote that is neither crossed nor locked.
    static func middle(_ quote: Tick?) -> Price? { quote.flatMap { ReferenceQuote($0).price } }

    /// Source: risk reference, "Collar, exactly".
    func reference(_ quote: ReferenceQuote?, _ symbol: SymbolID, now: Timestamp) -> RiskReference {
        var reference = RiskReference()
        if let quote, let middle = quote.price {
            reference.price = middle
            reference.age = now.since(quote.receivedAt)
            reference.wideSpread = tooWide(quote.quote, middle)
            reference.isStale = reference.wideSpread != nil || isTooOld(reference.age)
            if !reference.isStale { return reference }
        }
        // Without a limit of age nothing says that a trade is not of yesterday.
        guard limits.maxReferenceAge != nil, lastTrades[symbol].price > .zero else { return reference }
        let last = lastTrades[symbol]
        let age = now.since(last.time)
        if !isTooOld(age) { return RiskReference(price: last.price, age: age, tradedAt: last.time) }
        guard reference.price == nil else { return reference }
        return RiskReference(price: last.price, age: age, isStale: true, tradedAt: last.time)
    }

    private func isTooOld(_ age: Int64) -> Bool { limits.maxReferenceAge.map { age > $0 } ?? false }

    private func tooWide(_ quote: Tick, _ middle: Price) -> Int? {
        guard let most = limits.maxReferenceSpreadBps else { return nil }
        let spread = (Int128(quote.ask.rawValue) - Int128(quote.bid.rawValue)) * 10_000
        guard spread > Int128(most) * Int128(middle.rawValue) else { return nil }
        return Int(clamping: (spread + Int128(middle.rawValue) - 1) / Int128(middle.rawValue))
    }
}
