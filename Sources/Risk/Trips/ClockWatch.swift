import TradingModel

/// Since when the clock is not synchronised, and how far it was set.
struct ClockWatch: Sendable {
    private let limits: TripLimits
    /// Since when; `nil` while it is synchronised or nobody has looked.
    private(set) var badSince: Timestamp?
    /// The greatest step since it was cleared, in nanoseconds; negative for back.
    private(set) var step: Int64 = 0
    private(set) var newest: ClockObservation?

    init(_ limits: TripLimits) { self.limits = limits }

    /// When a lasting fault becomes a trip.
    var due: Timestamp? {
        guard limits.unsynchronisedAfter > 0 else { return nil }
        return badSince?.advanced(by: limits.unsynchronisedAfter + 1)
    }

    /// Steps that are no more than the noise of two readings one after the other.
    private static let noise: Int64 = 1_000_000

    /// Folds an observation.
    mutating func note(_ observation: ClockObservation, at now: Timestamp) {
        newest = observation
        badSince = observation.isSynchronised ? nil : badSince ?? now
        if observation.step.magnitude > step.magnitude { step = observation.step }
    }

    /// Whether it calls for a kill, and why.
    func fault(at now: Timestamp) -> String? {
        if limits.clockStep > 0, step.magnitude > UInt64(limits.clockStep) || step < -Self.noise {
            return "the clock was set by \(TripMonitor.seconds(step))"
        }
        guard limits.unsynchronisedAfter > 0, let since = badSince,
            now.since(since) > limits.unsynchronisedAfter
        else { return nil }
        return "the clock is not synchronised for \(TripMonitor.seconds(now.since(since)))"
    }

    /// Forgets steps.
    mutating func clear() { step = 0 }
}
