import Audit
import TestSupport
import Testing
import TradingModel

@testable import Risk

@Suite("Positions taken over count")
struct AdoptionTests {
    private var fixture: RiskFixture

    init() throws { fixture = try RiskFixture() }

    private func notice(_ text: String) -> SystemNotice {
        SystemNotice(.positionAdopted, actor: "uid:1", detail: text)
    }

    private func money(_ text: String) throws -> Money { Money(try Price(text)) }

    // MARK: Limits

    @Test(
        "a position limit counts what was taken over: to the limit, and one more",
        arguments: [("5", Side.buy), ("-5", .sell)], [("3", true), ("4", true), ("5", false)])
    mutating func position(_ held: (String, Side), _ more: (String, Bool)) throws {
        fixture.limits.maxPosition = try Quantity("9")
        var engine = fixture.makeEngine()
        engine.fold(notice("RISK.GOLD=\(held.0)@4000"))
        let limit = held.1 == .buy ? "4000.2" : "4000"
        let order = try fixture.order(held.1, more.0, limit: limit)
        #expect(fixture.reasons(engine, order) == (more.1 ? [] : [.positionLimit]))
        #expect(
            engine.view(fixture.gold.symbol, now: .zero, quotes: fixture.quote).position.description == held.0
        )
    }

    @Test("an exposure limit that is reached with it admits nothing more, and what makes it smaller")
    mutating func exposure() throws {
        fixture.limits.maxExposure = try money("20000.5")
        var engine = fixture.makeEngine()
        engine.fold(notice("RISK.GOLD=5@4000"))
        #expect(fixture.reasons(engine, try fixture.order(.buy, "1")) == [.exposureLimit])
        #expect(fixture.reasons(engine, try fixture.order(.sell, "5", limit: "4000")) == [])
    }

    @Test("at the level reduce what was taken over may be closed, and no more")
    mutating func reduces() throws {
        var engine = fixture.makeEngine()
        engine.fold(notice("RISK.GOLD=-5@4000"))
        engine.fold(SystemNotice(.killSwitchEngaged, actor: "test", level: .reduce))
        var order = try fixture.order(.buy, "5")
        order.flags = [.reduceOnly]
        #expect(fixture.reasons(engine, order) == [])
        #expect(fixture.reasons(engine, try fixture.order(.buy, "6")) != [])
        #expect(fixture.reasons(engine, try fixture.order(.sell, "1", limit: "4000")) != [])
    }

    @Test("reservations of working orders stay as they are")
    mutating func working() throws {
        var engine = fixture.makeEngine()
        let order = try fixture.order(.buy, "2")
        engine.reserve(order, now: .zero)
        engine.fold(notice("RISK.GOLD=3@4000"))
        let view = engine.view(fixture.gold.symbol, now: .zero, quotes: fixture.quote)
        #expect(view.position.description == "3" && view.openBuys.description == "2")
        #expect(engine.book.exposures[fixture.gold.symbol].worstCase.description == "5")
    }

    @Test("what a notice does not say changes nothing")
    mutating func noise() {
        var engine = fixture.makeEngine()
        engine.fold(notice("RISK.GOLD=x"))
        #expect(engine.profit.position(fixture.gold.symbol) == .zero)
    }

    // MARK: Result

    private func engine(_ text: String, marks: String...) throws -> RiskEngine {
        var engine = fixture.makeEngine()
        engine.fold(notice(text))
        for mark in marks {
            let price = try Price(mark)
            engine.mark(
                fixture.gold.symbol, Tick(bid: price.moved(by: -10_000_000), ask: price.moved(by: 10_000_000))
            )
        }
        return engine
    }

    @Test(
        "a loss that comes with it counts with the first price; a gain makes no room for losses",
        arguments: [
            ("RISK.GOLD=5@4000", "3990", "-50"), ("RISK.GOLD=5@4000", "4010", "0"),
            ("RISK.GOLD=-5@4000", "4010", "-50"), ("RISK.GOLD=-5@4000", "3990", "0"),
            ("RISK.GOLD=5@4000", "4000", "0"), ("RISK.GOLD=5", "4010", "0"),
            ("RISK.GOLD=5@4000 mark=3980", "3990", "50"), ("RISK.GOLD=5@4000 mark=3980", "3970", "-50"),
            ("RISK.GOLD=5@4000 mark=0", "3990", "-50"),
        ])
    func firstPrice(_ text: String, _ mark: String, _ total: String) throws {
        #expect(try engine(text).profit.total == .zero)
        #expect(try engine(text, marks: mark).profit.total.description == total)
        // From there on every move counts.
        let moved = try Price(mark).moved(by: 1_000_000_000)
        let isLong = !text.contains("=-")
        #expect(
            try engine(text, marks: mark, "\(moved)").profit.total
                == money(total) + money(isLong ? "5" : "-5"))
    }

    @Test("the loss it brings is one of the day, and a day later none")
    func dayLoss() throws {
        var engine = try engine("RISK.GOLD=5@4000", marks: "3990")
        #expect(try engine.profit.dayLoss == money("50") && engine.profit.drawdown == money("50"))
        engine.advance(to: Timestamp(nanoseconds: ProfitState.day))
        engine.advance(to: Timestamp(nanoseconds: 2 * ProfitState.day))
        #expect(engine.profit.dayLoss == .zero)
    }

    @Test("what is closed without an execution changes no result; more of it counts like the first")
    func later() throws {
        var engine = try engine("RISK.GOLD=5@4000 mark=4000", marks: "3990")
        #expect(try engine.profit.total == money("-50"))
        engine.fold(notice("RISK.GOLD=-3"))
        #expect(try engine.profit.total == money("-50"))
        engine.fold(notice("RISK.GOLD=1@4000"))
        #expect(try engine.profit.total == money("-60"))
        engine.fold(notice("RISK.GOLD=-3@4000"))
        #expect(
            try engine.profit.total == money("-60") && engine.profit.position(fixture.gold.symbol) == .zero)
    }

    @Test("a fill before the first price is that price, and taking more over while there is none adds up")
    mutating func unpriced() throws {
        var engine = try engine("RISK.GOLD=2")
        engine.fold(notice("RISK.GOLD=3"))
        engine.fold(
            OrderEvent(
                id: ClientOrderID(session: 1, number: 1), report: .fill, status: .filled, side: .sell,
                quantity: try Quantity("1"), lastPrice: try Price("4000"), lastQuantity: try Quantity("1"),
                executionID: 1, leavesQuantity: .zero), fixture.gold.symbol)
        #expect(engine.profit.total == .zero)
        engine.mark(fixture.gold.symbol, Tick(bid: try Price("3989"), ask: try Price("3991")))
        #expect(try engine.profit.total == money("-40"))
        #expect(try engine.profit.averagePrice(of: fixture.gold.symbol) == Price("4000"))
    }

    @Test("an instrument without a rate is counted, and leaves the result unknown")
    mutating func withoutRate() {
        var engine = fixture.makeEngine()
        engine.fold(notice("RISK.EURO=5@100"))
        #expect(engine.profit.isUnknown && engine.profit.position(fixture.euro.symbol).description == "5")
        #expect(engine.book.exposures[fixture.euro.symbol].worstCase.description == "5")
    }

    // MARK: Restart

    private func line(
        _ type: AuditLineType, _ seconds: Int64, _ text: String
    ) -> (AuditLineType, Timestamp, [UInt8]) {
        (type, Timestamp(nanoseconds: 1_767_614_400_000_000_000 + seconds * 1_000_000_000), Array(text.utf8))
    }

    private func carried(
        _ lines: [(AuditLineType, Timestamp, [UInt8])], keepsPositions: Bool = true
    ) -> BudgetUse {
        var fold = BudgetFold(limits: fixture.limits, keepsPositions: keepsPositions)
        for line in lines { fold.fold(line.0, at: line.1, line.2) }
        #expect(fold.misunderstood == 0)
        return fold.carried(at: lines.last?.1 ?? .zero, isClockGood: true)
    }

    private var trail: [(AuditLineType, Timestamp, [UInt8])] {
        [
            line(.sessionStart, 0, ""),
            line(
                .positionAdopt, 1,
                #"{"symbol":"RISK.GOLD","change":"5","avg_price":"4000","origin":"accepted"}"#),
            line(
                .orderFill, 2,
                #"{"symbol":"RISK.GOLD","side":"SELL","last_qty":"2","last_price":"4001","exec_id":1}"#),
            line(
                .orderIntent, 3, #"{"symbol":"RISK.GOLD","strategy":"budget","ref":"3990","reducing":true}"#),
        ]
    }

    @Test(
        "what was taken over and executed is what the next session begins with, at the price it was valued at"
    )
    func restart() throws {
        let expected = BudgetUse.Holding(
            symbol: fixture.gold.symbol, position: try Quantity("3"), mark: try Price("3990"),
            averagePrice: try Price("4000"))
        let use = carried(trail)
        #expect(use.holdings == [expected] && expected.adoption.text == "RISK.GOLD=3@4000 mark=3990")
        #expect(try use.dayLoss == money("33"))
        #expect(BudgetUse(text: use.text) == use)
        #expect(carried(trail, keepsPositions: false).holdings == [])
        // A session that ends before it is told anything, and one that begins with what is told.
        let again = trail + [line(.sessionStart, 4, "")]
        #expect(carried(again).holdings == [expected])
        let told =
            again + [
                line(
                    .positionAdopt, 4,
                    #"{"symbol":"RISK.GOLD","change":"3","avg_price":"4000","origin":"earlier_session"}"#),
                line(.riskUse, 4, use.text), line(.sessionStart, 5, ""),
            ]
        #expect(carried(told).holdings == [expected])
        #expect(try carried(told).dayLoss == money("33"))
    }

    @Test("the next session's result goes on from there: no loss is counted twice")
    func goesOn() throws {
        let use = carried(trail)
        var engine = fixture.makeEngine()
        for holding in use.holdings { engine.fold(holding.adoption.notice(actor: "startup", reason: "")) }
        engine.carry(use)
        #expect(try engine.profit.total == .zero && engine.profit.dayLoss == money("33"))
        #expect(engine.book.exposures[fixture.gold.symbol].position == use.holdings[0].position)
        engine.mark(fixture.gold.symbol, Tick(bid: try Price("3979"), ask: try Price("3981")))
        #expect(try engine.profit.dayLoss == money("63"))
        #expect(engine.use(at: use.time, strategies: []).holdings.map(\.averagePrice) == [try Price("4000")])
    }

    @Test("lines of earlier releases, whose holdings have no cost, are understood; others are not")
    func earlierLines() throws {
        let use = carried(trail)
        let old = use.text.replacing(#","4000"]"#, with: "]")
        #expect(BudgetUse(text: old)?.holdings.map(\.averagePrice) == [.zero])
        #expect(BudgetUse(text: use.text.replacing(#""4000""#, with: #""dear""#)) == nil)
        var fold = BudgetFold(limits: fixture.limits, keepsPositions: true)
        let lines = [
            #"{"symbol":"RISK.GOLD","change":"0","origin":"accepted"}"#,
            #"{"change":"1","origin":"accepted"}"#,
            #"{"symbol":"RISK.GOLD","change":"1"}"#,
        ]
        for text in lines { fold.fold(.positionAdopt, at: .zero, Array(text.utf8)) }
        #expect(fold.misunderstood == 3)
    }
}
