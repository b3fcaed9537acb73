import TestSupport
import Testing
import TradingModel

@testable import Risk

@Suite("Kills as risk sees them")
struct RiskKillTests {
    private var fixture: RiskFixture

    init() throws { fixture = try RiskFixture() }

    private func long() throws -> RiskEngine {
        var engine = fixture.makeEngine()
        engine.fold(
            OrderEvent(
                id: ClientOrderID(session: 0, number: 9), report: .fill, status: .filled, side: .buy,
                quantity: try Quantity("3"), lastQuantity: try Quantity("3"), leavesQuantity: .zero),
            fixture.gold.symbol)
        return engine
    }

    private func kill(_ level: KillLevel, _ scope: KillScope = .all) -> SystemNotice {
        SystemNotice(.killSwitchEngaged, actor: "test", level: level, scope: scope)
    }

    @Test("at reduce only orders that make the position smaller pass, working ones counted in")
    mutating func reduce() throws {
        var engine = try long()
        engine.fold(kill(.reduce))
        #expect(fixture.reasons(engine, try fixture.order()) == [.killSwitch])
        #expect(fixture.reasons(engine, try fixture.order(.sell, "4", limit: "4000")) == [.killSwitch])
        let first = try fixture.order(.sell, "2", limit: "4000")
        #expect(fixture.reasons(engine, first) == [])
        engine.reserve(first, now: .zero)
        #expect(fixture.reasons(engine, try fixture.order(.sell, "2", limit: "4000")) == [.killSwitch])
        #expect(fixture.reasons(engine, try fixture.order(.sell, "1", limit: "4000")) == [])
    }

    @Test("at halt nothing passes, at flatten only a flatten's own orders, which must reduce, armed or not")
    mutating func flatten() throws {
        for level in [KillLevel.halt, .flatten] {
            var engine = try long()
            engine.fold(kill(level))
            engine.fold(SystemNotice(.disarmed, actor: "test"))
            var order = try fixture.order(.sell, "3", limit: "4000")
            #expect(fixture.reasons(engine, order) == [.killSwitch])
            order.flags = .flatten
            #expect(fixture.reasons(engine, order) == (level == .flatten ? [] : [.killSwitch]))
            order.quantity = try Quantity("4")
            #expect(fixture.reasons(engine, order) == [.killSwitch])
            order.side = .buy
            #expect(fixture.reasons(engine, order) == [.killSwitch])
        }
    }

    @Test("without a kill a flatten's order must still reduce")
    mutating func flattenReduces() throws {
        var order = try fixture.order(.sell, "4", limit: "4000")
        order.flags = .flatten
        #expect(fixture.reasons(try long(), order) == [.orderType])
    }

    @Test("a scope stops its own orders alone; a release ends just its scope, and disarms")
    mutating func scopes() throws {
        var engine = try long()
        let strategy = StrategyID("risk.killed")
        engine.fold(kill(.halt, .strategy(strategy)))
        engine.fold(kill(.reduce, .symbol(fixture.gold.symbol)))
        var own = try fixture.order(.sell, limit: "4000")
        #expect(fixture.reasons(engine, own) == [])
        own.strategy = strategy
        #expect(fixture.reasons(engine, own) == [.killSwitch])
        let dry = engine.evaluate(try fixture.order(), now: .zero, isDryRun: true, quotes: fixture.quote)
        #expect(dry.reasons == [.killSwitch, .symbolHalted])
        #expect(!engine.isKilled)
        engine.fold(SystemNotice(.killSwitchReleased, actor: "test", scope: .strategy(strategy)))
        #expect(fixture.reasons(engine, own) == [.mode])
        engine.fold(SystemNotice(.armed, actor: "test"))
        #expect(fixture.reasons(engine, own) == [])
        #expect(fixture.reasons(engine, try fixture.order()) == [.killSwitch])
    }
}
