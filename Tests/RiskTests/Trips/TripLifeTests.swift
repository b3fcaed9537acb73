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
