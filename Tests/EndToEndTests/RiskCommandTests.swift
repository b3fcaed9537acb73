import ExactJSON
import Platform
import TestSupport
import Testing

extension EndToEndTests {
    @Suite("tradectl risk")
    struct RiskCommandTests {
        let sandbox: Sandbox
        let daemon: RunningDaemon

        init() throws {
            sandbox = try Sandbox()
            daemon = try RunningDaemon(sandbox, "--mode", "sim")
            try daemon.eventually("there are quotes") {
                (try daemon.answer("status")?["events"]?["tick"]?.integerValue ?? 0) > 10
            }
        }

        private func limit(_ name: String) throws -> JSONValue {
            let limits = try daemon.json("risk", "show")["limits"]?.arrayValue
            return try #require(limits?.first { $0["limit"]?.stringValue == name })
        }

        @Test(
            "a change holds at once, is told with who made it, is in the trail, and is gone after a restart")
        func change() throws {
            #expect(try limit("risk.max_size")["changed_by"] == .null)
            let answer = try daemon.json("risk", "set", "max_size", "3", "--reason", "thin market")
            #expect(answer["limit"] == "risk.max_size" && answer["value"] == "3")
            let row = try limit("risk.max_size")
            #expect(row["value"] == "3" && row["changed_by"]?.stringValue?.hasPrefix("uid:") == true)
            let refused = try daemon.tradectl("risk", "check", "XAUUSD", "buy", "4")
            #expect(refused.exitCode == 7 && refused.output.contains("size_limit"))
            _ = try daemon.json("risk", "override", "max_size", "5", "--seconds", "3600", "--reason", "hedge")
            #expect(try limit("risk.max_size")["until"]?.stringValue != nil)
            #expect(try daemon.stop() == 0)
            let trail = try AuditTrail(daemon.state + "/audit")
            let changes = trail.lines.filter { $0.type == "risk.limit.change" || $0.type == "risk.override" }
            #expect(changes.map(\.type) == ["risk.limit.change", "risk.override"])
            #expect(changes.first?.data["value"] == "3" && changes.first?.data["reason"] == "thin market")
            let next = try RunningDaemon(sandbox, "--mode", "sim")
            let limits = try next.json("risk", "show")["limits"]?.arrayValue
            #expect(limits?.first { $0["limit"] == "risk.max_size" }?["value"] == "20000")
        }

        @Test("trying an order evaluates every control, sends nothing and uses up nothing")
        func check() throws {
            let sent = try daemon.sentOrders()
            _ = try daemon.json("killswitch", "engage")
            let answer = try daemon.tradectl("risk", "check", "XAUUSD", "sell", "999999", "--limit", "1")
            #expect(answer.exitCode == 7)
            for code in ["kill_switch", "size_limit", "price_collar"] {
                #expect(answer.output.contains(code))
            }
            #expect(try daemon.sentOrders() >= sent)
            #expect(try daemon.tradectl("risk", "check", "XAUUSD", "buy", "x").exitCode != 0)
        }

        @Test("a request waits for another person: the same one may not approve it")
        func twoPersons() throws {
            #expect(try daemon.tradectl("risk", "set", "max_size", "4", "--request").exitCode != 0)
            let asked = try daemon.json(
                "risk", "set", "max_size", "4", "--request", "--reason", "back to normal")
            let id = try #require(asked["request"]?.stringValue)
            #expect(try daemon.tradectl("risk", "set", "--approve", id).exitCode != 0)
            #expect(try daemon.tradectl("risk", "set", "--approve", "00000000").exitCode != 0)
            #expect(try limit("risk.max_size")["value"] == "20000")
            let waiting = try daemon.json("risk", "show")["waiting"]?.arrayValue
            #expect(waiting?.first?["id"]?.stringValue == id)
        }

        @Test(
            "what is no limit, or no value of it, is refused",
            arguments: [
                ["max_size", "0"], ["max_size", "x"], ["colour", "1"], ["symbols.X.max_drawdown", "1"],
                ["symbols.NOBODY.max_size", "1"], ["strategies.nobody.max_size", "1"],
                ["passive_band_bps", "1000000000"],
            ])
        func malformed(_ arguments: [String]) throws {
            #expect(try daemon.tradectl("risk", "set", arguments[0], arguments[1]).exitCode != 0)
        }
    }
}
