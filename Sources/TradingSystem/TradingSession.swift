import Audit
import Configuration
import Dispatch
import ExactJSON
import MarketData
import Messaging
import Platform
import Risk
import TradingModel

/// One run of the decision path: feed → bus → engines → strategies → risk → router → venue, from start to summary.
///
/// A mode switch ends one session and begins another. The kill switch outlives both.
public final class TradingSession: Sendable {
    /// Feed and venue of this session.
    public let mode: Mode
    /// Its number in the state directory.
    public let number: UInt32
    let settings: Settings
    let bus: EventBus<TradingPipeline>
    let audit: AuditLog
    let paths: StatePaths
    private let killSwitch: KillSwitch
    let queues: QueuePlan
    private let lifeCycle = Locked(LifeCycle.starting)
    private let isOpen = Locked(false)

    /// Builds the stages and opens the audit log; nothing flows yet.
    ///
    /// - Throws: `LaunchError`.
    init(
        settings: Settings, mode: Mode, paths: StatePaths, identity: AuditIdentity, startedAt: Timestamp,
        killSwitch: KillSwitch, queues: QueuePlan
    ) throws(LaunchError) {
        self.settings = settings
        self.mode = mode
        self.paths = paths
        self.killSwitch = killSwitch
        self.queues = queues
        number = try SessionCounter.next(in: paths.state)
        audit = try Self.openAudit(settings, paths, identity, startedAt, queues.audit)
        let pipeline = Wiring.pipeline(settings, session: number, audit: audit) { [killSwitch] error in
            // The engage publishes on the bus, which is at work: it waits its turn on another queue.
            queues.control.async {
                _ = killSwitch.engage(by: "trip:audit", reason: "\(error)", at: .zero)
            }
        }
        bus = EventBus(core: pipeline, queue: queues.bus)
    }

    private static func openAudit(
        _ settings: Settings, _ paths: StatePaths, _ identity: AuditIdentity, _ time: Timestamp,
        _ queue: DispatchQueue
    ) throws(LaunchError) -> AuditLog {
        var options = AuditSettings(
            directory: paths.audit, durability: settings.audit.durability == .disk ? .disk : .process,
            segmentBytes: settings.audit.segmentBytes)
        // Threads stamp before they wait for the log.
        options.stepTolerance = 1_000_000_000
        do throws(AuditError) {
            return try AuditLog(options, identity: identity, at: time, queue: queue)
        } catch {
            throw LaunchError(error)
        }
    }

    // MARK: State

    /// Where the session is in its life.
    public var state: LifeCycle { lifeCycle.withLock { $0 } }

    /// Time for what operators do: the newest event's in a replay, UTC otherwise.
    func now() -> Timestamp {
        mode == .replay
            ? bus.query { $0.now } : Timestamp(nanoseconds: AnchoredClock.wallNanoseconds())
    }

    private func advance(_ input: LifeCycle.Input) -> Bool {
        lifeCycle.withLock { state in
            guard let next = state.after(input) else { return false }
            state = next
            return true
        }
    }

    // MARK: Opening

    /// Begins: writes `session.start`, publishes the start, takes over the kill state, arms where the profile arms itself.
    ///
    /// - Parameter time: of the first event; the replay's clock starts with it.
    func open(at time: Timestamp) {
        let isFirst = isOpen.withLock { isOpen in
            defer { isOpen = true }
            return !isOpen
        }
        guard isFirst else { return }
        writeSessionStart(at: time)
        notify(.sessionStart, actor: "startup", reason: "mode \(mode.rawValue)", at: time)
        _ = advance(.built)
        // The simulated venue starts empty, as our books do.
        _ = advance(.reconciled)
        if killSwitch.isEngaged {
            _ = advance(.kill)
            let kill = killSwitch.state
            notify(.killSwitchEngaged, actor: kill.actor, reason: kill.reason, at: time)
        } else if armsItself, advance(.arm) {
            notify(.armed, actor: "startup", reason: "profile \(settings.profile.rawValue)", at: time)
        }
    }

    /// `dev` and `paper` arm themselves unless a warning is open; `prod` never does.
    private var armsItself: Bool { settings.profile != .prod && settings.warnings.isEmpty }

    private func writeSessionStart(at time: Timestamp) {
        write(.sessionStart, at: time) { json in
            json.beginObject()
            json.key("session")
            json.integer(number)
            json.key("profile")
            json.string(settings.profile.rawValue)
            json.key("mode")
            json.string(mode.rawValue)
            json.key("version")
            json.string(Version.current)
            json.key("config")
            json.string(settings.decisionHash(sha256Hex))
            json.endObject()
        }
    }

    // MARK: Operators

    /// Allows trading.
    ///
    /// - Returns: the state; `nil` when it does not allow this.
    func arm(by actor: String, reason: String) -> LifeCycle? {
        guard !killSwitch.isEngaged, advance(.arm) else { return nil }
        notify(.armed, actor: actor, reason: reason)
        return state
    }

    /// Stops new orders; working orders stay.
    func disarm(by actor: String, reason: String) -> LifeCycle? {
        guard advance(.disarm) else { return nil }
        notify(.disarmed, actor: actor, reason: reason)
        return state
    }

    /// Sequences a change of the kill switch: an engage ahead of everything that waits.
    func killSwitchChanged(_ change: KillSwitchState) {
        _ = advance(change.isEngaged ? .kill : .release)
        guard isOpen.withLock({ $0 }) else { return }
        let notice = SystemNotice(
            change.isEngaged ? .killSwitchEngaged : .killSwitchReleased, actor: change.actor,
            reason: change.reason)
        bus.publishUrgent(event(notice, at: .zero))
    }

    private func notify(
        _ kind: SystemNotice.Kind, actor: String, reason: String, at time: Timestamp = .zero
    ) {
        bus.publish(event(SystemNotice(kind, actor: actor, reason: reason), at: time))
    }

    private func event(_ notice: SystemNotice, at time: Timestamp) -> MarketEvent {
        MarketEvent(
            timestamp: time, receivedAt: time, symbol: .none, source: .operator_, payload: .system(notice))
    }

    // MARK: End

    /// Cancels what works, delivers what waits, writes out and closes; the session cannot be used afterwards.
    func finish(reason: String) -> SessionSummary {
        _ = advance(.stop)
        open(at: Timestamp.zero)
        notify(.sessionStop, actor: "session", reason: reason)
        bus.stop()
        var summary = bus.query { SessionSummary($0, session: self) }
        write(.sessionStop, at: bus.query { $0.now }) { [summary] json in
            summary.writeRecord(reason: reason, to: &json)
        }
        // Who keeps the summary can prove later that nothing was cut off the log.
        summary.auditHead = audit.head
        do {
            try audit.close()
        } catch {
            // The log has said so itself when it failed; there is nowhere left to write it.
        }
        _ = advance(.drained)
        return summary
    }

    /// Writes a line; a failure trips the kill switch through the latch of the log.
    ///
    /// - Returns: whether it is written. After the orderly end of the session it is not, and that trips nothing.
    @discardableResult
    func write(_ type: AuditLineType, at time: Timestamp, _ data: (inout JSONWriter) -> Void) -> Bool {
        do throws(AuditError) {
            try audit.append(type, at: time, data)
            return true
        } catch .unavailable(.closed) {
            return false
        } catch {
            _ = killSwitch.engage(by: "trip:audit", reason: "\(error)", at: time)
            return false
        }
    }
}

/// The door of the bus for a feed: the first batch opens the session with its own time.
struct SessionSink: EventSink {
    let session: TradingSession
    /// Whether to wait for room (replay) or to call a full ring a fault (live).
    let waits: Bool
    let onOverload: @Sendable () -> Void

    func accept(_ events: borrowing ContiguousArray<MarketEvent>) -> Bool {
        let batch = copy events
        if let first = batch.first { session.open(at: first.receivedAt) }
        switch session.bus.publish(contentsOf: batch, waiting: waits) {
        case .accepted: return true
        case .overloaded:
            onOverload()
            return true
        case .stopped: return false
        }
    }
}
