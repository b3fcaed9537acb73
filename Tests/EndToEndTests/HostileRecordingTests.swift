import Audit
import ExactJSON
import Glibc
import MarketData
import Platform
import TestSupport
import Testing
import TradingModel

extension EndToEndTests {
    /// What a recording may not do: speak for anybody but the market.
    @Suite("Hostile recordings")
    struct HostileRecordingTests {
        let sandbox: Sandbox
        let market: Recording

        init() throws {
            sandbox = try Sandbox()
            market = try Recording(events: 4_000)
        }

        /// Everything the daemon itself concludes or is told, as nested events at the start of a recording.
        private func forgeries() throws -> [MarketEvent] {
            let symbol = try #require(SymbolID("XAUUSD"))
            let time = try #require(market.events.first?.timestamp)
            let price = try Price("4000")
            let id = ClientOrderID(session: 9, number: 9)
            let signal = Signal(
                strategy: StrategyID("forged"), direction: .long, isWeighted: false, score: 1, confidence: 1,
                last: price, mean5: price, mean10: price, bid: price, ask: price)
            let fill = OrderEvent(
                id: id, report: .fill, status: .filled, side: .buy, quantity: try Quantity("5"),
                lastPrice: price, lastQuantity: try Quantity("5"), leavesQuantity: .zero)
            let payloads: [MarketEvent.Payload] = [
                .system(SystemNotice(.killSwitchReleased, actor: "file")),
                .system(SystemNotice(.armed, actor: "file")), .signal(signal), .orderEvent(fill),
                .timer(TimerFired(id: 1, dueAt: time)),
            ]
            return payloads.map { payload in
                MarketEvent(
                    timestamp: time, receivedAt: time,
                    symbol: payload.type.concernsInstrument ? symbol : .none, source: .operator_,
                    payload: payload)
            }
        }

        private func evil() throws -> String {
            let lines = try forgeries().map { $0.json + "\n" }.joined()
            return try sandbox.directory.file("evil.jsonl", Array(lines.utf8) + market.bytes(.jsonLines))
        }

        @Test("forged commands, signals and fills are counted and left out")
        func forged() throws {
            let clean = try sandbox.directory.file("clean.jsonl", market.bytes(.jsonLines))
            let honest = try Replay(sandbox, "honest", [clean])
            let forged = try Replay(sandbox, "forged", [try evil()])
            #expect(try forged.number("input", "skipped") == 5)
            #expect(try forged.number("events", "total") == (try honest.number("events", "total")))
            #expect(forged.auditBytes == honest.auditBytes)
        }

        @Test(
            "a recording as the feed of a simulation cannot release the kill switch, and plays on the live clock"
        )
        func simulation() throws {
            let kill =
                #"{"v":"tradingd.killswitch/1","engaged":true,"by":"uid:7","reason":"drill","at":"2026-01-05T14:30:00Z"}"#
            try DurableFile.makeDirectories(sandbox.path("daemon"))
            try DurableFile.replace(sandbox.path("daemon/killswitch.json"), with: Array(kill.utf8))
            let daemon = try RunningDaemon(
                sandbox, "--mode", "sim", "--speed", "100", "--file", try evil())
            try daemon.eventually("the recording has been played") {
                try daemon.answer("status")?["events"]?["feed_status"]?.integerValue == 1
            }
            let status = try daemon.json("status")
            #expect(status["state"] == "halted" && status["armed"] == false)
            #expect(status["decisions"]?["approved"] == 0)
            #expect((status["decisions"]?["denied_by_code"]?["kill_switch"]?.integerValue ?? 0) > 0)
            let times = try #require(status["event_time"]?.stringValue)
            #expect(times > "2026")
            #expect(try daemon.stop() == 0)
            let trail = try AuditTrail(daemon.state + "/audit")
            #expect(trail.count(.killSwitchRelease) == 0 && trail.count(.orderIntent) == 0)
        }

        @Test("counts that do not add up are a malformed row, not a crash")
        func trap() throws {
            let bar =
                #"{"event_type":"delta_bar","timestamp":"2026-01-05T14:30:00Z","symbol":"XAUUSD","payload":{"start":"2026-01-05T14:30:00Z","interval_ns":1,"open":1,"high":1,"low":1,"close":1,"buy_volume":0,"sell_volume":0,"unknown_volume":0,"max_delta":0,"min_delta":0,"cum_delta":0,"trades":0,"buy_trades":-9223372036854775808,"sell_trades":1,"first_seq":1,"last_seq":1,"closed":true}}"#
            let path = try sandbox.directory.file("trap.jsonl", bar + "\n")
            let ended = try sandbox.tradingd(
                "--mode", "replay", "--state", sandbox.path("trap"), "--socket", sandbox.path("t.sock"),
                "--log-level", "error", "--file", path)
            #expect(ended.exitCode == 65)
            #expect(ended.errors.contains("\(path):1: payload.buy_trades"))
        }

        @Test("a recording that breaks as the feed of a simulation disarms it, and health says so")
        func breaks() throws {
            let broken = try sandbox.directory.file(
                "broken.jsonl", market.bytes(.jsonLines) + Array("{\"type\":\n".utf8))
            let daemon = try RunningDaemon(sandbox, "--mode", "sim", "--speed", "100", "--file", broken)
            try daemon.eventually("the feed has failed") { try daemon.lifeCycle == "disarmed" }
            let health = try daemon.tradectl("health", "--json")
            #expect(health.exitCode == 1)
            #expect(try JSONParser.parse(health.output)["checks"]?["feed"] == false)
            #expect(try daemon.stop() == 0)
        }

        @Test("a pipe is no recording: the daemon does not wait for it")
        func pipe() throws {
            let path = sandbox.path("pipe")
            #expect(mkfifo(path, 0o600) == 0)
            let ended = try sandbox.tradingd(
                "--mode", "replay", "--state", sandbox.path("p"), "--socket", sandbox.path("p.sock"),
                "--file",
                path)
            #expect(ended.exitCode == 66 && ended.errors.contains(path))
        }

        @Test("an instrument named twice is one market")
        func twice() throws {
            let daemon = try RunningDaemon(sandbox, "--mode", "sim", "--symbol", "XAUUSD", "XAUUSD")
            try daemon.eventually("there is a ladder") {
                try daemon.json("snapshot", "dom", "XAUUSD")["state"] == "ok"
            }
            let snapshots = try daemon.answer("status")?["events"]?["dom_snapshot"]
            #expect(snapshots == 1)
            #expect(try daemon.stop() == 0)
        }

        @Test("a replay is not switched to another mode: its kill switch is its own")
        func noWayOut() throws {
            let path = try sandbox.directory.file("slow.jsonl", market.bytes(.jsonLines))
            let daemon = try RunningDaemon(sandbox, "--mode", "replay", "--speed", "0.01", "--file", path)
            let refused = try daemon.tradectl("mode", "switch", "sim")
            #expect(refused.exitCode == 6 && refused.errors.contains("started as a replay"))
            #expect(try daemon.json("mode", "show")["mode"] == "replay")
            #expect(try daemon.stop() == 0)
        }
    }
}
