import Audit
import ExactJSON
import Testing

extension EndToEndTests {
    @Suite("Simulation")
    struct SimulationTests {
        @Test("every snapshot can be had as a table and as JSON, and SIGTERM ends in order")
        func snapshots() throws {
            let daemon = try RunningDaemon(try Sandbox(), "--mode", "sim", "--seed", "7")
            // A trade first: without one there is no bar to show.
            try daemon.eventually("a trade") {
                try daemon.answer("status")?["events"]?["trade"]?.integerValue ?? 0 > 0
            }
            try checkStatus(daemon)
            try checkLadder(daemon)
            try checkFlow(daemon)
            try checkBooks(daemon)
            try checkTables(daemon)

            #expect(try daemon.stop() == 0)
            #expect(!daemon.sandbox.exists("daemon.sock"))
            let trail = try AuditTrail(daemon.state + "/audit")
            #expect(trail.lines.last?.type == "session.stop")
            #expect(try daemon.process.errors == "")
            try checkLog(try daemon.process.output)
        }

        /// Every line of the log is one JSON object with the fields that every reader expects.
        private func checkLog(_ log: String) throws {
            let lines = log.split(separator: "\n")
            for line in lines {
                let entry = try JSONParser.parse(String(line))
                for key in ["ts", "level", "component", "message"] {
                    #expect(entry[key]?.stringValue != nil, "\(line)")
                }
            }
            #expect(lines.contains { $0.contains("Session begins") })
            #expect(lines.contains { $0.contains("SIGTERM") })
        }

        private func checkStatus(_ daemon: RunningDaemon) throws {
            let status = try daemon.json("status")
            #expect(status["mode"] == "sim")
            #expect(status["state"] == "running")
            #expect(status["audit"]?["ok"] == true)
            let mode = try daemon.json("mode", "show")
            #expect(mode["profile"] == "dev")
            #expect(mode["armed"] == true)
            #expect(try daemon.json("health")["ok"] == true)
            let names = try daemon.json("metrics").arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
            #expect(names.contains("tradingd_events_total"))
        }

        private func checkLadder(_ daemon: RunningDaemon) throws {
            let dom = try daemon.json("snapshot", "dom", "XAUUSD")
            #expect(dom["symbol"] == "XAUUSD")
            let bids = prices(dom["bids"])
            let asks = prices(dom["asks"])
            #expect((1...10).contains(bids.count) && (1...10).contains(asks.count))
            #expect(bids == bids.sorted(by: >) && asks == asks.sorted())
            if dom["state"] == "ok" { #expect(try #require(bids.first) < #require(asks.first)) }
            let two = try daemon.json("snapshot", "dom", "XAUUSD", "--limit", "2")
            #expect(prices(two["bids"]).count <= 2)
        }

        private func prices(_ rows: JSONValue?) -> [Double] {
            (rows?.arrayValue ?? []).compactMap { $0.arrayValue?.first?.doubleValue }
        }

        private func checkFlow(_ daemon: RunningDaemon) throws {
            for name in ["delta", "footprint"] {
                let snapshot = try daemon.json("snapshot", name, "XAUUSD")
                #expect(snapshot["symbol"] == "XAUUSD")
                #expect(snapshot["bars"]?.arrayValue?.isEmpty == false, "\(name)")
            }
            let tape = try daemon.json("snapshot", "tape", "XAUUSD", "--limit", "3")
            #expect(tape["symbol"] == "XAUUSD")
            #expect((1...3).contains(tape["tape"]?["prints"]?.arrayValue?.count ?? 0))
        }

        private func checkBooks(_ daemon: RunningDaemon) throws {
            #expect(try daemon.json("snapshot", "orders")["working"]?.arrayValue != nil)
            #expect(try daemon.json("snapshot", "positions")["positions"]?.arrayValue != nil)
            let risk = try daemon.json("snapshot", "risk", "XAUUSD")
            #expect(risk["killed"] == false)
            #expect(risk["symbols"]?.arrayValue?.first?["symbol"] == "XAUUSD")
            let settings = try daemon.json("snapshot", "config")["settings"]?.arrayValue ?? []
            #expect(settings.contains { $0.stringValue?.contains("risk.max_size") == true })
        }

        private func checkTables(_ daemon: RunningDaemon) throws {
            let tables: [(arguments: [String], word: String)] = [
                (["status"], "running"), (["health"], "audit"), (["metrics"], "tradingd_events_total"),
                (["mode", "show"], "armed"), (["killswitch", "status"], "released"),
                (["snapshot", "dom", "XAUUSD"], "XAUUSD DOM"),
                (["snapshot", "delta", "XAUUSD"], "XAUUSD delta"),
                (["snapshot", "tape", "XAUUSD"], "XAUUSD tape"),
                (["snapshot", "footprint", "XAUUSD"], "POC"),
                (["snapshot", "orders"], "working"), (["snapshot", "positions"], "avg price"),
                (["snapshot", "risk"], "max_exposure"), (["snapshot", "config"], "risk.max_size"),
            ]
            for (arguments, word) in tables {
                let ended = try daemon.sandbox.run(
                    Products.tradectl, arguments + ["--socket", daemon.socket])
                #expect(ended.exitCode == 0, "\(arguments): \(ended.errors)")
                #expect(ended.output.contains(word), "\(arguments): \(ended.output)")
            }
        }

        @Test("a second daemon on the socket of the first is refused, and the first goes on")
        func secondDaemon() throws {
            let sandbox = try Sandbox()
            let daemon = try RunningDaemon(sandbox, "--mode", "sim")
            let second = try sandbox.tradingd(
                "--mode", "sim", "--socket", daemon.socket, "--state", sandbox.path("second"))
            #expect(second.exitCode == 75)
            #expect(second.errorLines.count == 1 && second.errors.contains(daemon.socket))
            #expect(!sandbox.exists("second/audit"))
            #expect(try daemon.lifeCycle == "running")
        }

        @Test("a second daemon on the state directory of the first is refused, and the first goes on")
        func sharedState() throws {
            let sandbox = try Sandbox()
            let daemon = try RunningDaemon(sandbox, "--mode", "sim")
            let second = try sandbox.tradingd(
                "--mode", "sim", "--socket", sandbox.path("second.sock"), "--state", daemon.state)
            #expect(second.exitCode == 75)
            #expect(second.errorLines.count == 1 && second.errors.contains("audit/lock"))
            #expect(!sandbox.exists("second.sock"))
            #expect(try daemon.lifeCycle == "running")
            #expect(try daemon.stop() == 0)
            _ = try AuditTrail(daemon.state + "/audit")
        }
    }
}
