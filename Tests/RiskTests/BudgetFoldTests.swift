import Audit
import TestSupport
import Testing
import TradingModel

@testable import Risk

@Suite("What outlives a session")
struct BudgetFoldTests {
    private let fixture: RiskFixture
    private let strategy = StrategyID("budget")
    /// Noon of 2026-01-05.
    private let noon = Timestamp(nanoseconds: 1_767_614_400_000_000_000)

    init() throws { fixture = try RiskFixture() }

    private var fold: BudgetFold { BudgetFold(limits: fixture.limits) }
    private func at(_ seconds: Int64) -> Timestamp { noon.advanced(by: seconds * 1_000_000_000) }

    private func intent(
        _ seconds: Int64, reducing: Bool = false, ref: String = "100", of symbol: String = "RISK.GOLD"
    ) -> (AuditLineType, Timestamp, [UInt8]) {
        let mark = reducing ? #","reducing":true"# : ""
        return (
            .orderIntent, at(seconds),
            Array(#"{"symbol":"\#(symbol)","strategy":"budget","ref":"\#(ref)"\#(mark)}"#.utf8)
        )
    }

    private func fill(
        _ seconds: Int64, _ side: String, _ quantity: String, _ price: String, _ number: Int,
        of symbol: String = "RISK.GOLD"
    ) -> (AuditLineType, Timestamp, [UInt8]) {
        (
            .orderFill, at(seconds),
            Array(
                (#"{"symbol":"\#(symbol)","side":"\#(side)","last_qty":"\#(quantity)","#
                    + #""last_price":"\#(price)","exec_id":\#(number)}"#).utf8)
        )
    }

    private func folded(_ lines: [(AuditLineType, Timestamp, [UInt8])]) -> BudgetFold {
        var fold = fold
        for line in lines { fold.fold(line.0, at: line.1, line.2) }
        return fold
    }

    @Test("orders count for the day, for their strategy and against repeats; reducing ones do not")
    func orders() throws {
        let use = folded([intent(0), intent(1), intent(2, reducing: true)]).carried(
            at: at(3), isClockGood: true)
        #expect(use.dailyOrders == 2)
        #expect(use.strategies == [.init(strategy: strategy, dailyOrders: 2, repeats: 2)])
        #expect(
            use.symbols == [
                .init(
                    symbol: fixture.gold.symbol,
                    accepted: [.init(time: at(0), count: 1), .init(time: at(1), count: 1)])
            ])
    }

    @Test("a throttle keeps what is left of the 60 s, and refuses until they are over")
    func throttle() throws {
        let use = folded([intent(0), intent(10), intent(20)]).carried(at: at(65), isClockGood: true)
        #expect(use.symbols.first?.accepted.map(\.time) == [at(10), at(20)])
        var engine = fixture.makeEngine()
        engine.carry(use)
        #expect(engine.throttles[fixture.gold.symbol].count(at: at(65)) == 2)
        #expect(engine.throttles[fixture.gold.symbol].count(at: at(70)) == 1)
        #expect(engine.throttles[fixture.gold.symbol].count(at: at(80)) == 0)
    }

    @Test(
        "where UTC went back, or the clock is not good, acceptances count for a full 60 s from now",
        arguments: [(-500, true), (3_600, false), (-100_000, true)])
    func doubtfulClock(_ start: Int64, _ isGood: Bool) throws {
        let now = at(start)
        let use = folded([intent(0), intent(100), intent(110)]).carried(at: now, isClockGood: isGood)
        #expect(use.symbols.first?.accepted == [.init(time: now, count: 2)])
        var engine = fixture.makeEngine()
        engine.carry(use)
        let throttle = engine.throttles[fixture.gold.symbol]
        #expect(throttle.count(at: now.advanced(by: 59_999_999_999)) == 2)
        #expect(throttle.count(at: now.advanced(by: 60_000_000_000)) == 0)
        #expect(use.dailyOrders == 3)
    }

    @Test("midnight between sessions gives back the day's orders and result, but no repeats")
    func midnight() throws {
        let fold = folded([
            intent(0), fill(1, "BUY", "1", "100", 1), fill(2, "SELL", "1", "90", 2),
        ])
        let today = fold.carried(at: at(43_199), isClockGood: true)
        #expect(today.dayLoss == Money(try Price("10")) && today.drawdown == today.dayLoss)
        #expect(today.dailyOrders == 1)
        let tomorrow = fold.carried(at: at(43_200), isClockGood: true)
        #expect(tomorrow.dayLoss == .zero && tomorrow.drawdown == .zero)
        #expect(tomorrow.tripDayLoss == .zero && tomorrow.tripDrawdown == .zero)
        #expect(tomorrow.dailyOrders == 0)
        #expect(tomorrow.strategies == [.init(strategy: strategy, dailyOrders: 0, repeats: 1)])
    }

    @Test(
        "commissions are part of the loss: with their fill or behind it; one without a rate leaves it unknown"
    )
    func commissions() throws {
        func commission(_ seconds: Int64, _ text: String, _ currency: String) -> (
            AuditLineType, Timestamp, [UInt8]
        ) {
            let data = #"{"cid":"c-1-1","exec_id":1,"commission":"\#(text)","currency":"\#(currency)"}"#
            return (.orderCommission, at(seconds), Array(data.utf8))
        }
        var charged = fill(0, "BUY", "2", "100", 1)
        charged.2.removeLast()
        charged.2 += Array(#","commission":"1.5","currency":"USD"}"#.utf8)
        // The fill that is told again is not paid again; a commission that is put right gives back.
        let lines = [charged, charged, commission(1, "0.75", "USD"), commission(2, "-0.25", "USD")]
        let use = folded(lines).carried(at: at(4), isClockGood: true)
        #expect(use.dayLoss == Money(try Price("2")) && use.drawdown == use.dayLoss)
        #expect(use.tripDayLoss == use.dayLoss && !use.isResultUnknown)
        let unknown = folded(lines + [commission(3, "1", "EUR")])
        #expect(unknown.carried(at: at(4), isClockGood: true).isResultUnknown && unknown.misunderstood == 0)
        let damaged = folded([(.orderCommission, at(0), Array(#"{"commission":"x"}"#.utf8))])
        #expect(damaged.misunderstood == 1)
    }

    @Test(
        "a loss is that of the fills, valued at what orders were judged by last; it goes on in the next one")
    func result() throws {
        let lines = [
            fill(0, "BUY", "2", "100", 1), fill(1, "SELL", "1", "105", 2), intent(2, ref: "90"),
            // Told again: booked once.
            fill(3, "SELL", "1", "105", 2),
        ]
        let use = folded(lines).carried(at: at(4), isClockGood: true)
        // Five gained on one, ten lost on the other; the best was five.
        #expect(use.dayLoss == Money(try Price("5")))
        #expect(use.drawdown == Money(try Price("10")))
        #expect(use.tripDayLoss == use.dayLoss && use.tripDrawdown == use.drawdown)
        var engine = fixture.makeEngine()
        engine.limits.maxDayLoss = Money(try Price("5"))
        engine.carry(use)
        var fixture = fixture
        #expect(engine.profit.total == .zero)
        #expect(
            engine.evaluate(try fixture.order(), now: at(5), quotes: fixture.quote).reasons == [.lossLimit])
        engine.advance(to: at(43_200))
        #expect(engine.profit.dayLoss == .zero)
    }

    @Test("what a session held is gone with it, at the price it was valued at")
    func newSession() throws {
        let use = folded([
            fill(0, "BUY", "1", "100", 1), intent(1, ref: "97"), (.sessionStart, at(2), []),
            fill(3, "BUY", "1", "50", 1), fill(4, "SELL", "1", "51", 2),
        ]).carried(at: at(5), isClockGood: true)
        #expect(use.dayLoss == Money(try Price("2")))
    }

    @Test("clearing a trip lets it count from there; the limit before an order knows the whole loss")
    func cleared() throws {
        func clear(_ trip: String, _ scope: String = "all") -> (AuditLineType, Timestamp, [UInt8]) {
            (
                .riskTrip, at(5),
                Array(#"{"trip":"\#(trip)","state":"cleared","scope":"\#(scope)"}"#.utf8)
            )
        }
        let lines = [intent(0), fill(1, "BUY", "1", "100", 1), fill(2, "SELL", "1", "90", 2)]
        let use = folded(lines + [clear("day_loss"), clear("drawdown"), clear("repeat", "strategy:budget")])
            .carried(at: at(6), isClockGood: true)
        #expect(use.dayLoss == Money(try Price("10")) && use.tripDayLoss == .zero)
        #expect(use.drawdown == use.dayLoss && use.tripDrawdown == .zero)
        #expect(use.strategies.first?.repeats == 0 && use.strategies.first?.dailyOrders == 1)
        let other = folded(lines + [clear("repeat", "strategy:other")])
        #expect(other.carried(at: at(6), isClockGood: true).strategies.first?.repeats == 1)
    }

    @Test("what cannot be valued leaves the result unknown; what cannot be read is counted")
    func unknown() throws {
        let strange = folded([fill(0, "BUY", "1", "100", 1, of: "RISK.STRANGE")])
        #expect(strange.carried(at: at(1), isClockGood: true).isResultUnknown)
        #expect(!strange.carried(at: at(90_000), isClockGood: true).isResultUnknown)
        #expect(strange.misunderstood == 0)
        let broken = folded([
            (.orderIntent, at(0), Array(#"{"symbol":"RISK.GOLD"}"#.utf8)),
            (.orderFill, at(0), Array("{".utf8)), (.riskUse, at(0), Array("{}".utf8)),
        ])
        #expect(broken.misunderstood == 3)
    }

    @Test(
        "the funds lack what earlier sessions lost, also over midnight, until the settings say anew what there is"
    )
    func funds() throws {
        var fixture = fixture
        fixture.limits.accountEquity = Money(try Price("5000"))
        func folded(_ lines: [(AuditLineType, Timestamp, [UInt8])]) -> BudgetFold {
            var fold = BudgetFold(limits: fixture.limits)
            for line in lines { fold.fold(line.0, at: line.1, line.2) }
            return fold
        }
        let loss = [fill(0, "BUY", "1", "3000", 1), fill(1, "SELL", "1", "2000", 2)]
        let equity = fixture.limits.accountEquity
        for seconds in [2, 90_000] as [Int64] {
            let use = folded(loss).carried(at: at(seconds), isClockGood: true)
            #expect(use.funds == .init(equity: equity, result: -Money(try Price("1000"))))
            var engine = fixture.makeEngine()
            // Of 5000 are left 4000, and one costs 4000.20.
            #expect(fixture.reasons(engine, try fixture.order()) == [])
            engine.carry(use)
            #expect(fixture.reasons(engine, try fixture.order()) == [.buyingPower])
            // A session later it is the same, and a gain takes it back.
            let told = engine.use(at: at(seconds), strategies: [])
            #expect(told.funds == use.funds)
            let next = folded([
                (.riskUse, at(seconds), Array(told.text.utf8)), fill(seconds + 1, "BUY", "1", "1000", 3),
                fill(seconds + 2, "SELL", "1", "1001", 4),
            ]).carried(at: at(seconds + 3), isClockGood: true)
            #expect(next.funds?.result == -Money(try Price("999")))
        }
        fixture.limits.accountEquity = Money(try Price("4500"))
        let told = folded(loss).carried(at: at(2), isClockGood: true)
        fixture.limits.accountEquity = equity
        let fresh = folded([(.riskUse, at(3), Array(told.text.utf8))]).carried(at: at(4), isClockGood: true)
        #expect(fresh.funds == .init(equity: equity, result: .zero))
    }

    @Test(
        "a result that is not known stays so over every restart of the day, and an operator may go on without it"
    )
    func doubt() throws {
        let lines = [fill(0, "BUY", "1", "100", 1, of: "RISK.STRANGE")]
        let carried = folded(lines).carried(at: at(1), isClockGood: true)
        var fixture = fixture
        fixture.limits.maxDayLoss = Money(try Price("5"))
        var engine = fixture.makeEngine()
        engine.carry(carried)
        let told = engine.use(at: at(2), strategies: [])
        #expect(told.isResultUnknown)
        let again = folded([(.riskUse, at(2), Array(told.text.utf8))]).carried(at: at(3), isClockGood: true)
        #expect(again.isResultUnknown)
        func refusals() throws -> [RiskReason] {
            engine.evaluate(try fixture.order(), now: at(3), quotes: fixture.quote).reasons
        }
        #expect(try refusals() == [.lossLimit])
        engine.profit.acknowledgeDoubt()
        #expect(try refusals() == [])
        #expect(engine.use(at: at(3), strategies: []).isResultUnknown)
        engine.advance(to: at(43_200))
        #expect(!engine.use(at: at(43_200), strategies: []).isResultUnknown)
    }

    @Test("what has tripped is carried until it is cleared, or its kill is released")
    func tripped() throws {
        func trip(_ state: String, _ scope: String = "all", level: String = "halt") -> (
            AuditLineType, Timestamp, [UInt8]
        ) {
            (
                .riskTrip, at(1),
                Array(
                    (#"{"trip":"velocity","state":"\#(state)","by":"x","reason":"fast","#
                        + #""scope":"\#(scope)","level":"\#(level)"}"#).utf8)
            )
        }
        func release(_ scope: String, to level: String? = nil) -> (AuditLineType, Timestamp, [UInt8]) {
            let left = level.map { #","level":"\#($0)""# } ?? ""
            return (.killSwitchRelease, at(2), Array(#"{"scope":"\#(scope)"\#(left)}"#.utf8))
        }
        func left(_ lines: (AuditLineType, Timestamp, [UInt8])...) -> [String] {
            let fold = folded(lines)
            #expect(fold.misunderstood == 0)
            return fold.carried(at: at(3), isClockGood: true).tripped.map {
                "\($0.scope.text) \($0.level.name)"
            }
        }
        let gold = "symbol:RISK.GOLD"
        #expect(left(trip("tripped"), trip("tripped", gold)) == ["all halt", "\(gold) halt"])
        #expect(left(trip("tripped", level: "reduce"), trip("tripped")) == ["all halt"])
        #expect(left(trip("tripped"), trip("tripped", gold), release("all")) == ["\(gold) halt"])
        #expect(left(trip("tripped"), release("all", to: "reduce")) == [])
        #expect(left(trip("tripped", level: "reduce"), release("all", to: "reduce")) == ["all reduce"])
        #expect(left(trip("tripped"), release("all"), trip("tripped")) == ["all halt"])
        #expect(left(trip("tripped"), trip("tripped", gold), trip("cleared", gold)) == ["all halt"])
        #expect(left(trip("tripped"), trip("tripped", gold), trip("cleared")) == [])
        #expect(left(trip("tripped"), trip("clear_refused")) == ["all halt"])
    }

    @Test("lines of earlier versions, without funds and trips, are read")
    func older() throws {
        var use = BudgetUse(at: noon)
        use.dayLoss = Money(try Price("7"))
        let text = use.text.replacing(#","tripped":[]"#, with: "")
        #expect(!text.contains("tripped") && !text.contains("equity"))
        #expect(BudgetUse(text: text) == use)
        let carried = folded([(.riskUse, at(0), Array(text.utf8))]).carried(at: at(1), isClockGood: true)
        #expect(carried.dayLoss == use.dayLoss && carried.funds?.result == .zero)
    }

    @Test("trips begin with what is carried: a loss at its limit trips at once, repeats are shown")
    func trips() throws {
        var limits = TripLimits()
        limits.dayLoss = Money(try Price("10"))
        var use = BudgetUse(at: noon)
        use.tripDayLoss = Money(try Price("12"))
        use.strategies = [.init(strategy: strategy, dailyOrders: 1, repeats: 7)]
        var monitor = TripMonitor(limits: limits)
        monitor.carry(use, at: noon) { _ in Repeats(done: 7, limit: 9) }
        #expect(monitor.takeFindings().map(\.trip) == [.dayLoss])
        let readings = monitor.readings(at: noon)
        #expect(readings.first { $0.trip == .dayLoss }?.actual == "12")
        #expect(readings.first { $0.trip == .repetition }?.actual == "7")
    }

    @Test("the text of it reads back as it is; of very many acceptances none counts for less")
    func text() throws {
        var random = TestRandom(seed: TestSeed.value("TRADINGD_BUDGET_SEED"))
        for _ in 0..<100 {
            var use = BudgetUse(at: noon.advanced(by: Int64(random.below(80_000_000_000_000))))
            use.dailyOrders = Int(random.below(1_000))
            use[strategy].repeats = Int(random.below(1_000))
            for age in stride(from: Int64(40), to: 0, by: -7) {
                use.accept(
                    fixture.gold.symbol, at: use.time.advanced(by: -age * Int64(random.below(1_000_000_000))))
            }
            use.dayLoss = Money(rawValue: Int128(Int64(bitPattern: random.below(.max))) * 1_000_003)
            use.tripDrawdown = Money(rawValue: -Int128(random.below(.max)))
            use.isResultUnknown = random.below(2) == 0
            if random.below(2) == 0 {
                use.funds = .init(
                    equity: random.below(2) == 0 ? nil : Money(rawValue: Int128(random.below(.max))),
                    result: Money(rawValue: -Int128(random.below(.max))))
            }
            use.tripped = [
                TripRecord(
                    trip: Trip.allCases[Int(random.below(UInt64(Trip.allCases.count)))],
                    scope: .strategy(strategy), level: .halt, since: noon, reason: "it \"was\" so")
            ]
            use.holdings = [
                .init(
                    symbol: fixture.euro.symbol, position: Quantity(rawValue: -5),
                    mark: try Price("1.25"))
            ]
            for place in use.symbols.indices { use.symbols[place].accepted.sort { $0.time < $1.time } }
            #expect(BudgetUse(text: use.text) == use)
        }
        var many = BudgetUse(at: noon)
        for number in Int64(0)..<50_000 {
            many.accept(fixture.gold.symbol, at: noon.advanced(by: (number - 49_999) * 1_000_000))
        }
        let text = many.text
        #expect(text.utf8.count < 2_000)
        let read = try #require(BudgetUse(text: text)?.symbols.first?.accepted)
        #expect(read.reduce(0) { $0 + $1.count } == 50_000)
        for seconds in Int64(1)..<50 {
            let time = noon.advanced(by: -seconds * 1_000_000_000)
            let exact = many.symbols[0].accepted.reduce(0) { $0 + ($1.time > time ? $1.count : 0) }
            #expect(read.reduce(0) { $0 + ($1.time > time ? $1.count : 0) } >= exact)
        }
    }

    @Test("text that is none is refused", arguments: ["", "{}", "[]", #"{"at":"x"}"#])
    func hostile(_ text: String) { #expect(BudgetUse(text: text) == nil) }

    @Test("amounts are read as they are written, and nothing else is")
    func amounts() throws {
        for text in ["0", "-0.5", "12.000000000000000001", "170141183460469231731"] {
            #expect(Money(text: text)?.description == text)
        }
        for text in [
            "", "-", ".", "1.", ".5", "+1", "1e5", "1.-5", "0.0000000000000000001",
            "999999999999999999999999",
        ] {
            #expect(Money(text: text) == nil)
        }
    }
}
