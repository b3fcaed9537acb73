import Audit
import Platform
import Risk
import Telemetry
import TradingModel

/// The numbers of the sessions as metrics, brought up to date when they are asked for: the decision path pays nothing.
///
/// Counters run on over the sessions of the process.
final class SessionMetrics: Sendable {
    private struct Seen {
        var session: ObjectIdentifier?
        var values: [String: Int] = [:]
    }

    private let registry: MetricsRegistry
    private let seen = Locked(Seen())

    init(_ registry: MetricsRegistry) { self.registry = registry }

    func update(_ summary: SessionSummary, _ session: TradingSession, _ killSwitch: KillSwitch) {
        seen.withLock { seen in
            if seen.session != ObjectIdentifier(session) {
                seen = Seen(session: ObjectIdentifier(session))
            }
            count(summary, &seen)
        }
        gauge("tradingd_open_orders", "Working orders", summary.working)
        gauge("tradingd_killswitch_level", "1 while the kill switch is engaged", killSwitch.isEngaged ? 1 : 0)
        gauge(
            "tradingd_audit_last_sequence", "Number of the newest audit line", Int(summary.auditHead.sequence)
        )
        gauge("tradingd_ready", "1 while trading is armed", session.state == .running ? 1 : 0)
    }

    private func count(_ summary: SessionSummary, _ seen: inout Seen) {
        for type in EventType.allCases {
            let name = type.name.description
            add(
                summary.tally[type], name,
                registry.counter(
                    "tradingd_events_total", help: "Events delivered", labels: ["type": name]), &seen)
        }
        add(
            summary.signals, "signals",
            registry.counter(
                "tradingd_signals_total", help: "Signals emitted"), &seen)
        add(
            summary.risk.approved, "approved",
            registry.counter(
                "tradingd_risk_approved_total", help: "Orders approved by risk"), &seen)
        for reason in RiskReason.allCases {
            let code = reason.code.description
            add(
                summary.risk.denied[Int(reason.rawValue)], "denied." + code,
                registry.counter(
                    "tradingd_risk_denied_total", help: "Orders denied by risk", labels: ["code": code]),
                &seen)
        }
        for report in OrderReport.allCases {
            let outcome = report.name.description
            add(
                summary.reports(report), "report." + outcome,
                registry.counter(
                    "tradingd_orders_total", help: "Reports of the venue", labels: ["outcome": outcome]),
                &seen)
        }
    }

    /// Adds what has come since the last time.
    private func add(_ value: Int, _ key: String, _ counter: Counter, _ seen: inout Seen) {
        counter.increment(by: UInt64(max(0, value - (seen.values[key] ?? 0))))
        seen.values[key] = value
    }

    private func gauge(_ name: String, _ help: String, _ value: Int) {
        registry.gauge(name, help: help).set(value)
    }
}
