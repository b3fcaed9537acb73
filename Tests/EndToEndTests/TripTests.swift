import Audit
import ExactJSON
import Glibc
import Platform
import TestSupport
import Testing

extension EndToEndTests {
    /// What stops trading by itself, in the real daemon.
    @Suite("Trips")
    struct TripTests {
        private func latches(_ daemon: RunningDaemon) throws -> [String] {
            try daemon.json("killswitch", "status")["latches"]?.arrayValue?.map {
                "\($0["scope"]?.stringValue ?? "") \($0["level"]?.stringValue ?? "") \($0["by"]?.stringValue ?? "")"
            } ?? []
        }

        private func trip(_ name: String, _ daemon: RunningDaemon) throws -> JSONValue {
            try daemon.json("trip", "show")["trips"]?.arrayValue?.first { $0["name"]?.stringValue == name }
                ?? .null
        }

        private let reason = "looked at, and safe again"

        @Test(
            "a storm of the broker's rejects halts the strategy, over a crash, until it is cleared and released"
        )
        func rejectStorm() throws {
            let rig = try LiveRig()
            try rig.becomesLive()
            for count in 1...5 {
                #expect(try latches(rig.daemon) == [])
                try rig.gateway.perform("error 201")
                try rig.daemon.eventually("order \(count) is rejected") {
                    try rig.daemon.json("trip", "show").text.contains("\(count) broker")
                        || !latches(rig.daemon).isEmpty
                }
            }
            let latch = "strategy:micro_price_momentum halt trip:reject_storm"
            try rig.daemon.eventually("the strategy is halted") { try latches(rig.daemon) == [latch] }
            #expect(try trip("reject_storm", rig.daemon)["state"] == "tripped")
            let sent = try rig.daemon.sentOrders(), ticks = try rig.ticks()
            try rig.daemon.eventually("the market goes on") { try rig.ticks() > ticks + 50 }
            #expect(try rig.daemon.sentOrders() == sent)
            try rig.daemon.crash()
            try checkAfterCrash(rig, latch)
        }

        private func checkAfterCrash(_ rig: LiveRig, _ latch: String) throws {
            let next = try RunningDaemon(
                rig.sandbox, configuration: rig.sandbox.path("config"), "--mode", "ibkr", "--profile", "paper"
            )
            #expect(try latches(next) == [latch])
            #expect(try trip("reject_storm", next)["state"] == "tripped")
            try next.eventually("the books are compared") {
                try next.lifeCycle == "disarmed" || next.lifeCycle == "running"
            }
            #expect(try next.tradectl("trip", "clear", "reject_storm", "--reason", "short").exitCode == 2)
            #expect(try next.tradectl("trip", "clear", "no_such", "--reason", reason).exitCode == 2)
            let cleared = try next.tradectl("trip", "clear", "reject_storm", "--reason", reason)
            #expect(cleared.exitCode == 0 && !cleared.output.contains("TRIPPED"), "\(cleared.errors)")
            #expect(try latches(next) == [latch])
            let released = try next.tradectl(
                "killswitch", "release", "--scope", "strategy:micro_price_momentum", "--reason", reason)
            #expect(released.exitCode == 0, "\(released.errors)")
            #expect(try latches(next) == [])
            #expect(try next.stop() == 0)
            let trail = try AuditTrail(next.state + "/audit")
            let states = trail.indices(.riskTrip).map { trail.lines[$0].data["state"]?.stringValue ?? "" }
            #expect(states.first == "tripped" && states.last == "cleared", "\(states)")
        }

        @Test("a loss of the day reduces, then halts; released without being cleared it trips at once")
        func dayLoss() throws {
            let sandbox = try Sandbox()
            let configuration = try sandbox.configuration(
                ("settings.yaml", "  speed: 1 #", "  speed: 50 #"),
                ("profiles/dev.yaml", "throttle_max: 60", "throttle_max: 100000"),
                (
                    "profiles/dev.yaml", "{own: 0, broker: 0}",
                    "{own: 0, broker: 0}\n    day_loss: {limit: 0.5}"
                ))
            let daemon = try RunningDaemon(sandbox, configuration: configuration, "--mode", "sim")
            try daemon.eventually("the loss trips") { try !latches(daemon).isEmpty }
            #expect(try latches(daemon)[0].hasSuffix("trip:day_loss"))
            let released = try daemon.tradectl("killswitch", "release", "--reason", reason)
            #expect(released.exitCode == 0, "\(released.errors)")
            try daemon.eventually("it trips again") { try !latches(daemon).isEmpty }
            // The market goes on meanwhile, and may lose as much once more before the operator has said all that.
            try daemon.eventually("cleared, released and armed, it trades") {
                #expect(try daemon.tradectl("trip", "clear", "day_loss", "--reason", reason).exitCode == 0)
                let released = try daemon.tradectl("killswitch", "release", "--reason", reason)
                let armed = try daemon.tradectl("mode", "arm", "--reason", reason)
                return released.exitCode == 0 && armed.exitCode == 0
            }
            #expect(try daemon.stop() == 0)
            let trail = try AuditTrail(daemon.state + "/audit")
            let states = trail.indices(.riskTrip).map { trail.lines[$0].data["state"]?.stringValue ?? "" }
            #expect(states.count { $0 == "tripped" } >= 2 && states.contains("cleared"), "\(states)")
            // Nothing outside of the sequence had a part in it.
            let journals = sandbox.directory.names(in: "daemon/journal").map {
                sandbox.path("daemon/journal/" + $0)
            }
            let again = try sandbox.run(
                Products.tradectl,
                ["audit", "replay", "--audit", daemon.state + "/audit", "--journal"] + journals)
            #expect(
                again.exitCode == 0 && again.output.contains("REPRODUCED"), "\(again.output)\(again.errors)")
        }

        @Test("a price that moves too fast holds its instrument, over a restart; the sequence reproduces it")
        func velocity() throws {
            let sandbox = try Sandbox()
            let configuration = try sandbox.configuration(
                ("settings.yaml", "  speed: 1 #", "  speed: 50 #"),
                (
                    "profiles/dev.yaml", "{own: 0, broker: 0}",
                    "{own: 0, broker: 0}\n    velocity: {bps: 1, window: 1m}"
                ))
            let daemon = try RunningDaemon(sandbox, configuration: configuration, "--mode", "sim")
            let latch = "symbol:XAUUSD reduce trip:velocity"
            try daemon.eventually("the price moves") { try latches(daemon).contains(latch) }
            let shown = try trip("velocity", daemon)
            #expect(shown["state"] == "tripped" && shown["scope"] == "symbol:XAUUSD", "\(shown.text)")
            #expect(shown["limit"] == "1 bps in 60s", "\(shown.text)")
            let cleared = try daemon.tradectl(
                "trip", "clear", "velocity", "--scope", "symbol:XAUUSD", "--reason", reason)
            #expect(cleared.exitCode == 0, "\(cleared.errors)")
            #expect(try daemon.stop() == 0)
            let log = try daemon.process.output
            #expect(log.contains("Risk control tripped") && log.contains("Trip cleared"), "\(log)")
            let journals = sandbox.directory.names(in: "daemon/journal").map {
                sandbox.path("daemon/journal/" + $0)
            }
            let again = try sandbox.run(
                Products.tradectl,
                ["audit", "replay", "--audit", daemon.state + "/audit", "--journal"] + journals)
            #expect(
                again.exitCode == 0 && again.output.contains("REPRODUCED"), "\(again.output)\(again.errors)")
            let next = try RunningDaemon(sandbox, configuration: configuration, "--mode", "sim")
            #expect(try latches(next).contains(latch))
            #expect(try trip("velocity", next)["state"] == "tripped")
        }

        @Test("a broker that is gone for too long reduces, and what worked is cancelled when it is back")
        func disconnect() throws {
            let rig = try LiveRig(
                gateway: ["--symbol", "XAUUSD", "--rate", "400"], faults: []
            ) { _, port in
                [
                    (
                        "settings.yaml", "port: 7497 #",
                        "port: \(port)\n    step_timeout: 5s\n    heartbeat: 3s #"
                    ),
                    ("settings.yaml", "  stale_after: 2s", "  retry_after: 500ms\n  stale_after: 2s"),
                    ("settings.yaml", "limit_price: touch", "limit_price: join"),
                    ("profiles/paper.yaml", "throttle_max: 20", "throttle_max: 100000"),
                    ("profiles/paper.yaml", "    day_loss:", "    disconnect: {after: 1s}\n    day_loss:"),
                ]
            }
            try rig.becomesLive()
            try rig.daemon.eventually("orders work") { try rig.daemon.workingOrders() > 0 }
            try rig.gateway.perform("close-port 5s")
            try rig.gateway.perform("drop")
            try rig.daemon.eventually("it trips") {
                try latches(rig.daemon) == ["all reduce trip:disconnect"]
            }
            #expect(try rig.daemon.workingOrders() > 0)
            try rig.becomesLive()
            try rig.daemon.eventually("what worked is cancelled") { try rig.daemon.workingOrders() == 0 }
            #expect(try rig.daemon.stop() == 0)
            let trail = try AuditTrail(rig.daemon.state + "/audit")
            // What was not reducing was given up with the trip already, the rest with the return.
            let reasons = trail.indices(.orderCancel).compactMap {
                trail.lines[$0].data["reason"]?.stringValue
            }
            #expect(reasons.contains { $0 == "broker was gone" || $0 == "kill switch" })
        }
    }
}
