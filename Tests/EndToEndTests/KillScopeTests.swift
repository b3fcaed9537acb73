import Audit
import ControlPlane
import ExactJSON
import Glibc
import Platform
import TestSupport
import Testing

extension EndToEndTests {
    /// What an operator may ask of the kill switch besides a halt of everything.
    @Suite("Levels and scopes of the kill switch")
    struct KillScopeTests {
        let sandbox: Sandbox
        let configuration: String

        init() throws {
            sandbox = try Sandbox()
            configuration = try sandbox.configuration(
                ("settings.yaml", "  speed: 1 #", "  speed: 50 #"),
                ("settings.yaml", "fill_probability: 1 ", "fill_probability: 0.5 "),
                ("profiles/dev.yaml", "throttle_max: 60", "throttle_max: 100000"))
        }

        private func start() throws -> RunningDaemon {
            try RunningDaemon(sandbox, configuration: configuration, "--mode", "sim")
        }

        private func latches(_ daemon: RunningDaemon) throws -> [String] {
            try daemon.json("killswitch", "status")["latches"]?.arrayValue?.map {
                "\($0["scope"]?.stringValue ?? "") \($0["level"]?.stringValue ?? "")"
            } ?? []
        }

        private func release(_ daemon: RunningDaemon, _ arguments: String...) throws -> Ended {
            try sandbox.run(
                Products.tradectl,
                ["killswitch", "release", "--reason", "end of this test", "--socket", daemon.socket]
                    + arguments)
        }

        @Test("every scope is latched, raised, kept over a crash and a mode switch, and released by itself")
        func scopes() throws {
            let first = try start()
            for scope in ["all", "symbol:XAUUSD", "strategy:micro_price_momentum"] {
                let ended = try first.tradectl("killswitch", "engage", "--level", "reduce", "--scope", scope)
                #expect(
                    ended.exitCode == 0 && ended.output.contains("reduce"), "\(ended.errors)\(ended.output)")
            }
            #expect(try first.tradectl("killswitch", "engage", "--scope", "symbol:XAUUSD").exitCode == 0)
            let expected = ["all reduce", "strategy:micro_price_momentum reduce", "symbol:XAUUSD halt"]
            #expect(try latches(first) == expected)
            let again = try first.tradectl("killswitch", "engage", "--level", "reduce", "--scope", "all")
            #expect(again.output.contains("already"))
            try first.crash()
            let second = try start()
            #expect(try latches(second) == expected && second.lifeCycle == "running")
            #expect(try second.tradectl("mode", "switch", "sim").exitCode == 0)
            #expect(try latches(second) == expected)
            let status = try second.tradectl("status").output
            #expect(status.contains("ENGAGED halt symbol:XAUUSD"), "\(status)")
            try releaseAll(second)
            #expect(try second.stop() == 0)
        }

        private func releaseAll(_ daemon: RunningDaemon) throws {
            #expect(try release(daemon, "--scope", "symbol:XAUUSD", "--level", "flatten").exitCode == 6)
            let lowered = try release(daemon, "--scope", "symbol:XAUUSD", "--level", "reduce")
            #expect(lowered.exitCode == 0, "\(lowered.errors)")
            #expect(try daemon.lifeCycle == "disarmed")
            for scope in ["symbol:XAUUSD", "strategy:micro_price_momentum", "all"] {
                #expect(try release(daemon, "--scope", scope).exitCode == 0)
            }
            #expect(try latches(daemon) == [])
            let none = try release(daemon)
            #expect(none.exitCode == 6 && none.errors.contains("not engaged"))
        }

        @Test("at reduce the position only shrinks, while the strategy goes on")
        func reduce() throws {
            let daemon = try start()
            try daemon.eventually("something is held") { try position(daemon) != 0 }
            #expect(try daemon.tradectl("killswitch", "engage", "--level", "reduce").exitCode == 0)
            var last = abs(try position(daemon))
            #expect(try daemon.lifeCycle == "running")
            let denied = {
                try daemon.answer("status")?["decisions"]?["denied_by_code"]?["kill_switch"]?.integerValue
                    ?? 0
            }
            try daemon.eventually("orders are denied") {
                let now = abs(try position(daemon))
                #expect(now <= last)
                last = now
                return try denied() > 20
            }
            #expect(try daemon.stop() == 0)
        }

        private func position(_ daemon: RunningDaemon) throws -> Int {
            let positions = try daemon.answer("snapshot.positions")?["positions"]?.arrayValue ?? []
            return positions.compactMap { Int($0["position"]?.text ?? $0["quantity"]?.text ?? "0") }
                .reduce(0, +)
        }

        @Test("flatten cancels, brings the position to zero and lets nothing else trade")
        func flatten() throws {
            let daemon = try start()
            try daemon.eventually("something is held") { try position(daemon) != 0 }
            let ended = try daemon.tradectl("flatten", "--yes", "--reason", "going home")
            #expect(ended.exitCode == 0 && ended.output.contains("flat\n"), "\(ended.output)\(ended.errors)")
            #expect(try position(daemon) == 0 && daemon.lifeCycle == "halted" && daemon.workingOrders() == 0)
            let again = try daemon.tradectl("flatten", "XAUUSD")
            #expect(again.exitCode == 0, "\(again.output)\(again.errors)")
            #expect(try latches(daemon) == ["all flatten", "symbol:XAUUSD flatten"])
            #expect(try daemon.stop() == 0)
            let trail = try AuditTrail(daemon.state + "/audit")
            let engaged = try #require(trail.indices(.killSwitchEngage).first)
            let after = trail.indices(.orderIntent).filter { $0 > engaged }.map { trail.lines[$0].data }
            #expect(!after.isEmpty && after.allSatisfy { $0["strategy"] == "" && $0["tif"] == "IOC" })
        }

        @Test("a scope or level that means nobody is refused, not taken for something else")
        func wrong() throws {
            let daemon = try start()
            for scope in ["symbol:XAUSUD", "strategy:nobody", "symbol:", "desk:1"] {
                let ended = try daemon.tradectl("killswitch", "engage", "--scope", scope)
                #expect(ended.exitCode == 2 && ended.errors.contains("scope"), "\(ended.errors)")
            }
            #expect(
                try daemon.tradectl(
                    "killswitch", "engage", "--level", "flatten", "--scope", "strategy:micro_price_momentum"
                )
                .exitCode == 8)
            #expect(try daemon.tradectl("killswitch", "engage", "--level", "stop").exitCode == 2)
            // What can be done is done.
            #expect(try latches(daemon) == ["strategy:micro_price_momentum halt"])
            #expect(try daemon.stop() == 0)
        }

        @Test(
            "a state file that is missing where there is an audit log means engaged; the first start is not")
        func missing() throws {
            let first = try start()
            #expect(try latches(first) == [] && sandbox.exists("daemon/killswitch.json"))
            #expect(try first.stop() == 0)
            unlink(sandbox.path("daemon/killswitch.json"))
            let second = try start()
            let status = try second.json("killswitch", "status")
            #expect(status["reason"]?.stringValue?.hasPrefix("state-missing") == true)
            #expect(try second.lifeCycle == "halted")
            #expect(try release(second).exitCode == 0 && second.stop() == 0)
            let third = try start()
            #expect(try latches(third) == [] && third.stop() == 0)
        }

        @Test("the caller is told of the latch before the result")
        func latched() throws {
            let daemon = try start()
            let heard = Locked<[String]>([])
            var client = ControlClient(path: daemon.socket)
            client.onNotification = { method, parameters in
                heard.withLock { $0.append("\(method) \(parameters.text)") }
            }
            let answer = try client.call(method: "killswitch.engage", timeout: .seconds(60))
            #expect(
                heard.withLock { $0 } == [
                    "killswitch.latched {\"scope\":\"all\",\"level\":\"halt\",\"changed\":true}"
                ])
            #expect(answer["engaged"] == true && answer["persisted"] == true && answer["level"] == "halt")
            #expect(answer["unconfirmed_orders"]?.arrayValue?.isEmpty == true)
            #expect(try daemon.stop() == 0)
        }

        @Test("a daemon that says nothing is engaged by its signal, found behind its socket")
        func signal() throws {
            let daemon = try start()
            daemon.process.send(SIGSTOP)
            let silent = try sandbox.run(
                Products.tradectl, ["killswitch", "engage", "--socket", daemon.socket, "--timeout", "1"])
            #expect(silent.exitCode == 7 && silent.errors.contains("--signal"), "\(silent.errors)")
            let ended = try daemon.tradectl("killswitch", "engage", "--signal")
            #expect(ended.exitCode == 0 && ended.output.hasPrefix("SIGNALLED"), "\(ended.errors)")
            daemon.process.send(SIGCONT)
            try daemon.eventually("it is halted") { try daemon.answer("status")?["state"] == "halted" }
            #expect(try daemon.stop() == 0)
        }

        @Test(
            "a drill measures, cancels what works, releases and arms again, and leaves its figures in the audit log"
        )
        func drill() throws {
            let daemon = try start()
            let report = try daemon.json("killswitch", "drill")
            #expect(report["unconfirmed"] == 0 && report["zero_ns"]?.integerValue ?? 0 > 0)
            let seen = report["seen_ns"]?.integerValue ?? 0
            #expect(seen > 0 && seen <= report["cancels_sent_ns"]?.integerValue ?? 0)
            #expect(try daemon.lifeCycle == "running" && latches(daemon) == [])
            #expect(try daemon.tradectl("killswitch", "engage").exitCode == 0)
            let refused = try daemon.tradectl("killswitch", "drill")
            #expect(refused.exitCode == 6, "\(refused.errors)")
            #expect(try daemon.stop() == 0)
            let trail = try AuditTrail(daemon.state + "/audit")
            let release = try #require(trail.indices(.killSwitchRelease).first)
            #expect(
                trail.lines[release].data["reason"]?.stringValue?.hasPrefix("drill over: latched ") == true)
        }

        @Test(
            "a release that is asked for is approved by another user alone",
            .enabled(if: getuid() == 0, "needs root"))
        func twoPersons() throws {
            let daemon = try start()
            #expect(try daemon.tradectl("killswitch", "engage").exitCode == 0)
            let id = try #require(
                try sandbox.run(
                    Products.tradectl,
                    [
                        "killswitch", "release", "--reason", "asked by the first", "--request", "--json",
                        "--socket", daemon.socket,
                    ]
                ).output.split(separator: "\"").dropFirst(3).first.map(String.init))
            let same = try release(daemon, "--approve", id)
            #expect(same.exitCode == 6 && same.errors.contains("another person"), "\(same.errors)")
            #expect(try daemon.lifeCycle == "halted")
            let unknown = try release(daemon, "--approve", "00000000")
            #expect(unknown.exitCode == 4, "\(unknown.errors)")
            #expect(try release(daemon, "--approve", id, "--scope", "all").exitCode == 2)
            #expect(try daemon.stop() == 0)
            let trail = try AuditTrail(daemon.state + "/audit")
            let asked = try #require(trail.indices(.killSwitchReleaseRequest).first)
            #expect(trail.lines[asked].data["request"]?.stringValue == id)
        }
    }
}
