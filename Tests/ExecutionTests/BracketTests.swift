import Messaging
import Positions
import Risk
import TestSupport
import Testing
import TradingModel

@testable import Execution

@Suite("Brackets at the simulated venue")
struct BracketTests {
    private func bracket(
        _ rig: OrderPathRig, side: Side = .buy, _ quantity: String, limit: String?, profit: String?,
        loss: String?, token: String = "t"
    ) throws -> ClientOrderID {
        let ticket = OrderTicket(
            symbol: rig.gold.symbol, side: side, type: limit == nil ? .market : .limit,
            quantity: try Quantity(quantity), limitPrice: try limit.map { try Price($0) },
            takeProfit: try profit.map { try Price($0) }, stopLoss: try loss.map { try Price($0) },
            token: token)
        rig.notify(.orderRequested, detail: ticket.text)
        return try #require(rig.bus.query { $0.manual.entry(by: "test", token)?.id })
    }

    /// The exits as `limit 2/2 accepted`: kind, leaves of quantity, standing; by id.
    private func exits(_ rig: OrderPathRig, _ entry: ClientOrderID) -> [String] {
        rig.bus.query { core in
            let all = core.execution.orders.working + core.execution.orders.newestFinished(limit: 100)
            return all.filter { $0.request.bracket == entry }.sorted { $0.id < $1.id }.map {
                "\($0.request.type.name) \($0.leavesQuantity)/\($0.quantity) \($0.life.display.name)"
            }
        }
    }

    @Test("exits follow the fills of the entry, and the end of one is the end of the other")
    func life() throws {
        let rig = try OrderPathRig("BRACKET.LIFE")
        try rig.quote("4000", "4000.1")
        let entry = try bracket(rig, "5", limit: "3999", profit: "4010", loss: "3990")
        #expect(exits(rig, entry) == [])
        try rig.quote("3998.5", "3999", sizes: ("9", "2"))
        #expect(exits(rig, entry) == ["limit 2/2 accepted", "stop 2/2 accepted"])
        try rig.quote("3998.4", "3998.9", sizes: ("9", "3"))
        #expect(exits(rig, entry) == ["limit 5/5 accepted", "stop 5/5 accepted"])
        try rig.quote("4010", "4010.5", sizes: ("1", "9"))
        #expect(exits(rig, entry) == ["limit 4/5 partially_filled", "stop 4/4 accepted"])
        try rig.quote("4010.1", "4010.5", sizes: ("9", "9"))
        #expect(exits(rig, entry) == ["limit 0/5 filled", "stop 0/4 cancelled"])
        #expect(rig.bus.query { $0.manual.brackets.isEmpty && $0.execution.orders.working.isEmpty })
        #expect(rig.bus.query { $0.execution.positions.position(rig.gold.symbol).quantity } == .zero)
        #expect(rig.bus.query { $0.risk.engine.openOrders } == 0)
    }

    @Test("a stop-loss takes out a short, and its take-profit goes")
    func short() throws {
        let rig = try OrderPathRig("BRACKET.SHORT")
        try rig.quote("4000", "4000.1")
        let entry = try bracket(rig, side: .sell, "3", limit: nil, profit: "3990", loss: "4005")
        #expect(exits(rig, entry) == ["limit 3/3 accepted", "stop 3/3 accepted"])
        try rig.quote("4005", "4005.1")
        #expect(exits(rig, entry) == ["limit 0/3 cancelled", "stop 0/3 filled"])
        #expect(rig.bus.query { $0.execution.positions.position(rig.gold.symbol).quantity } == .zero)
    }

    @Test("what the entry fills after its exits were done has exits of its own")
    func again() throws {
        let rig = try OrderPathRig("BRACKET.AGAIN")
        try rig.quote("4000", "4000.1")
        let entry = try bracket(rig, "5", limit: "3999", profit: "4010", loss: "3990")
        try rig.quote("3998.5", "3999", sizes: ("9", "2"))
        try rig.quote("4010", "4010.5", sizes: ("9", "9"))
        #expect(exits(rig, entry) == ["limit 0/2 filled", "stop 0/2 cancelled"])
        try rig.quote("3998.5", "3999", sizes: ("9", "9"))
        #expect(
            exits(rig, entry) == [
                "limit 0/2 filled", "stop 0/2 cancelled", "limit 3/3 accepted", "stop 3/3 accepted",
            ])
        let rounds = rig.bus.query { $0.execution.orders.working.map(\.request.exitRound) }
        #expect(rounds == [1, 1])
        try rig.quote("3990", "3990.5")
        #expect(rig.bus.query { $0.manual.brackets.isEmpty && $0.execution.orders.working.isEmpty })
        #expect(rig.bus.query { $0.execution.positions.position(rig.gold.symbol).quantity } == .zero)
    }

    @Test("an exit that is denied is asked for again after a while")
    func retry() throws {
        let rig = try OrderPathRig("BRACKET.RETRY")
        try rig.quote("4000", "4000.1")
        let entry = try bracket(rig, "2", limit: nil, profit: "4500", loss: "3990")
        #expect(exits(rig, entry) == ["stop 2/2 accepted"])
        try rig.quote("4100", "4100.1")
        #expect(exits(rig, entry) == ["stop 2/2 accepted"])
        rig.pass(5_000_000_000)
        try rig.quote("4100", "4100.2")
        #expect(exits(rig, entry) == ["stop 2/2 accepted", "limit 2/2 accepted"])
        try rig.quote("4100", "4100.1")
        #expect(
            rig.bus.query { $0.told } == [
                "\(entry) 2 open: the take-profit cannot be sent",
                "\(entry) no longer: the exits are for what is open",
            ])
    }

    @Test("exits that could not be sent are given up with a kill, or by an operator")
    func givenUp() throws {
        for isKill in [true, false] {
            let rig = try OrderPathRig("BRACKET.GIVENUP\(isKill)")
            try rig.quote("4000", "4000.1")
            let entry = try bracket(rig, "2", limit: nil, profit: "4500", loss: nil)
            #expect(exits(rig, entry) == [])
            if isKill {
                rig.kill(.halt)
            } else {
                rig.notify(.cancelRequested, detail: CancelWish.all(symbol: nil, strategy: nil).text)
            }
            #expect(rig.bus.query { $0.manual.brackets.isEmpty })
            #expect(rig.bus.query { $0.told.last } == "\(entry) no longer: given up")
            rig.pass(90_000_000_000)
            try rig.quote("4100", "4100.1")
            #expect(exits(rig, entry) == [])
        }
    }

    @Test("a stop-loss whose trigger was met before it could be sent closes at once")
    func late() throws {
        let rig = try OrderPathRig("BRACKET.LATE")
        try rig.quote("4000", "4000.1")
        let entry = try bracket(rig, "2", limit: nil, profit: "4010", loss: "4000.5")
        #expect(exits(rig, entry) == ["limit 0/2 cancelled", "stop 0/2 filled"])
        // Other stops must still lie beyond the market.
        try rig.send(.buy, "2", limit: nil)
        let plain = try rig.send(.sell, "2", limit: nil, stop: "4000.5", flags: .reduceOnly)
        #expect(rig.bus.query { $0.execution.orders.order(plain) == nil })
    }

    @Test("an entry that is cancelled before it fills has no exits; one that is denied is forgotten")
    func unfilled() throws {
        let rig = try OrderPathRig("BRACKET.NONE")
        try rig.quote("4000", "4000.1")
        let entry = try bracket(rig, "1", limit: "3999", profit: "4010", loss: nil)
        rig.notify(.cancelRequested, detail: CancelWish.order(entry).text)
        #expect(exits(rig, entry) == [] && rig.bus.query { $0.manual.brackets.isEmpty })
        _ = try bracket(rig, "99", limit: "3999", profit: "4010", loss: nil, token: "large")
        #expect(rig.bus.query { $0.manual.brackets.isEmpty })
    }

    @Test("an exit that an operator ends is not sent again; a position closed by hand takes its exits along")
    func byHand() throws {
        let rig = try OrderPathRig("BRACKET.HAND")
        try rig.quote("4000", "4000.1")
        let entry = try bracket(rig, "2", limit: nil, profit: "4010", loss: "3990")
        let loss = try #require(
            rig.bus.query { $0.execution.orders.working.first { $0.request.type == .stop }?.id })
        rig.notify(.cancelRequested, detail: CancelWish.order(loss).text)
        #expect(exits(rig, entry) == ["limit 2/2 accepted", "stop 0/2 cancelled"])
        let closing = OrderTicket(
            symbol: rig.gold.symbol, side: .sell, type: .market, quantity: try Quantity("1"), token: "close")
        rig.notify(.orderRequested, detail: closing.text)
        #expect(exits(rig, entry) == ["limit 0/2 cancelled", "stop 0/2 cancelled"])
    }

    @Test("a kill at reduce leaves exits at work, one at halt cancels them for good")
    func kills() throws {
        let rig = try OrderPathRig("BRACKET.KILL")
        try rig.quote("4000", "4000.1")
        let entry = try bracket(rig, "2", limit: nil, profit: "4010", loss: "3990")
        rig.kill(.reduce)
        #expect(exits(rig, entry) == ["limit 2/2 accepted", "stop 2/2 accepted"])
        rig.kill(.halt)
        #expect(exits(rig, entry) == ["limit 0/2 cancelled", "stop 0/2 cancelled"])
        try rig.quote("4000", "4000.2")
        #expect(rig.bus.query { $0.execution.orders.working.isEmpty })
    }

    @Test("whatever fills, exits never fill more than their entry, and are for what is open of it")
    func property() throws {
        var random = TestRandom(seed: TestSeed.value("BRACKET_SEED"))
        for round in 0..<12 {
            let rig = try OrderPathRig(
                "BRACKET.RANDOM\(round)", sim: SimOptions(fillProbability: 0.7, seed: random.below(1 << 40)),
                throttleMax: 10_000)
            try rig.quote("4000", "4000.1")
            var entries: [ClientOrderID] = []
            for step in 0..<60 {
                let middle = 399_500 + Int64(random.below(1_000))
                let size = { String(1 + random.below(4)) }
                let (bidSize, askSize) = (size(), size())
                try rig.quote(price(middle), price(middle + 10), sizes: (bidSize, askSize))
                if step % 10 == 0 {
                    let side: Side = .buy
                    let limit = price(middle - 200 + Int64(random.below(300)))
                    entries.append(
                        try bracket(
                            rig, side: side, String(1 + random.below(5)), limit: limit, profit: "4004.5",
                            loss: "3993",
                            token: "\(step)"))
                }
                if random.below(15) == 0, let entry = entries.last {
                    rig.notify(.cancelRequested, detail: CancelWish.order(entry).text)
                }
                check(rig)
            }
        }
    }

    @Test("the same where messages travel, once nothing is on its way any more", arguments: 0..<12)
    func travelling(round: Int) throws {
        let seed = TestSeed.value("BRACKET_SEED")
        var random = TestRandom(seed: seed)
        var sim = SimOptions(
            fillProbability: round % 2 == 0 ? 1 : 0.7, seed: random.below(1 << 40))
        sim.latency = SimLatencyOptions(
            entry: Int64(random.below(3)) * 1_500_000, response: 1 + Int64(random.below(3)) * 2_500_000,
            jitter: Int64(random.below(3)) * 2_000_000, shape: round % 3 == 0 ? .lognormal : .uniform)
        sim.book = round % 4 < 2 ? .touch : .rows
        let rig = try OrderPathRig("BRACKET.TRAVEL\(round)", sim: sim, throttleMax: 10_000)
        var entries: [ClientOrderID] = []
        var middle: Int64 = 400_000
        for step in 0..<120 {
            middle += Int64(random.below(301)) - 150
            try show(rig, middle, &random)
            if step % 12 == 0 {
                entries.append(
                    try bracket(
                        rig, String(1 + random.below(5)),
                        limit: price(middle - 100 + Int64(random.below(200))), profit: price(middle + 300),
                        loss: price(middle - 300), token: "\(step)"))
            }
            if random.below(15) == 0, let entry = entries.last {
                rig.notify(.cancelRequested, detail: CancelWish.order(entry).text)
            }
            check(rig, isSettled: false, seed)
            guard random.below(6) == 0 else { continue }
            // Nothing new of the market: only what is on its way happens, and what follows from it.
            var quiet = 0
            while quiet < 4 {
                let before = rig.bus.query { $0.seen.count }
                rig.pass(3_000_000_000)
                rig.tellDurable(0)
                quiet = rig.bus.query { $0.seen.count } == before + 1 ? quiet + 1 : 0
            }
            check(rig, seed)
        }
        let outcomes = rig.reports.filter { $0.hasPrefix("c-2-") && $0.contains(" fill filled") }
        #expect(outcomes.count > 1, "seed \(seed)")
    }

    private func show(_ rig: OrderPathRig, _ middle: Int64, _ random: inout TestRandom) throws {
        let sizes = try (0..<4).map { _ in try Quantity("\(1 + random.below(4))") }
        let (bid, ask) = (price(middle), price(middle + 10))
        try rig.quote(bid, ask, sizes: ("\(sizes[0])", "\(sizes[0])"))
        try rig.ladder(try Price(bid), try Price(ask), sizes: sizes)
    }

    private func price(_ cents: Int64) -> String {
        "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
    }

    /// Folds all reports so far against the invariants.
    ///
    /// - Parameter isSettled: whether nothing is on its way.
    private func check(_ rig: OrderPathRig, isSettled: Bool = true, _ seed: UInt64 = 0) {
        let seen = rig.bus.query { $0.seen }
        var entryOf: [ClientOrderID: ClientOrderID] = [:]
        var entered: [ClientOrderID: Quantity] = [:]
        var left: [ClientOrderID: Quantity] = [:]
        for event in seen {
            if case .riskDecision(let decision) = event.payload, decision.approved {
                entryOf[decision.request.id] = decision.request.bracket
            }
            guard case .orderEvent(let report) = event.payload else { continue }
            if let entry = entryOf[report.id] {
                left[entry, default: .zero] += report.lastQuantity
                #expect(left[entry, default: .zero] <= entered[entry, default: .zero], "seed \(seed)")
            } else {
                entered[report.id, default: .zero] += report.lastQuantity
            }
        }
        let (working, position) = rig.bus.query { core in
            (core.execution.orders.working, core.execution.positions.position(rig.gold.symbol).quantity)
        }
        #expect(position >= .zero)
        guard isSettled else { return }
        // Nobody is left without exits and without a word.
        let told = rig.bus.query { $0.told }
        for (entry, all) in entered {
            guard all > left[entry, default: .zero] else { continue }
            let hasExit = working.contains { $0.request.bracket == entry }
            #expect(
                hasExit || told.contains { $0.hasPrefix("\(entry) ") }, "seed \(seed): \(entry) is alone")
        }
        for order in working {
            guard let entry = order.request.bracket else { continue }
            #expect(
                order.leavesQuantity == entered[entry, default: .zero] - left[entry, default: .zero],
                "seed \(seed): \(order.id) of \(entry)")
        }
    }
}
