import Audit
import ExactJSON
import Glibc
import Platform
import TestSupport
import Testing

extension EndToEndTests {
    /// Orders at a broker that must not be left alone: kill switch, end of the process, outages between.
    @Suite("Live orders")
    struct LiveOrderTests {
        /// Orders wait at our side's best price, so that some are always at work.
        private func start() throws -> LiveRig {
            let rig = try LiveRig(limitPrice: "join")
            try rig.becomesLive()
            return rig
        }

        private func work(_ rig: LiveRig, atLeast count: Int = 1) throws {
            try rig.daemon.eventually("orders work") { try rig.daemon.workingOrders() >= count }
        }

        private func noneWorks(_ rig: LiveRig) throws {
            try rig.daemon.eventually("no order works") { try rig.daemon.workingOrders() == 0 }
        }

        /// Every order that was sent has come to its end by a report of the broker.
        private func checkNothingIsLeft(_ rig: LiveRig) throws {
            let trail = try AuditTrail(rig.daemon.state + "/audit")
            #expect(trail.count(.orderSend) > 0)
            #expect(trail.workingOrders(before: trail.lines.count).isEmpty)
        }

        @Test("the kill switch cancels what works at the broker and holds over a restart of the gateway")
        func kill() throws {
            let rig = try start()
            try work(rig)
            #expect(try rig.daemon.tradectl("killswitch", "engage", "--reason", "drill").exitCode == 0)
            try noneWorks(rig)
            let sent = try rig.daemon.sentOrders()
            try rig.gateway.perform("restart 1s")
            try rig.daemon.eventually("the gateway is gone") { try rig.session()["state"] != "live" }
            try rig.becomesLive()
            #expect(try rig.daemon.lifeCycle == "halted")
            #expect(try rig.daemon.sentOrders() == sent)
            #expect(try rig.daemon.stop() == 0)
            try checkNothingIsLeft(rig)
        }

        @Test("flatten brings what was traded at the broker to zero, and nothing else trades")
        func flatten() throws {
            let rig = try LiveRig()
            try rig.becomesLive()
            let held = {
                try rig.daemon.answer("snapshot.positions")?["positions"]?.arrayValue?.contains {
                    $0["position"] != 0 && $0["position"] != nil
                } ?? false
            }
            try rig.daemon.eventually("something is held") { try held() }
            let ended = try rig.daemon.tradectl("flatten", "XAUUSD", "--yes", "--reason", "going home")
            #expect(ended.exitCode == 0 && ended.output.contains("flat\n"), "\(ended.output)\(ended.errors)")
            #expect(try !held() && rig.daemon.workingOrders() == 0)
            let sent = try rig.daemon.sentOrders()
            let ticks = try rig.ticks()
            try rig.daemon.eventually("the market goes on") { try rig.ticks() > ticks + 100 }
            #expect(try rig.daemon.sentOrders() == sent && !held())
            #expect(try rig.session()["books"]?["drift"]?.arrayValue?.isEmpty == true)
            #expect(try rig.daemon.stop() == 0)
            try checkNothingIsLeft(rig)
        }

        @Test("a kill during an outage cancels as soon as the broker can be reached")
        func killInTheDark() throws {
            let rig = try start()
            try work(rig)
            try rig.gateway.perform("error 1100")
            try rig.daemon.eventually("the link is lost") { try rig.session()["state"] == "lost" }
            // Held, but what works cannot be confirmed as cancelled yet.
            let engaged = try rig.daemon.tradectl("killswitch", "engage", "--reason", "drill")
            #expect(engaged.exitCode != 0 && engaged.output.contains("ENGAGED"), "\(engaged.errors)")
            #expect(
                try rig.daemon.tradectl("killswitch", "release", "--reason", "not yet allowed").exitCode != 0)
            try rig.gateway.perform("error 1102")
            try noneWorks(rig)
            #expect(try rig.daemon.stop() == 0)
            try checkNothingIsLeft(rig)
        }

        @Test("a kill while the gateway is away cancels after the reconnection")
        func killWithoutGateway() throws {
            let rig = try start()
            try work(rig)
            try rig.gateway.perform("close-port 2s")
            try rig.gateway.perform("drop")
            try rig.daemon.eventually("the session is lost") { try rig.session()["state"] == "backoff" }
            #expect(try rig.daemon.workingOrders() > 0)
            let engaged = try rig.daemon.tradectl("killswitch", "engage", "--reason", "drill")
            #expect(engaged.output.contains("ENGAGED"), "\(engaged.errors)")
            try noneWorks(rig)
            #expect(try rig.daemon.stop() == 0)
            try checkNothingIsLeft(rig)
        }

        @Test("the end of the process waits until the broker has confirmed the cancels")
        func end() throws {
            let rig = try start()
            try work(rig)
            #expect(try rig.daemon.stop() == 0)
            try checkNothingIsLeft(rig)
        }

        /// Lines of the log that are about the gateway and hold that text.
        private func told(_ text: String, _ rig: LiveRig) throws -> [JSONValue] {
            try rig.daemon.process.output.split(separator: "\n")
                .filter { $0.contains("\"gateway.") && $0.contains(text) }
                .map { try JSONParser.parse(String($0)) }
        }

        @Test("an error of an order is logged once, with the order; a comparison with the reason it has")
        func errors() throws {
            let rig = try LiveRig()
            try rig.becomesLive()
            try rig.gateway.perform("error 201")
            try rig.daemon.eventually("a refusal is logged") { try !told("\"code\":\"201\"", rig).isEmpty }
            try rig.gateway.perform("error 103")
            try rig.daemon.eventually("a comparison") { try !told("order number in use", rig).isEmpty }
            try rig.becomesLive()
            #expect(try rig.daemon.stop() == 0)
            for code in [201, 103] {
                let lines = try told("\"code\":\"\(code)\"", rig)
                #expect(lines.count == 1 && lines.first?["order_id"] != nil, "\(lines)")
            }
            let comparisons = try told("\"to\":\"reconciling\"", rig).compactMap {
                $0["context"]?["reason"]?.stringValue
            }
            #expect(comparisons.last == "order number in use", "\(comparisons)")
        }

        /// Twenty seconds without an event: the gateway has gone, and the market with it.
        @Test(
            "an end that waits in vain says what is left at the broker, and the clock of its lines takes no step"
        )
        func unconfirmedEnd() throws {
            let rig = try start()
            try work(rig)
            try rig.gateway.perform("close-port 5m")
            try rig.gateway.perform("drop")
            try rig.daemon.eventually("the session is lost") { try rig.session()["state"] == "backoff" }
            let left = try rig.daemon.workingOrders()
            #expect(try rig.daemon.stop() != 0)
            let trail = try AuditTrail(rig.daemon.state + "/audit")
            let faults = trail.indices(.faultRaise).map { trail.lines[$0].data }
                .filter { $0["fault"] == "EXEC_UNCONFIRMED" }
            #expect(faults.count == 1 && faults.first?["orders"]?.arrayValue?.count == left)
            #expect(trail.lines.last?.type == "session.stop" && trail.count(.recorderClose) == 1)
            #expect(trail.count(.clockStep) == 0)
        }

        @Test("a recorded session of the broker is derived again, decision by decision")
        func reproduction() throws {
            let rig = try start()
            try rig.daemon.eventually("orders are sent") { try rig.daemon.sentOrders() >= 3 }
            try rig.gateway.perform("drop")
            let sent = try rig.daemon.sentOrders()
            try rig.daemon.eventually("orders are sent again") { try rig.daemon.sentOrders() >= sent + 2 }
            #expect(try rig.daemon.stop() == 0)
            let journals = rig.sandbox.directory.names(in: "daemon/journal").map {
                rig.sandbox.path("daemon/journal/" + $0)
            }
            let ended = try rig.sandbox.run(
                Products.tradectl,
                ["audit", "replay", "--audit", rig.daemon.state + "/audit", "--journal"] + journals)
            #expect(ended.exitCode == 0, "\(ended.output)\(ended.errors)")
            #expect(ended.output.contains("REPRODUCED"))
        }

        // MARK: What is there when a session begins

        @Test(
            "orders that a killed process left at the broker are its successor's: followed, and cancelled at its end"
        )
        func restored() throws {
            let rig = try start()
            try work(rig)
            try rig.daemon.crash()
            let next = try restart(rig)
            try next.eventually("the books are equal") { try books(next)?["ready"] == true }
            #expect(try texts(next, "found_at_start") == [])
            try next.eventually("it trades") { try next.lifeCycle == "running" }
            #expect(try next.stop() == 0)
            try checkNothingIsLeft(rig)
            let trail = try AuditTrail(next.state + "/audit")
            #expect(trail.count(.orderRestore) > 0)
            try checkReproduced(rig, next, session: 2)
        }

        @Test(
            "orders at our client id that no trail knows keep a session from trading until somebody has looked"
        )
        func leftovers() throws {
            let rig = try start()
            try work(rig)
            try rig.daemon.crash()
            // Another state directory: for it the orders are of others.
            let next = try restart(rig, state: "other")
            try next.eventually("what is at the broker is found") {
                try !texts(next, "found_at_start").isEmpty
            }
            try next.eventually("it does not trade") { try next.lifeCycle != "running" }
            let arm = try next.tradectl("mode", "arm")
            #expect(arm.exitCode != 0, "\(arm.output)")
            #expect(try next.sentOrders() == 0)
            #expect(try next.stop() == 0)
        }

        @Test("a killed process's successor takes over what it held, without asking, and goes on from there")
        func restartWithPosition() throws {
            let rig = try LiveRig()
            let held = try holdAndStand(rig)
            try rig.daemon.crash()
            let next = try restart(rig)
            try next.eventually("the books are equal") { try books(next)?["ready"] == true }
            #expect(try quantity(next) == held && texts(next, "drift") == [])
            #expect(try texts(next, "adopted").first?.hasPrefix("XAUUSD=\(held)@") == true)
            #expect(try texts(next, "adopted").count == 1)
            try checkEarlierResults(next)
            try goOn(next, release: [])
            try checkReproduced(rig, next, session: 2)
            let trail = try AuditTrail(next.state + "/audit")
            let adopted = trail.indices(.positionAdopt).map { trail.lines[$0].data }
            #expect(adopted.map { $0["origin"]?.stringValue } == ["earlier_session"])
        }

        /// What the session before has paid for its trades stays visible by strategy, and fill by fill.
        private func checkEarlierResults(_ daemon: RunningDaemon) throws {
            try daemon.eventually("the blotter has what was traded before") {
                let rows = try daemon.json("positions")["earlier_today"]?.arrayValue ?? []
                return rows.contains {
                    $0["strategy"] == "micro_price_momentum" && $0["commission"] != 0
                }
            }
            let fills = try #require(try daemon.json("fills", "--limit", "1000")["fills"]?.arrayValue)
            #expect(fills.allSatisfy { $0["commissions"]?.arrayValue?.count == 1 && $0["session"] == 1 })
            let parts = try #require(try daemon.json("positions")["positions"]?.arrayValue)
            #expect(parts.map { $0["strategy"]?.stringValue } == ["(adopted)"])
        }

        @Test(
            "a position that no trail knows is drift, taken over when it is accepted, traded on and flattened"
        )
        func foreignPosition() throws {
            let rig = try LiveRig()
            let held = try holdAndStand(rig)
            try rig.daemon.crash()
            // Another state directory: for it the position is of others. Its first session would bear the number that the
            // executions do.
            let first = try restart(rig, state: "other")
            try first.eventually("it has met those executions") {
                try first.json("trip", "show").text.contains("which is not known")
            }
            try first.crash()
            let next = try restart(rig, state: "other")
            try next.eventually("the difference has engaged the kill switch") {
                try next.lifeCycle == "halted" && !texts(next, "drift").isEmpty
            }
            #expect(try quantity(next) == "0" && next.tradectl("mode", "arm").exitCode == 6)
            let flatten = try next.tradectl("flatten", "--yes", "--reason", "what is there")
            #expect(
                flatten.exitCode != 0 && flatten.output.contains("NOT FLAT at the broker"),
                "\(flatten.output)")
            let release = try next.tradectl(
                "killswitch", "release", "--reason", "without a word on it")
            #expect(release.exitCode == 6, "\(release.output)")
            // What the session before met is not forgotten: somebody says that he has looked at it.
            let clear = try next.tradectl(
                "trip", "clear", "unknown_execution", "--reason", "of another state")
            #expect(clear.exitCode == 0, "\(clear.errors)")
            try goOn(next, release: ["--accept-positions"], held: held)
            try checkReproduced(rig, next, session: 2)
            let trail = try AuditTrail(next.state + "/audit")
            let adopted = trail.indices(.positionAdopt).map { trail.lines[$0].data }
            #expect(adopted.map { $0["origin"]?.stringValue } == ["accepted"])
            #expect(adopted.first?["change"]?.stringValue == held)
            // What was accepted is in the trail: the session after that begins with what is held by then.
            let last = try restart(rig, state: "other")
            try last.eventually("the books are equal") { try books(last)?["ready"] == true }
            #expect(try texts(last, "drift") == [])
            #expect(try last.stop() == 0)
        }

        /// The session of the broker holds something, and nothing works any more.
        ///
        /// - Returns: how much.
        private func holdAndStand(_ rig: LiveRig) throws -> String {
            try rig.becomesLive()
            try rig.daemon.eventually("something is held") { try quantity(rig.daemon) != "0" }
            for _ in 0..<20 {
                let halt = try rig.daemon.tradectl("killswitch", "engage", "--reason", "what is held stays")
                #expect(halt.exitCode == 0, "\(halt.output)\(halt.errors)")
                try noneWorks(rig)
                if try quantity(rig.daemon) != "0" { return try quantity(rig.daemon) }
                try arm(rig.daemon, release: [])
                try rig.daemon.eventually("something is held") { try quantity(rig.daemon) != "0" }
            }
            Issue.record("nothing stays held")
            return ""
        }

        private func restart(_ rig: LiveRig, state: String = "daemon") throws -> RunningDaemon {
            try RunningDaemon(
                rig.sandbox, configuration: rig.sandbox.path("config"), state: state, "--mode", "ibkr",
                "--profile", "paper")
        }

        /// Released, the session does not arm itself; armed, it trades; flattened, nothing is held at the broker either.
        private func goOn(_ daemon: RunningDaemon, release: [String], held: String? = nil) throws {
            try self.release(daemon, release)
            try daemon.eventually("it is ready") { try daemon.lifeCycle == "disarmed" }
            if let held { #expect(try quantity(daemon) == held) }
            let armed = try daemon.tradectl("mode", "arm", "--reason", "books are equal")
            #expect(armed.exitCode == 0, "\(armed.errors)")
            try daemon.eventually("it trades") { try daemon.sentOrders() > 0 }
            let flat = try daemon.tradectl("flatten", "--yes", "--reason", "all of it")
            #expect(flat.exitCode == 0 && flat.output.contains("flat\n"), "\(flat.output)\(flat.errors)")
            #expect(try quantity(daemon) == "0" && texts(daemon, "drift") == [])
            #expect(try daemon.stop() == 0)
        }

        private func arm(_ daemon: RunningDaemon, release: [String]) throws {
            try self.release(daemon, release)
            let armed = try daemon.tradectl("mode", "arm", "--reason", "goes on")
            #expect(armed.exitCode == 0, "\(armed.errors)")
        }

        private func release(_ daemon: RunningDaemon, _ options: [String]) throws {
            let ended = try daemon.sandbox.run(
                Products.tradectl,
                ["killswitch", "release", "--reason", "positions are understood"] + options
                    + ["--socket", daemon.socket, "--timeout", "60"])
            #expect(ended.exitCode == 0, "\(ended.output)\(ended.errors)")
        }

        private func checkReproduced(_ rig: LiveRig, _ daemon: RunningDaemon, session: Int) throws {
            let folder = String(daemon.state.split(separator: "/").last ?? "")
            let journals = rig.sandbox.directory.names(in: folder + "/journal").filter {
                $0.contains("journal-\(session)-")
            }.sorted().map { daemon.state + "/journal/" + $0 }
            let ended = try rig.sandbox.run(
                Products.tradectl,
                ["audit", "replay", "--audit", daemon.state + "/audit", "--journal"] + journals)
            #expect(
                ended.exitCode == 0 && ended.output.contains("REPRODUCED"), "\(ended.output)\(ended.errors)")
        }

        private func quantity(_ daemon: RunningDaemon) throws -> String {
            try daemon.answer("snapshot.positions")?["positions"]?.arrayValue?.first?["position"]?.text ?? "0"
        }

        private func books(_ daemon: RunningDaemon) throws -> JSONValue? {
            try daemon.json("status")["gateway"]?["books"]
        }

        private func texts(_ daemon: RunningDaemon, _ member: String) throws -> [String] {
            try books(daemon)?[member]?.arrayValue?.compactMap(\.stringValue) ?? []
        }
    }
}
