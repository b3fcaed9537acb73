import Risk
import Testing
import TradingModel

@Suite("Kill latches")
struct KillLatchesTests {
    private let gold: SymbolID
    private let silver: SymbolID
    private let momentum = StrategyID("latches_momentum")

    init() throws {
        gold = try #require(SymbolID("LATCH.GOLD"))
        silver = try #require(SymbolID("LATCH.SILVER"))
    }

    private func latch(_ level: KillLevel, _ scope: KillScope, _ actor: String = "uid:1") -> KillLatch {
        KillLatch(level, scope, actor: actor, since: Timestamp(nanoseconds: 1))
    }

    @Test("an order meets the strictest level of all scopes that contain it")
    func strictest() {
        var latches = KillLatches()
        #expect(latches.level(momentum, gold) == nil)
        latches.engage(latch(.reduce, .all))
        latches.engage(latch(.flatten, .symbol(gold)))
        latches.engage(latch(.halt, .strategy(momentum)))
        #expect(latches.level(momentum, gold) == .flatten)
        #expect(latches.level(momentum, silver) == .halt)
        #expect(latches.level(.manual, silver) == .reduce)
        #expect(latches.latches.map(\.scope) == [.all, .strategy(momentum), .symbol(gold)])
    }

    @Test("a latch is raised, never lowered, by engaging again, and keeps who set it")
    func raising() {
        var latches = KillLatches()
        let changes = [
            latches.engage(latch(.halt, .all, "uid:1")), latches.engage(latch(.reduce, .all, "uid:2")),
            latches.engage(latch(.halt, .all, "uid:2")),
        ]
        #expect(changes == [true, false, false] && latches.forAll?.actor == "uid:1")
        latches.engage(latch(.flatten, .all, "uid:2"))
        #expect(latches.forAll == latch(.flatten, .all, "uid:2"))
    }

    @Test("a release lowers or ends the latch of its own scope alone")
    func release() {
        var latches = KillLatches()
        latches.engage(latch(.halt, .all))
        latches.engage(latch(.halt, .symbol(gold)))
        let vain = [latches.release(.all, to: .halt), latches.release(.symbol(silver))]
        #expect(vain == [false, false])
        let lowered = latches.release(.all, to: .reduce)
        #expect(lowered && latches.forAll?.level == .reduce)
        let ended = latches.release(.all)
        #expect(ended && latches.level(.manual, silver) == nil)
        #expect(latches.level(.manual, gold) == .halt && !latches.isEmpty)
    }

    @Test(
        "a scope is read back from its text",
        arguments: ["all", "strategy:latches_momentum", "symbol:LATCH.GOLD"])
    func text(_ text: String) throws {
        #expect(try #require(KillScope(text: text)).text == text)
    }

    @Test(
        "what names nobody is no scope",
        arguments: ["", "All", "symbol", "symbol:", "strategy:", "desk:1", "symbol:a b"])
    func wrongText(_ text: String) { #expect(KillScope(text: text) == nil) }
}
