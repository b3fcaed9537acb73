import Audit
import Configuration
import ControlPlane
import Dispatch
import ExactJSON
import Export
import Glibc
import Logging
import MarketData
import Messaging
import Platform
import Risk
import Systemd
import Telemetry
import TradingModel

/// A session that is over, and what it did.
struct EndedSession {
    let session: TradingSession
    let summary: SessionSummary
    let input: FeedStatistics
    /// Orders left at the broker whose end nobody knows.
    let unconfirmed: [String]
}

/// The whole daemon: one kill switch, one control plane, and one session after the other.
public final class Daemon: Sendable {
    /// How a run ended.
    public struct Outcome: Sendable {
        /// Exit code for the process.
        public let exitCode: Int32
        /// What the last session did; `nil` when none ran.
        public let summary: SessionSummary?
        /// What its feed read.
        public let input: FeedStatistics
        /// What went wrong, for the operator.
        public let failure: String?
    }

    private enum Ending: Sendable {
        case signal(String)
        case feed(FeedEnd)
        case fault(LaunchError, reason: String)
    }

    let settings: Settings
    let options: LaunchOptions
    let queues: QueuePlan
    let killSwitch: KillSwitch
    let metrics: MetricsRegistry
    /// Where the log goes; `nil` where somebody else keeps it.
    let logs: LogSink?
    let sessionMetrics: SessionMetrics
    private let rpcMetrics: RPCMetrics
    let startedAt = UTCClock.now()
    let log = Logger(label: "tradingd.system")
    /// Where spans go; `nil` unless a file is configured.
    let traces: TraceSink?
    private let services = ServiceManager()
    private let running = Locked<RunningSession?>(nil)
    private let hasBegun = Locked(false)
    private let ending = Locked<Ending?>(nil)

    /// Reads the kill switch; changes nothing yet.
    ///
    /// - Parameter logs: the sink of the process's loggers, whose levels operators may change.
    /// - Throws: `LaunchError.configuration` when the profile does not allow the mode, `unavailable` when this build cannot run it.
    public init(
        settings: Settings, options: LaunchOptions, queues: QueuePlan, logs: LogSink? = nil
    ) throws(LaunchError) {
        self.logs = logs
        self.settings = settings
        self.options = options
        self.queues = queues
        metrics = MetricsRegistry()
        sessionMetrics = SessionMetrics(metrics, settings: settings, logs: logs, startedAt: startedAt)
        rpcMetrics = RPCMetrics(metrics)
        traces = try Self.openTraces(settings, options)
        try Self.check(settings, options.mode)
        killSwitch = KillSwitch(
            path: Self.paths(settings, options.mode, options, stamp: startedAt).killSwitch)
    }

    static func check(_ settings: Settings, _ mode: Mode) throws(LaunchError) {
        if let refusal = settings.profile.refusal(of: mode, host: settings.providers.ibkr.host) {
            throw .configuration(refusal)
        }
        guard settings.strategy.name == Wiring.strategyName else {
            throw .configuration(
                "strategy.name: '\(settings.strategy.name)' is not known (known: \(Wiring.strategyName))")
        }
    }

    /// Places of a session in `mode` that begins at `stamp`.
    private static func paths(
        _ settings: Settings, _ mode: Mode, _ options: LaunchOptions, stamp time: Timestamp
    ) -> StatePaths {
        var stamp: [UInt8] = []
        time.append(fractionDigits: 6, to: &stamp)
        return StatePaths(
            settings: settings, mode: mode, environment: options.environment, chosen: options.stateDirectory,
            first: options.mode,
            stamp: String(decoding: stamp.filter { $0 != UInt8(ascii: ":") }, as: UTF8.self))
    }

    // MARK: Running

    /// Runs until the recording ends or a signal asks for the end.
    ///
    /// - Throws: `LaunchError` when it cannot start; nothing has been traded then.
    public func run() throws(LaunchError) -> Outcome {
        let plan = try FeedPlan(settings, mode: options.mode, options: options)
        let export = try openExport()
        MetricsSink.bootstrap(metrics)
        let signals = SignalSources(queue: queues.signals, stop: requestStop, engage: engageBySignal)
        defer { signals.cancel() }
        killSwitch.addListener { [weak self] state in
            self?.current?.session.killSwitchChanged(state)
            self?.sessionMetrics.killSwitchChanged(state)
        }
        let server = try startServer()
        defer { server?.stop() }
        let metricsServer = try startMetricsServer()
        defer { metricsServer?.stop() }
        try begin(plan, mode: options.mode, export: export)
        tell(
            .ready(status: "mode \(options.mode.rawValue), \(current?.session.state.rawValue ?? "starting")"))
        let keeper = KillStateKeeper(killSwitch, queue: queues.killSwitch)
        defer { keeper.end() }
        let auditKeeper = AuditKeeper(settings) { [weak self] in self?.current?.session }
        defer { auditKeeper.end() }
        let watchdog = Watchdog(services, queue: queues.watchdog) { [weak self] in self?.proveProgress() }
        defer { watchdog.cancel() }
        return conclude(waitForEnd())
    }

    /// The session at work; `nil` while there is none.
    var current: RunningSession? { running.withLock { $0 } }

    /// Asks for an orderly end.
    public func requestStop(_ cause: String) {
        Self.settle(.signal(cause), ending)
    }

    private func waitForEnd() -> Ending {
        ending.wait { $0 } ?? .signal("end")
    }

    /// Starts a session; the daemon answers before anything flows.
    ///
    /// - Parameters:
    ///   - mayArmItself: see `TradingSession`.
    ///   - export: what writes files of the session besides.
    func begin(
        _ plan: FeedPlan, mode: Mode, mayArmItself: Bool = true, export: ExportStage? = nil
    ) throws(LaunchError) {
        let isFirst = hasBegun.withLock { hasBegun in
            defer { hasBegun = true }
            return !hasBegun
        }
        let paths = Self.paths(settings, mode, options, stamp: isFirst ? startedAt : UTCClock.now())
        let time = plan.begin(mode)
        var broker: BrokerLink?
        let session = try TradingSession(
            settings: settings, mode: mode, paths: paths,
            identity: AuditIdentity.of(settings, mode: mode),
            keys: try AuditKeys.load(settings, mode: mode, environment: options.environment), startedAt: time,
            killSwitch: killSwitch, queues: queues, mayArmItself: mayArmItself,
            venue: { [settings, queues] number throws(LaunchError) in
                guard case .gateway(let symbols) = plan else { return nil }
                let link = try BrokerLink(
                    settings, symbols: symbols, session: number, state: paths.state, queues: queues)
                broker = link
                return link.venue
            }, export: export,
            latencies: sessionMetrics.latencies, traces: traces
        ) { [ending] outage in
            // Nobody knows what is on the disk: the next start reads it again.
            Self.settle(.fault(.system("\(outage)"), reason: "audit log unavailable"), ending)
        }
        // With the socket and the audit log ours, no other daemon changes the kill state any more.
        if isFirst { killSwitch.refresh() }
        let next = try RunningSession(session, plan: plan, broker: broker, queues: queues) {
            [ending, log] end in
            Self.note(end, session, log)
            // Only the process's own replay ends the process; one that a mode switch began leaves it idle.
            guard isFirst && mode == .replay && end != .stopped else { return }
            Self.settle(.feed(end), ending)
        }
        // Nothing can keep the session from beginning now: an earlier export may go.
        try session.beginExport()
        next.add(EventLog.attach(to: session, queues: queues))
        running.withLock { $0 = next }
        if mode != .replay { session.open(at: time) }
        next.start()
        log.record(
            .sessionBegun,
            [
                "mode": "\(mode.rawValue)", "session": .stringConvertible(Int(session.number)),
                "state": "\(session.state.rawValue)", "audit": "\(paths.audit)",
                "config.hash": "\(settings.decisionHash(sha256Hex))",
            ])
    }

    /// The export that is asked for, its directory held but not changed; what goes wrong in it later ends the replay.
    private func openExport() throws(LaunchError) -> ExportStage? {
        guard let wanted = options.export else { return nil }
        guard options.mode == .replay else {
            throw .usage("--export needs mode replay, not \(options.mode.rawValue)")
        }
        do throws(ExportError) {
            return try ExportStage(wanted, barInterval: settings.orderFlow.bar) { [ending] error in
                Self.settle(.fault(LaunchError(error), reason: "export failed"), ending)
            }
        } catch {
            throw LaunchError(error)
        }
    }

    /// A live session whose feed has ended trades no more until an operator arms it again.
    private static func note(_ end: FeedEnd, _ session: TradingSession, _ log: Logger) {
        switch end {
        case .stopped: break
        case .finished:
            log.record(.feedFinished)
            if session.mode != .replay { session.feedLost(.ended, reason: "end of recording") }
        case .failed(let reason):
            log.record(.feedFailed, ["reason": "\(reason)"])
            if session.mode != .replay { session.feedLost(.unavailable, reason: reason) }
        }
    }

    /// The first reason to end is the one that counts.
    private static func settle(_ reason: Ending, _ ending: Locked<Ending?>) {
        ending.withLockNotifying { ending in
            if ending == nil { ending = reason }
        }
    }

    /// Ends the session at work: stop the feed, cancel, drain, write out. There is none from then on.
    @discardableResult
    func endSession(reason: String) -> EndedSession? {
        guard let ended = current else { return nil }
        // It can be reached until its last event: a kill that comes meanwhile must stop it.
        defer { running.withLock { $0 = nil } }
        let unconfirmed = ended.windDown(reason: reason)
        if !unconfirmed.isEmpty {
            log.record(
                .gatewayAlarm,
                ["text": "orders whose cancellation is not confirmed: \(unconfirmed.joined(separator: ", "))"]
            )
        }
        ended.stop()
        // The feed's last batch is in when its queue is free again.
        queues.feed.sync {}
        return ended.session.finish(reason: reason).map { summary in
            EndedSession(
                session: ended.session, summary: summary, input: ended.statistics, unconfirmed: unconfirmed)
        }
    }

    private func conclude(_ ending: Ending) -> Outcome {
        let reason: String
        var failure: LaunchError?
        switch ending {
        case .signal(let cause): reason = cause
        case .feed(.failed(let text)):
            reason = "feed failed"
            failure = .data(text)
        case .feed: reason = "end of recording"
        case .fault(let fault, let cause):
            reason = cause
            failure = fault
        }
        tell(.stopping(status: reason))
        log.record(.stopping, ["reason": "\(reason)"])
        let ended = queues.lifeCycle.sync { endSession(reason: reason) }
        if let ended {
            if case .feed(.finished) = ending {
                failure = finishExport(ended)
            } else if ended.session.abandonExport() {
                log.warning("Export is not complete", metadata: ["reason": "\(reason)"])
                failure = failure ?? incomplete(reason)
            }
        }
        // A live session outlives its journal; a replay was run for it.
        if let fault = ended?.session.recorderFault, ended?.session.mode == .replay {
            failure = failure ?? .system("journal is not complete: \(fault)")
        }
        if let left = ended?.unconfirmed, !left.isEmpty {
            failure =
                failure ?? .system("orders may still work at the broker: \(left.joined(separator: ", "))")
        }
        traces?.flush()
        return Outcome(
            exitCode: failure?.exitCode ?? 0, summary: ended?.summary,
            input: ended?.input ?? FeedStatistics(), failure: failure?.description)
    }

    /// The end of a replay that was asked to stop before its export was whole.
    private func incomplete(_ reason: String) -> LaunchError {
        .system("export \(options.export?.directory ?? "") is not complete: stopped by \(reason)")
    }

    /// Writes out the export of a replay that came to its end.
    private func finishExport(_ ended: EndedSession) -> LaunchError? {
        do throws(ExportError) {
            try ended.session.finishExport(ended.summary, input: ended.input)
            return nil
        } catch {
            return LaunchError(error)
        }
    }

    // MARK: Surroundings

    private func engageBySignal() {
        let change = killSwitch.engage(
            by: "signal:USR2", reason: "signal", at: UTCClock.now())
        log.critical("Kill switch engaged by signal", metadata: ["persisted": "\(change.isPersisted)"])
    }

    /// The watchdog is fed only after the bus has let a query through.
    private func proveProgress() {
        if let session = current?.session { _ = session.bus.query { $0.sequence } }
        tell(.watchdog)
    }

    func tell(_ notification: ServiceNotification) {
        do throws(SystemError) {
            try services.notify(notification)
        } catch {
            log.warning("systemd was not told", metadata: ["reason": "\(error)"])
        }
    }

    /// The control plane; a replay goes without one when the default place is taken.
    private func startServer() throws(LaunchError) -> ControlServer? {
        do throws(ControlServerError) {
            let path: String
            if let chosen = settings.control.socket {
                path = chosen
            } else {
                path = try SocketPaths().serverPath(profile: settings.daemonProfile)
            }
            let server = try makeServer(path: path)
            try server.start()
            log.info("Control plane listens", metadata: ["socket": "\(path)"])
            return server
        } catch {
            if case .alreadyServed(let path) = error, options.mode == .replay, settings.control.socket == nil
            {
                log.warning(
                    "Replay without control plane: another daemon listens", metadata: ["socket": "\(path)"])
                return nil
            }
            throw LaunchError(error)
        }
    }

    private func makeServer(path: String) throws(ControlServerError) -> ControlServer {
        var limits = ControlLimits()
        limits.clients = settings.control.maxClients
        let identity = DaemonIdentity(version: ProductVersion.current, profile: settings.daemonProfile) {
            [weak self] in
            self?.mode.rawValue ?? "none"
        }
        return try ControlServer(
            path: path, queue: queues.control, identity: identity,
            roles: .ofThisProcess(profile: settings.daemonProfile),
            handlers: rpcMetrics.measuring(ControlMethods(daemon: self).handlers), limits: limits,
            observe: { [weak self] observation in self?.observe(observation) })
    }

    /// Mode of the session at work.
    var mode: Mode { current?.session.mode ?? options.mode }

    private func observe(_ observation: ControlObservation) {
        switch observation {
        case .connected: break
        case .turnedAway(let peer, let reason):
            log.record(.connectionRefused, ["uid": "\(peer.uid)", "reason": "\(reason)"])
        case .unauthorised(let caller, let method):
            rpcMetrics.refused(caller, method: method)
            log.record(.callRefused, ["uid": "\(caller.peer.uid)", "method": "\(method)"])
            record(.authDeny, caller, method, reason: nil)
        case .droppedNotification(let caller, let method):
            log.record(.notificationDropped, ["uid": "\(caller.peer.uid)", "method": "\(method)"])
            record(.authDeny, caller, method, reason: "mutating notification")
        case .mutating(let caller, let method, let reason):
            log.record(.callMade, ["uid": "\(caller.peer.uid)", "method": "\(method)"])
            // Engage is audited by its event, or afterwards; writing here first could hold up the latch.
            if method != "killswitch.engage" { record(.rpcCall, caller, method, reason: reason) }
        }
    }

    func record(_ type: AuditLineType, _ caller: Caller, _ method: String, reason: String?) {
        guard let session = current?.session else { return }
        // Who is refused must not be able to make others wait.
        let isWritten = session.note(type, waits: type != .authDeny) { json in
            json.beginObject()
            json.key("by")
            json.string("uid:\(caller.peer.uid)")
            json.key("pid")
            json.integer(caller.peer.pid)
            json.key("role")
            json.string(caller.role.rawValue)
            json.key("method")
            json.string(method)
            if let reason {
                json.key("reason")
                json.string(reason)
            }
            json.endObject()
        }
        if !isWritten {
            log.warning(
                "Call not in the audit log: the session is over",
                metadata: ["uid": "\(caller.peer.uid)", "method": "\(method)"])
        }
    }
}

extension Settings {
    /// The profile as the control plane names it.
    var daemonProfile: DaemonProfile {
        switch profile {
        case .dev: .dev
        case .paper: .paper
        case .prod: .prod
        }
    }
}

extension LaunchError {
    /// The control plane's refusal as a refusal to start.
    init(_ error: ControlServerError) {
        switch error {
        case .alreadyServed: self = .temporary("\(error)")
        case .unsafeDirectory: self = .permission("\(error)")
        case .pathTooLong, .notASocket: self = .configuration("\(error)")
        default: self = .system("\(error)")
        }
    }
}
