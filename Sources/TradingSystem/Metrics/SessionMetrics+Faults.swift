import Execution
import Telemetry
import TradingModel

/// The faults of the session at work.
extension SessionMetrics {
    func faults(_ reading: SessionReading, _ seen: inout Seen) {
        for fault in Fault.allCases {
            let code = fault.code.description
            add(
                reading.faultCounts[Int(fault.rawValue)].count, "fault." + code,
                registry.counter(
                    "tradingd_faults_total", help: "How often each fault has come", labels: ["fault": code]),
                &seen)
            registry.gauge("tradingd_faults_held", help: "Faults that hold", labels: ["fault": code])
                .set(Double(reading.faults.count { $0.fault == fault }))
        }
        shadow(reading, &seen)
    }

    /// What was simulated in place of orders; nothing of it is in any other metric.
    private func shadow(_ reading: SessionReading, _ seen: inout Seen) {
        gauge(
            "tradingd_shadow_active", "1 while new intents are simulated", reading.isShadowActive ? 1 : 0)
        let tally = reading.shadow
        let counts =
            [("sent", tally.sent), ("denied", tally.denied)]
            + OrderReport.allCases.map { ($0.name.description, tally[$0]) }
        for (outcome, count) in counts {
            add(
                UInt64(count), "shadow." + outcome,
                registry.counter(
                    "tradingd_shadow_orders_total",
                    help: "Simulated intents and what the simulated venue said",
                    labels: ["outcome": outcome]), &seen)
        }
    }
}
