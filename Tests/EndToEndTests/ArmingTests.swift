import Audit
import ExactJSON
import Glibc
import Platform
import TestSupport
import Testing

extension EndToEndTests {
    /// What has to hold before anything is traded, and what an operator may say of it.
    @Suite("Arming")
    struct ArmingTests {
        private let reason = "read and understood"

        private func blockers(_ daemon: RunningDaemon) throws -> [String] {
            try daemon.json("mode", "show")["blocked_by"]?.arrayValue?.compactMap(\.stringValue) ?? []
        }

        private func checks(_ daemon: RunningDaemon) throws -> [String] {
            try daemon.json("mode", "show")["checks"]?.arrayValue?.map {
                "\($0["check"]?.stringValue ?? "")\($0["ok"]?.boolValue == true ? "" : " NO")"
            } ?? []
        }

        @Test(
            "paper: orders found at the broker block until they are acknowledged, in this session alone"
        )
        func paper() throws {
            let rig = try LiveRig(limitPrice: "join")
            try rig.becomesLive()
            try rig.daemon.eventually("orders fill") {
                try rig.session()["books"]?["executions"]?.integerValue ?? 0 > 0
            }
            try rig.daemon.crash()
            var acknowledged = 0
            for _ in 0..<2 {
                let next = try RunningDaemon(
                    rig.sandbox, configuration: rig.sandbox.path("config"), "--mode", "ibkr", "--profile",
                    "paper")
                // Where an order has filled meanwhile books differ, and where none was left there is nothing to find.
                try next.eventually("what is at the broker is found") {
                    try ["disarmed", "halted", "running"].contains(next.lifeCycle)
                }
                if try next.lifeCycle == "disarmed" && !blockers(next).isEmpty {
                    try acknowledge(next)
                    try next.eventually("it is logged") {
                        try next.process.output.contains("Start-up warnings acknowledged")
                    }
                }
                if try next.process.output.contains("Start-up warnings acknowledged") { acknowledged += 1 }
                try next.crash()
            }
            let last = try RunningDaemon(
                rig.sandbox, configuration: rig.sandbox.path("config"), "--mode", "ibkr", "--profile", "paper"
            )
            #expect(try last.stop() == 0)
            let trail = try AuditTrail(last.state + "/audit")
            let read = trail.indices(.warningAck).map { trail.lines[$0].data }
            #expect(read.count == acknowledged && read.allSatisfy { $0["reason"]?.stringValue == reason })
        }

        private func acknowledge(_ daemon: RunningDaemon) throws {
            #expect(
                try checks(daemon) == [
                    "configuration", "audit", "kill_switch", "clock", "broker", "reconciled", "warnings NO",
                ])
            #expect(try daemon.tradectl("mode", "arm").exitCode == 6)
            #expect(try daemon.tradectl("mode", "ack-warnings", "--reason", "short").exitCode == 2)
            let done = try daemon.tradectl("mode", "ack-warnings", "--reason", reason)
            #expect(done.exitCode == 0 && done.output.contains("acknowledged"), "\(done.errors)")
            #expect(try blockers(daemon) == [] && daemon.lifeCycle == "disarmed")
            #expect(try daemon.tradectl("mode", "ack-warnings", "--reason", reason).exitCode == 6)
            #expect(try daemon.tradectl("mode", "arm", "--reason", reason).exitCode == 0)
        }

        @Test(
            "prod: never arms itself, and an account that does not fit cannot be acknowledged",
            arguments: ["DU1", "U1"])
        func prod(_ account: String) throws {
            let sandbox = try Sandbox()
            sandbox.variables["TRADINGD_MAX_CLOCK_ERROR"] = "10s"
            let gateway = try RunningGateway(
                sandbox, ["--symbol", "XAUUSD", "--rate", "400", "--account", account])
            let key = sandbox.path("key")
            let made = try sandbox.run(
                Products.tradectl, ["audit", "keygen", key, "--origin", "test/prod/1"])
            #expect(made.exitCode == 0, "\(made.errors)")
            let configuration = try sandbox.configuration(
                ("profiles/prod.yaml", "port: 7496", "port: \(gateway.port)"),
                ("profiles/prod.yaml", "  durability: disk", "  key: \(key)\n  durability: disk"))
            let daemon = try RunningDaemon(
                sandbox, configuration: configuration, "--mode", "ibkr", "--profile", "prod")
            try daemon.eventually("it is ready") { try daemon.lifeCycle == "disarmed" }
            let isFitting = account == "U1"
            let isClockGood = ClockQuality.read().map { $0.isSynchronised } ?? false
            #expect(try blockers(daemon).count == (isFitting ? 0 : 1) + (isClockGood ? 0 : 1))
            if !(isFitting && isClockGood) {
                #expect(try daemon.tradectl("mode", "arm", "--reason", reason).exitCode == 6)
                let done = try daemon.tradectl("mode", "ack-warnings", "--reason", reason)
                #expect((done.exitCode == 0) == !isClockGood, "\(done.output)\(done.errors)")
            }
            let armed = try daemon.tradectl("mode", "arm", "--reason", reason)
            #expect((armed.exitCode == 0) == isFitting, "\(armed.errors)")
            if !isFitting { #expect(armed.errors.contains("cannot be acknowledged"), "\(armed.errors)") }
            _ = try daemon.stop()
        }
    }
}
