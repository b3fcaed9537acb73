import TWSClient
import Testing
import TradingModel

@testable import MarketData

/// A plan without anything around it; time moves by hand.
private struct PlanRig {
    var plan: StreamFallback
    var now = Timestamp(nanoseconds: 1_790_000_000_000_000_000)
    var actions: [StreamAction] = []

    init(_ change: (inout InstrumentWishes) -> Void = { _ in }) {
        var wishes = InstrumentWishes(symbol: SymbolID("PLAN.GOLD") ?? .none)
        change(&wishes)
        plan = StreamFallback(wishes, IBKREventsOptions(instruments: [wishes]))
        for role in plan.wanted {
            plan.opened(role, at: now)
            tell(.requested, role)
        }
    }

    mutating func tell(_ notice: StreamNotice, _ role: StreamRole) {
        plan.take(notice, role, slot: 0, at: now, &actions)
    }

    mutating func data(_ role: StreamRole) { plan.dataCame(role, at: now) }

    mutating func pass(_ seconds: Double, isOpen: Bool = true) -> [StreamAction] {
        now = now.advanced(by: Int64(seconds * 1e9))
        _ = plan.poll(now, openSince: isOpen ? Timestamp(nanoseconds: .min) : nil, slot: 0, &actions)
        defer { actions.removeAll() }
        return actions
    }
}

@Suite("Fallback of streams")
struct StreamFallbackTests {
    @Test(
        "a refusal of tick by tick leaves level 1 as the supply, and is tried again after 30 s, doubling to 10 minutes",
        arguments: [10_189, 10_190, 10_186, 10_187, 354, 10_089, 10_168, 322, 200] as [Int32])
    func refusals(_ code: Int32) {
        var rig = PlanRig()
        rig.data(.level1)
        rig.tell(.refused(code: code, text: ""), .quotes)
        #expect(rig.plan.quoteSupply == .level1 && rig.actions.isEmpty)
        var waits: [Int] = []
        for _ in 0..<7 {
            var seconds = 0
            repeat { seconds += 1 } while rig.pass(1) != [.retry(slot: 0, .quotes)] && seconds < 1_000
            waits.append(seconds)
            rig.data(.level1)
            rig.tell(.refused(code: code, text: ""), .quotes)
        }
        #expect(waits == [30, 60, 120, 240, 480, 600, 600])
    }

    @Test("another session of the user is waited for longer")
    func competing() {
        var rig = PlanRig()
        rig.tell(.ended(code: 10_197, text: ""), .quotes)
        var seconds = 0
        repeat { seconds += 1 } while !rig.pass(1).contains(.retry(slot: 0, .quotes)) && seconds < 1_000
        #expect(seconds == 120)
    }

    @Test("a stream that has flowed for a minute begins anew with the first wait")
    func forgiven() {
        var rig = PlanRig()
        for _ in 0..<4 { rig.tell(.refused(code: 10_190, text: ""), .depth) }
        #expect(rig.plan[.depth].failures == 4)
        rig.data(.depth)
        rig.now = rig.now.advanced(by: 61_000_000_000)
        rig.tell(.ended(code: 316, text: ""), .depth)
        #expect(rig.plan[.depth].failures == 1)
    }

    @Test(
        "without a subscription delayed data are asked for, once; live data come back by the gateway's word")
    func delayed() {
        var rig = PlanRig()
        rig.tell(.refused(code: 354, text: ""), .level1)
        #expect(rig.actions == [.close(slot: 0, .level1), .open(slot: 0, .level1)] && rig.plan.asksDelayed)
        rig.actions = []
        rig.tell(.requested, .level1)
        rig.data(.level1)
        #expect(rig.plan.quoteSupply == .level1 && !rig.plan.isLevel1Live)
        rig.tell(.refused(code: 354, text: ""), .level1)
        #expect(rig.actions.isEmpty && rig.plan.quoteSupply == .nobody)
        rig.tell(.requested, .level1)
        rig.plan.level1Is(1, at: rig.now)
        #expect(rig.plan.isLevel1Live)
        rig.plan.level1Is(3, at: rig.now)
        #expect(!rig.plan.isLevel1Live)
    }

    @Test("level 1 is opened when it is needed, where it is not kept")
    func onDemand() {
        var rig = PlanRig { $0.keepsLevel1 = false }
        #expect(rig.plan.wanted == [.quotes, .trades, .depth])
        rig.tell(.waiting(.tickByTickInterval), .trades)
        #expect(rig.actions.isEmpty)
        rig.tell(.waiting(.noLine), .quotes)
        rig.tell(.refused(code: 309, text: ""), .depth)
        #expect(rig.actions == [.open(slot: 0, .level1)])
    }

    @Test(
        "after an interruption streams that had flowed must flow again within 5 s, while the market is open")
    func resumed() {
        var rig = PlanRig()
        rig.data(.quotes)
        rig.data(.depth)
        for role in StreamRole.allCases {
            rig.tell(.interrupted(code: 2_103), role)
            rig.tell(.resumed(code: 2_104), role)
        }
        #expect(rig.pass(4.9) == [])
        rig.data(.depth)
        #expect(rig.pass(0.2) == [.retry(slot: 0, .quotes)], "depth flows, the others never had")
        var closed = PlanRig()
        closed.data(.quotes)
        closed.tell(.resumed(code: 1_102), .quotes)
        #expect(closed.pass(60, isOpen: false) == [])
    }

    @Test("prints need not come again by then where level 1 shows what is missed")
    func resumedPrints() {
        for hasLevel1 in [true, false] {
            var rig = PlanRig()
            rig.data(.trades)
            if hasLevel1 { rig.data(.level1) }
            rig.tell(.interrupted(code: 1_100), .trades)
            rig.tell(.resumed(code: 1_102), .trades)
            if hasLevel1 { rig.data(.level1) }
            #expect(rig.pass(5.1) == (hasLevel1 ? [] : [.retry(slot: 0, .trades)]))
            #expect(rig.plan[.trades].interruption == 0)
        }
    }

    @Test("prints have one source: level 1 only while tick by tick is not on the wire")
    func onePrintSource() {
        var rig = PlanRig()
        rig.data(.level1)
        #expect(rig.plan.tradeSupply == .tickByTick, "asked for")
        rig.tell(.refused(code: 10_189, text: ""), .trades)
        #expect(rig.plan.tradeSupply == .level1)
        rig.tell(.requested, .trades)
        #expect(rig.plan.tradeSupply == .tickByTick)
        _ = rig.pass(1.1)
        rig.plan.level1Moved(.trades, at: rig.now)
        _ = rig.pass(0.3)
        rig.plan.level1Moved(.trades, at: rig.now)
        _ = rig.pass(1.8)
        #expect(rig.plan.tradeSupply == .level1, "volume rises and no print comes")
    }

    @Test("no print is no fault, no quote and no row is one, after 10 s of an open market")
    func firstData() {
        var rig = PlanRig()
        #expect(rig.pass(10.1, isOpen: false) == [])
        #expect(rig.plan[.quotes].phase == .asked)
        _ = rig.pass(0.1)
        #expect(rig.plan[.quotes].phase == .silent && rig.plan[.depth].phase == .silent)
        #expect(rig.plan[.trades].phase == .asked && rig.plan[.trades].isOverdue)
    }

    @Test("a stream that has been quiet for half a minute of an open market is asked for again")
    func doubted() {
        var rig = PlanRig()
        for role in StreamRole.allCases { rig.data(role) }
        #expect(rig.pass(29) == [])
        #expect(rig.pass(2) == [.retry(slot: 0, .quotes), .retry(slot: 0, .depth), .retry(slot: 0, .level1)])
        #expect(rig.pass(20) == [], "it is on its way")
    }
}

@Suite("Streams after an interruption")
struct InterruptedStreamTests {
    @Test(
        "every word that link or farm are well again starts the check of what had flowed",
        arguments: [1_102, 2_104, 2_108] as [Int32])
    func checked(_ code: Int32) {
        var rig = PlanRig()
        for role in [StreamRole.quotes, .depth, .level1] {
            rig.data(role)
            rig.tell(.interrupted(code: 2_103), role)
            rig.tell(.resumed(code: code), role)
        }
        rig.data(.depth)
        #expect(rig.pass(5.1) == [.retry(slot: 0, .quotes), .retry(slot: 0, .level1)])
    }

    @Test("a farm that rests, without an interruption, raises no doubt; one that is well does")
    func dormant() {
        var rig = PlanRig()
        rig.data(.quotes)
        rig.tell(.resumed(code: 2_108), .quotes)
        #expect(rig.plan[.quotes].isSteady && rig.pass(5.1) == [])
        rig.tell(.resumed(code: 2_104), .quotes)
        #expect(rig.pass(5.1) == [.retry(slot: 0, .quotes)])
    }

    @Test("prints without what is unreported are checked, as the day volume cannot show that one was missed")
    func last() {
        var rig = PlanRig { $0.trades = .last }
        rig.data(.trades)
        rig.data(.level1)
        rig.tell(.interrupted(code: 1_100), .trades)
        rig.tell(.resumed(code: 1_102), .trades)
        #expect(rig.pass(5.1) == [.retry(slot: 0, .trades)])
    }

    @Test("an interruption of which no end is told is doubted after the longest wait")
    func endless() {
        var rig = PlanRig()
        rig.data(.quotes)
        rig.tell(.interrupted(code: 2_103), .quotes)
        #expect(!rig.pass(599).contains(.retry(slot: 0, .quotes)))
        #expect(rig.pass(2).contains(.retry(slot: 0, .quotes)))
    }

    @Test("what is not subscribed is not interrupted any more, and not checked, once all is well")
    func others() {
        var rig = PlanRig()
        for role in StreamRole.allCases {
            rig.tell(.interrupted(code: 1_100), role)
            rig.tell(.resumed(code: 1_102), role)
            #expect(rig.plan[role].interruption == 0 && rig.plan[role].checkAt == nil)
        }
    }

    @Test("a loss leaves nothing of what was known: no failures, no retry, no word that it had flowed")
    func lost() {
        var rig = PlanRig()
        rig.data(.trades)
        for _ in 0..<4 { rig.tell(.ended(code: 10_182, text: ""), .trades) }
        rig.tell(.lost, .trades)
        let state = rig.plan[.trades]
        #expect(state.failures == 0 && state.retryAt == nil && !state.hasFlowed)
        #expect(!rig.pass(700).contains(.retry(slot: 0, .trades)))
        rig.tell(.requested, .trades)
        rig.tell(.resumed(code: 1_102), .trades)
        #expect(!rig.pass(6).contains(.retry(slot: 0, .trades)), "it has not flowed in this session")
    }
}
