import Audit
import ExactJSON
import Testing

extension EndToEndTests {
    /// The rows of docs/faults.md about feeds, in the real daemon against the simulated gateway.
    @Suite("Faults of feeds")
    struct FeedFaultTests {
        /// A fault comes, is told everywhere, and ends by itself once its cause has.
        private func check(
            _ fault: String, _ rig: LiveRig, begin: [String], end: [String] = [],
            meanwhile: () throws -> Void = {}
        ) throws {
            try rig.becomesLive()
            for step in begin { try rig.gateway.perform(step) }
            try rig.daemon.meets(fault)
            try meanwhile()
            for step in end { try rig.gateway.perform(step) }
            try rig.daemon.losesFault(fault)
            try rig.becomesLive("\(fault) is lived through")
            #expect(try rig.daemon.stop() == 0)
            try AuditTrail(rig.daemon.state + "/audit").proves(fault, isOver: true)
        }

        private func quality(_ rig: LiveRig, _ stream: String) throws -> String {
            try rig.daemon.answer("status")?["streams"]?[stream]?.text ?? ""
        }

        @Test("silence: the strategies of the instrument stand still until quotes come again")
        func stale() throws {
            // Who retries at once tells what is silent as unavailable.
            let rig = try LiveRig(gateway: ["--symbol", "XAUUSD", "--rate", "400"], faults: []) { _, _ in [] }
            try check("FEED_STALE", rig, begin: ["pause"], end: ["resume"]) {
                let signals = try rig.daemon.json("status")["signals"]?.integerValue
                let shown = try rig.daemon.json("snapshot", "dom", "XAUUSD")
                #expect(shown.text.contains("\"stale\""), "\(shown.text)")
                #expect(try rig.daemon.held("FEED_STALE").contains { $0.hasPrefix("XAUUSD") })
                #expect(try rig.daemon.json("status")["signals"]?.integerValue == signals)
            }
        }

        @Test("a farm that is down")
        func farm() throws {
            try check(
                "FEED_FARM", try LiveRig(), begin: ["pause", "error 2103"], end: ["error 2104", "resume"])
        }

        @Test("a ladder that is cleared")
        func reset() throws { try check("FEED_RESET", try LiveRig(), begin: ["error 317 XAUUSD"]) }

        @Test("tick by tick refused: level 1 stands in, and tick by tick comes back")
        func refused() throws {
            try check("FEED_LEVEL1", try LiveRig(), begin: ["error 10189 XAUUSD"])
        }

        @Test("delayed data are never traded on")
        func delayed() throws {
            let rig = try LiveRig(
                gateway: ["--symbol", "XAUUSD", "--rate", "400", "--not-subscribed", "XAUUSD"])
            try rig.daemon.meets("FEED_DELAYED")
            #expect(try rig.daemon.json("status")["signals"]?.integerValue == 0)
            #expect(try rig.daemon.sentOrders() == 0)
            #expect(try rig.daemon.stop() == 0)
            try AuditTrail(rig.daemon.state + "/audit").proves("FEED_DELAYED", isOver: nil)
        }

        @Test("streams that are lost with the connection")
        func unavailable() throws {
            try check("FEED_UNAVAILABLE", try LiveRig(), begin: ["close-port 2s", "drop"])
        }
    }
}
