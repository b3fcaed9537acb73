import TradingModel

/// By how much an order pegged to the best price betters it.
public enum CompetitionOffset: Hashable, Sendable, BitwiseCopyable {
    /// Not said.
    case unset
    /// Up to the middle; `Infinity` on the wire.
    case upToMid
    /// By this much.
    case offset(Price)
}
