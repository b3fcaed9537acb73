import Audit
import Configuration
import ControlPlane
import Execution
import Messaging
import Platform
import Risk
import Telemetry
import TradingModel

/// The numbers of the daemon and its sessions as metrics, brought up to date when they are asked for: the decision path pays
/// nothing. Counters run on over the sessions of the process.
final class SessionMetrics: Sendable {
    struct Seen {
        var session: ObjectIdentifier?
        var values: [String: UInt64] = [:]
        /// Whether there are metrics of a gateway.
        var hasGateway = false
        var killScopes: Set<String> = ["all"]
    }

    let registry: MetricsRegistry
    /// How long the stages take; recorded by the decision path itself.
    let latencies = StageLatencies()
    private let settings: Settings
    private let whitelist: [SymbolID]
    private let logs: LogSink?
    private let startedAt: Timestamp
    /// Held while the metrics are brought up to date: an older reading must not come after a newer one.
    private let seen = Locked(Seen())

    init(_ registry: MetricsRegistry, settings: Settings, logs: LogSink?, startedAt: Timestamp) {
        self.registry = registry
        self.settings = settings
        self.logs = logs
        self.startedAt = startedAt
        whitelist = settings.risk.whitelist.sorted().compactMap { SymbolID($0) }
        latencies.register(in: registry)
        for trip in Self.trips { _ = trips(trip) }
    }

    /// Brings everything up to date; waits for the bus as long as one query does.
    func refresh(_ running: RunningSession?, _ killSwitch: KillSwitch) {
        seen.withLock { seen in
            daemon(running, killSwitch, &seen)
            guard let running else { return }
            let session = running.session
            if seen.session != ObjectIdentifier(session) {
                // What belongs to the process runs on.
                seen.values = seen.values.filter { $0.key.hasPrefix("process.") }
                seen.session = ObjectIdentifier(session)
            }
            let asked = MonotonicClock.now()
            var entered = asked
            let reading = session.bus.query { core in
                entered = MonotonicClock.now()
                return SessionReading(core, session: session, whitelist: whitelist)
            }
            gauge(
                "tradingd_loop_lag_seconds", "How long a query waited for the bus", seconds(entered - asked))
            count(reading, &seen)
            levels(reading)
            faults(reading, &seen)
            observe(running, &seen)
            gateway(running.broker, reading.streams, &seen)
            audit(AuditReading(session.audit, linesBefore: session.auditLinesBefore), &seen)
            if let blotter = running.blotter { self.blotter(blotter, &seen) }
        }
    }

    /// Counts the trips: the kill switch engaged by a control of the daemon itself.
    func killSwitchChanged(_ change: KillSwitchEvent) {
        guard change.isEngagement, change.actor.hasPrefix("trip:") else { return }
        let trip = String(change.actor.dropFirst("trip:".count))
        trips(Self.trips.contains(trip) ? trip : "other").increment()
    }

    private func trips(_ trip: String) -> Counter {
        registry.counter(
            "tradingd_risk_trips_total", help: "Kills that the daemon engaged by itself",
            labels: ["trip": trip])
    }

    /// A sync of the audit trail's file took so long; for the log to call, from any thread.
    func auditSynced(nanoseconds: UInt64) {
        registry.histogram("tradingd_audit_fsync_seconds", help: "Time to make audit lines durable")
            .record(nanoseconds: nanoseconds)
    }

    private static let trips = Set(Trip.allCases.map(\.name.description))

    /// Adds what has come since the last time.
    func add(
        _ value: UInt64, _ key: String, _ counter: @autoclosure () -> Counter, _ seen: inout Seen
    ) {
        let before = seen.values[key] ?? 0
        // The series is there from the first time on, with 0.
        let counter = counter()
        if value > before { counter.increment(by: value - before) }
        seen.values[key] = max(value, before)
    }

    func gauge(_ name: String, _ help: String, _ value: Double) {
        registry.gauge(name, help: help).set(value)
    }

    func seconds(_ nanoseconds: UInt64) -> Double { Double(nanoseconds) / 1e9 }
}

/// The process and its state.
extension SessionMetrics {
    private func daemon(_ running: RunningSession?, _ killSwitch: KillSwitch, _ seen: inout Seen) {
        registry.gauge(
            "tradingd_build_info", help: "1; version and decision hash as labels",
            labels: ["version": ProductVersion.current, "config_hash": settings.decisionHash(sha256Hex)]
        ).set(1)
        for mode in Mode.allCases {
            registry.gauge(
                "tradingd_mode", help: "1 for the mode of the session at work",
                labels: ["mode": mode.rawValue]
            ).set(running?.session.mode == mode ? 1 : 0)
        }
        let takesOrders = running?.broker?.book.reconciliation.isReady ?? true
        let isReady = running?.session.state == .running && takesOrders
        gauge("tradingd_ready", "1 while orders may leave", isReady ? 1 : 0)
        kills(killSwitch.state, &seen)
        add(
            (logs?.droppedLines ?? 0) + (logs?.refusedLines ?? 0), "process.log",
            registry.counter("tradingd_log_dropped_total", help: "Log lines lost"), &seen)
        process()
    }

    /// A scope that was killed once keeps its gauge.
    private func kills(_ kill: KillSwitchState, _ seen: inout Seen) {
        seen.killScopes.formUnion(kill.latches.latches.map(\.scope.text))
        for scope in seen.killScopes.sorted() {
            let latch = kill.latches.latches.first { $0.scope.text == scope }
            registry.gauge(
                "tradingd_killswitch_level", help: "How far a kill goes: 0 none, 1 reduce, 2 halt, 3 flatten",
                labels: ["scope": scope]
            ).set(latch.map { Double($0.level.rawValue) + 1 } ?? 0)
        }
        let oldest = kill.latches.latches.map(\.since).min()
        gauge(
            "tradingd_killswitch_engaged_timestamp_seconds",
            "Since when the oldest kill holds; 0 while none does", oldest.map(unix) ?? 0)
    }

    private func process() {
        let reading = ProcessReading()
        registry.timeCounter("process_cpu_seconds_total", help: "User and system time")
            .advance(to: reading.cpuNanoseconds)
        if let bytes = reading.residentBytes {
            gauge("process_resident_memory_bytes", "Memory that is not swapped out", Double(bytes))
        }
        if let count = reading.openDescriptors {
            gauge("process_open_fds", "Open descriptors", Double(count))
        }
        gauge("process_start_time_seconds", "When the daemon started", unix(startedAt))
    }

    private func unix(_ time: Timestamp) -> Double { Double(time.nanoseconds) / 1e9 }
}

/// Events, orders, limits and results of the session at work.
extension SessionMetrics {
    private func count(_ reading: SessionReading, _ seen: inout Seen) {
        let summary = reading.summary
        for type in EventType.allCases {
            let name = type.name.description
            add(
                UInt64(summary.tally[type]), name,
                registry.counter("tradingd_events_total", help: "Events delivered", labels: ["type": name]),
                &seen)
        }
        add(
            UInt64(summary.signals), "signals",
            registry.counter("tradingd_signals_total", help: "Signals emitted"), &seen)
        for reason in RiskReason.allCases {
            let code = reason.code.description
            add(
                UInt64(summary.risk.denied[Int(reason.rawValue)]), "denied." + code,
                registry.counter(
                    "tradingd_risk_denied_total", help: "Orders denied by risk", labels: ["code": code]),
                &seen)
        }
        for entry in reading.outcomes { count(entry, &seen) }
        count(reading.orderOutcomes, &seen)
    }

    private func count(_ outcomes: OrderOutcomeCounts, _ seen: inout Seen) {
        for reason in OrderAbsorption.allCases {
            add(
                UInt64(outcomes[reason]), "absorbed.\(reason.name)",
                registry.counter(
                    "tradingd_order_reports_absorbed_total",
                    help: "What was told of orders and changed nothing",
                    labels: ["reason": reason.name.description]), &seen)
        }
        for reason in OrderAlarm.allCases {
            add(
                UInt64(outcomes[reason]), "alarmed.\(reason.name)",
                registry.counter(
                    "tradingd_order_alarms_total", help: "What was told of orders and should not be",
                    labels: ["reason": reason.name.description]), &seen)
        }
    }

    private func count(_ entry: OrderOutcomes.Entry, _ seen: inout Seen) {
        // Instruments that may not be traded get one place: a recording may hold thousands.
        let symbol = whitelist.contains(entry.symbol) ? entry.symbol.name : "other"
        let side = entry.side.name.description
        add(
            UInt64(entry.count), "orders.\(entry.symbol.name).\(side).\(entry.outcome.rawValue)",
            registry.counter(
                "tradingd_orders_total", help: "What became of orders",
                labels: ["symbol": symbol, "side": side, "outcome": entry.outcome.rawValue]), &seen)
    }

    private func levels(_ reading: SessionReading) {
        for instrument in reading.instruments {
            let name = instrument.symbol.name
            registry.gauge("tradingd_open_orders", help: "Working orders", labels: ["symbol": name])
                .set(instrument.openOrders)
            registry.gauge("tradingd_position_units", help: "Signed quantity held", labels: ["symbol": name])
                .set(number(instrument.position))
            // Without a price or a rate it is not 0, it is not known.
            registry.gauge(
                "tradingd_exposure_currency", help: "Exposure in the base currency, NaN while unknown",
                labels: ["symbol": name, "kind": "worst_case"]
            ).set(instrument.exposure.map(number) ?? .nan)
        }
        gauge(
            "tradingd_orders_unresolved",
            "Orders of which nobody knows whether they arrived, or why they are held",
            Double(reading.unresolvedOrders))
        limits(reading)
        for profit in reading.summary.profit {
            for (kind, value) in [("realized", profit.realized), ("unrealized", profit.unrealized)] {
                registry.gauge(
                    "tradingd_pnl_currency", help: "Result of the session",
                    labels: ["kind": kind, "currency": profit.currency]
                ).set(number(value))
            }
        }
    }

    private func limits(_ reading: SessionReading) {
        let exposures = reading.exposures
        let accepted = reading.instruments.map(\.acceptedInWindow).max() ?? 0
        let ratios: [(String, Double)] = [
            ("max_exposure", number(exposures.largest) / number(reading.limits.maxExposure)),
            ("max_gross_exposure", number(exposures.gross) / number(reading.limits.maxGrossExposure)),
            ("throttle_max", Double(accepted) / Double(reading.limits.throttleMax)),
        ]
        for (limit, ratio) in ratios {
            registry.gauge(
                "tradingd_exposure_limit_ratio", help: "Use of each limit, 1 when it is reached",
                labels: ["limit": limit]
            ).set(ratio)
        }
    }

    /// For display only: decisions never see it.
    private func number(_ value: Quantity) -> Double { Double("\(value)") ?? .nan }

    private func number(_ value: Money) -> Double { Double("\(value)") ?? .nan }
}

/// What only observes: taps, feed, audit log.
extension SessionMetrics {
    private func observe(_ running: RunningSession, _ seen: inout Seen) {
        gauge("tradingd_bus_queue_depth", "Events that wait for the bus", Double(running.session.bus.depth))
        for tap in running.taps {
            add(
                tap.dropped, "tap." + tap.name,
                registry.counter(
                    "tradingd_bus_dropped_total", help: "Events an observer missed",
                    labels: ["topic": tap.name]), &seen)
        }
        for (symbol, time) in running.session.feedTimes.newest where whitelist.contains(symbol) {
            registry.gauge(
                "tradingd_feed_last_tick_timestamp_seconds", help: "When the newest event came",
                labels: ["symbol": symbol.name]
            ).set(unix(time))
        }
    }

    private func audit(_ reading: AuditReading, _ seen: inout Seen) {
        // A trail that was there before is none of this process's work.
        if seen.values["audit.lines"] == nil { seen.values["audit.lines"] = reading.linesBefore }
        add(
            reading.lines, "audit.lines",
            registry.counter("tradingd_audit_lines_total", help: "Lines written to the audit trail"), &seen)
        add(
            reading.hasFailed ? 1 : 0, "audit.errors",
            registry.counter("tradingd_audit_errors_total", help: "Failures that ended an audit trail"), &seen
        )
        gauge("tradingd_audit_last_sequence", "Number of the newest audit line", Double(reading.lines))
        if let unsigned = reading.unsignedLines {
            gauge("tradingd_audit_unsigned_lines", "Lines after the newest checkpoint", Double(unsigned))
        }
        if let time = reading.lastCheckpointAt {
            gauge("tradingd_audit_last_checkpoint_timestamp_seconds", "When it was signed", unix(time))
        }
    }

    private func blotter(_ keeper: BlotterKeeper, _ seen: inout Seen) {
        let report = keeper.report
        gauge("tradingd_blotter_behind_lines", "Audit lines the blotter lacks", Double(keeper.behind))
        add(
            UInt64(report.faults), "blotter.faults",
            registry.counter("tradingd_blotter_faults_total", help: "Times the blotter could not be written"),
            &seen)
        add(
            UInt64(report.rebuilds), "blotter.rebuilds",
            registry.counter("tradingd_blotter_rebuilds_total", help: "Times the blotter was made anew"),
            &seen)
    }
}
