import ExactJSON
import Platform
import TestSupport
import Testing

extension EndToEndTests {
    /// What a session has used up of its limits is used up for the next one.
    @Suite("Restarts give nothing back")
    struct BudgetCarryTests {
        let sandbox: Sandbox

        init() throws { sandbox = try Sandbox() }

        /// A fast market with a narrow throttle; every fill slips, so that a loss is certain.
        private func start() throws -> RunningDaemon {
            let configuration = try sandbox.configuration(
                ("settings.yaml", "speed: 1 # times real time", "speed: 1"),
                ("settings.yaml", "events_per_second: 200", "events_per_second: 2000"),
                (
                    "profiles/dev.yaml", "throttle_max: 60",
                    "throttle_max: 4\n  max_orders_day: 1000\n  max_repeats: 999"
                ),
                (
                    "profiles/dev.yaml", "reject_storm: {own: 0, broker: 0}",
                    "reject_storm: {own: 0, broker: 0}\n    day_loss: {limit: 100000}"
                ))
            return try RunningDaemon(sandbox, configuration: configuration, "--mode", "sim", "--seed", "11")
        }

        private func used(_ daemon: RunningDaemon, _ limit: String) throws -> String {
            let rows = try daemon.json("risk", "show")["limits"]?.arrayValue
            return try #require(rows?.first { $0["limit"]?.stringValue == limit }?["use"]?.stringValue)
        }

        private func trip(_ daemon: RunningDaemon, _ name: String) throws -> String? {
            let rows = try daemon.json("trip", "show")["trips"]?.arrayValue
            return rows?.first { $0["name"]?.stringValue == name }?["actual"]?.stringValue
        }

        private func uses(_ trail: AuditTrail) -> [JSONValue] {
            trail.lines.filter { $0.type == "risk.use" }.map(\.data)
        }

        @Test(
            "after a kill -9 throttle, orders of the day, repeats and losses go on, and the session is reproduced"
        )
        func afterCrash() throws {
            let daemon = try start()
            try daemon.eventually("the throttle is full") { try used(daemon, "risk.throttle_max") == "4" }
            let orders = try #require(Int(try used(daemon, "risk.max_orders_day")))
            try daemon.crash()
            let before = try AuditTrail(daemon.state + "/audit")
            let accepted = before.lines.filter { $0.type == "order.intent" && $0.data["reducing"] == nil }
                .count
            let next = try start()
            #expect(try used(next, "risk.throttle_max") == "4")
            let ordersNow = try #require(Int(try used(next, "risk.max_orders_day")))
            #expect(ordersNow >= max(orders, accepted))
            let repeats = try #require(Int(try trip(next, "repeat") ?? ""))
            #expect(repeats >= accepted)
            #expect(try next.stop() == 0)
            let trail = try AuditTrail(next.state + "/audit")
            let begin = try #require(trail.lines.lastIndex { $0.type == "session.start" })
            let carried = try #require(trail.lines[begin...].first { $0.type == "risk.use" }?.data)
            #expect(carried["orders"]?.integerValue == accepted)
            #expect(carried["holdings"] == .array([]))
            // Within 60 s nothing more is accepted but what reduces.
            let later = trail.lines[begin...].filter {
                $0.type == "order.intent" && $0.data["reducing"] == nil
            }
            #expect(later.isEmpty)
            let journals = sandbox.directory.names(in: "daemon/journal").sorted()
            #expect(journals.count == 2)
            for journal in journals {
                let ended = try sandbox.run(
                    Products.tradectl,
                    [
                        "audit", "replay", "--audit", sandbox.path("daemon/audit"), "--journal",
                        sandbox.path("daemon/journal/" + journal),
                    ])
                #expect(ended.exitCode == 0, "\(ended.output)\(ended.errors)")
            }
        }

        @Test("a loss of the day is not forgotten by an orderly restart")
        func afterStop() throws {
            let daemon = try start()
            try daemon.eventually("the throttle is full") { try used(daemon, "risk.throttle_max") == "4" }
            #expect(try daemon.stop() == 0)
            let last = try #require(uses(try AuditTrail(daemon.state + "/audit")).last)
            let next = try start()
            #expect(try next.stop() == 0)
            let all = uses(try AuditTrail(next.state + "/audit"))
            let carried = try #require(
                all.first { $0["at"]?.stringValue ?? "" > last["at"]?.stringValue ?? "" })
            for figure in ["orders", "day_loss", "drawdown", "strategies", "trip_day_loss"] {
                #expect(carried[figure] == last[figure], "\(figure)")
            }
        }
    }
}
