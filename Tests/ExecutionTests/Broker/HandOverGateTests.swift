import Platform
import TWSProtocol
import Testing
import TradingModel

@testable import Execution
@testable import Risk

@Suite("Last look before the broker")
struct HandOverGateTests {
    private let killSwitch = KillSwitch(path: nil)
    private let clock = Locked<Timestamp?>(nil)

    private func rig(_ name: String) throws -> BrokerRig {
        let rig = try BrokerRig(
            name, gate: HandOverGate(killSwitch) { [clock] in clock.withLock { $0 } ?? .zero })
        clock.withLock { $0 = rig.now }
        return rig
    }

    @Test(
        "what was approved before a kill that the sequence has not told yet does not leave",
        arguments: [KillLevel.reduce, .halt, .flatten])
    func killed(_ level: KillLevel) throws {
        let rig = try rig("GATE.KILL")
        killSwitch.engage(level, by: "uid:1", reason: "", at: .zero)
        try rig.send()
        #expect(rig.placed.isEmpty)
        #expect(rig.lines == ["1 reject rejected Σ0 leaves 0"])
        #expect(rig.reports[0].reason == WorkingOrder.unsentPrefix + "kill switch")
    }

    @Test("a kill of another scope, and one that the order was judged under, let it pass")
    func passes() throws {
        let rig = try rig("GATE.PASS")
        let other = try #require(SymbolID("GATE.OTHER"))
        killSwitch.engage(.halt, .symbol(other), by: "uid:1", reason: "", at: .zero)
        try rig.send()
        killSwitch.engage(.flatten, by: "uid:1", reason: "", at: .zero)
        try rig.send(flags: .flatten, judgedUnder: .flatten)
        try rig.send(judgedUnder: .reduce)
        #expect(rig.placed.map(\.order.reference) == ["c-3-1", "c-3-2"])
        #expect(rig.lines == ["3 reject rejected Σ0 leaves 0"])
    }

    @Test("what flattens leaves only while something is to be flattened")
    func flattened() throws {
        let rig = try rig("GATE.FLAT")
        try rig.send(flags: .flatten, judgedUnder: .flatten)
        killSwitch.engage(.halt, by: "uid:1", reason: "", at: .zero)
        try rig.send(flags: .flatten, judgedUnder: .flatten)
        killSwitch.engage(.flatten, by: "uid:1", reason: "", at: .zero)
        try rig.send(flags: .flatten, judgedUnder: .flatten)
        #expect(rig.placed.map(\.order.reference) == ["c-3-3"])
    }

    @Test("an order leaves within two seconds of its approval or not at all", arguments: [0, 1])
    func stale(_ excess: Int64) throws {
        let rig = try rig("GATE.STALE")
        clock.withLock { $0 = rig.now.advanced(by: HandOverGate.longestWait + excess) }
        try rig.send()
        #expect(rig.placed.count == (excess == 0 ? 1 : 0))
        #expect(
            rig.reports.map(\.reason)
                == (excess == 0 ? [] : [WorkingOrder.unsentPrefix + "approved too long ago"]))
    }
}
