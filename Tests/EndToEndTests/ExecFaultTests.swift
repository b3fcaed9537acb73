import Audit
import ExactJSON
import Testing

extension EndToEndTests {
    /// The rows of docs/faults.md about execution, in the real daemon against the simulated gateway.
    @Suite("Faults of execution")
    struct ExecFaultTests {
        private func end(_ rig: LiveRig, _ fault: String, isOver: Bool) throws {
            #expect(try rig.daemon.stop() == 0)
            try AuditTrail(rig.daemon.state + "/audit").proves(fault, isOver: isOver)
        }

        @Test(
            "a connection that is lost with an order on its way: nobody sends it twice, and the broker is asked"
        )
        func unknown() throws {
            let rig = try LiveRig(limitPrice: "join")
            try rig.becomesLive()
            try rig.gateway.perform("on placeOrder drop")
            try rig.daemon.meets("EXEC_UNKNOWN")
            try rig.daemon.losesFault("EXEC_UNKNOWN")
            try rig.becomesLive("it trades again")
            try end(rig, "EXEC_UNKNOWN", isOver: true)
            let trail = try AuditTrail(rig.daemon.state + "/audit")
            let sent = trail.indices(.orderSend).map { trail.lines[$0].orderID }
            #expect(Set(sent).count == sent.count)
        }

        @Test("a reject of the broker is counted; it holds nothing up")
        func reject() throws {
            let rig = try LiveRig()
            try rig.becomesLive()
            try rig.gateway.perform("order reject")
            try rig.daemon.meets("EXEC_REJECT")
            #expect(try rig.daemon.held("EXEC_REJECT").isEmpty)
            try end(rig, "EXEC_REJECT", isOver: false)
        }

        @Test("a cancel without an answer is asked after, and the order counts until it is over")
        func cancel() throws {
            // Patience enough that the silence is not taken for a lost connection.
            let rig = try LiveRig(gateway: ["--symbol", "XAUUSD", "--rate", "400"], faults: []) { _, port in
                [
                    (
                        "settings.yaml", "port: 7497 #",
                        "port: \(port)\n    step_timeout: 60s\n    heartbeat: 60s #"
                    ),
                    ("settings.yaml", "limit_price: touch", "limit_price: join"),
                    ("profiles/paper.yaml", "throttle_max: 20", "throttle_max: 100000"),
                ]
            }
            try rig.becomesLive()
            try rig.daemon.eventually("orders work") { try rig.daemon.workingOrders() > 0 }
            try rig.gateway.perform("on cancelOrder silence 14s")
            let engaged = try rig.daemon.tradectl("killswitch", "engage", "--reason", "drill")
            #expect(engaged.output.contains("ENGAGED"), "\(engaged.errors)")
            try rig.daemon.meets("EXEC_CANCEL")
            try rig.daemon.losesFault("EXEC_CANCEL")
            #expect(try rig.daemon.workingOrders() == 0)
            try end(rig, "EXEC_CANCEL", isOver: true)
        }

        @Test("a lost connection denies new intents until the books are equal again")
        func connection() throws {
            let rig = try LiveRig()
            try rig.becomesLive()
            try rig.gateway.perform("close-port 1s")
            try rig.gateway.perform("drop")
            // Once at the start, when nobody was connected yet.
            try rig.daemon.meets("EXEC_BROKER", more: 1)
            try rig.becomesLive("connected again")
            try rig.daemon.losesFault("EXEC_BROKER")
            let sent = try rig.daemon.sentOrders()
            try rig.daemon.eventually("it trades again") { try rig.daemon.sentOrders() > sent }
            #expect(try rig.daemon.lifeCycle == "running")
            try end(rig, "EXEC_BROKER", isOver: true)
        }
    }
}
