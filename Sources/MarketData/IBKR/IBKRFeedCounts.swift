/// What `IBKREvents` did not make an event of, and how often it had to help itself.
public struct IBKRFeedCounts: Hashable, Sendable {
    /// Messages of streams that are not open, or of another kind than their stream.
    public internal(set) var strayMessages = 0
    /// Values that make no sense: prices or sizes below zero, rows that no ladder has.
    public internal(set) var nonsense = 0
    /// Row operations that pointed outside their ladder.
    public internal(set) var rowsOutOfBounds = 0
    /// Rows of a book that was given up, before it was asked for again.
    public internal(set) var lateRows = 0
    /// Quotes without a bid or an ask.
    public internal(set) var oneSidedQuotes = 0
    /// Prints that IBKR marks as unreported, left out or without aggressor.
    public internal(set) var unreportedTrades = 0
    /// Books that IBKR cleared (317).
    public internal(set) var bookResets = 0
    /// Streams asked for again.
    public internal(set) var retries = 0
    /// Events that nobody took: the receiver had stopped.
    public internal(set) var refusedEvents = 0

    /// Nothing yet.
    public init() {}
}
