import Audit
import ExactJSON
import Platform
import TestSupport
import Testing

extension EndToEndTests {
    @Suite("Brackets over a crash")
    struct BracketRecoveryTests {
        private func start() throws -> LiveRig {
            let rig = try LiveRig(
                gateway: ["--symbol", "XAUUSD", "--rate", "50"], keepsBooks: true, faults: []
            ) { _, port in
                [
                    ("settings.yaml", "port: 7497 #", "port: \(port) #"),
                    ("settings.yaml", "  stale_after: 2s", "  retry_after: 500ms\n  stale_after: 2s"),
                    ("settings.yaml", "enabled: true\n  name", "enabled: false\n  name"),
                ]
            }
            try rig.becomesLive()
            try rig.daemon.eventually("the session is armed") { try rig.daemon.lifeCycle == "running" }
            return rig
        }

        private func restart(_ rig: LiveRig) throws -> RunningDaemon {
            let daemon = try RunningDaemon(
                rig.sandbox, configuration: rig.sandbox.path("config"), "--mode", "ibkr", "--profile", "paper"
            )
            try daemon.eventually("it trades") { try daemon.lifeCycle == "running" }
            try daemon.eventually("there are quotes") { try bid(daemon) != nil }
            return daemon
        }

        /// Whole units of the best bid.
        private func bid(_ daemon: RunningDaemon) throws -> Int? {
            guard let bid = try daemon.json("snapshot", "dom", "XAUUSD")["quote"]?["bid"] else { return nil }
            return Int(bid.cellText.prefix { $0 != "." })
        }

        /// Exits at work as `limit 2`, by kind.
        private func exits(_ daemon: RunningDaemon, of entry: String) throws -> [String] {
            let orders = try daemon.json("orders", "list")["orders"]?.arrayValue ?? []
            return orders.filter { $0["entry"]?.stringValue == entry && $0["status"] == "accepted" }.map {
                "\($0["type"]?.stringValue ?? "") \($0["qty"]?.cellText ?? "")"
            }.sorted()
        }

        private func exit(_ daemon: RunningDaemon, _ type: String) throws -> String {
            let orders = try daemon.json("orders", "list")["orders"]?.arrayValue ?? []
            return try #require(
                orders.first { $0["entry"] != .null && $0["type"]?.stringValue == type }?["order_id"]?
                    .stringValue)
        }

        private func reproduce(_ rig: LiveRig, _ daemon: RunningDaemon, session: Int) throws {
            let journals = rig.sandbox.directory.names(in: "daemon/journal").filter {
                $0.contains("journal-\(session)-")
            }.sorted().map { daemon.state + "/journal/" + $0 }
            let ended = try rig.sandbox.run(
                Products.tradectl,
                ["audit", "replay", "--audit", daemon.state + "/audit", "--journal"] + journals)
            #expect(
                ended.exitCode == 0 && ended.output.contains("REPRODUCED"), "\(ended.output)\(ended.errors)")
        }

        @Test(
            "an entry that fills for the successor of a killed process has its exits, and the next one ends the other"
        )
        func crash() throws {
            let rig = try start()
            let price = try #require(try bid(rig.daemon))
            let order = try rig.daemon.json(
                "order", "submit", "XAUUSD", "buy", "2", "--limit", "\(price - 20)", "--tif", "GTC",
                "--take-profit", "\(price + 60)", "--stop-loss", "\(price - 60)")
            let entry = try #require(order["order_id"]?.stringValue)
            try rig.daemon.eventually("the entry works") {
                try rig.daemon.json("orders", "show", entry)["status"] == "accepted"
            }
            try rig.daemon.crash()

            let second = try restart(rig)
            #expect(try exits(second, of: entry) == [])
            let now = try #require(try bid(second))
            let changed = try second.tradectl("order", "modify", entry, "--limit", "\(now + 2)")
            #expect(changed.exitCode == 0, "\(changed.output)\(changed.errors)")
            try second.eventually("the exits are at the broker") {
                try exits(second, of: entry) == ["limit 2", "stop 2"]
            }
            try second.crash()

            let third = try restart(rig)
            try third.eventually("the exits are known") {
                try exits(third, of: entry) == ["limit 2", "stop 2"]
            }
            let (profit, loss) = (try exit(third, "limit"), try exit(third, "stop"))
            let marketable = try #require(try bid(third)) - 2
            let taken = try third.tradectl("order", "modify", profit, "--limit", "\(marketable)")
            #expect(taken.exitCode == 0, "\(taken.output)\(taken.errors)")
            try third.eventually("one has filled, the other is cancelled") {
                let filled = try third.json("orders", "show", profit)["status"] == "filled"
                return try filled && third.json("orders", "show", loss)["status"] == "cancelled"
            }
            #expect(try third.workingOrders() == 0)
            #expect(try third.stop() == 0)
            try check(rig, third, entry, loss)
        }

        /// The successors have sent and cancelled, and their sessions are derived again from what they recorded.
        private func check(
            _ rig: LiveRig, _ daemon: RunningDaemon, _ entry: String, _ loss: String
        ) throws {
            let trail = try AuditTrail(daemon.state + "/audit")
            let restored = trail.indices(.orderRestore).map { trail.lines[$0] }
            #expect(restored.filter { $0.orderID == entry }.count == 2)
            #expect(restored.first?.data["restored"]?["take_profit"] != nil)
            let ended = trail.indices(.orderCancelSend).map { trail.lines[$0] }
            #expect(
                ended.contains { $0.orderID == loss && $0.data["reason"] == "the other exit has filled" })
            let exits = Set(
                trail.indices(.orderIntent).map { trail.lines[$0] }
                    .filter { $0.data["bracket"]?.stringValue == entry }.map(\.orderID))
            #expect(
                trail.indices(.orderSend).filter { exits.contains(trail.lines[$0].orderID) }.count == 2)
            for session in [2, 3] { try reproduce(rig, daemon, session: session) }
        }
    }
}
