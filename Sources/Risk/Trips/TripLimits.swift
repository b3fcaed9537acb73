import TradingModel

/// When the trips trip. Zero turns one off, where a profile allows that.
public struct TripLimits: Sendable, Hashable {
    /// Loss of a day, base currency.
    public var dayLoss = Money.zero
    /// Fall from the best result, base currency.
    public var drawdown = Money.zero
    /// Orders of a strategy refused by our controls within `rejectWindow`.
    public var ownRejects = 10
    /// Orders of a strategy rejected by the broker within `rejectWindow`.
    public var brokerRejects = 5
    /// Nanoseconds.
    public var rejectWindow: Int64 = 60_000_000_000
    /// The hard limit of accepted orders a second.
    public var ordersPerSecond = 50
    /// Accepted orders in 60 s.
    public var ordersPerMinute = 0
    /// Basis points by which a reference price may move within `velocityWindow`.
    public var velocityBps = 0
    /// Nanoseconds, positive.
    public var velocityWindow: Int64 = 10_000_000_000
    /// Nanoseconds of silence.
    public var staleAfter: Int64 = 10_000_000_000
    /// Nanoseconds for which the clock may be unsynchronised.
    public var unsynchronisedAfter: Int64 = 60_000_000_000
    /// Nanoseconds by which the clock may be set.
    public var clockStep: Int64 = 100_000_000
    /// Nanoseconds for which the broker may be gone while orders work.
    public var disconnectAfter: Int64 = 10_000_000_000

    /// The defaults.
    public init() {}

    /// Nothing trips but what cannot be turned off.
    public static var off: TripLimits {
        var limits = TripLimits()
        limits.ownRejects = 0
        limits.brokerRejects = 0
        limits.ordersPerSecond = 0
        limits.staleAfter = 0
        limits.unsynchronisedAfter = 0
        limits.clockStep = 0
        limits.disconnectAfter = 0
        return limits
    }
}
