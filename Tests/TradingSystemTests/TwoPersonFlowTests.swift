import ControlPlane
import ExactJSON
import Risk
import Testing
import TradingModel

@testable import TradingSystem

@Suite("Two persons")
struct TwoPersonFlowTests {
    private let reason = JSONValue.Member("reason", .string("checked with the desk"))
    private let asks = JSONValue.Member("request", .bool(true))
    private let name = "killswitch.release"

    private func approval(_ answer: Result<JSONValue, RPCError>) throws -> [JSONValue.Member] {
        let id = try #require(try answer.get()["request"]?.stringValue)
        return [reason, .init("approve", .string(id))]
    }

    @Test("one asks, another approves: the kill is released, once")
    func release() throws {
        let rig = try DaemonRig()
        _ = try rig.call("killswitch.engage", by: 1_000).get()
        let approval = try approval(rig.call(name, by: 1_000, [reason, asks]))
        #expect(try rig.refusal(name, by: 1_000, approval)?.code == 1_004)
        #expect(rig.daemon.killSwitch.isHalted)
        let answer = try rig.call(name, by: 1_001, approval).get()
        #expect(answer["changed"] == true && !rig.daemon.killSwitch.isEngaged)
        #expect(rig.daemon.killSwitch.state.actor == "uid:1001")
        #expect(rig.daemon.killSwitch.state.reason.contains("asked for by uid:1000"))
        _ = try rig.call("killswitch.engage", by: 1_000).get()
        #expect(try rig.refusal(name, by: 1_001, approval) != nil && rig.daemon.killSwitch.isHalted)
    }

    @Test(
        "an engage or a release of the scope makes a request for it void, be it in vain",
        arguments: [true, false])
    func bound(isReleased: Bool) throws {
        let rig = try DaemonRig()
        _ = try rig.call("killswitch.engage", by: 1_000).get()
        let approval = try approval(rig.call(name, by: 1_000, [reason, asks]))
        if isReleased { _ = try rig.call(name, by: 1_000, [reason]).get() }
        _ = try rig.call("killswitch.engage", by: 1_002).get()
        let refusal = try #require(try rig.refusal(name, by: 1_001, approval))
        #expect(refusal.message.contains("is void"), "\(refusal)")
        #expect(rig.daemon.killSwitch.isHalted && rig.daemon.requests.pending.isEmpty)
    }

    @Test("a kill of another scope leaves a request as it is")
    func otherScope() throws {
        let rig = try DaemonRig()
        let scope = JSONValue.Member("scope", .string("symbol:XAUUSD"))
        _ = try rig.call("killswitch.engage", by: 1_000, [scope]).get()
        let approval = try approval(rig.call(name, by: 1_000, [reason, asks, scope]))
        _ = try rig.call("killswitch.engage", by: 1_000).get()
        _ = try rig.call(name, by: 1_001, approval).get()
        #expect(rig.daemon.killSwitch.state.latches.latches.map(\.scope) == [.all])
    }

    @Test("a limit is changed by two, by the method it was asked of")
    func limits() throws {
        let rig = try DaemonRig()
        let wish = texts(["limit": "max_size", "value": "30000"])
        let approval = try approval(rig.call("risk.set", by: 1_000, wish + [reason, asks]))
        #expect(try rig.refusal("risk.set", by: 1_000, approval)?.code == 1_004)
        #expect(try rig.refusal("risk.override", by: 1_001, approval) != nil)
        let answer = try rig.call("risk.set", by: 1_001, approval).get()
        #expect(answer["value"] == "30000" && answer["by"] == "uid:1000+uid:1001")
    }

    @Test("root is neither of two persons where two are needed, and may where one is enough")
    func root() throws {
        let store = TwoPersonRequests()
        let needed = TwoPersonFlow(requests: store, isNeeded: true)
        func call(_ uid: UInt32) -> RPCCall {
            RPCCall(method: name, parameters: [reason], caller: DaemonRig.caller(uid))
        }
        let refusal = #expect(throws: RPCError.self) { try needed.ask(call(0), keeping: []) }
        #expect(refusal?.message.contains("as yourself, not as root") == true && refusal?.code == 1_004)
        let id = try needed.ask(call(1_000), keeping: ["reason"]).id
        #expect(throws: RPCError.self) { try needed.asked(id, call(0)) }
        #expect(store.pending.count == 1)
        let asked = try needed.asked(id, call(1_001))
        #expect(asked.call.reason == "checked with the desk" && store.pending.count == 1)
        try needed.use(asked)
        #expect(throws: RPCError.self) { try needed.use(asked) }
        let alone = TwoPersonFlow(requests: store, isNeeded: false)
        let own = try alone.ask(call(0), keeping: []).id
        #expect(try alone.asked(own, call(1_000)).actors == "uid:0+uid:1000")
    }
}
