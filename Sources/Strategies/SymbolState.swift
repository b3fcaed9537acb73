import Messaging
import OrderFlow
import TradingModel

/// What strategies know of one instrument: its quote and the micro-price samples taken from it.
///
/// One sample is taken whenever the quote changes: of the quote stream where there is one, else of the ladder at
/// the end of a change. Crossed, locked and one-sided quotes give no sample.
public struct SymbolState: Sendable {
    /// Newest usable quote.
    public private(set) var quote: Tick?
    /// Whether the newest sample had sizes to weigh.
    public private(set) var isWeighted = false
    /// Samples of the micro-price.
    public private(set) var samples = MicroPriceSamples()
    /// Quotes that gave no sample because they were crossed or locked.
    public private(set) var skippedQuotes = 0

    /// Nothing known.
    public init() {}

    /// Folds a quote.
    ///
    /// - Returns: whether it gave a new sample.
    mutating func observe(_ newQuote: Tick) -> Bool {
        guard newQuote != quote else { return false }
        guard newQuote.bid < newQuote.ask else {
            skippedQuotes += 1
            return false
        }
        quote = newQuote
        let sample = microPrice(newQuote)
        isWeighted = sample.isWeighted
        samples.append(sample.price)
        return true
    }

    /// Forgets the samples: after a reset of the feed.
    mutating func reset() { self = SymbolState() }
}
