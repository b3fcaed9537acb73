import Configuration
import Dispatch
import ExactJSON
import Messaging
import Risk
import Testing
import TradingModel

@testable import ControlPlane
@testable import TradingSystem

@Suite("What a release, a switch and a flatten may do")
struct ReleaseRuleTests {
    private let reason = JSONValue.Member("reason", .string("checked with the desk"))

    private let drift = DifferenceRule(
        isWhole: true, isDrift: true, accepts: false, hasBroker: true, isConnected: true,
        differences: ["XAUUSD 1 2"])

    @Test(
        "no kill of everything ends past differences, nor is one by drift lowered; they are named; equal books are enough"
    )
    func differences() {
        #expect(drift.refusal?.contains("XAUUSD 1 2") == true)
        var rule = drift
        rule.differences = []
        #expect(rule.refusal == nil)
        rule = drift
        rule.isDrift = false
        #expect(rule.refusal != nil)
        rule.isWhole = false
        #expect(rule.refusal == nil)
        rule.isDrift = true
        #expect(rule.refusal != nil)
    }

    @Test("positions are accepted when asked for, while connected, with the end of the kill of everything")
    func accepts() {
        var rule = drift
        rule.accepts = true
        #expect(rule.refusal == nil)
        for path in [\DifferenceRule.isWhole, \.isConnected, \.hasBroker] {
            var other = rule
            other[keyPath: path] = false
            #expect(other.refusal != nil)
        }
        rule.unsettled = ["XAGUSD 3 2"]
        #expect(rule.refusal?.contains("XAGUSD 3 2") == true)
    }

    @Test("a session of the market is not begun anew by a switch to its own mode")
    func sameMode() {
        #expect(ModeSwitch.isRefused(.ibkr, .ibkr, .prod) && ModeSwitch.isRefused(.ibkr, .ibkr, .paper))
        #expect(!ModeSwitch.isRefused(.sim, .sim, .dev) && !ModeSwitch.isRefused(.ibkr, .sim, .paper))
    }

    @Test("under prod a trip that has not tripped is not cleared")
    func clears() throws {
        #expect(TripMethods.mustBeHeld(.prod) && !TripMethods.mustBeHeld(.paper))
        let rig = try DaemonRig()
        let session = try #require(rig.daemon.current).session
        func isHeld() -> Bool { session.bus.query { $0.risk.trips.isHeld(.latency, .all, at: $0.now) } }
        #expect(!isHeld())
        session.clear(TripClearing(.latency, .all, mustBeHeld: true), by: "uid:1", reason: "too early")
        #expect(session.bus.query { $0.risk.trips.refusedClearings } == 1)
        session.trip(.latency, "the bus lags")
        session.queues.killSwitch.sync {}
        #expect(isHeld())
        // Two persons have released it: from then on one alone would loosen a limit.
        _ = try rig.call("killswitch.release", by: 1_000, [reason]).get()
        #expect(!isHeld())
    }

    @Test(
        "a fault found outside while an operator's kill holds stops trading again after its release"
    )
    func outsideBehindKill() throws {
        let rig = try DaemonRig()
        let session = try #require(rig.daemon.current).session
        _ = try rig.call("killswitch.engage", by: 1_000).get()
        func records() -> [Trip] { session.bus.query { $0.risk.trips.records.map(\.trip) } }
        for _ in 0..<3 { session.trip(.unknownExecution, "an execution of nobody's order") }
        session.queues.killSwitch.sync {}
        #expect(records() == [.unknownExecution])
        #expect(session.tripReadings.first { $0.trip == .unknownExecution }?.actual == "1")
        _ = try rig.call("killswitch.release", by: 1_000, [reason]).get()
        _ = session.bus.query { $0.sequence }
        session.queues.killSwitch.sync {}
        #expect(rig.daemon.killSwitch.state.latches.latches.map(\.actor) == ["trip:unknown_execution"])
        _ = try rig.call("trip.clear", by: 1_000, texts(["name": "unknown_execution"]) + [reason]).get()
        _ = try rig.call("killswitch.release", by: 1_000, [reason]).get()
        session.queues.killSwitch.sync {}
        #expect(!rig.daemon.killSwitch.isEngaged)
    }

    @Test("who only looks cannot keep anybody from disarming")
    func queries() throws {
        let rig = try DaemonRig()
        let server = try #require(try rig.daemon.startServer())
        defer { server.stop() }
        rig.queues.queries.suspend()
        defer { rig.queues.queries.resume() }
        let reader = try Connection(path: server.path, until: Deadline(after: .seconds(30)))
        for number in 0..<8 {
            try reader.send(
                Array((#"{"jsonrpc":"2.0","id":\#(number),"method":"status"}"# + "\n").utf8),
                until: Deadline(after: .seconds(30)))
        }
        var client = ControlClient(path: server.path)
        let answer = try client.call(method: "mode.disarm", timeout: .seconds(30))
        #expect(answer["state"] == "disarmed")
    }

    @Test("a limit of losses beyond the one that stops trading is refused with the reason")
    func softLimit() throws {
        let rig = try DaemonRig(("risk.trips.day_loss.limit", "500"))
        let refusal = try rig.refusal(
            "risk.set", by: 1_000, texts(["limit": "max_day_loss", "value": "500"]))
        #expect(refusal?.code == -32_602)
        #expect("\(String(describing: refusal))".contains("risk.trips.day_loss.limit (500)"))
        _ = try rig.call("risk.set", by: 1_000, texts(["limit": "max_day_loss", "value": "499"])).get()
    }

    @Test("to flatten a strategy halts it, and says what cannot be done")
    func flattensStrategy() throws {
        let rig = try DaemonRig()
        let name = rig.daemon.settings.strategy.name
        let refusal = try rig.refusal(
            "killswitch.engage", by: 1_000, texts(["scope": "strategy:\(name)", "level": "flatten"]))
        #expect(refusal?.code == -32_602)
        #expect(rig.daemon.killSwitch.state.latches.latches.map(\.level) == [.halt])
    }

    @Test("what is latched can be released though the settings do not know it")
    func unknownScope() throws {
        let rig = try DaemonRig()
        let scope = try #require(KillScope(text: "symbol:GONE.AWAY"))
        rig.daemon.killSwitch.latch(KillLatch(.halt, scope, actor: "uid:1", since: .zero))
        let scopes = texts(["scope": "symbol:GONE.AWAY"])
        _ = try rig.call("killswitch.release", by: 1_000, scopes + [reason]).get()
        #expect(!rig.daemon.killSwitch.isEngaged)
        #expect(try rig.refusal("killswitch.engage", by: 1_000, scopes)?.code == -32_602)
    }

    @Test("who releases his own engage alone does not end one that came after it")
    func ownEngage() throws {
        let rig = try DaemonRig()
        let own = try rig.call("killswitch.engage", by: 1_000).get()
        let generation = JSONValue.Member("generation", try #require(own["generation"]))
        _ = try rig.call("killswitch.engage", by: 1_001).get()
        let refusal = try rig.refusal("killswitch.release", by: 1_000, [reason, generation])
        #expect(refusal?.message.contains("a kill came meanwhile") == true)
        #expect(rig.daemon.killSwitch.isHalted)
    }

    @Test("arming names everything that blocks, and arms where nothing does")
    func arms() throws {
        let rig = try DaemonRig()
        let session = try #require(rig.daemon.current).session
        session.disarm(by: "uid:1", reason: "")
        let refusal = #expect(throws: ArmingRefusal.self) {
            try session.arm(
                by: "uid:1", reason: "", { BrokerStanding(isConnected: false, isReconciled: false) },
                configHash: "")
        }
        #expect(
            refusal
                == .blocked([
                    "the broker is not connected", "our books are not equal to the broker's now",
                ]))
        #expect(session.state == .disarmed)
        _ = try rig.call("mode.arm", by: 1_000).get()
        #expect(session.state == .running)
    }
}
