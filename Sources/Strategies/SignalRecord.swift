import TradingModel

/// The newest signal of an instrument and what became of it.
public struct SignalRecord: Hashable, Sendable, BitwiseCopyable {
    /// The signal and what it was made of.
    public let origin: SignalOrigin
    /// How it was sized; `nil` until it is delivered.
    public internal(set) var sizing: Sizing?
    /// The order it led to; `nil` where it led to none.
    public internal(set) var order: ClientOrderID?
}

/// What a strategy stage knows of an instrument, for people.
public struct StrategySnapshot: Sendable {
    /// Whether signals are made at all.
    public let isEnabled: Bool
    /// Quote and samples.
    public let state: SymbolState
    /// What the strategy measures by; `nil` where it stays silent.
    public let view: StrategyView?
    /// The newest signal; `nil` before the first of the session.
    public let newest: SignalRecord?
}
