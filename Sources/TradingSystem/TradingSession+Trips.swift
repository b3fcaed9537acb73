import Dispatch
import Messaging
import Platform
import Risk
import TradingModel

/// How trips engage the kill switch.
extension TradingSession {
    /// Trips on what the sequence of events does not show: a fault found outside of it.
    ///
    /// Whoever finds it waits for nothing. The sequence hears of it as of every kill.
    func trip(_ trip: Trip, _ reason: String) {
        queues.killSwitch.async { [killSwitch, queues] in
            killSwitch.latch(
                KillLatch(trip.rule.level, actor: trip.actor, reason: reason, since: UTCClock.now()))
            queues.killState.async { killSwitch.persistPending() }
        }
    }

    /// Engages the durable switch for a trip of the sequence, which no event has to tell any more.
    static func onTrip(_ killSwitch: KillSwitch, _ queues: QueuePlan) -> @Sendable (KillLatch) -> Void {
        { latch in
            queues.killSwitch.async {
                killSwitch.latch(latch, isSequenced: true)
                queues.killState.async { killSwitch.persistPending() }
            }
        }
    }

    /// How near every trip is, and what it has done.
    var tripReadings: [TripReading] { bus.query { $0.risk.trips.readings(at: $0.now) } }

    /// Lets a trip count from nothing, in the sequence.
    func clear(_ trip: Trip, _ scope: KillScope, by actor: String, reason: String) {
        publish(
            SystemNotice(
                .tripCleared, actor: actor, reason: reason, scope: scope, detail: trip.name.description),
            at: usesEventTime ? .zero : UTCClock.now())
    }
}
