import Platform
import Synchronization

/// Moments of the monotonic clock that the decision path leaves behind for the measurements. Nothing reads them to decide.
final class StageClock: Sendable {
    private let received = Atomic<UInt64>(0)
    private let verdict = Atomic<UInt64>(0)
    private let commit = Atomic<UInt64>(0)
    private let killSeen = Atomic<UInt64>(0)
    private let killCancelled = Atomic<UInt64>(0)

    /// A batch has come from the feed.
    func batchReceived() { received.store(MonotonicClock.now(), ordering: .relaxed) }

    /// Risk has judged a request; its record is not written yet.
    func verdictReached() { verdict.store(MonotonicClock.now(), ordering: .relaxed) }

    /// The record of an order is safe; it is not handed over yet.
    func committed() { commit.store(MonotonicClock.now(), ordering: .relaxed) }

    /// Risk has been told of a kill: the next decision sees it.
    func killWasSeen() { killSeen.store(MonotonicClock.now(), ordering: .relaxed) }

    /// The venue has been asked for every cancel of a kill.
    func killWasCancelled() { killCancelled.store(MonotonicClock.now(), ordering: .relaxed) }

    /// When the newest kill was seen by risk; 0 before the first.
    var killSeenAt: UInt64 { killSeen.load(ordering: .relaxed) }

    /// When its cancels had been handed over; 0 before the first.
    var killCancelledAt: UInt64 { killCancelled.load(ordering: .relaxed) }

    /// When the newest record became safe; 0 before the first.
    var committedAt: UInt64 { commit.load(ordering: .relaxed) }

    /// When the newest batch came; 0 before the first.
    var receivedAt: UInt64 { received.load(ordering: .relaxed) }

    /// When the newest verdict was reached; 0 before the first.
    var verdictAt: UInt64 { verdict.load(ordering: .relaxed) }
}
