import Audit
import ExactJSON
import Glibc
import Platform
import TestSupport
import Testing

extension EndToEndTests {
    @Suite("Kill switch")
    struct KillSwitchTests {
        let sandbox: Sandbox
        /// A hurried market in which hardly an order fills, so that orders are always at work.
        let configuration: String

        init() throws {
            sandbox = try Sandbox()
            configuration = try sandbox.configuration(
                ("settings.yaml", "  speed: 1 #", "  speed: 50 #"),
                ("settings.yaml", "fill_probability: 1 ", "fill_probability: 0.002 "),
                ("profiles/dev.yaml", "throttle_max: 60", "throttle_max: 100000"))
        }

        private func start() throws -> RunningDaemon {
            try RunningDaemon(sandbox, configuration: configuration, "--mode", "sim")
        }

        @Test(
            "under load it stops every order, cancels what works, survives kill -9 and is released by hand only"
        )
        func drill() throws {
            let first = try start()
            try first.eventually("orders work") { try first.workingOrders() >= 3 }
            try engage(first)
            try first.crash()

            let second = try start()
            let status = try second.json("killswitch", "status")
            #expect(status["engaged"] == true)
            #expect(status["reason"] == "drill")
            try checkNothingIsSent(second)
            try checkArmingIsRefused(second)
            try release(second)
            #expect(try second.stop() == 0)
            try checkTrail(second.state + "/audit")
        }

        private func engage(_ daemon: RunningDaemon) throws {
            let engaged = try daemon.tradectl("killswitch", "engage", "--reason", "drill")
            #expect(engaged.exitCode == 0, "\(engaged.errors)")
            #expect(engaged.output.hasPrefix("ENGAGED"))
            let status = try daemon.json("status")
            #expect(status["state"] == "halted")
            #expect(status["armed"] == false)
            #expect(try daemon.workingOrders() == 0)
            #expect(try daemon.tradectl("killswitch", "status").output.contains("drill"))
            let again = try daemon.tradectl("killswitch", "engage", "--reason", "other")
            #expect(again.exitCode == 0 && again.output.contains("already"))
            try checkNothingIsSent(daemon)
        }

        /// Denied orders show that the strategies go on; none is sent.
        private func checkNothingIsSent(_ daemon: RunningDaemon) throws {
            let sent = try daemon.sentOrders()
            let before = try denied(daemon)
            try daemon.eventually("orders are denied") { try denied(daemon) > before }
            #expect(try daemon.sentOrders() == sent)
        }

        private func denied(_ daemon: RunningDaemon) throws -> Int {
            try daemon.answer("status")?["decisions"]?["denied_by_code"]?["kill_switch"]?.integerValue ?? 0
        }

        private func checkArmingIsRefused(_ daemon: RunningDaemon) throws {
            let arm = try daemon.tradectl("mode", "arm")
            #expect(arm.exitCode == 6)
            #expect(arm.errorLines.count == 1 && arm.errors.contains("release the kill switch first"))
            let short = try daemon.tradectl("killswitch", "release", "--reason", "short")
            #expect(short.exitCode == 2)
            #expect(short.errors.contains("reason"))
            #expect(try daemon.lifeCycle == "halted")
        }

        private func release(_ daemon: RunningDaemon) throws {
            let released = try daemon.tradectl("killswitch", "release", "--reason", "end of the drill")
            #expect(released.exitCode == 0, "\(released.errors)")
            #expect(try daemon.lifeCycle == "disarmed")
            let arm = try daemon.tradectl("mode", "arm", "--reason", "drill done")
            #expect(arm.exitCode == 0, "\(arm.errors)")
            #expect(try daemon.lifeCycle == "running")
            let sent = try daemon.sentOrders()
            try daemon.eventually("orders are sent again") { try daemon.sentOrders() > sent }
        }

        /// No intent between engage and release, over a crash; every order at work was cancelled.
        private func checkTrail(_ directory: String) throws {
            let trail = try AuditTrail(directory)
            let engaged = try #require(trail.indices(.killSwitchEngage).first)
            let released = try #require(trail.indices(.killSwitchRelease).first)
            let intents = trail.indices(.orderIntent)
            let sent = trail.indices(.orderSend)
            #expect(!intents.contains { (engaged...released).contains($0) })
            #expect(!sent.contains { (engaged...released).contains($0) })
            #expect(intents.contains { $0 < engaged } && intents.contains { $0 > released })
            let working = trail.workingOrders(before: engaged)
            #expect(!working.isEmpty)
            #expect(trail.cancelledOrders(from: engaged).isSuperset(of: working))
            #expect(trail.workingOrders(before: released).isEmpty)
            let denials = trail.indices(.orderDeny).filter { (engaged...released).contains($0) }
            #expect(!denials.isEmpty)
            #expect(denials.allSatisfy { trail.lines[$0].data["code"] == "kill_switch" })
        }

        @Test("crashes under load lose no order's intent, use no order id twice and leave the log whole")
        func crashes() throws {
            for _ in 1...4 {
                let daemon = try start()
                #expect(try daemon.lifeCycle == "running")
                try daemon.eventually("orders are sent") { try daemon.sentOrders() > 0 }
                try daemon.crash()
            }
            let daemon = try start()
            #expect(try daemon.stop() == 0)
            let trail = try AuditTrail(daemon.state + "/audit")
            let sessions = trail.indices(.sessionStart).compactMap {
                trail.lines[$0].data["session"]?.integerValue
            }
            #expect(sessions == Array(1...5))
            let intents = trail.indices(.orderIntent).map { trail.lines[$0].orderID }
            let sent = trail.indices(.orderSend).map { trail.lines[$0].orderID }
            #expect(Set(intents).count == intents.count)
            #expect(Set(sent).count == sent.count && sent.count >= 4)
            #expect(Set(intents).isSuperset(of: sent))
        }

        @Test("an engage that meets a mode switch half-way holds in the session that begins")
        func duringSwitch() throws {
            let daemon = try start()
            for _ in 1...8 {
                let change = try sandbox.start(
                    Products.tradectl, ["mode", "switch", "sim", "--socket", daemon.socket])
                let engaged = try daemon.tradectl("killswitch", "engage", "--reason", "drill")
                #expect(try change.exitCode() == 0)
                #expect(engaged.output.hasPrefix("ENGAGED"), "\(engaged.errors)")
                #expect(try daemon.lifeCycle == "halted")
                #expect(try daemon.json("snapshot", "risk")["killed"] == true)
                #expect(try daemon.workingOrders() == 0)
                try checkNothingIsSent(daemon)
                try release(daemon)
            }
            #expect(try daemon.stop() == 0)
            try checkIntervals(daemon.state + "/audit")
        }

        /// From every engage to the next release no order was meant or sent.
        private func checkIntervals(_ directory: String) throws {
            let trail = try AuditTrail(directory)
            var isEngaged = false
            for line in trail.lines {
                switch line.type {
                case "killswitch.engage": isEngaged = true
                case "killswitch.release": isEngaged = false
                case "order.intent", "order.send": #expect(!isEngaged, "\(line.data.text)")
                default: break
                }
            }
            #expect(trail.count(.killSwitchRelease) == 8)
        }

        @Test("the service manager shows a kill, by whom, and its end")
        func serviceStatus() throws {
            let manager = try NotificationReceiver()
            sandbox.variables["NOTIFY_SOCKET"] = manager.path
            let daemon = try start()
            try daemon.eventually("it is ready") {
                manager.receive() == "READY=1\nSTATUS=mode sim, running"
            }
            #expect(try daemon.tradectl("killswitch", "engage").exitCode == 0)
            let kill = "STATUS=KILL SWITCH ENGAGED: halt all by uid:\(getuid()); mode sim, halted"
            try daemon.eventually("the kill is shown") { manager.receive() == kill }
            #expect(
                try daemon.tradectl("killswitch", "release", "--reason", "seen by everybody").exitCode == 0)
            try daemon.eventually("its end is shown") {
                manager.receive() == "STATUS=mode sim, disarmed"
            }
            #expect(try daemon.stop() == 0)
        }

        @Test("SIGUSR2 engages, without a client")
        func bySignal() throws {
            let daemon = try start()
            daemon.process.send(SIGUSR2)
            try daemon.eventually("the daemon is halted") {
                try daemon.answer("status")?["state"] == "halted"
            }
            #expect(try daemon.json("killswitch", "status")["by"] == "signal:USR2")
            #expect(try daemon.stop() == 0)
            #expect(try AuditTrail(daemon.state + "/audit").count(.killSwitchEngage) == 1)
        }

        @Test(
            "a state file that cannot be read means engaged",
            arguments: ["", "garbage\u{0}\u{7F}", "{\"v\":"])
        func unreadable(_ content: String) throws {
            try DurableFile.makeDirectories(sandbox.path("daemon"))
            try sandbox.directory.write(Array(content.utf8), to: "daemon/killswitch.json")
            let daemon = try start()
            let status = try daemon.json("killswitch", "status")
            #expect(status["engaged"] == true)
            #expect(status["reason"]?.stringValue?.hasPrefix("state-unreadable") == true)
            #expect(try daemon.lifeCycle == "halted")
            #expect(try daemon.tradectl("mode", "arm").exitCode == 6)
            #expect(try sandbox.directory.read("daemon/killswitch.json") == Array(content.utf8))
            #expect(try daemon.stop() == 0)
            #expect(try AuditTrail(daemon.state + "/audit").count(.orderIntent) == 0)
        }
    }
}
