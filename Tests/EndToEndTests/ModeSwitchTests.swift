import Audit
import ControlPlane
import ExactJSON
import MarketData
import TestSupport
import Testing

extension EndToEndTests {
    @Suite("Mode switch")
    struct ModeSwitchTests {
        let sandbox: Sandbox
        let file: String

        init() throws {
            sandbox = try Sandbox()
            file = try sandbox.directory.file(
                "minute.jsonl", try Recording(events: 4_000).bytes(.jsonLines))
        }

        @Test("from sim to replay and back, each mode keeps its own state and audit log")
        func thereAndBack() throws {
            let daemon = try RunningDaemon(sandbox, "--mode", "sim")
            let simulated = try auditDirectory(daemon)
            let replay = try daemon.json("mode", "switch", "replay", "--file", file)
            #expect(replay["mode"] == "replay")
            try daemon.eventually("the recording is replayed") {
                try daemon.answer("status")?["input"]?["rows"]?.integerValue ?? 0 >= 4_000
            }
            #expect(try daemon.lifeCycle == "running")
            let replayed = try auditDirectory(daemon)
            #expect(replayed != simulated)

            let back = try daemon.json("mode", "switch", "sim", "--reason", "end of the lesson")
            #expect(back["mode"] == "sim")
            #expect(try daemon.lifeCycle == "running")
            #expect(try auditDirectory(daemon) == simulated)
            #expect(try daemon.stop() == 0)

            let trail = try AuditTrail(simulated)
            #expect(trail.count(.sessionStart) == 2)
            #expect(trail.count(.sessionStop) == 2)
            #expect(trail.count(.modeChange) == 1)
            let other = try AuditTrail(replayed)
            #expect(other.count(.sessionStart) == 1)
            #expect(other.count(.modeChange) == 1)
        }

        private func auditDirectory(_ daemon: RunningDaemon) throws -> String {
            try #require(try daemon.json("status")["audit"]?["directory"]?.stringValue)
        }

        @Test("the kill switch stays engaged through a switch, and nothing is sent after it")
        func killedThroughout() throws {
            let daemon = try RunningDaemon(sandbox, "--mode", "sim")
            #expect(try daemon.tradectl("killswitch", "engage", "--reason", "drill").exitCode == 0)
            let replay = try daemon.json("mode", "switch", "replay", "--file", file)
            #expect(replay["blocked_by"]?.arrayValue?.isEmpty == false)
            try daemon.eventually("the recording is replayed") {
                try daemon.answer("status")?["input"]?["rows"]?.integerValue ?? 0 >= 4_000
            }
            #expect(try daemon.lifeCycle == "halted")
            #expect(try daemon.sentOrders() == 0)
            #expect(try daemon.json("mode", "switch", "sim")["state"] == "halted")
            #expect(try daemon.json("killswitch", "status")["reason"] == "drill")
        }

        @Test("commands that meet a switch half-way do not trip the kill switch")
        func commandsMeanwhile() throws {
            let daemon = try RunningDaemon(sandbox, "--mode", "sim")
            for _ in 1...20 {
                let change = try sandbox.start(
                    Products.tradectl, ["mode", "switch", "sim", "--socket", daemon.socket])
                var client = ControlClient(path: daemon.socket)
                // Not more often: a user has 100 requests a second.
                repeat { disarm(&client) } while !change.hasExited(within: 15)
                #expect(try change.exitCode() == 0)
            }
            #expect(try daemon.json("killswitch", "status")["engaged"] == false)
            #expect(try daemon.json("status")["session"] == 21)
            #expect(try daemon.stop() == 0)
            _ = try AuditTrail(daemon.state + "/audit")
        }

        /// Sends a command; between two sessions it may be refused.
        private func disarm(_ client: inout ControlClient) {
            _ = try? client.call(method: "mode.disarm", timeout: .seconds(30))
        }

        @Test("what an operator has stopped stays stopped through a switch")
        func staysDisarmed() throws {
            let daemon = try RunningDaemon(sandbox, "--mode", "sim")
            #expect(try daemon.tradectl("mode", "disarm").exitCode == 0)
            #expect(try daemon.json("mode", "switch", "sim")["state"] == "disarmed")
            #expect(try daemon.tradectl("mode", "arm").exitCode == 0)
            #expect(try daemon.json("mode", "switch", "sim")["state"] == "running")
            #expect(try daemon.tradectl("killswitch", "engage").exitCode == 0)
            let release = try daemon.tradectl("killswitch", "release", "--reason", "looked into it")
            #expect(release.exitCode == 0)
            #expect(try daemon.json("mode", "switch", "sim")["state"] == "disarmed")
            #expect(try daemon.sentOrders() == 0)
        }

        @Test("after a switch that failed half-way the next one puts a session to work again")
        func heals() throws {
            let daemon = try RunningDaemon(sandbox, "--mode", "sim")
            // A file where the replay's directory belongs.
            _ = try sandbox.directory.file("daemon/replay", "")
            let failed = try daemon.tradectl("mode", "switch", "replay", "--file", file)
            #expect(failed.exitCode == 6 && failed.errors.contains("cannot start"))
            #expect(try daemon.tradectl("status").exitCode == 6)
            #expect(try daemon.json("mode", "switch", "sim")["state"] == "disarmed")
            #expect(try daemon.stop() == 0)
        }

        @Test("a switch that cannot be is refused and leaves the session at work")
        func refused() throws {
            // Nobody has said what IBKR calls bitcoin.
            let configuration = try sandbox.configuration(
                ("settings.yaml", "symbols: [XAUUSD]", "symbols: [XAUUSD, BTCUSDT]"))
            let daemon = try RunningDaemon(sandbox, configuration: configuration, "--mode", "sim")
            let session = try daemon.json("status")["session"]
            let nowhere = sandbox.path("nowhere.jsonl")
            let missing = try daemon.tradectl("mode", "switch", "replay", "--file", nowhere)
            #expect(missing.exitCode == 2)
            #expect(missing.errorLines.count == 1 && missing.errors.contains(nowhere))
            #expect(try daemon.tradectl("mode", "switch", "replay").exitCode == 2)
            let unnamed = try daemon.tradectl("mode", "switch", "ibkr")
            #expect(unnamed.exitCode == 6 && unnamed.errors.contains("providers.ibkr.contracts.BTCUSDT"))
            let status = try daemon.json("status")
            #expect(status["session"] == session)
            #expect(status["state"] == "running")
            #expect(status["mode"] == "sim")
        }
    }
}
