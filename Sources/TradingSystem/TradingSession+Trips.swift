import Dispatch
import Messaging
import Platform
import Risk
import TradingModel

/// How trips engage the kill switch.
extension TradingSession {
    /// Trips on what the sequence of events does not show: a fault found outside of it.
    ///
    /// Whoever finds it waits for nothing. The sequence hears of it as of every kill, also where one as strict holds already:
    /// the end of that one must not be the end of this.
    func trip(_ trip: Trip, _ reason: String) {
        queues.killSwitch.async { [self] in
            let latch = KillLatch(
                trip.rule.level, actor: trip.actor, reason: reason, since: UTCClock.now())
            if !killSwitch.latch(latch) { tell(latch, of: trip) }
            queues.killState.async { [killSwitch] in killSwitch.persistPending() }
        }
    }

    /// Tells the sequence, once, of a kill that has changed nothing.
    private func tell(_ latch: KillLatch, of trip: Trip) {
        let isTold = gate.withLock { gate in
            // A session that is not open yet reads the latches when it opens, one that is over needs none.
            guard gate.isOpen, gate.toldTrips.insert(trip).inserted else { return false }
            publish(latch, at: usesEventTime ? .zero : latch.since)
            return true
        }
        // A release that has come between would leave the sequence with a kill that nobody could end.
        if isTold { killSwitch.latch(latch) }
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
    func clear(_ clearing: TripClearing, by actor: String, reason: String) {
        gate.withLock { _ = $0.toldTrips.remove(clearing.trip) }
        publish(
            SystemNotice(
                .tripCleared, actor: actor, reason: reason, scope: clearing.scope, detail: clearing.detail),
            at: usesEventTime ? .zero : UTCClock.now())
    }
}
