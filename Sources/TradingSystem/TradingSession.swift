import Audit
import Configuration
import Dispatch
import ExactJSON
import Execution
import Export
import Logging
import Messaging
import Platform
import Recorder
import Risk
import Telemetry
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
    let recording: SessionRecording?
    let killSwitch: KillSwitch
    let trip: AuditTrip
    let queues: QueuePlan
    /// Lines of the audit log before this session.
    let auditLinesBefore: UInt64
    /// When the newest events came; empty in a replay.
    let feedTimes = FeedTimes()
    /// Moments for the measurements.
    let stageClock = StageClock()
    /// Whether time is the events' own, from a recording, or UTC.
    let usesEventTime: Bool
    private let mayArmItself: Bool
    /// What earlier sessions have used up of the limits; `nil` for a replay, which is a session of its own.
    let carried: CarriedBudget?
    /// Orders that earlier sessions have sent to the broker; `nil` where there is none.
    let earlier: EarlierOrders?
    let gate = Locked(Gate())
    let log = Logger(label: "tradingd.session")

    /// State and what is published about it change together, so that the sequence of events tells the same story.
    struct Gate {
        var state = LifeCycle.starting
        var isOpening = false
        var isOpen = false
        /// Whether the kill switch was engaged or released while the session began: it then waits for an operator.
        var sawKillSwitch = false
        /// Whether the sequence of events knows that the session ends: working orders are being cancelled.
        var isEnding = false
        var isFinished = false
        /// Whether our books have been compared with the venue's.
        var isReconciled = false
        /// What keeps the session from being armed besides the settings: what was found at the broker, and what an earlier
        /// session left there.
        var brokerWarnings: [StartUpWarning] = []
        var standingWarnings: [StartUpWarning] = []
        /// What is wrong with the clock; `nil` where nothing is or nobody looks.
        var clockWarning: StartUpWarning?
        /// Trips found outside of the sequence that it has been told of, since the newest release.
        var toldTrips: Set<Trip> = []
        /// Warnings that an operator has read, with his name.
        var acknowledged: [StartUpWarning: String] = [:]
    }

    /// Builds the stages and opens the audit log; nothing flows yet.
    ///
    /// - Parameters:
    ///   - mayArmItself: whether the profile's own arming applies; not after an operator, a fault or the kill switch has
    ///     stopped the session before.
    ///   - keys: sign the audit log.
    ///   - venue: where orders go, made for the session's number; `nil` where the simulated venue takes them.
    ///   - export: what writes files of the session besides.
    ///   - latencies: where the time that the stages take is recorded.
    ///   - traces: where the spans of orders go.
    ///   - onAuditLoss: called when the audit log has failed, after the kill switch has been engaged.
    /// - Throws: `LaunchError`.
    init(
        settings: Settings, mode: Mode, paths: StatePaths, identity: AuditIdentity, keys: AuditKeys,
        startedAt: Timestamp, killSwitch: KillSwitch, queues: QueuePlan, mayArmItself: Bool,
        venue: ((UInt32) throws(LaunchError) -> TradingVenue?)? = nil, export: ExportStage?,
        latencies: StageLatencies = StageLatencies(), traces: TraceSink? = nil,
        onAuditLoss: @escaping @Sendable (AuditOutage) -> Void
    ) throws(LaunchError) {
        self.settings = settings
        self.mode = mode
        self.paths = paths
        self.killSwitch = killSwitch
        self.queues = queues
        self.mayArmItself = mayArmItself
        usesEventTime = mode == .replay
        // The log first: its lock keeps a second daemon out before anything is counted.
        let trip = AuditTrip(killSwitch, queues: queues, onLoss: onAuditLoss)
        self.trip = trip
        let durable = DurableLines()
        audit = try Self.openAudit(
            AuditSettings(settings, mode: mode, directory: paths.audit, keys: keys), identity, startedAt,
            queues.audit, .ofSession(durable, trip, latencies))
        auditLinesBefore = audit.head.sequence
        number = try SessionCounter.next(in: paths.state)
        carried =
            mode == .replay
            ? nil
            : CarriedBudget(
                settings, mode, directory: paths.audit, isFirst: number == 1,
                at: startedAt)
        earlier =
            mode == .ibkr ? EarlierOrders(directory: paths.audit, before: number, at: startedAt) : nil
        recording = try SessionRecording(
            settings, mode, paths, origin: audit.origin, session: number, at: startedAt,
            queue: queues.recorder)
        bus = EventBus(
            core: try Wiring.pipeline(
                settings, mode: mode, venue: try venue?(number) ?? nil, session: number, audit: audit,
                handOver: .of(settings, mode),
                recorder: recording?.recorder, export: export,
                measuring: (stageClock, latencies, traces), onTrip: Self.onTrip(killSwitch, queues)
            ) { error in trip.pull(error) }, queue: queues.bus)
        durable.connect(bus)
        if let recovery = audit.recovery {
            log.warning(
                "Torn line of the audit log set aside",
                metadata: [
                    "file": "\(recovery.path)", "bytes": "\(recovery.bytes)", "sha256": "\(recovery.hash)",
                ])
        }
    }

    private static func openAudit(
        _ settings: AuditSettings, _ identity: AuditIdentity, _ time: Timestamp, _ queue: DispatchQueue,
        _ observer: AuditObserver
    ) throws(LaunchError) -> AuditLog {
        do throws(AuditError) {
            return try AuditLog(settings, identity: identity, at: time, queue: queue, observer: observer)
        } catch {
            throw LaunchError(error)
        }
    }

    // MARK: State

    /// Where the session is in its life.
    public var state: LifeCycle { gate.withLock { $0.state } }

    /// Time for what operators do: the newest event's in a replay, UTC otherwise.
    func now() -> Timestamp { usesEventTime ? bus.query { $0.now } : UTCClock.now() }

    // MARK: Opening

    /// Begins: writes `session.start`, publishes the start, takes over the kill state, arms where the profile arms itself.
    ///
    /// - Parameter time: of the first event; the replay's clock starts with it.
    func open(at time: Timestamp) {
        let isFirst = gate.withLock { gate in
            defer { gate.isOpening = true }
            return !gate.isOpening
        }
        guard isFirst else { return }
        writeSessionStart(at: time)
        recording?.begin(
            at: time,
            onFailure: { [weak self] file, reason in self?.raise(.infraRecorder, file, reason) },
            audit: { [weak self] type, time, data in self?.write(type, at: time) { $0.value(data) } })
        gate.withLock { gate in
            gate.clockWarning = watchesClock ? clockWarning(ClockQuality.read()) : nil
            let kills = killSwitch.state
            gate.isOpen = true
            publish(.sessionStart, actor: "startup", reason: "mode \(mode.rawValue)", at: time)
            gate.state = gate.state.after(.built) ?? gate.state
            if kills.isHalted { gate.state = gate.state.after(.kill) ?? gate.state }
            for latch in kills.latches.latches { publish(latch, at: time) }
            // Behind the kills: what has tripped already does not trip again.
            if let carried { begin(with: carried, &gate, at: time) }
            if let earlier { begin(with: earlier, &gate, at: time) }
            if mode == .ibkr {
                publish(.brokerLost, actor: "startup", reason: "not connected yet", at: time)
            } else {
                // The simulated venue starts empty, as our books do.
                reconcile(&gate, at: time)
            }
        }
    }

    /// Our books equal the venue's: the first time, the session is ready and arms itself where the profile does.
    func reconcile(_ gate: inout Gate, at time: Timestamp) {
        gate.isReconciled = true
        guard let ready = gate.state.after(.reconciled) else { return }
        gate.state = ready
        let isClear = gate.brokerWarnings.isEmpty && gate.standingWarnings.isEmpty && gate.clockWarning == nil
        guard armsItself, isClear, !gate.sawKillSwitch, let armed = ready.after(.arm) else { return }
        gate.state = armed
        publish(.armed, actor: "startup", reason: "profile \(settings.profile.rawValue)", at: time)
    }

    /// `dev` and `paper` arm themselves unless a warning is open; `prod` never does.
    private var armsItself: Bool {
        mayArmItself && settings.profile != .prod && fixedWarnings.isEmpty
    }

    /// Whether our books have been compared with the venue's at least once.
    var isReconciled: Bool { gate.withLock { $0.isReconciled } }

    private func writeSessionStart(at time: Timestamp) {
        write(.sessionStart, at: time) { json in
            SessionRecord(session: number, mode: mode, settings: settings).write(to: &json)
        }
    }

    // MARK: What changes it

    func change(
        _ input: LifeCycle.Input, _ kind: SystemNotice.Kind, actor: String, reason: String,
        if isAllowed: () -> Bool
    ) -> Bool {
        gate.withLock { gate in
            guard isAllowed(), let next = gate.state.after(input) else { return false }
            gate.state = next
            publish(kind, actor: actor, reason: reason, at: usesEventTime ? .zero : UTCClock.now())
            return true
        }
    }

    /// Puts a notice ahead of the ring; never waits.
    func publish(_ kind: SystemNotice.Kind, actor: String, reason: String, at time: Timestamp) {
        publish(SystemNotice(kind, actor: actor, reason: reason), at: time)
    }

    /// The same with all that a notice can say.
    func publish(_ notice: SystemNotice, at time: Timestamp) {
        bus.publishUrgent(
            MarketEvent(
                timestamp: time, receivedAt: time, symbol: .none, source: .operator_, payload: .system(notice)
            ))
    }

    /// The same for a kill that holds.
    func publish(_ latch: KillLatch, at time: Timestamp) {
        publish(
            SystemNotice(
                .killSwitchEngaged, actor: latch.actor, reason: latch.reason, level: latch.level,
                scope: latch.scope), at: time)
    }

    /// Writes a line; one that the log cannot keep trips the kill switch, one that it refuses is a fault of the program.
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
            log.record(.auditUnavailable, ["type": "\(type.rawValue)", "reason": "\(error)"])
            trip.pull(error)
            return false
        }
    }
}
