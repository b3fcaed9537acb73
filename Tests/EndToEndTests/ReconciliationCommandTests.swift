import Audit
import ExactJSON
import Platform
import TestSupport
import Testing

extension EndToEndTests {
    /// What operators see of books and orders that nobody is sure of, and what they do about it.
    @Suite("Reconciliation commands")
    struct ReconciliationCommandTests {
        @Test("an order that was never answered is listed, and is no longer once the broker has been asked")
        func unresolved() throws {
            let rig = try LiveRig(isRestless: true)
            try rig.becomesLive()
            let empty = try rig.daemon.tradectl("orders", "unresolved")
            #expect(empty.exitCode == 0 && empty.output == "no order is in doubt\n", "\(empty.errors)")
            try rig.gateway.perform("close-port 4s")
            try rig.gateway.perform("on placeOrder drop")
            var listed: JSONValue?
            try rig.daemon.eventually("an order is in doubt") {
                let answer = try rig.daemon.json("orders", "unresolved")
                listed = answer["orders"]?.arrayValue?.first
                return listed != nil
            }
            #expect(listed?["symbol"] == "XAUUSD" && listed?["since"]?.stringValue != nil)
            #expect(listed?["earlier_session"] == false && listed?["why"]?.stringValue?.isEmpty == false)
            let table = try rig.daemon.tradectl("orders", "unresolved")
            #expect(table.output.contains("never answered") || table.output.contains("no order"))
            let waiting = try rig.daemon.tradectl("recon", "show")
            #expect(waiting.exitCode == 0 && waiting.output.contains("awaited"), "\(waiting.output)")
            try rig.becomesLive()
            try rig.daemon.eventually("no order is in doubt") {
                try rig.daemon.json("orders", "unresolved")["count"] == 0
            }
            let shown = try rig.daemon.tradectl("recon", "show")
            #expect(shown.output.contains(", equal"), "\(shown.output)")
            #expect(try rig.daemon.stop() == 0)
        }

        @Test(
            "a position of others is accepted by itself, and the kill that drift engaged is released afterwards"
        )
        func accept() throws {
            let rig = try LiveRig(isRestless: true)
            try rig.becomesLive()
            try rig.daemon.eventually("something is held") {
                try rig.daemon.answer("snapshot.positions")?["positions"]?.arrayValue?.first?["position"]
                    .map { $0 != 0 } ?? false
            }
            try rig.daemon.crash()
            let other = try RunningDaemon(
                rig.sandbox, configuration: rig.sandbox.path("config"), state: "other", "--mode", "ibkr",
                "--profile", "paper")
            // Executions that bear the numbers of a first session are its own for it; a second one knows better.
            try other.eventually("it has begun") { try other.lifeCycle != "starting" }
            try other.crash()
            let next = try RunningDaemon(
                rig.sandbox, configuration: rig.sandbox.path("config"), state: "other", "--mode", "ibkr",
                "--profile", "paper")
            try next.eventually("the difference is told") {
                try next.json("recon", "show")["differences"]?.arrayValue?.first?["acceptable"] == true
            }
            let none = try next.tradectl("recon", "accept", "--reason", "nobody named any")
            #expect(none.exitCode == 2, "\(none.errors)")
            let wrong = try next.tradectl("recon", "accept", "NOTHING", "--reason", "no such instrument")
            #expect(wrong.exitCode == 4, "\(wrong.errors)")
            let short = try next.tradectl("recon", "accept", "--all", "--reason", "short")
            #expect(short.exitCode == 2, "\(short.errors)")
            let accepted = try next.tradectl(
                "recon", "accept", "XAUUSD", "--reason", "seen in the statements")
            #expect(
                accepted.exitCode == 0 && accepted.output.contains("ACCEPTED XAUUSD")
                    && accepted.output.contains(", equal"), "\(accepted.output)\(accepted.errors)")
            let again = try next.tradectl("recon", "accept", "--all", "--reason", "once more of it")
            #expect(again.exitCode == 6, "\(again.output)")
            #expect(try next.lifeCycle == "halted", "it releases nothing")
            #expect(try next.stop() == 0)
            let trail = try AuditTrail(next.state + "/audit")
            #expect(trail.indices(.positionAdopt).map { trail.lines[$0].data["origin"] } == ["accepted"])
        }
    }
}
