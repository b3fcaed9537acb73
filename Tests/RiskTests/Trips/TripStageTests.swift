import Platform
import TestSupport
import Testing
import TradingModel

@testable import Risk

@Suite("Trips: through the risk stage")
struct TripStageTests {
    @Test("a storm that the first order completes stops the second order of the same event")
    func rejectStorm() throws {
        let rig = try TripStageRig(trips: { $0.ownRejects = 2 })
        try rig.order("11")
        try rig.order("11", "1")
        #expect(rig.verdicts == ["size_limit", "size_limit", "kill_switch"])
        #expect(rig.kills == ["trip:reject_storm halt strategy:trip_stage"])
    }

    @Test("what is refused while nobody may trade, or while an order is in doubt, is no storm")
    func stateIsNoStorm() throws {
        let rig = try TripStageRig(trips: { $0.ownRejects = 2 })
        try rig.order("1")
        rig.notify(.brokerLost)
        try rig.order("1", "1", "1")
        rig.notify(.brokerReady)
        try rig.order("1", "1", "1")
        let down = Array(repeating: "broker_down", count: 3)
        #expect(rig.verdicts == ["approved"] + down + Array(repeating: "order_unresolved", count: 3))
        #expect(rig.kills == [])
    }

    @Test("the last order that a strategy may have accepted stops the next one of the same event")
    func repetition() throws {
        let rig = try TripStageRig({ $0.maxRepeats = 2 })
        try rig.order("1", "1", "1")
        #expect(rig.verdicts == ["approved", "approved", "kill_switch"])
        #expect(rig.kills == ["trip:repeat halt strategy:trip_stage"])
        try rig.order("1", by: StrategyID("trip_stage_other"))
        #expect(rig.verdicts.last == "approved")
    }

    @Test("an order too many within a minute stops the next one of the same event, whosever it is")
    func orderRate() throws {
        let rig = try TripStageRig(trips: { $0.ordersPerMinute = 2 })
        try rig.order("1", "1", "1", "1")
        #expect(rig.verdicts == ["approved", "approved", "approved", "kill_switch"])
        #expect(rig.kills == ["trip:order_rate halt all"])
        try rig.order("1", by: .manual)
        #expect(rig.verdicts.last == "kill_switch")
    }

    @Test("orders beyond what their signal asked for stop everything from the same event on")
    func childParent() throws {
        let rig = try TripStageRig()
        try rig.order("1", "1", asked: "2")
        #expect(rig.verdicts == ["approved", "approved"] && rig.kills.isEmpty)
        try rig.order("1", "1", asked: "2")
        #expect(rig.verdicts.suffix(2) == ["child_exceeds_parent", "kill_switch"])
        #expect(rig.kills == ["trip:child_parent halt all"])
    }

    @Test("a result that cannot be known stops everything from the same event on")
    func internalFault() throws {
        let rig = try TripStageRig()
        rig.fill(try #require(SymbolID("TRIP.NOWHERE")), try Quantity("1"), at: try Price("1"))
        // That nobody knows the order stops everything, too.
        #expect(rig.kills == ["trip:unknown_execution halt all"])
        rig.notify(.tripCleared, detail: "unknown_execution")
        rig.notify(.killSwitchReleased)
        rig.notify(.armed)
        try rig.order("1", "1")
        #expect(rig.verdicts == ["internal", "kill_switch"])
        #expect(rig.kills.last == "trip:internal halt all")
    }

    @Test("a trip behind an operator's kill has its line in the trail, and holds after the release")
    func behindKill() throws {
        let rig = try TripStageRig()
        let told = Locked(0)
        rig.onTrip { _ in told.withLock { $0 += 1 } }
        rig.notify(.killSwitchEngaged, level: .halt)
        rig.fill(rig.gold.symbol, try Quantity("1"), at: try Price("100"))
        // The durable kill may be on its way to be released: only the event of the release may engage it again.
        #expect(rig.kills.count == 2 && told.withLock { $0 } == 0)
        #expect(rig.kills == ["uid:1 halt all", "trip:unknown_execution halt all"])
        #expect(try rig.auditTypes().filter { $0 == "risk.trip" }.count == 1)
        rig.notify(.killSwitchReleased)
        rig.notify(.armed)
        try rig.order("1")
        #expect(rig.verdicts == ["kill_switch"] && rig.kills.count == 3 && told.withLock { $0 } == 1)
    }

    @Test("repeats count on where clearing them comes behind the release")
    func clearedTooLate() throws {
        let rig = try TripStageRig({ $0.maxRepeats = 3 })
        try rig.order("1", "1")
        rig.notify(.tripCleared, detail: "repeat held")
        try rig.order("1", "1")
        #expect(rig.verdicts == ["approved", "approved", "approved", "kill_switch"])
        rig.notify(.tripCleared, detail: "repeat held")
        rig.notify(.killSwitchReleased, scope: .strategy(rig.strategy))
        rig.notify(.armed)
        try rig.order("1")
        #expect(rig.verdicts.last == "approved")
        #expect(try rig.auditTypes().filter { $0 == "risk.trip" }.count == 3)
    }

    @Test("an operator who goes on without what is not known of earlier sessions is heard in the sequence")
    func acknowledged() throws {
        let rig = try TripStageRig({ $0.maxDayLoss = $0.maxExposure })
        var use = BudgetUse(at: .zero)
        use.isResultUnknown = true
        rig.notify(.budgetCarried, detail: use.text)
        try rig.order("1")
        rig.notify(.budgetCarried, detail: BudgetUse.acknowledgement)
        try rig.order("1")
        #expect(rig.verdicts == ["loss_limit", "approved"])
        #expect(rig.use.isResultUnknown)
    }

    @Test("a limit that operators change moves the trip of repeats, for all and for one strategy")
    func changedRepeats() throws {
        for change in ["risk.max_repeats = 3", "risk.strategies.trip_stage.max_repeats = 3"] {
            let rig = try TripStageRig({ $0.maxRepeats = 10 })
            try rig.order("1", "1")
            rig.notify(.limitsChanged, detail: change)
            #expect(rig.kills.isEmpty)
            try rig.order("1")
            #expect(rig.verdicts == ["approved", "approved", "approved"])
            #expect(rig.kills == ["trip:repeat halt strategy:trip_stage"])
        }
    }

    @Test("a limit tightened below what was accepted trips with the next order, which it refuses")
    func tightenedRepeats() throws {
        let rig = try TripStageRig({ $0.maxRepeats = 10 })
        try rig.order("1", "1")
        rig.notify(.limitsChanged, detail: "risk.max_repeats = 1")
        try rig.order("1", "1")
        #expect(rig.verdicts.suffix(2) == ["repeat_limit", "kill_switch"])
        #expect(rig.kills == ["trip:repeat halt strategy:trip_stage"])
    }

    @Test("a limit that is loosened lets the release stand; not loosened, the release trips again")
    func loosenedRepeats() throws {
        for (loosens, count) in [(true, 1), (false, 2)] {
            let rig = try TripStageRig({ $0.maxRepeats = 2 })
            try rig.order("1", "1")
            if loosens { rig.notify(.limitsChanged, detail: "risk.max_repeats = 4") }
            rig.notify(.killSwitchReleased, scope: .strategy(rig.strategy))
            #expect(rig.kills.count == count)
        }
    }

    /// Trips from 100 by more than one.
    private func moving(quotes: Bool = true) throws -> TripStageRig {
        let rig = try TripStageRig(trips: { $0.velocityBps = 100 })
        if !quotes {
            // A price of 100 holds on; from here on prints tell.
            rig.loseQuotes()
        }
        return rig
    }

    private static let velocity = ["trip:velocity reduce symbol:TRIP.STAGE"]

    @Test("the middle of good quotes is the reference price; crossed and locked ones and prints are not")
    func middle() throws {
        let rig = try moving()
        for (bid, ask) in [("200", "100"), ("150", "150"), ("100", "102")] { try rig.quote(bid, ask) }
        try rig.print("50")
        #expect(rig.kills.isEmpty)
        try rig.quote("100", "102.01")
        #expect(rig.kills == Self.velocity)
    }

    @Test("without quotes prints are the reference price")
    func prints() throws {
        let rig = try moving(quotes: false)
        try rig.print("101")
        #expect(rig.kills.isEmpty)
        try rig.print("101.01")
        #expect(rig.kills == Self.velocity)
    }

    @Test("an order of the event in which the price has moved too far is refused")
    func sameEvent() throws {
        let rig = try moving()
        try rig.order("1")
        try rig.prepare("1", "1")
        try rig.quote("100.02", "102")
        #expect(rig.verdicts == ["approved", "kill_switch", "kill_switch"])
        #expect(rig.kills == Self.velocity)
    }
}
