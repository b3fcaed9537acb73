import Audit
import ExactJSON
import Messaging
import Platform
import Risk
import TradingModel

/// What operators and faults ask of a session.
extension TradingSession {
    /// Stops new orders; working orders stay.
    ///
    /// - Returns: whether the state allows it.
    @discardableResult
    func disarm(by actor: String, reason: String) -> Bool {
        change(.disarm, .disarmed, actor: actor, reason: reason) { true }
    }

    /// Sequences a change of the kill switch ahead of everything that waits. Never waits itself.
    func killSwitchChanged(_ change: KillSwitchEvent) {
        gate.withLock { gate in
            // A session that is not open yet reads the latches when it opens.
            guard gate.isOpen else {
                gate.sawKillSwitch = true
                return
            }
            // Who was stopped before it was ready waits for an operator, as everybody does who was stopped.
            if !gate.isReconciled { gate.sawKillSwitch = true }
            if !change.isEngagement { gate.toldTrips = [] }
            let input: LifeCycle.Input? =
                change.state.isHalted ? .kill : change.isEngagement ? nil : .release
            gate.state = input.flatMap { gate.state.after($0) } ?? gate.state
            // Who has not been compared yet is not ready to be armed, whatever happened meanwhile.
            if gate.state == .disarmed && !gate.isReconciled { gate.state = .reconciling }
            guard !change.isSequenced else { return }
            publish(
                SystemNotice(
                    change.isEngagement ? .killSwitchEngaged : .killSwitchReleased, actor: change.actor,
                    reason: change.reason, level: change.latch?.level, scope: change.scope),
                at: usesEventTime ? .zero : change.time)
        }
    }

    /// Tells the sequence once more of a latch that holds: what it asks for begins anew.
    func repeatKill(_ latch: KillLatch) {
        publish(latch, at: usesEventTime ? .zero : UTCClock.now())
    }

    /// Waits until what operators have commanded is delivered, and its lines are as durable as configured: only then may
    /// they be told that it is done.
    ///
    /// - Returns: whether the lines are safe; the kill switch is engaged where they are not.
    func commitCommands() -> Bool {
        _ = bus.query { $0.sequence }
        return audit.commit(waitingAtMost: Self.patience)
    }

    /// Nanoseconds that an operator waits for the disk: behind him may be one who wants to stop trading.
    private static let patience: UInt64 = 2_000_000_000

    /// Writes a line about a caller, and waits for it at most so long as anybody may keep the control plane.
    ///
    /// - Returns: whether it is staged. After the orderly end of the session it is not, and that trips nothing.
    func note(
        _ type: AuditLineType, waits: Bool, _ data: (inout JSONWriter) -> Void
    ) -> Bool {
        do throws(AuditError) {
            try audit.stage(type, at: now(), data)
            if waits { _ = audit.commit(waitingAtMost: Self.patience) } else { audit.requestCommit() }
            return true
        } catch .unavailable(.closed) {
            return false
        } catch {
            trip.pull(error)
            return false
        }
    }

    /// What the feed knew is no longer true, or it is over: nothing new is sent until an operator arms again.
    func feedLost(_ quality: FeedStatus.Quality, reason: String) {
        let time = usesEventTime ? Timestamp.zero : UTCClock.now()
        bus.publishUrgent(
            MarketEvent(
                timestamp: time, receivedAt: time, symbol: .none, source: .clock,
                payload: .feedStatus(FeedStatus(quality: quality, reason: reason))))
        disarm(by: "fault:feed", reason: reason)
    }
}
