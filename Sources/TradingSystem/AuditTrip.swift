import Audit
import Dispatch
import Platform
import Risk

/// Engages the kill switch when the audit log fails: nothing may happen that nobody could prove.
final class AuditTrip: Sendable {
    private let killSwitch: KillSwitch
    private let queue: DispatchQueue
    private let onLoss: @Sendable (AuditOutage) -> Void
    private let hasTripped = Locked(false)

    /// - Parameters:
    ///   - queue: where the switch is engaged: whoever pulls must not wait for the disk.
    ///   - onLoss: called after the first pull has engaged it, when the log is lost and not merely short of room.
    init(_ killSwitch: KillSwitch, queue: DispatchQueue, onLoss: @escaping @Sendable (AuditOutage) -> Void) {
        self.killSwitch = killSwitch
        self.queue = queue
        self.onLoss = onLoss
    }

    /// Trips on a log that has failed; not on one that was closed at the end of its session, nor on a line it refused.
    func pull(_ error: AuditError) {
        guard case .unavailable(let outage) = error, outage != .closed else { return }
        let isFirst = hasTripped.withLock { hasTripped in
            defer { if outage != .noRoom { hasTripped = true } }
            return !hasTripped
        }
        guard isFirst else { return }
        queue.async { [killSwitch, onLoss] in
            _ = killSwitch.engage(by: "trip:audit", reason: "\(error)", at: UTCClock.now())
            if outage != .noRoom { onLoss(outage) }
        }
    }
}
