import TradingModel

/// What is known of the clock.
struct ClockWatch: Sendable {
    private let limits: TripLimits
    /// When a lasting fault becomes a trip.
    var due: Timestamp? { nil }

    init(_ limits: TripLimits) { self.limits = limits }

    mutating func clear() {}
}
