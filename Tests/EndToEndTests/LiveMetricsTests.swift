import ExactJSON
import TestSupport
import Testing

extension EndToEndTests {
    /// What a daemon tells of its session with the gateway.
    @Suite("Live metrics")
    struct LiveMetricsTests {
        private func rig() throws -> LiveRig {
            try LiveRig(gateway: ["--symbol", "XAUUSD", "--rate", "400"], faults: []) { sandbox, port in
                [
                    ("settings.yaml", "port: 7497 #", "port: \(port) #"),
                    (
                        "settings.yaml", "telemetry:\n",
                        "telemetry:\n  metrics:\n    socket: \(sandbox.path("metrics.sock"))\n"
                    ),
                ]
            }
        }

        private func metrics(_ rig: LiveRig) throws -> OpenMetricsText {
            try OpenMetricsText(try LocalSocket.scrape(rig.sandbox.path("metrics.sock")))
        }

        private func state(_ name: String, _ metrics: OpenMetricsText) -> Bool {
            metrics.samples("tradingd_gateway_state").filter { $0.value == 1 }.map { $0.label("state") } == [
                name
            ]
        }

        @Test("mode ibkr has the metrics of its documentation besides, and no others")
        func documented() throws {
            let rig = try rig()
            try rig.becomesLive()
            let families = try metrics(rig).families.filter {
                $0.name.hasPrefix("tradingd_gateway_") || $0.name.hasPrefix("tradingd_broker_")
            }
            let table =
                "| metric | type | labels | what |\n|---|---|---|---|\n"
                + families.map { TelemetryTests.row($0) }.joined()
            let documented = try RepositoryFile.section(
                "gateway-metrics", of: "docs/telemetry.md", madeAs: table)
            #expect(documented == table)
            #expect(try rig.daemon.stop() == 0)
        }

        @Test("state, messages, streams and losses of the session are counted, over reconnections, too")
        func counted() throws {
            let rig = try rig()
            try rig.becomesLive()
            // An answer may be a tenth of a second old.
            try rig.daemon.eventually("tick by tick is counted") {
                try metrics(rig).value("tradingd_gateway_messages_received_total", ["kind": "tick_by_tick"])
                    ?? 0 > 10
            }
            let first = try metrics(rig)
            #expect(state("live", first))
            #expect(
                first.value("tradingd_gateway_messages_received_total", ["kind": "tick_by_tick"]) ?? 0 > 10)
            #expect(first.value("tradingd_gateway_messages_received_total", ["kind": "discarded"]) == 0)
            #expect(first.value("tradingd_gateway_messages_sent_total") ?? 0 > 5)
            #expect(first.value("tradingd_gateway_live_sessions_total") == 1)
            #expect(first.value("tradingd_gateway_resolved_contracts") == 1)
            #expect(first.value("tradingd_gateway_streams", ["stream": "quotes", "quality": "live"]) == 1)
            // Spot gold has no prints.
            #expect(first.value("tradingd_gateway_streams", ["stream": "trades", "quality": "live"]) == 0)
            #expect(first.value("tradingd_broker_drifts") == 0)

            try rig.gateway.perform("truncated")
            try rig.gateway.perform("error 1100")
            try rig.daemon.eventually("the link is lost") { state("lost", try metrics(rig)) }
            try rig.gateway.perform("error 1102")
            try rig.gateway.perform("drop")
            try rig.daemon.eventually("a second session") {
                try metrics(rig).value("tradingd_gateway_live_sessions_total") == 2
            }
            let second = try metrics(rig)
            #expect(second.value("tradingd_gateway_link_losses_total") == 1)
            #expect(second.value("tradingd_gateway_attempts_total") == 2)
            #expect(second.value("tradingd_gateway_messages_received_total", ["kind": "discarded"]) == 1)
            #expect(second.value("tradingd_broker_reconciliations_total") ?? 0 >= 2)
            #expect(
                second.value("tradingd_gateway_received_bytes_total") ?? 0
                    > first.value("tradingd_gateway_received_bytes_total") ?? 0)

            // What counts stays, what was so is no longer.
            #expect(try rig.daemon.json("mode", "switch", "sim")["mode"] == "sim")
            try rig.daemon.eventually("the gateway is idle") { state("idle", try metrics(rig)) }
            let simulated = try metrics(rig)
            #expect(
                simulated.value("tradingd_gateway_streams", ["stream": "quotes", "quality": "live"]) == 0)
            #expect(simulated.value("tradingd_gateway_live_sessions_total") == 2)
            #expect(try rig.daemon.stop() == 0)
        }
    }
}
