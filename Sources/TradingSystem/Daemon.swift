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

    enum Ending: Sendable {
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
    let rpcMetrics: RPCMetrics
    let startedAt = UTCClock.now()
    let log = Logger(label: "tradingd.system")
    /// Where spans go; `nil` unless a file is configured.
    let traces: TraceSink?
    let services = ServiceManager()
    let status = ServiceStatus()
    let running = Locked<RunningSession?>(nil)
    private let hasBegun = Locked(false)
    let ending = Locked<Ending?>(nil)
    /// What waits for the approval of a second person.
    let requests = TwoPersonRequests()

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
        killSwitch.addListener { [weak self] change in
            self?.current?.session.killSwitchChanged(change)
            self?.sessionMetrics.killSwitchChanged(change)
            // The listener stands before the next kill, a service manager that does not read must not.
            self?.queues.confirmations.async { [weak self] in self?.tellStatus() }
        }
        let server = try startServer()
        defer { server?.stop() }
        let metricsServer = try startMetricsServer()
        defer { metricsServer?.stop() }
        try begin(plan, mode: options.mode, export: export)
        let text = serviceStatus
        status.began(text)
        tell(.ready(status: text))
        let keeper = KillStateKeeper(killSwitch, queue: queues.killState)
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
        let history = try isFirst ? killHistory(paths) : nil
        if isFirst && history == nil { killSwitch.makeFirst() }
        let time = plan.begin(mode)
        var broker: BrokerLink?
        let session = try TradingSession(
            settings: settings, mode: mode, paths: paths,
            identity: AuditIdentity.of(settings, mode: mode),
            keys: try AuditKeys.load(settings, mode: mode, environment: options.environment), startedAt: time,
            killSwitch: killSwitch, queues: queues, mayArmItself: mayArmItself,
            venue: { [settings, queues, killSwitch] number throws(LaunchError) in
                guard case .gateway(let symbols) = plan else { return nil }
                let link = try BrokerLink(
                    settings, symbols: symbols, session: number, state: paths.state, queues: queues)
                broker = link
                return link.venue(killSwitch)
            }, export: export,
            latencies: sessionMetrics.latencies, traces: traces
        ) { [ending] outage in
            // Nobody knows what is on the disk: the next start reads it again.
            Self.settle(.fault(.system("\(outage)"), reason: "audit log unavailable"), ending)
        }
        // With the socket and the audit log ours, no other daemon changes the kill state any more.
        if isFirst { killSwitch.refresh(history: history) }
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

    /// What shows that the kill switch of these places has been in use: a file of an audit log that it stands above.
    private func killHistory(_ first: StatePaths) throws(LaunchError) -> String? {
        let all = [first] + Mode.allCases.map { Self.paths(settings, $0, options, stamp: startedAt) }
        do throws(SystemError) {
            for paths in all where paths.killSwitch == first.killSwitch {
                if let trace = try AuditHistory.trace(in: paths.audit) { return "there is \(trace)" }
            }
            return nil
        } catch {
            throw .system("\(error)")
        }
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
    ///
    /// - Parameter leavesOrders: whether what works at a broker stays there.
    @discardableResult
    func endSession(reason: String, leavesOrders: Bool = false) -> EndedSession? {
        guard let ended = current else { return nil }
        // It can be reached until its last event: a kill that comes meanwhile must stop it.
        defer { running.withLock { $0 = nil } }
        let unconfirmed = ended.windDown(reason: reason, leavesOrders: leavesOrders)
        if !unconfirmed.isEmpty {
            log.record(
                .gatewayAlarm,
                ["text": "orders whose cancellation is not confirmed: \(unconfirmed.joined(separator: ", "))"]
            )
        }
        ended.stop()
        // The feed's last batch is in when its queue is free again.
        queues.feed.sync {}
        defer { ended.blotter?.finish() }
        return ended.session.finish(reason: reason).map { summary in
            EndedSession(
                session: ended.session, summary: summary, input: ended.statistics, unconfirmed: unconfirmed)
        }
    }
}
