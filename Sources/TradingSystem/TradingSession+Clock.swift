import Configuration
import Messaging
import Platform
import Risk
import TradingModel

/// The wall clock, which a market's own times are compared with.
extension TradingSession {
    /// Whether anybody looks at the clock: where a real market is traded, unless the settings say otherwise.
    var watchesClock: Bool { mode == .ibkr && clockTolerance > 0 }

    /// Nanoseconds by which the clock may be wrong; 0 where nobody looks.
    var clockTolerance: Int64 { settings.risk.maxClockError ?? 0 }

    /// What is wrong with a clock like that; `nil` where nothing is.
    func clockWarning(_ quality: ClockQuality?) -> StartUpWarning? {
        guard let quality else {
            return StartUpWarning(.clock, "the kernel does not tell how good the clock is")
        }
        guard quality.isSynchronised else { return StartUpWarning(.clock, "the clock is not synchronised") }
        let most = clockTolerance
        guard quality.error > most else { return nil }
        return StartUpWarning(
            .clock, "the clock may be wrong by \(quality.error / 1_000) µs, allowed are \(most / 1_000) µs")
    }

    /// Tells the sequence what was seen of the clock.
    func publish(_ observation: ClockObservation, at time: Timestamp) {
        bus.publishUrgent(
            MarketEvent(
                timestamp: time, receivedAt: time, symbol: .none, source: .clock,
                payload: .system(observation.notice)))
    }
}

/// Looks at the wall clock again and again: how good the kernel says it is, and whether somebody has set it.
struct ClockLook: Sendable {
    private let most: Int64
    private let stepLimit: Int64
    private var lead: Int64?
    private var told: Bool?

    /// - Parameters:
    ///   - most: nanoseconds by which the clock may be wrong.
    ///   - stepLimit: nanoseconds by which it may be set without being told.
    init(most: Int64, stepLimit: Int64) {
        self.most = most
        self.stepLimit = stepLimit
    }

    /// Nanoseconds between two readings of one moment that are noise.
    private static let noise: Int64 = 1_000_000

    /// What there is to tell; `nil` where nothing has changed.
    ///
    /// - Parameters:
    ///   - wall: the wall clock, nanoseconds since 1970.
    ///   - anchored: UTC carried by the monotonic clock, at the same moment.
    mutating func look(_ quality: ClockQuality?, wall: Int64, anchored: Int64) -> ClockObservation? {
        let lead = wall &- anchored
        let step = self.lead.map { lead &- $0 } ?? 0
        self.lead = lead
        let isGood = quality.map { $0.isSynchronised && $0.error <= most } ?? false
        let isStep = step.magnitude > UInt64(max(stepLimit, Self.noise)) || step < -Self.noise
        guard isGood != told || isStep else { return nil }
        told = isGood
        return ClockObservation(
            isSynchronised: isGood, error: quality?.error ?? .max, step: isStep ? step : 0)
    }
}
