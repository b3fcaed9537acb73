import ExactJSON
import Platform
import TestSupport
import Testing

extension EndToEndTests {
    @Suite("tradectl order")
    struct OrderCommandTests {
        /// A simulated market that no strategy trades.
        private func quiet() throws -> (Sandbox, RunningDaemon) {
            let sandbox = try Sandbox()
            let configuration = try sandbox.configuration([
                ("settings.yaml", "enabled: true\n  name", "enabled: false\n  name")
            ])
            let daemon = try RunningDaemon(sandbox, configuration: configuration, "--mode", "sim")
            try daemon.eventually("there are quotes") {
                (try daemon.answer("status")?["events"]?["tick"]?.integerValue ?? 0) > 10
            }
            return (sandbox, daemon)
        }

        @Test("orders are sent, shown, cancelled, denied and refused; the trail has who asked, and replays")
        func simulated() throws {
            let (sandbox, daemon) = try quiet()
            let bought = try daemon.tradectl(
                "order", "submit", "XAUUSD", "buy", "2", "--tif", "IOC", "--reason", "hedge")
            #expect(bought.exitCode == 0 && bought.output.contains("approved"), "\(bought.errors)")
            #expect(bought.output.contains("filled"))
            let resting = try daemon.json(
                "order", "submit", "XAUUSD", "buy", "1", "--limit", "3970", "--tif", "GTC", "--token", "n1")
            let id = try #require(resting["order_id"]?.stringValue)
            let again = try daemon.json(
                "order", "submit", "XAUUSD", "buy", "1", "--limit", "3970", "--tif", "GTC", "--token", "n1")
            #expect(again["order_id"]?.stringValue == id && again["repeated"] == .bool(true))
            #expect(try daemon.sentOrders() == 2)
            #expect(try daemon.tradectl("orders", "list").output.contains(id))
            #expect(try daemon.tradectl("orders", "list", "--all").output.contains("filled"))
            #expect(try daemon.tradectl("orders", "show", id).output.contains("limit 3970"))
            let large = try daemon.tradectl("order", "submit", "XAUUSD", "buy", "30000")
            #expect(large.exitCode == 6 && large.output.contains("size_limit: limit 20000, actual 30000"))
            let grid = try daemon.tradectl("order", "submit", "XAUUSD", "buy", "1", "--limit", "1.001")
            #expect(grid.exitCode == 2 && grid.errors.contains("off the grid"))
            #expect(try daemon.tradectl("order", "submit", "NOBODY", "buy", "1").exitCode == 4)
            let changed = try daemon.tradectl("order", "modify", id, "--limit", "3971.5", "--quantity", "2")
            #expect(changed.exitCode == 0 && changed.output.contains("limit 3971.5"), "\(changed.errors)")
            let denied = try daemon.tradectl("order", "modify", id, "--quantity", "30000")
            #expect(denied.exitCode == 6 && denied.output.contains("size_limit"))
            #expect(try daemon.tradectl("order", "modify", id).exitCode == 2)
            #expect(try daemon.tradectl("order", "modify", id, "--stop", "4040").exitCode == 6)
            #expect(
                try daemon.tradectl("order", "cancel", id, "--reason", "done").output.contains("cancelled"))
            #expect(try daemon.tradectl("order", "cancel", id).exitCode == 6)
            #expect(try daemon.tradectl("orders", "show", "c-9-9").exitCode == 4)
            _ = try daemon.json("order", "submit", "XAUUSD", "sell", "1", "--limit", "4030")
            let all = try daemon.tradectl("order", "cancel-all", "--symbol", "XAUUSD")
            #expect(all.exitCode == 0 && all.output.contains("1 asked for, 0 not over yet"))
            #expect(try daemon.stop() == 0)
            let trail = try AuditTrail(daemon.state + "/audit")
            let asked = trail.lines.filter { $0.type == "order.request" }
            #expect(asked.count == 4 && asked.first?.data["reason"] == "hedge")
            #expect(asked.first?.data["by"]?.stringValue?.hasPrefix("uid:") == true)
            #expect(trail.lines.filter { $0.type == "order.cancel.request" }.count == 2)
            let journals = sandbox.directory.names(in: "daemon/journal").map {
                sandbox.path("daemon/journal/" + $0)
            }
            let replay = try sandbox.run(
                Products.tradectl,
                ["audit", "replay", "--audit", sandbox.path("daemon/audit"), "--journal"] + journals)
            #expect(replay.exitCode == 0, "\(replay.output)\(replay.errors)")
        }

        @Test("a bracket protects what its entry fills, and goes when the position is closed")
        func bracket() throws {
            let (_, daemon) = try quiet()
            let refused = try daemon.tradectl(
                "order", "submit", "XAUUSD", "buy", "1", "--limit", "4000", "--take-profit", "3999")
            #expect(refused.exitCode == 2 && refused.errors.contains("must be above the entry"))
            let entry = try daemon.json(
                "order", "submit", "XAUUSD", "buy", "2", "--take-profit", "4030", "--stop-loss", "3970")
            let id = try #require(entry["order_id"]?.stringValue)
            let orders = try daemon.json("orders", "list")["orders"]?.arrayValue ?? []
            #expect(orders.map { $0["type"]?.stringValue } == ["limit", "stop"])
            // What the market showed at that moment may have been less.
            let held = try #require(try daemon.json("orders", "show", id)["filled_qty"]?.cellText)
            #expect(orders.allSatisfy { $0["entry"]?.stringValue == id && $0["qty"]?.cellText == held })
            try daemon.eventually("it is closed") {
                _ = try daemon.json("order", "submit", "XAUUSD", "sell", "1", "--tif", "IOC")
                return try daemon.json("positions")["positions"]?.arrayValue?.allSatisfy {
                    $0["position"]?.cellText == "0"
                } ?? true
            }
            #expect(try daemon.workingOrders() == 0)
            #expect(try daemon.stop() == 0)
        }

        @Test(
            "at the broker an order is sent, acknowledged, shown and cancelled; post-only is refused unsent")
        func live() throws {
            let rig = try LiveRig(gateway: ["--symbol", "XAUUSD", "--rate", "50"], faults: []) { _, port in
                [
                    ("settings.yaml", "port: 7497 #", "port: \(port) #"),
                    ("settings.yaml", "enabled: true\n  name", "enabled: false\n  name"),
                ]
            }
            try rig.becomesLive()
            try rig.daemon.eventually("the session is armed") { try rig.daemon.lifeCycle == "running" }
            let quote = try #require(
                rig.daemon.json("snapshot", "dom", "XAUUSD")["quote"]?["bid"])
            let bid = try #require(Int(quote.cellText.prefix { $0 != "." }))
            let order = try rig.daemon.json(
                "order", "submit", "XAUUSD", "buy", "1", "--limit", "\(bid - 10)", "--tif", "GTC")
            let id = try #require(order["order_id"]?.stringValue)
            #expect(order["verdict"] == "approved", "\(order.text)")
            try rig.daemon.eventually("it works") {
                try rig.daemon.json("orders", "show", id)["status"] == "accepted"
            }
            let changed = try rig.daemon.tradectl(
                "order", "modify", id, "--limit", "\(bid - 11)", "--quantity", "2")
            #expect(changed.exitCode == 0, "\(changed.errors)")
            try rig.daemon.eventually("it is changed") {
                let order = try rig.daemon.json("orders", "show", id)
                return order["status"] == "accepted" && order["qty"]?.cellText == "2"
                    && order["limit_price"]?.cellText == "\(bid - 11)"
            }
            let refused = try rig.daemon.tradectl(
                "order", "submit", "XAUUSD", "buy", "1", "--limit", "\(bid - 10)", "--post-only")
            #expect(refused.exitCode == 6 && refused.errors.contains("no post-only orders"))
            #expect(try rig.daemon.tradectl("order", "cancel", id).exitCode == 0)
            try rig.daemon.eventually("it is gone") {
                try rig.daemon.json("orders", "show", id)["status"] == "cancelled"
            }
            #expect(try rig.daemon.stop() == 0)
        }
    }
}
