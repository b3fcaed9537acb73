import Audit
import Configuration
import ControlPlane
import Dispatch
import ExactJSON
import Execution
import Export
import Logging
import MarketData
import Messaging
import Platform
import Recorder
import Risk
import Synchronization
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
    private let recording: SessionRecording?
    private let killSwitch: KillSwitch
    private let trip: AuditTrip
    let queues: QueuePlan
    /// Lines of the audit log before this session.
    let auditLinesBefore: UInt64
    /// When the newest events came; empty in a replay.
    let feedTimes = FeedTimes()
    /// Moments for the measurements.
    let stageClock = StageClock()
    /// Whether time is the events' own, from a recording, or UTC.
    private let usesEventTime: Bool
    private let mayArmItself: Bool
    private let gate = Locked(Gate())
    private let log = Logger(label: "tradingd.session")

    /// State and what is published about it change together, so that the sequence of events tells the same story.
    private struct Gate {
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
        var brokerWarnings: [String] = []
        var standingWarnings: [String] = []
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
        let trip = AuditTrip(killSwitch, queue: queues.killSwitch, onLoss: onAuditLoss)
        self.trip = trip
        let durable = DurableLines()
        audit = try Self.openAudit(
            AuditSettings(settings, mode: mode, directory: paths.audit, keys: keys), identity, startedAt,
            queues.audit, .ofSession(durable, trip, latencies))
        auditLinesBefore = audit.head.sequence
        number = try SessionCounter.next(in: paths.state)
        recording = try SessionRecording(
            settings, mode, paths, origin: audit.origin, session: number, at: startedAt,
            queue: queues.recorder)
        bus = EventBus(
            core: Wiring.pipeline(
                settings, venue: try venue?(number) ?? nil, session: number, audit: audit,
                handOver: .of(settings, mode),
                recorder: recording?.recorder, export: export,
                measuring: (stageClock, latencies, traces)
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
        recording?.begin(at: time) { [weak self] type, time, data in
            self?.write(type, at: time) { $0.value(data) }
        }
        let kill = killSwitch.state
        gate.withLock { gate in
            gate.isOpen = true
            publish(.sessionStart, actor: "startup", reason: "mode \(mode.rawValue)", at: time)
            gate.state = gate.state.after(.built) ?? gate.state
            if killSwitch.isEngaged {
                gate.state = gate.state.after(.kill) ?? gate.state
                publish(.killSwitchEngaged, actor: kill.actor, reason: kill.reason, at: time)
            }
            if mode == .ibkr {
                publish(.brokerLost, actor: "startup", reason: "not connected yet", at: time)
            } else {
                // The simulated venue starts empty, as our books do.
                reconcile(&gate, at: time)
            }
        }
    }

    /// Our books equal the venue's: the first time, the session is ready and arms itself where the profile does.
    private func reconcile(_ gate: inout Gate, at time: Timestamp) {
        gate.isReconciled = true
        guard let ready = gate.state.after(.reconciled) else { return }
        gate.state = ready
        let isClear = gate.brokerWarnings.isEmpty && gate.standingWarnings.isEmpty
        guard armsItself, isClear, !gate.sawKillSwitch, let armed = ready.after(.arm) else { return }
        gate.state = armed
        publish(.armed, actor: "startup", reason: "profile \(settings.profile.rawValue)", at: time)
    }

    /// `dev` and `paper` arm themselves unless a warning is open; `prod` never does.
    private var armsItself: Bool {
        mayArmItself && settings.profile != .prod && fixedWarnings.isEmpty
    }

    /// What keeps the session from being armed as long as it lives. A developer's limits are not for an account.
    private var fixedWarnings: [String] {
        guard mode == .ibkr && settings.profile == .dev else { return settings.warnings }
        return settings.warnings + ["profile dev never trades in mode ibkr: use paper"]
    }

    /// What keeps the session from being armed; a line each.
    var warnings: [String] {
        fixedWarnings + gate.withLock { $0.standingWarnings + $0.brokerWarnings }
    }

    /// Whether our books have been compared with the venue's at least once.
    var isReconciled: Bool { gate.withLock { $0.isReconciled } }

    /// The broker takes orders and our books equal its own; called after `brokerReady` is published.
    ///
    /// - Parameter warnings: what an operator must look at before this session trades.
    func brokerIsReady(warnings: [String]) {
        gate.withLock { gate in
            gate.brokerWarnings = warnings
            reconcile(&gate, at: UTCClock.now())
        }
        if let warning = warnings.first { disarm(by: "fault:exec", reason: warning) }
    }

    /// Takes an event of the broker: never refused for want of room, since a fill must not be lost.
    ///
    /// - Parameter accountWarnings: what does not fit about the accounts of the login.
    func publish(
        broker event: MarketEvent, book: BrokerBook, accountWarnings: () -> [String]
    ) -> PublishResult {
        var events: ContiguousArray = [event]
        let result = bus.publish(draining: &events, waiting: true)
        if case .system(let notice) = event.payload, notice.kind == .brokerReady {
            brokerIsReady(
                warnings: accountWarnings() + book.reconciliation.foundAtStart.map { "at the broker: \($0)" })
        }
        return result
    }

    /// Our books are not the broker's, and nobody knows why: the kill switch, which cancels what works.
    @Sendable
    func trip(drift text: String) {
        let killSwitch = killSwitch
        // Whoever finds it out must not wait for the disk.
        queues.killSwitch.async {
            _ = killSwitch.engage(by: "trip:recon_drift", reason: text, at: UTCClock.now())
        }
    }

    /// Something about the broker that keeps this session from trading as long as it lives.
    func standsInTheWay(_ warning: String) {
        gate.withLock { $0.standingWarnings.append(warning) }
        disarm(by: "fault:exec", reason: warning)
    }

    private func writeSessionStart(at time: Timestamp) {
        write(.sessionStart, at: time) { json in
            SessionRecord(session: number, mode: mode, settings: settings).write(to: &json)
        }
    }

    // MARK: Operators

    /// Allows trading.
    ///
    /// - Returns: whether the state allows it.
    func arm(by actor: String, reason: String) -> Bool {
        // Not under the gate twice: the warnings are read before.
        let isClear = warnings.isEmpty
        return change(.arm, .armed, actor: actor, reason: reason) { isClear && !killSwitch.isEngaged }
    }

    /// Stops new orders; working orders stay.
    ///
    /// - Returns: whether the state allows it.
    @discardableResult
    func disarm(by actor: String, reason: String) -> Bool {
        change(.disarm, .disarmed, actor: actor, reason: reason) { true }
    }

    /// Sequences a change of the kill switch ahead of everything that waits. Never waits itself.
    func killSwitchChanged(_ change: KillSwitchState) {
        gate.withLock { gate in
            // A session that is not open yet reads the latch when it opens.
            guard gate.isOpen else {
                gate.sawKillSwitch = true
                return
            }
            gate.state = gate.state.after(change.isEngaged ? .kill : .release) ?? gate.state
            // Who has not been compared yet is not ready to be armed, whatever happened meanwhile.
            if gate.state == .disarmed && !gate.isReconciled { gate.state = .reconciling }
            publish(
                change.isEngaged ? .killSwitchEngaged : .killSwitchReleased, actor: change.actor,
                reason: change.reason, at: usesEventTime ? .zero : change.since)
        }
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

    private func change(
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
    private func publish(_ kind: SystemNotice.Kind, actor: String, reason: String, at time: Timestamp) {
        bus.publishUrgent(
            MarketEvent(
                timestamp: time, receivedAt: time, symbol: .none, source: .operator_,
                payload: .system(SystemNotice(kind, actor: actor, reason: reason))))
    }

    // MARK: End

    /// Trades no more and cancels what works; a real venue's confirmations come while the feed is still there.
    func beginEnd(reason: String) {
        let isFirst = gate.withLock { gate in
            defer {
                gate.isEnding = true
                gate.state = gate.state.after(.stop) ?? gate.state
            }
            return !gate.isEnding
        }
        guard isFirst else { return }
        open(at: usesEventTime ? .zero : UTCClock.now())
        publish(.sessionStop, actor: "session", reason: reason, at: usesEventTime ? .zero : UTCClock.now())
    }

    /// Orders whose end is not known yet.
    var workingOrders: Int { bus.query { $0.execution.orders.working.count } }

    /// Waits until no order works.
    ///
    /// - Returns: whether that came within so many nanoseconds.
    func waitForCancels(atMost patience: UInt64) -> Bool {
        let deadline = MonotonicClock.now() + patience
        let never = Locked(false)
        while workingOrders > 0 {
            guard MonotonicClock.now() < deadline else { return false }
            _ = never.wait(until: MonotonicClock.now() + 5_000_000) { $0 ? true : nil }
        }
        return true
    }

    /// Writes down that orders were left at the broker whose end nobody knows.
    func noteUnconfirmed(_ orders: [String]) {
        write(.faultRaise, at: now()) { json in
            json.beginObject()
            json.key("fault")
            json.string("EXEC_UNCONFIRMED" as StaticString)
            json.key("reason")
            json.string("orders whose cancellation is not confirmed" as StaticString)
            json.key("orders")
            json.beginArray()
            for order in orders { json.string(order) }
            json.endArray()
            json.endObject()
        }
    }

    /// Cancels what works, delivers what waits, writes out and closes; the session cannot be used afterwards.
    ///
    /// - Returns: what the session did; `nil` when it was finished before.
    func finish(reason: String) -> SessionSummary? {
        let isFirst = gate.withLock { gate in
            defer { gate.isFinished = true }
            return !gate.isFinished
        }
        guard isFirst else { return nil }
        beginEnd(reason: reason)
        bus.stop()
        var summary = bus.query { core in
            core.finishRecorder()
            return SessionSummary(core, session: self)
        }
        recording?.end()
        // In a live session lines may have been written since the newest event; in a replay nothing is later than that.
        write(.sessionStop, at: max(now(), bus.query { $0.now })) { [summary] json in
            summary.writeRecord(reason: reason, to: &json)
        }
        // Who keeps the summary can prove later that nothing was cut off the log.
        summary.auditHead = audit.head
        closeAudit()
        gate.withLock { $0.state = $0.state.after(.drained) ?? $0.state }
        return summary
    }

    /// Begins the files of the export, if there is one: from here on the earlier export is gone.
    func beginExport() throws(LaunchError) {
        do throws(ExportError) {
            try bus.query { core in Result { () throws(ExportError) in try core.beginExport() } }.get()
        } catch {
            throw LaunchError(error)
        }
    }

    /// Writes out the export of a session that is finished, if there is one.
    func finishExport(_ summary: SessionSummary, input: FeedStatistics) throws(ExportError) {
        try bus.query { core in
            Result { () throws(ExportError) in
                try core.finishExport { summary.write(to: &$0, input: input) }
            }
        }.get()
    }

    /// Leaves the export of a session that is finished as it is.
    ///
    /// - Returns: whether there was one.
    func abandonExport() -> Bool { bus.query { $0.abandonExport() } }

    /// Why the recorder has stopped; `nil` while it works, and where nothing is recorded.
    var recorderFault: String? { recording?.fault }

    private func closeAudit() {
        do throws(AuditError) {
            try audit.close()
        } catch {
            log.error("Audit log not closed", metadata: ["reason": "\(error)"])
        }
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

/// The door of the bus for a feed: the first batch opens the session with its own time, and only what a feed may say comes in.
final class SessionSink: EventSink {
    /// How the times of events are taken.
    enum Clock: Sendable {
        /// As they are: a replay, a live market.
        case asRecorded
        /// Moved so that the first event happens now: a recording as the feed of a simulation.
        case shiftedToNow
    }

    private let session: TradingSession
    private let clock: Clock
    private let waits: Bool
    private let onOverload: @Sendable () -> Void
    private let shift = Locked<Int64?>(nil)
    private let isOpen = Atomic<Bool>(false)

    /// - Parameter waits: whether to wait for room (recordings) or to call a full ring a fault (live).
    init(
        _ session: TradingSession, clock: Clock, waits: Bool,
        onOverload: @escaping @Sendable () -> Void = {}
    ) {
        self.session = session
        self.clock = clock
        self.waits = waits
        self.onOverload = onOverload
    }

    func accept(_ events: inout ContiguousArray<MarketEvent>) -> Bool {
        if clock == .shiftedToNow { moveToNow(&events) }
        if Self.hasForeign(events) { events.removeAll { !$0.eventType.isOfFeeds } }
        guard !events.isEmpty else { return true }
        session.stageClock.batchReceived()
        if session.mode != .replay { session.feedTimes.note(events) }
        if !isOpen.load(ordering: .relaxed) {
            session.open(at: events[0].receivedAt)
            isOpen.store(true, ordering: .relaxed)
        }
        switch session.bus.publish(draining: &events, waiting: waits) {
        case .accepted: return true
        case .overloaded:
            events.removeAll(keepingCapacity: true)
            onOverload()
            return true
        case .stopped:
            events.removeAll(keepingCapacity: true)
            return false
        }
    }

    /// Whether there are events that a feed may not tell. By index: a sequence would copy every event.
    private static func hasForeign(_ events: borrowing ContiguousArray<MarketEvent>) -> Bool {
        let events = events.span
        for index in events.indices where !events[index].eventType.isOfFeeds { return true }
        return false
    }

    private func moveToNow(_ batch: inout ContiguousArray<MarketEvent>) {
        guard let first = batch.first else { return }
        let offset = shift.withLock { shift in
            let offset = shift ?? UTCClock.now().since(first.receivedAt)
            shift = offset
            return offset
        }
        for index in batch.indices {
            batch[index].timestamp = batch[index].timestamp.advanced(by: offset)
            batch[index].receivedAt = batch[index].receivedAt.advanced(by: offset)
        }
    }
}
