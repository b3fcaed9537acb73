import TestSupport
import Testing
import TradingModel

@testable import Risk

@Suite("Trips: tripping again, clearing, and what they never do")
struct TripLifeTests {
    @Test("a release while the condition holds trips again in the same event; after clearing it does not")
    func again() throws {
        var rig = try TripRig { $0.ownRejects = 2 }
        for _ in 0..<2 { try rig.decide(.sizeLimit) }
        rig.notify(.killSwitchReleased, scope: .strategy(rig.strategy))
        #expect(rig.tripped.count == 2)
        rig.notify(.tripCleared, detail: "reject_storm")
        #expect(rig.monitor.records.isEmpty)
        rig.notify(.killSwitchReleased, scope: .strategy(rig.strategy))
        #expect(rig.tripped.count == 2)
        try rig.decide(.sizeLimit)
        #expect(rig.tripped.count == 2)
        try rig.decide(.sizeLimit)
        #expect(rig.tripped.count == 3)
    }

    @Test("a release to a lower level trips again, too")
    func lowered() throws {
        var rig = try TripRig { $0.ordersPerMinute = 1 }
        for _ in 0..<2 { try rig.decide() }
        rig.notify(.killSwitchReleased, level: .reduce)
        #expect(rig.tripped == ["order_rate halt all", "order_rate halt all"])
    }

    @Test("every counter begins at nothing when its trip is cleared", arguments: Trip.allCases)
    func clearing(_ trip: Trip) throws {
        var rig = try TripRig(repetitions: 2) {
            $0.ordersPerMinute = 1
            $0.dayLoss = Money(Price(rawValue: 1_000_000_000))
            $0.drawdown = Money(Price(rawValue: 1_000_000_000))
            $0.velocityBps = 100
        }
        try rig.price("100")
        try rig.price("90")
        var stranger = try rig.decide()
        try rig.report(stranger, .fill, .filled, fill: "2", at: "100")
        stranger.id = ClientOrderID(session: 3, number: 3)
        try rig.report(stranger, .fill, .filled, fill: "1", at: "100")
        try rig.decide()
        try rig.tick("90", "91")
        let before = rig.monitor.records.filter { $0.trip == trip }
        rig.notify(.tripCleared, detail: trip.name.description)
        #expect(!rig.monitor.records.contains { $0.trip == trip })
        for scope in [KillScope.all, .strategy(rig.strategy), .symbol(rig.gold.symbol)] {
            rig.notify(.killSwitchReleased, scope: scope)
        }
        #expect(
            !rig.monitor.records.contains { $0.trip == trip && before.isEmpty == false && before == [$0] })
        let again = rig.tripped.filter { $0.hasPrefix("\(trip.name) ") }
        #expect(again.count <= 1 || trip == .dayLoss || trip == .drawdown)
    }

    @Test("no trip flattens, and each has a name of its own that actors carry")
    func table() {
        for trip in Trip.allCases {
            #expect(trip.rule.level < .flatten)
            #expect(Trip(name: trip.name.description) == trip && Trip(actor: trip.actor) == trip)
            #expect(!trip.rule.condition.isEmpty && !trip.rule.cure.isEmpty)
        }
        #expect(Set(Trip.allCases.map(\.actor)).count == Trip.allCases.count)
        #expect(
            Trip(actor: "uid:0") == nil && Trip(actor: "trip:nothing") == nil
                && Trip(actor: "day_loss") == nil)
    }

    @Test("a kill that a trip set before the start is known as tripped, and one told from outside, too")
    func fromOutside() throws {
        var rig = try TripRig()
        rig.fold(
            .system(SystemNotice(.killSwitchEngaged, actor: "trip:drift", reason: "gold 3 ≠ 4")),
            source: .operator_)
        #expect(rig.monitor.records.map(\.trip) == [.drift] && rig.tripped.isEmpty)
        #expect(rig.monitor.readings(at: rig.now).first { $0.trip == .drift }?.record?.reason == "gold 3 ≠ 4")
        rig.notify(.tripCleared, detail: "drift")
        #expect(rig.monitor.records.isEmpty)
    }

    private func isRecorded(_ rig: TripRig, _ trip: Trip) -> Bool {
        rig.monitor.records.contains { $0.trip == trip }
    }

    @Test(
        "a trip while an operator's kill holds is told and remembered: the release of that kill trips again")
    func behindKill() throws {
        var rig = try TripRig()
        rig.notify(.killSwitchEngaged, level: .halt)
        var stranger = try rig.decide()
        stranger.id = ClientOrderID(session: 3, number: 3)
        try rig.report(stranger, .fill, .filled, fill: "1", at: "100")
        #expect(rig.tripped == ["unknown_execution halt all"] && isRecorded(rig, .unknownExecution))
        // One more is no news.
        try rig.report(stranger, .fill, .filled, fill: "1", at: "100")
        #expect(rig.tripped.count == 1)
        rig.notify(.killSwitchReleased)
        #expect(rig.tripped.count == 2 && isRecorded(rig, .unknownExecution))
        rig.notify(.tripCleared, detail: "unknown_execution held")
        rig.notify(.killSwitchReleased)
        #expect(rig.tripped.count == 2 && rig.monitor.records.isEmpty)
    }

    @Test("one told from outside while an operator's kill holds trips again with its release")
    func outsideBehindKill() throws {
        var rig = try TripRig()
        rig.notify(.killSwitchEngaged, level: .flatten)
        rig.fold(
            .system(SystemNotice(.killSwitchEngaged, actor: "trip:unknown_execution", reason: "5")),
            source: .operator_)
        #expect(isRecorded(rig, .unknownExecution) && rig.tripped.isEmpty)
        rig.notify(.killSwitchReleased)
        #expect(rig.tripped == ["unknown_execution halt all"])
    }

    @Test(
        "a record ends with the release of its kill, or one to a lower level, unless what it tells of still holds"
    )
    func released() throws {
        for level in [nil, KillLevel.reduce] {
            var rig = try TripRig()
            rig.fold(.system(SystemNotice(.killSwitchEngaged, actor: "trip:drift", reason: "3")))
            rig.notify(.killSwitchReleased, scope: .symbol(rig.gold.symbol))
            #expect(rig.monitor.isHeld(.drift, .all, at: rig.now))
            rig.notify(.killSwitchReleased, level: level)
            #expect(rig.monitor.records.isEmpty && rig.tripped.isEmpty)
            #expect(!rig.monitor.isHeld(.drift, .all, at: rig.now))
        }
        var rig = try TripRig { $0.dayLoss = Money(Price(rawValue: 5_000_000_000)) }
        try rig.trade(.buy, "1", at: "100")
        try rig.trade(.sell, "1", at: "90")
        rig.notify(.killSwitchReleased)
        #expect(rig.tripped == ["day_loss halt all", "day_loss halt all"] && isRecorded(rig, .dayLoss))
    }

    @Test("a wish of one person that comes behind the release is refused, and the loss counts on")
    func clearedTooLate() throws {
        var rig = try TripRig { $0.dayLoss = Money(Price(rawValue: 20_000_000_000)) }
        try rig.trade(.buy, "1", at: "100")
        try rig.trade(.sell, "1", at: "90")
        #expect(rig.tripped.isEmpty)
        rig.notify(.tripCleared, detail: "day_loss held")
        #expect(rig.monitor.refusedClearings == 1)
        #expect(rig.monitor.losses.dayLoss == Money(try Price("10")))
        try rig.trade(.buy, "1", at: "100")
        try rig.trade(.sell, "1", at: "89")
        #expect(rig.tripped == ["day_loss reduce all"])
        // A kill that is not as strict is none for it.
        #expect(rig.monitor.isHeld(.dayLoss, .all, at: rig.now))
        rig.notify(.tripCleared, detail: "day_loss held")
        #expect(rig.monitor.refusedClearings == 1 && rig.monitor.losses.dayLoss == .zero)
        rig.notify(.tripCleared, detail: "day_loss")
        #expect(rig.monitor.refusedClearings == 1)
    }

    @Test("the next session knows what tripped behind an operator's kill, and what nobody has looked at")
    func nextSession() throws {
        let since = Timestamp(nanoseconds: 7_000_000_000)
        var use = BudgetUse(at: since)
        use.tripped = [.velocity, .unknownExecution, .childParent].map {
            TripRecord(trip: $0, scope: .all, level: .halt, since: since, reason: "before")
        }
        let nobody: (StrategyID) -> Repeats = { _ in Repeats() }
        var held = try TripRig()
        held.notify(.killSwitchEngaged, level: .halt)
        held.monitor.carry(use, at: held.now, repeats: nobody)
        #expect(held.monitor.takeFindings().isEmpty)
        #expect(Array(held.monitor.records) == use.tripped)
        held.notify(.killSwitchReleased)
        #expect(held.tripped == ["unknown_execution halt all", "child_parent halt all"])
        // Where no kill came with it, what counts trips anew, and what looks at prices looks at those of now.
        var free = try TripRig()
        free.monitor.carry(use, at: free.now, repeats: nobody)
        #expect(free.monitor.takeFindings().map(\.trip) == [.unknownExecution, .childParent])
        #expect(free.monitor.records.map(\.trip) == [.unknownExecution, .childParent])
    }

    @Test("the kill of a trip makes the next session count it, too")
    func nextSessionOfLatch() throws {
        for trip in [Trip.unknownExecution, .childParent] {
            var rig = try TripRig()
            rig.fold(.system(SystemNotice(.killSwitchEngaged, actor: trip.actor, reason: "before")))
            rig.notify(.killSwitchReleased)
            #expect(rig.tripped == ["\(trip.name) halt all"])
        }
    }

    @Test("a wish reads back as it is written; anything else is none")
    func wish() {
        for trip in Trip.allCases {
            for mustBeHeld in [false, true] {
                let clearing = TripClearing(trip, .all, mustBeHeld: mustBeHeld)
                let notice = SystemNotice(.tripCleared, actor: "uid:1", detail: clearing.detail)
                #expect(TripClearing(notice) == clearing)
            }
        }
        for detail in ["", "held", " held", "nothing held", "day_loss  held"] {
            #expect(TripClearing(SystemNotice(.tripCleared, actor: "uid:1", detail: detail)) == nil)
        }
        #expect(TripClearing(SystemNotice(.armed, actor: "uid:1", detail: "day_loss")) == nil)
    }

    @Test("there is a reading for every trip, always")
    func readings() throws {
        var rig = try TripRig()
        for _ in 0..<2 {
            #expect(Set(rig.monitor.readings(at: rig.now).map(\.trip)) == Set(Trip.allCases))
            try rig.decide()
        }
    }
}

@Suite("Trips: properties")
struct TripPropertyTests {
    @Test("a count trips never below its limit and always at it, for random sequences")
    func counts() throws {
        var random = TestRandom(seed: TestSeed.value("TRADINGD_TRIP_SEED"))
        for _ in 0..<300 {
            let limit = Int(random.below(12)) + 1
            var rig = try TripRig { $0.ownRejects = limit }
            var times: [Timestamp] = []
            for _ in 0..<200 {
                rig.pass(Int64(random.below(UInt64(120 * second) / UInt64(limit))))
                guard random.below(3) > 0 else {
                    try rig.decide()
                    continue
                }
                try rig.decide(.sizeLimit)
                times.append(rig.now)
                let start = rig.now.advanced(by: -60 * second)
                let count = times.count { $0 > start }
                #expect(rig.tripped.isEmpty == (count < limit))
                guard !rig.tripped.isEmpty else { continue }
                break
            }
        }
    }

    @Test("a loss trips never below its limit and always at it, for random trades and quotes")
    func losses() throws {
        var random = TestRandom(seed: TestSeed.value("TRADINGD_TRIP_SEED"))
        for _ in 0..<200 {
            let limit = Int64(random.below(300)) + 1
            var rig = try TripRig { $0.dayLoss = Money(Price(rawValue: limit * 1_000_000_000)) }
            // The naive twin: cash and position, marked at whole prices.
            var cash: Int64 = 0, position: Int64 = 0, mark: Int64 = 100
            for _ in 0..<100 where rig.tripped.isEmpty {
                rig.pass(1_000_000)
                if random.below(3) == 0 {
                    let quantity = Int64(random.below(9)) + 1, isBuy = random.below(2) == 0
                    if position == 0 { mark = 100 + mark % 7 }
                    cash -= (isBuy ? quantity : -quantity) * mark
                    position += isBuy ? quantity : -quantity
                    try rig.trade(isBuy ? .buy : .sell, "\(quantity)", at: "\(mark)")
                } else {
                    let next = Int64(random.below(30)) + 85
                    if position != 0 { mark = next }
                    try rig.tick("\(next - 1)", "\(next + 1)")
                }
                #expect(rig.tripped.isEmpty == (cash + position * mark > -limit))
            }
        }
    }
}

@Suite("Trips: documentation")
struct TripDocumentationTests {
    @Test("docs/risk-trips.md is made from the table")
    func page() throws {
        #expect(
            try RepositoryFile.content(of: "docs/risk-trips.md", madeAs: Trip.documentation)
                == Trip.documentation)
    }
}
