import TestSupport
import Testing
import TradingModel

@testable import Risk

@Suite("Limits that operators change")
struct LimitChangesTests {
    private var fixture: RiskFixture

    init() throws { fixture = try RiskFixture() }

    private func change(_ text: String) -> SystemNotice {
        SystemNotice(.limitsChanged, actor: "uid:1", reason: "test", detail: text)
    }

    @Test(
        "the text of a change reads back as itself",
        arguments: [
            "risk.max_size = 5", "risk.symbols.EUR.USD.max_exposure = 25000.5",
            "risk.strategies.momentum.max_repeats = 7",
            "risk.throttle_max = 9 until 2026-01-05T15:00:00.000000000Z",
        ])
    func roundTrip(_ text: String) throws {
        let change = try #require(LimitAssignment(text: text))
        #expect(LimitAssignment(text: change.text) == change && change.text.hasPrefix(text.prefix(20)))
    }

    @Test(
        "what is no change is none",
        arguments: [
            "", "risk.max_size", "risk.max_size = 0", "risk.max_size = -1", "risk.max_size = x",
            "risk.max_size = 5 until", "risk.max_size = 5 until tomorrow", "risk.colour = 5", "max_size = 5",
            "risk.symbols.X.max_gross_exposure = 5", "risk.strategies.X.max_position = 5",
            "risk.symbols.max_size = 5", "risk.throttle_max = 1.5", "risk.throttle_max = 01",
            "risk.max_size  =  5", "risk.max_size = 5 until 2026-01-05T15:00:00Z x",
        ])
    func malformed(_ text: String) throws {
        #expect(LimitAssignment(text: text) == nil)
        var engine = fixture.makeEngine()
        engine.fold(change(text))
        #expect(engine.limits == fixture.limits)
    }

    @Test("tightening and loosening are told apart; a limit where there was none tightens")
    func direction() throws {
        for (text, isTightening) in [
            ("risk.max_size = 10", true), ("risk.max_size = 9", true), ("risk.max_size = 11", false),
            ("risk.max_position = 1000", true), ("risk.symbols.A.max_size = 1000", true),
        ] {
            #expect(try #require(LimitAssignment(text: text)).isTightening(fixture.limits) == isTightening)
        }
    }

    @Test("a change holds for the next order, and what was counted stays counted")
    mutating func holds() throws {
        var engine = fixture.makeEngine()
        engine.reserve(try fixture.order(), now: Timestamp(nanoseconds: 100_000_000_000))
        engine.fold(change("risk.max_size = 2"))
        #expect(fixture.reasons(engine, try fixture.order(.buy, "2")) == [])
        #expect(fixture.reasons(engine, try fixture.order(.buy, "3")) == [.sizeLimit])
        engine.fold(change("risk.symbols.\(fixture.gold.symbol.name).max_size = 1"))
        #expect(fixture.reasons(engine, try fixture.order(.buy, "2")) == [.sizeLimit])
        engine.fold(change("risk.throttle_max = 1"))
        #expect(fixture.reasons(engine, try fixture.order()) == [.throttleExceeded])
        #expect(engine.changes.newest(.maxSize, .all)?.actor == "uid:1")
    }

    @Test("a change for a while ends by the time of the events, and one for good ends it at once")
    mutating func expiry() throws {
        var engine = fixture.makeEngine()
        engine.fold(change("risk.max_size = 8"))
        engine.fold(change("risk.max_size = 20 until 1970-01-01T00:01:00Z"))
        engine.advance(to: Timestamp(nanoseconds: 59_999_999_999))
        #expect(engine.limits.maxSize == (try Quantity("20")))
        engine.advance(to: Timestamp(nanoseconds: 60_000_000_000))
        #expect(engine.limits.maxSize == (try Quantity("8")) && engine.changes.holding.count == 1)
        engine.fold(change("risk.max_size = 20 until 1970-01-01T00:02:00Z"))
        engine.fold(change("risk.max_size = 3"))
        #expect(engine.limits.maxSize == (try Quantity("3")) && engine.changes.holding.count == 1)
    }
}
