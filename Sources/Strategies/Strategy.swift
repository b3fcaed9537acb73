import TradingModel

/// What a strategy measures an instrument by, and what it thinks of it.
public struct StrategyView: Hashable, Sendable, BitwiseCopyable {
    /// Tick size of the instrument.
    public let tickSize: Price
    /// Least difference between the features that counts.
    public let threshold: Price
    /// Direction of its newest signal; `flat` before the first.
    public let direction: Signal.Direction
}

/// A trading idea: looks at events and at the folded state of an instrument, and says what it thinks.
///
/// Runs on the bus queue, right after the engines. It must be a pure function of what it is shown: no clock, no random
/// source, no input or output of its own.
public protocol Strategy: Sendable {
    /// Its name in signals, orders and reports.
    var id: StrategyID { get }

    /// Version of its rules: raised with every change that can alter a signal. Stands in the audit trail.
    var version: UInt32 { get }

    /// What it measures an instrument by, and what it thinks of it; `nil` where it stays silent.
    func view(_ symbol: SymbolID) -> StrategyView?

    /// Looks at an instrument whose state has just changed.
    ///
    /// - Returns: a signal when its opinion has changed; `nil` otherwise.
    mutating func evaluate(_ symbol: SymbolID, _ state: SymbolState) -> Signal?

    /// Forgets its opinion of an instrument: after a reset of the feed.
    mutating func reset(_ symbol: SymbolID)
}
