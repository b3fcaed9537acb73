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
            "risk.throttle_max = 9 until 2026-01-05T15:00:00.000000000Z", "risk.max_size = 5 tightening",
            "risk.throttle_max = 9 until 2026-01-05T15:00:00.000000000Z tightening",
        ])
    func roundTrip(_ text: String) throws {
        _ = (SymbolID("EUR.USD"), StrategyID("momentum"))
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
            "risk.max_size  =  5", "risk.max_size = tightening", "risk.max_size = 5 tightening until",
            "risk.max_size = 5 until 2026-01-05T15:00:00Z x",
        ])
    func malformed(_ text: String) throws {
        #expect(LimitAssignment(text: text) == nil)
        var engine = fixture.makeEngine()
        engine.fold(change(text))
        #expect(engine.limits == fixture.limits)
    }

    @Test("tightening and loosening are told apart; a limit where there was none tightens")
    func direction() throws {
        _ = SymbolID("A")
        for (text, isTightening) in [
            ("risk.max_size = 10", true), ("risk.max_size = 9", true), ("risk.max_size = 11", false),
            ("risk.max_position = 1000", true), ("risk.symbols.A.max_size = 1000", true),
        ] {
            let change = try #require(LimitAssignment(text: text))
            #expect(LimitChanges(base: fixture.limits).isLoosening(change, at: .zero) == !isTightening)
        }
    }

    @Test(
        "what holds for a while is judged at every moment to come",
        arguments: [
            // Two persons allow 50 until 00:10, where 10 is the rule.
            ("50 until 1970-01-01T00:10:00Z", "50", 0, true),
            ("50 until 1970-01-01T00:10:00Z", "50 until 1970-01-01T00:20:00Z", 0, true),
            ("50 until 1970-01-01T00:10:00Z", "50 until 1970-01-01T00:10:00Z", 0, false),
            ("50 until 1970-01-01T00:10:00Z", "40 until 1970-01-01T00:10:00Z", 0, false),
            ("50 until 1970-01-01T00:10:00Z", "50 until 1970-01-01T00:05:00Z", 0, false),
            ("50 until 1970-01-01T00:10:00Z", "10", 0, false),
            ("50 until 1970-01-01T00:10:00Z", "11", 0, true),
            // It is over, told or not.
            ("50 until 1970-01-01T00:10:00Z", "40 until 1970-01-01T00:20:00Z", 600, true),
            // One person has tightened to 2 until 00:10: nobody lifts it alone.
            ("2 until 1970-01-01T00:10:00Z", "2 until 1970-01-01T00:05:00Z", 0, true),
            ("2 until 1970-01-01T00:10:00Z", "10", 0, true),
            ("2 until 1970-01-01T00:10:00Z", "2", 0, false),
            ("2 until 1970-01-01T00:10:00Z", "1 until 1970-01-01T00:20:00Z", 0, false),
            ("2 until 1970-01-01T00:10:00Z", "10", 600, false),
            ("2", "2 until 1970-01-01T00:05:00Z", 0, false), ("2", "3 until 1970-01-01T00:05:00Z", 0, true),
        ])
    func atEveryMoment(_ held: String, _ asked: String, _ second: Int64, _ isLoosening: Bool) throws {
        var changes = LimitChanges(base: fixture.limits)
        let before = try #require(LimitAssignment(text: "risk.max_size = " + held))
        _ = changes.make(before, by: "uid:1+uid:2", at: .zero)
        let change = try #require(LimitAssignment(text: "risk.max_size = " + asked))
        #expect(
            changes.isLoosening(change, at: Timestamp(nanoseconds: second * 1_000_000_000)) == isLoosening)
    }

    @Test("a change that was free when it was asked for and loosens when its turn comes is not made")
    func race() throws {
        var engine = fixture.makeEngine()
        // Both persons saw 10; the other one was quicker.
        engine.fold(change("risk.max_size = 5 tightening"))
        engine.fold(change("risk.max_size = 8 tightening"))
        #expect(engine.limits.maxSize == (try Quantity("5")))
        engine.fold(change("risk.max_size = 8"))
        #expect(engine.limits.maxSize == (try Quantity("8")))
    }

    @Test("a name that nobody has named is no limit's, and asking does not make it known")
    func names() {
        for name in ["symbols.NOBODY.EVER.max_size", "strategies.nobody_ever.max_size"] {
            #expect(LimitAssignment.limit(named: "risk." + name) == nil)
        }
        #expect(SymbolID.known("NOBODY.EVER") == nil && StrategyID.known("nobody_ever") == nil)
    }

    @Test(
        "what the settings would not take is told: foreign names, numbers out of range, sizes off the lot",
        arguments: [
            ("risk.max_size = 10", nil), ("risk.max_size = 2.5", "multiple of the lot, which is 1"),
            ("risk.max_position = 2.5", "multiple of the lot"), ("risk.max_exposure = 2.5", nil),
            ("risk.symbols.RISK.GOLD.max_size = 0.5", "multiple of the lot"),
            ("risk.symbols.RISK.GOLD.max_size = 3", nil),
            ("risk.strategies.limit_known.max_size = 0.5", "multiple of the lot"),
            ("risk.strategies.limit_known.max_size = 3", nil),
            ("risk.strategies.limit_foreign.max_size = 3", "limit_foreign is no strategy"),
            ("risk.symbols.LIMIT.FOREIGN.max_size = 3", "LIMIT.FOREIGN is no instrument"),
            ("risk.passive_band_bps = 1000000000", "from 1 to 9999"), ("risk.passive_band_bps = 9999", nil),
            ("risk.price_collar_bps = 1000001", "from 1 to 1000000"),
            ("risk.max_open_orders = 10001", "from 1 to 10000"),
            ("risk.orders_per_second = 1000000", nil),
        ] as [(String, String?)])
    func faults(_ text: String, _ words: String?) throws {
        _ = (SymbolID("LIMIT.FOREIGN"), StrategyID("limit_foreign"))
        let strategy = StrategyID("limit_known")
        let change = try #require(LimitAssignment(text: text))
        let fault = change.fault(fixture.limits, strategies: [strategy])?.text
        #expect(words.map { fault?.contains($0) == true } ?? (fault == nil), "\(fault ?? "no fault")")
    }

    @Test(
        "a loss at which orders are refused stays below the one at which trading stops by itself",
        arguments: [
            ("risk.max_day_loss = 499.99", nil), ("risk.max_day_loss = 500", "day_loss.limit (500)"),
            ("risk.max_day_loss = 501", "day_loss.limit (500)"), ("risk.max_drawdown = 749", nil),
            ("risk.max_drawdown = 750 until 2026-01-05T15:00:00Z", "drawdown.limit (750)"),
            ("risk.account_equity = 1000000", nil),
        ] as [(String, String?)])
    func trips(_ text: String, _ words: String?) throws {
        var trips = TripLimits()
        trips.dayLoss = Money(try Price("500"))
        trips.drawdown = Money(try Price("750"))
        let change = try #require(LimitAssignment(text: text))
        let fault = change.fault(fixture.limits, trips: trips, strategies: [])
        #expect(words.map { fault?.text.contains($0) == true } ?? (fault == nil))
        #expect(fault == nil || fault?.member == "value")
        // A trip that is off stops nothing.
        #expect(change.fault(fixture.limits, trips: .off, strategies: []) == nil)
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
