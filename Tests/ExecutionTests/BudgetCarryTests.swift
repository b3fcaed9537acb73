import Audit
import Messaging
import Platform
import Risk
import TestSupport
import Testing
import TradingModel

@testable import Execution

@Suite("What is used up, in the trail")
struct BudgetCarryTests {
    private func fold(_ rig: OrderPathRig, skipping: Int = .max) throws -> BudgetFold {
        var fold = BudgetFold(limits: rig.bus.query { $0.risk.engine.limits })
        var seen = 0
        try AuditRecentLines(
            directory: rig.directory.path + "/audit", from: "log.open", within: 1 << 24
        ).forEach { type, time, data in
            if type == .riskUse { seen += 1 }
            if type == .riskUse && seen > skipping { return }
            fold.fold(type, at: time, data)
        }
        #expect(fold.misunderstood == 0)
        return fold
    }

    /// What the stage says, as a session that begins then would go on.
    private func held(_ rig: OrderPathRig) -> BudgetUse {
        var use = rig.bus.query { $0.risk.use(at: rig.now) }
        use.holdings = []
        return use
    }

    /// Lines tell times to the microsecond, events to the nanosecond: here both are whole milliseconds.
    @Test("the lines tell what the engine knows: from the first one, and from each that tells everything")
    func sameAsEngine() throws {
        // Charged with every fill.
        var sim = SimOptions()
        sim.fees = SimFees(perUnit: try Price("0.03"), takerBasisPoints: try Price("0.1"))
        let rig = try OrderPathRig("BUDGET.GOLD", sim: sim, throttleMax: 100_000)
        var random = TestRandom(seed: TestSeed.value("TRADINGD_BUDGET_SEED"))
        rig.notify(.budgetCarried, detail: BudgetUse(at: rig.now).text)
        for step in 0..<600 {
            let price = 4_000 + Int(random.below(40))
            try rig.quote("\(price)", "\(price + 1)")
            let side: Side = random.below(2) == 0 ? .buy : .sell
            try rig.send(
                side, "\(1 + random.below(3))", limit: "\(side == .buy ? price + 1 : price)",
                by: StrategyID(random.below(2) == 0 ? "budget_one" : "budget_two"))
            if step % 50 == 0 { rig.pass(Int64(random.below(90_000)) * 1_000_000) }
            if step % 200 == 100 { rig.notify(.tripCleared, detail: "repeat") }
            if step % 300 == 150 { rig.notify(.tripCleared, detail: "day_loss") }
            if step % 100 == 99 {
                // Everything is marked at what the next order is judged by: compare there.
                _ = rig.bus.query { $0.seen.count }
                let all = try fold(rig).carried(at: rig.now, isClockGood: true)
                #expect(all == held(rig), "step \(step)")
                let fromFirst = try fold(rig, skipping: 1).carried(at: rig.now, isClockGood: true)
                #expect(fromFirst == held(rig), "step \(step), from the first line")
            }
        }
        #expect(rig.failures.withLock { $0 }.isEmpty)
        #expect(rig.bus.query { $0.risk.engine.profit.total } != .zero)
    }

    @Test("a session that was told nothing writes nothing; one that was tells it at its end as well")
    func lines() throws {
        let silent = try OrderPathRig("BUDGET.SILENT")
        try silent.quote("4000", "4001")
        try silent.send(.buy, "1", limit: "4001")
        silent.notify(.sessionStop)
        #expect(try !silent.auditTypes().contains("risk.use"))
        let rig = try OrderPathRig("BUDGET.TOLD")
        rig.notify(.budgetCarried, detail: BudgetUse(at: rig.now).text)
        try rig.quote("4000", "4001")
        try rig.send(.buy, "1", limit: "4001")
        rig.notify(.sessionStop)
        #expect(try rig.auditTypes().filter { $0 == "risk.use" }.count == 2)
        // While something is held its value is told every ten seconds, and not where nothing has changed.
        try rig.quote("3990", "3991")
        rig.pass(11_000_000_000)
        try rig.quote("3980", "3981")
        rig.pass(11_000_000_000)
        try rig.quote("3980", "3981")
        rig.pass(11_000_000_000)
        try rig.quote("3980", "3981")
        #expect(try rig.auditTypes().filter { $0 == "risk.use" }.count == 4)
        let use = try fold(rig).carried(at: rig.now, isClockGood: true)
        #expect(use.dayLoss == Money(try Price("20.5")))
    }

    @Test("the next session is refused what the one before had used up")
    func nextSession() throws {
        let rig = try OrderPathRig("BUDGET.NEXT", throttleMax: 2)
        rig.notify(.budgetCarried, detail: BudgetUse(at: rig.now).text)
        try rig.quote("4000", "4001")
        try rig.send(.buy, "1", limit: "4001", times: 2)
        _ = rig.bus.query { $0.seen.count }
        let use = try fold(rig).carried(at: rig.now, isClockGood: true)
        let next = try OrderPathRig("BUDGET.NEXT", throttleMax: 2)
        next.notify(.budgetCarried, detail: use.text)
        try next.quote("4000", "4001")
        try next.send(.buy, "1", limit: "4001")
        #expect(next.approvals.isEmpty)
        next.pass(60_000_000_000)
        try next.quote("4000", "4001")
        try next.send(.buy, "1", limit: "4001")
        #expect(next.approvals.count == 1)
        #expect(next.bus.query { $0.risk.use(at: next.now).dailyOrders } == 3)
    }
}
