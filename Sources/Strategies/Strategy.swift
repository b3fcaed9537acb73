import TradingModel

/// A trading idea: looks at events and at the folded state of an instrument, and says what it thinks.
///
/// Runs on the bus queue, right after the engines. It must be a pure function of what it is shown: no clock, no random
/// source, no input or output of its own.
public protocol Strategy: Sendable {
    /// Its name in signals, orders and reports.
    var id: StrategyID { get }

    /// Looks at an instrument whose state has just changed.
    ///
    /// - Returns: a signal when its opinion has changed; `nil` otherwise.
    mutating func evaluate(_ symbol: SymbolID, _ state: SymbolState) -> Signal?

    /// Forgets its opinion of an instrument: after a reset of the feed.
    mutating func reset(_ symbol: SymbolID)
}
