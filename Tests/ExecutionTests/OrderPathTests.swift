import Audit
import Messaging
import Positions
import Risk
import Testing
import TradingModel

@testable import Execution

@Suite("Order path")
struct OrderPathTests {
    @Test("an order is decided, written, sent, acknowledged and filled at the touch, in sequence")
    func fills() throws {
        let rig = try OrderPathRig("PATH.FILL")
        try rig.quote("4000", "4000.20")
        try rig.send(.buy, "2", limit: "4000.20")
        #expect(rig.reports == ["c-1-1 ack accepted", "c-1-1 fill filled 4000.2"])
        #expect(
            try rig.auditTypes() == [
                "log.open", "mode.arm", "order.intent", "order.send", "order.ack", "order.fill",
            ])
        rig.bus.query { core in
            #expect(core.execution.positions.position(rig.gold.symbol).quantity.description == "2")
            #expect(core.execution.orders.working.isEmpty)
            let order = core.execution.orders.newestFinished(limit: 5).first
            #expect(order?.averagePrice.description == "4000.2" && order?.status == .filled)
            let types = core.seen.map(\.eventType)
            #expect(types == [.system, .tick, .timer, .riskDecision, .orderEvent, .orderEvent])
        }
    }

    @Test("a denied order is written as denied and never reaches the venue")
    func denied() throws {
        let rig = try OrderPathRig("PATH.DENY")
        try rig.quote("4000", "4000.20")
        try rig.send(.buy, "11", limit: "4000.20")
        #expect(rig.reports == [])
        #expect(try rig.auditTypes().suffix(1) == ["order.deny"])
        rig.bus.query { #expect($0.execution.sent == 0 && $0.risk.tally.deniedTotal == 1) }
    }

    @Test("a limit away from the market rests and fills when the market comes, no worse than its limit")
    func rests() throws {
        let rig = try OrderPathRig("PATH.REST", sim: SimOptions(slippageTicks: 5))
        try rig.quote("4000", "4000.20")
        try rig.send(.buy, "1", limit: "3999.50")
        try rig.quote("3999.60", "3999.80")
        #expect(rig.reports == ["c-1-1 ack accepted"])
        try rig.quote("3999.30", "3999.47")
        #expect(rig.reports.last == "c-1-1 fill filled 3999.5")
        try rig.send(.sell, "1", limit: nil)
        #expect(rig.reports.last == "c-1-2 fill filled 3999.25")
    }

    @Test("immediate-or-cancel does not rest; a crossed market fills nothing")
    func immediate() throws {
        let rig = try OrderPathRig("PATH.IOC")
        try rig.quote("4000", "4000.20")
        try rig.send(.buy, "1", limit: "3999.50", tif: .immediateOrCancel)
        #expect(rig.reports == ["c-1-1 ack accepted", "c-1-1 cancel cancelled"])
        try rig.send(.buy, "1", limit: "3999.90")
        try rig.quote("4000", "3999.80")
        #expect(rig.reports.suffix(1) == ["c-1-2 ack accepted"])
    }

    @Test("the kill switch cancels every working order and lets no later order pass")
    func kill() throws {
        let rig = try OrderPathRig("PATH.KILL")
        try rig.quote("4000", "4000.20")
        try rig.send(.buy, "1", limit: "3990", times: 3)
        rig.notify(.killSwitchEngaged)
        #expect(rig.reports.suffix(3) == (1...3).map { "c-1-\($0) cancel cancelled" })
        try rig.send(.buy, "1", limit: "4000.20")
        rig.bus.query { core in
            #expect(core.execution.orders.working.isEmpty && core.execution.sent == 3)
            #expect(core.risk.tally.denied[Int(RiskReason.killSwitch.rawValue)] == 1)
            #expect(core.risk.engine.openOrders == 0)
            let kill = core.seen.first {
                $0.payload == .system(SystemNotice(.killSwitchEngaged, actor: "test"))
            }
            let laterApprovals = core.seen.filter { event in
                guard case .riskDecision(let decision) = event.payload else { return false }
                return decision.approved && event.sequence > kill?.sequence ?? 0
            }
            #expect(laterApprovals.isEmpty)
        }
        #expect(
            try rig.auditTypes().suffix(8) == [
                "killswitch.engage", "order.cancel.send", "order.cancel.send", "order.cancel.send",
                "order.cancel", "order.cancel", "order.cancel", "order.deny",
            ])
    }

    @Test("a fill probability between 0 and 1 fills some, the same ones for a seed")
    func probability() throws {
        func fills(seed: UInt64) throws -> [String] {
            let rig = try OrderPathRig("PATH.CHANCE", sim: SimOptions(fillProbability: 0.5, seed: seed))
            try rig.quote("4000", "4000.20")
            try rig.send(.buy, "1", limit: "4000.20", times: 40)
            return rig.reports.filter { $0.contains("fill") }
        }
        let first = try fills(seed: 7)
        #expect(first.count > 5 && first.count < 35)
        #expect(try fills(seed: 7) == first)
        #expect(try fills(seed: 8) != first)
        let never = try OrderPathRig("PATH.NEVER", sim: SimOptions(fillProbability: 0))
        try never.quote("4000", "4000.20")
        try never.send(.buy, "1", limit: "4000.20")
        #expect(never.reports == ["c-1-1 ack accepted"])
    }

    @Test("without an audit log nothing is approved")
    func auditGone() throws {
        let rig = try OrderPathRig("PATH.AUDIT")
        try rig.quote("4000", "4000.20")
        try rig.audit.close()
        try rig.send(.buy, "1", limit: "4000.20")
        try rig.send(.buy, "1", limit: "4000.20")
        #expect(rig.reports == [])
        rig.bus.query { core in
            #expect(core.execution.sent == 0)
            #expect(core.risk.tally.denied[Int(RiskReason.auditUnavailable.rawValue)] == 2)
        }
    }

    @Test("finished orders are remembered up to a bound, the newest first")
    func bounded() throws {
        let rig = try OrderPathRig("PATH.BOUND", throttleMax: 10_000)
        try rig.quote("4000", "4000.20")
        for _ in 0..<60 {
            try rig.send(.buy, "1", limit: "4000.20", times: 10)
            try rig.send(.sell, "1", limit: "4000", times: 10)
        }
        rig.bus.query { core in
            let finished = core.execution.orders.newestFinished(limit: 5_000)
            #expect(finished.count == OrderTable.finishedKept)
            #expect(finished.first?.id.number == 1_200 && finished.last?.id.number == 177)
            #expect(core.execution.positions.position(rig.gold.symbol).quantity == .zero)
        }
    }
}
