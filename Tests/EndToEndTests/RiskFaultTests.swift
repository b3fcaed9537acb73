import Audit
import ExactJSON
import Testing

extension EndToEndTests {
    /// The rows of docs/faults.md that trips find, in the real daemon.
    @Suite("Faults that stop trading")
    struct RiskFaultTests {
        private let reason = "looked at, and safe again"

        private func simulation(_ trips: String) throws -> RunningDaemon {
            let sandbox = try Sandbox()
            let configuration = try sandbox.configuration(
                ("settings.yaml", "  speed: 1 #", "  speed: 50 #"),
                ("profiles/dev.yaml", "throttle_max: 60", "throttle_max: 100000"),
                (
                    "profiles/dev.yaml", "{own: 0, broker: 0}",
                    "{own: 0, broker: 0}\n    \(trips)"
                ))
            return try RunningDaemon(sandbox, configuration: configuration, "--mode", "sim")
        }

        /// It holds until the trip is cleared and the kill released.
        private func endByHand(_ daemon: RunningDaemon, _ fault: String, _ trip: String) throws {
            try daemon.eventually("cleared and released, \(fault) is over") {
                _ = try daemon.tradectl("trip", "clear", trip, "--reason", reason)
                _ = try daemon.tradectl("killswitch", "release", "--reason", reason)
                return try daemon.held(fault).isEmpty
            }
            #expect(try daemon.stop() == 0)
            try AuditTrail(daemon.state + "/audit").proves(fault, isOver: true)
        }

        @Test("too many orders")
        func limit() throws {
            let daemon = try simulation("order_rate: {per_minute: 2}")
            try daemon.meets("RISK_LIMIT")
            #expect(try daemon.held("RISK_LIMIT") == ["order_rate all"])
            #expect(try daemon.lifeCycle == "halted")
            try endByHand(daemon, "RISK_LIMIT", "order_rate")
        }

        @Test("a loss")
        func loss() throws {
            let daemon = try simulation("day_loss: {limit: 0.5}")
            try daemon.meets("RISK_LOSS")
            #expect(try daemon.held("RISK_LOSS") == ["day_loss all"])
            try endByHand(daemon, "RISK_LOSS", "day_loss")
        }

        @Test("somebody else trades in the account: our books are not the broker's")
        func drift() throws {
            let rig = try LiveRig()
            try rig.becomesLive()
            // The same account by another client, whose executions nobody tells us.
            rig.sandbox.variables["IBKR_CLIENT_ID"] = "7"
            let other = try RunningDaemon(
                rig.sandbox, configuration: rig.sandbox.path("config"), state: "other", "--mode", "ibkr",
                "--profile", "paper")
            try rig.daemon.meets("RISK_DRIFT")
            #expect(try rig.daemon.held("RISK_DRIFT") == ["drift all"])
            #expect(try rig.daemon.lifeCycle == "halted")
            other.process.terminate()
            #expect(try rig.daemon.stop() == 0)
            try AuditTrail(rig.daemon.state + "/audit").proves("RISK_DRIFT", isOver: false)
        }

        @Test("a bus that is slower than it may be")
        func queue() throws {
            let rig = try LiveRig(gateway: ["--symbol", "XAUUSD", "--rate", "400"], faults: []) { _, port in
                [
                    ("settings.yaml", "port: 7497 #", "port: \(port) #"),
                    ("profiles/paper.yaml", "    day_loss:", "    latency: {lag: 1ns}\n    day_loss:"),
                ]
            }
            try rig.daemon.meets("INFRA_QUEUE")
            #expect(try rig.daemon.held("INFRA_QUEUE") == ["latency all"])
            #expect(try rig.daemon.stop() == 0)
            try AuditTrail(rig.daemon.state + "/audit").proves("INFRA_QUEUE", isOver: false)
        }
    }
}
