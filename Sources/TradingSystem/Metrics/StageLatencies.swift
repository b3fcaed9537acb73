import Telemetry

/// How long each stage takes, from the one before it: receive → event → signal → decision → durable → wire → ack → fill.
///
/// Recorded for what leads to an order, and for nothing else.
struct StageLatencies: Sendable {
    /// From the feed's batch until the bus begins to deliver it.
    let event = LatencyHistogram()
    /// Until the strategy has spoken.
    let signal = LatencyHistogram()
    /// Until risk has judged.
    let decision = LatencyHistogram()
    /// Until the verdict is in the audit trail, as durable as configured.
    let durable = LatencyHistogram()
    /// Until the venue's adapter has the order.
    let wire = LatencyHistogram()
    /// Until the venue has acknowledged it.
    let acknowledgement = LatencyHistogram()
    /// From there to its first fill.
    let fill = LatencyHistogram()
    /// From the feed's batch to the durable verdict.
    let whole = LatencyHistogram()

    /// Shows them in `registry`.
    func register(in registry: MetricsRegistry) {
        let stages = [
            ("event", event), ("signal", signal), ("decision", decision), ("durable", durable),
            ("wire", wire),
            ("ack", acknowledgement), ("fill", fill),
        ]
        for (name, histogram) in stages {
            registry.histogram(
                "tradingd_stage_seconds", help: "Time from one stage of an order to the next",
                labels: ["stage": name], histogram)
        }
        registry.histogram(
            "tradingd_decision_seconds", help: "From a signal to the verdict of risk", decision)
        registry.histogram(
            "tradingd_intent_durable_seconds", help: "From the verdict until it is in the audit trail",
            durable)
        registry.histogram(
            "tradingd_order_ack_seconds", help: "From hand-over to the venue's acknowledgement",
            acknowledgement)
        registry.histogram(
            "tradingd_tick_to_decision_seconds",
            help: "From the receipt of market data to the durable verdict",
            whole)
    }
}
