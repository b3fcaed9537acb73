import ControlPlane
import Dispatch
import ExactJSON
import Messaging
import Risk
import Testing

@testable import TradingSystem

@Suite("Releases that wait behind other calls")
struct WaitingReleaseTests {
    private let reason = JSONValue.Member("reason", .string("checked with the desk"))

    @Test("do not end a kill that somebody has asked for meanwhile, be it one that changes nothing")
    func overtaken() throws {
        let rig = try DaemonRig()
        _ = try rig.call("killswitch.engage", by: 1_000).get()
        rig.queues.operators.suspend()
        let release = try rig.begin("killswitch.release", by: 1_000, [reason])
        _ = try rig.call("killswitch.engage", by: 1_001).get()
        rig.queues.operators.resume()
        guard case .failure(let error) = try DaemonRig.wait(for: release) else {
            Issue.record("released")
            return
        }
        #expect(error.message.contains("a kill came meanwhile"), "\(error)")
        #expect(rig.daemon.killSwitch.isHalted)
    }
}
