import Configuration
import ControlPlane
import ExactJSON
import Risk
import Testing
import TradingModel

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
    }

    @Test("a session of the market is not begun anew by a switch to its own mode")
    func sameMode() {
        #expect(ModeSwitch.isRefused(.ibkr, .ibkr, .prod) && ModeSwitch.isRefused(.ibkr, .ibkr, .paper))
        #expect(!ModeSwitch.isRefused(.sim, .sim, .dev) && !ModeSwitch.isRefused(.ibkr, .sim, .paper))
    }

    @Test("under prod a trip that has not tripped is not cleared")
    func clears() throws {
        let rig = try DaemonRig()
        let readings = try #require(rig.daemon.current).session.tripReadings
        #expect(!TripMethods.mayClear(.dayLoss, .all, readings, .prod))
        #expect(TripMethods.mayClear(.dayLoss, .all, readings, .paper))
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
