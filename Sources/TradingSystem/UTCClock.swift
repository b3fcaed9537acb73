import Platform
import TradingModel

/// The daemon's own clock: UTC anchored to the monotonic clock when the process started, never going back. For what operators do
/// and for log and audit of live sessions; decisions use the time of events.
enum UTCClock {
    /// The clock itself, for a feed that stamps what it receives.
    static let anchored = AnchoredClock()

    /// Now.
    static func now() -> Timestamp { Timestamp(nanoseconds: anchored.now()) }
}
