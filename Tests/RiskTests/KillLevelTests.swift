import TestSupport
import Testing
import TradingModel

@testable import Risk

@Suite("Levels and scopes of a kill at the controls")
struct KillLevelTests {
    private var fixture: RiskFixture
    private var engine: RiskEngine

    init() throws {
        fixture = try RiskFixture()
        engine = fixture.makeEngine()
    }

    private mutating func engage(_ level: KillLevel, _ scope: KillScope = .all) {
        engine.fold(SystemNotice(.killSwitchEngaged, actor: "uid:1", level: level, scope: scope))
    }

    private mutating func hold(_ side: Side, _ quantity: String) throws {
        engine.fold(
            OrderEvent(
                id: ClientOrderID(session: 9, number: 1), report: .fill, status: .filled, side: side,
                quantity: try Quantity(quantity), lastPrice: try Price("4000"),
                lastQuantity: try Quantity(quantity), executionID: 1, leavesQuantity: .zero),
            fixture.gold.symbol)
    }

    private mutating func reasons(
        _ side: Side, _ quantity: String, flags: OrderFlags = [], strategy: StrategyID = .manual,
        of instrument: Instrument? = nil
    ) throws -> [RiskReason] {
        var request = try fixture.order(
            side, quantity, limit: side == .buy ? "4000.20" : "4000.00", of: instrument)
        request.flags = flags
        request.strategy = strategy
        return fixture.reasons(engine, request)
    }

    @Test(
        "at reduce passes what can only shrink the position: up to all of it, not one more, nothing when flat"
    )
    mutating func reduce() throws {
        engage(.reduce)
        #expect(try reasons(.sell, "1") == [.killSwitch] && reasons(.buy, "1") == [.killSwitch])
        try hold(.buy, "3")
        #expect(try reasons(.sell, "2") == [] && reasons(.sell, "3") == [])
        #expect(try reasons(.sell, "4") == [.killSwitch] && reasons(.buy, "1") == [.killSwitch])
        // What already works on that side counts as if it had filled.
        engine.reserve(try fixture.order(.sell, "2", limit: "4000.00"), now: .zero)
        #expect(try reasons(.sell, "1") == [] && reasons(.sell, "2") == [.killSwitch])
    }

    @Test("a short position shrinks by buying")
    mutating func reduceShort() throws {
        try hold(.sell, "2")
        engage(.reduce)
        #expect(try reasons(.buy, "2") == [] && reasons(.buy, "3") == [.killSwitch])
        #expect(try reasons(.sell, "1") == [.killSwitch])
    }

    @Test(
        "halt and flatten let nothing pass, but flatten what flattens: armed or not, over limits and throttle"
    )
    mutating func flatten() throws {
        fixture.limits.throttleMax = 1
        fixture.limits.maxExposure = Money(try Price("1"))
        engine = fixture.makeEngine(armed: false)
        try hold(.buy, "3")
        engine.reserve(
            try fixture.order(.sell, "1", limit: "4000.00"), now: Timestamp(nanoseconds: 99_000_000_000))
        engage(.halt)
        let flags: OrderFlags = [.reduceOnly, .flatten]
        #expect(
            try reasons(.sell, "1") == [.killSwitch] && reasons(.sell, "2", flags: flags) == [.killSwitch])
        engage(.flatten)
        #expect(try reasons(.sell, "2", flags: flags) == [])
        #expect(try reasons(.sell, "2") == [.killSwitch], "an order that is not the stage's")
        #expect(
            try reasons(.sell, "3", flags: flags) == [.killSwitch]
                && reasons(.buy, "1", flags: flags) == [.killSwitch])
    }

    @Test("a scope concerns its own orders alone, and the strictest holds")
    mutating func scopes() throws {
        let idea = StrategyID("kill_level_idea")
        engage(.halt, .symbol(fixture.gold.symbol))
        #expect(try reasons(.buy, "1") == [.killSwitch] && !engine.isKilled)
        fixture.limits.exchangeRates["EUR"] = try Price("1")
        engine = fixture.makeEngine()
        engage(.halt, .strategy(idea))
        #expect(try reasons(.buy, "1") == [] && reasons(.buy, "1", strategy: idea) == [.killSwitch])
        engage(.reduce)
        #expect(try reasons(.buy, "1") == [.killSwitch])
    }

    @Test("whatever is released, trading is armed anew; arming is refused only while everything is halted")
    mutating func release() throws {
        engage(.reduce, .symbol(fixture.euro.symbol))
        engine.fold(SystemNotice(.killSwitchReleased, actor: "uid:1", scope: .symbol(fixture.euro.symbol)))
        #expect(try reasons(.buy, "1") == [.mode])
        engage(.halt)
        engine.fold(SystemNotice(.armed, actor: "uid:1"))
        engine.fold(SystemNotice(.killSwitchReleased, actor: "uid:1", level: .reduce))
        #expect(!engine.isArmed && engine.kills.forAll?.level == .reduce)
        engine.fold(SystemNotice(.armed, actor: "uid:1"))
        #expect(engine.isArmed)
    }

    @Test("what flattens meets the strictest kill of its scopes, whichever other one holds beside it")
    mutating func pairs() throws {
        let gold = fixture.gold.symbol
        let scopes: [KillScope] = [
            .all, .symbol(gold), .symbol(fixture.euro.symbol), .strategy(StrategyID("kill_level_pair")),
        ]
        let flags: OrderFlags = [.reduceOnly, .flatten]
        for one in KillLevel.allCases {
            for other in KillLevel.allCases {
                for first in scopes {
                    for second in scopes {
                        engine = fixture.makeEngine()
                        try hold(.buy, "3")
                        engage(one, first)
                        engage(other, second)
                        let own = [(one, first), (other, second)].filter { $0.1.contains(.manual, gold) }
                        let strictest = own.map(\.0).max()
                        let flattens = strictest == nil || strictest == .reduce || strictest == .flatten
                        let reduces = strictest == nil || strictest == .reduce
                        let words: Comment = "\(one) \(first.text) and \(other) \(second.text)"
                        #expect(
                            try reasons(.sell, "2", flags: flags) == (flattens ? [] : [.killSwitch]), words)
                        #expect(try reasons(.sell, "2") == (reduces ? [] : [.killSwitch]), words)
                        #expect(try reasons(.buy, "1") == (strictest == nil ? [] : [.killSwitch]), words)
                    }
                }
            }
        }
    }

    @Test("what a flatten sends may be the same again at once; nothing else may")
    mutating func again() throws {
        fixture.limits.duplicateWindow = 1_000_000_000
        engine = fixture.makeEngine()
        try hold(.buy, "3")
        engage(.flatten)
        var order = try fixture.order(.sell, "2", limit: "4000.00")
        order.flags = [.reduceOnly, .flatten]
        let second: Int64 = 1_000_000_000
        engine.reserve(order, now: Timestamp(nanoseconds: 100 * second))
        engine.book.releaseUnsent(order.id)
        #expect(try reasons(.sell, "2", flags: [.reduceOnly, .flatten]) == [])
        engine.fold(SystemNotice(.killSwitchReleased, actor: "uid:1"))
        engine.fold(SystemNotice(.armed, actor: "uid:1"))
        #expect(try reasons(.sell, "2") == [.duplicateOrder])
    }
}
