import Audit
import Dispatch
import Messaging
import Platform
import Risk
import TradingModel

/// Engages the kill switch when the audit log fails: nothing may happen that nobody could prove.
final class AuditTrip: Sendable {
    private let killSwitch: KillSwitch
    private let queues: QueuePlan
    private let onLoss: @Sendable (AuditOutage) -> Void
    /// 0: not pulled; 1: for what the log survives; 2: for its loss.
    private let state = Locked(0)

    /// - Parameters:
    ///   - queues: where the switch is engaged and its state written: whoever pulls waits for neither.
    ///   - onLoss: called after the first pull has engaged it, when the log is lost and not merely short of room.
    init(_ killSwitch: KillSwitch, queues: QueuePlan, onLoss: @escaping @Sendable (AuditOutage) -> Void) {
        self.killSwitch = killSwitch
        self.queues = queues
        self.onLoss = onLoss
    }

    /// Trips on a log that has failed, is short of room, or has refused a line; not on one that was closed at the end of its
    /// session.
    func pull(_ error: AuditError) {
        if case .unavailable(.closed) = error { return }
        let loss = Self.loss(error)
        let isNews = state.withLock { state in
            let new = loss == nil ? max(state, 1) : 2
            defer { state = new }
            return new > state
        }
        guard isNews else { return }
        queues.killSwitch.async { [killSwitch, queues, onLoss] in
            killSwitch.latch(
                KillLatch(
                    Trip.audit.rule.level, actor: Trip.audit.actor, reason: "\(error)", since: UTCClock.now())
            )
            queues.killState.async {
                killSwitch.persistPending()
                if let loss { onLoss(loss) }
            }
        }
    }

    /// What ends the log for good; `nil` for what it survives.
    private static func loss(_ error: AuditError) -> AuditOutage? {
        guard case .unavailable(let outage) = error, outage != .noRoom else { return nil }
        return outage
    }
}
