import TradingModel

/// What an export keeps of one instrument.
struct InstrumentDetails: Sendable {
    private(set) var tape = TapeDetails()
    private(set) var quotes = QuoteStatistics()
    private(set) var quoteRule = QuoteRule()
    /// The bar of quotes under way.
    private(set) var tickBar: TickBar?
    private(set) var trades = 0
    /// Whether any ladder event has been seen.
    var hasLadder = false

    /// Whether any quote or print has been seen.
    var hasData: Bool { quotes.count > 0 || trades > 0 }

    mutating func add(_ trade: Trade, _ event: MarketEvent) {
        trades += 1
        tape.add(trade, event)
        quoteRule.add(trade, quote: quotes.count > 0 ? quotes.last : nil)
    }

    /// Folds one quote, whose bar begins at `start`.
    ///
    /// - Returns: the bar that this quote closed.
    mutating func add(_ tick: Tick, _ event: MarketEvent, barStart start: Timestamp) -> TickBar? {
        quotes.add(tick, event)
        var closed: TickBar?
        if let bar = tickBar, start > bar.start {
            closed = bar
            tickBar = nil
        }
        var bar = tickBar ?? TickBar(start: start)
        bar.add(tick)
        tickBar = bar
        return closed
    }
}
