import Dispatch
import Messaging
import OrderFlow
import Platform
import Risk
import Testing
import TradingModel

@testable import ControlPlane
@testable import TradingSystem

/// Faults that no gateway can be made to have: told to a daemon that runs, by who finds them.
@Suite("Faults in the sequence")
struct FaultStageTests {
    private let rig: DaemonRig
    private let session: TradingSession

    init() throws {
        rig = try DaemonRig()
        session = try #require(rig.daemon.current).session
    }

    private func held(_ fault: Fault) -> [String] {
        session.bus.query { $0.faults.held.filter { $0.fault == fault }.map(\.subject) }
    }

    private func count(_ fault: Fault) -> UInt64 { session.bus.query { $0.faults[fault].count } }

    /// What is told from another queue comes within a moment.
    private func eventually(_ condition: () -> Bool) -> Bool {
        session.wait(atMost: 30_000_000_000, until: condition)
    }

    private func tell(_ status: FeedStatus) throws {
        let now = UTCClock.now()
        session.bus.publish(
            MarketEvent(
                timestamp: now, receivedAt: now, symbol: try #require(SymbolID("FAULTY")), source: .clock,
                payload: .feedStatus(status)))
    }

    @Test("a stream has one fault at a time; the same one told again is no second")
    func crossed() throws {
        try tell(FeedStatus(stream: .depth, quality: .reset, reason: "\(FeedStatus.Words.crossed)"))
        #expect(eventually { held(.feedCrossed) == ["FAULTY depth"] } && count(.feedCrossed) == 1)
        try tell(FeedStatus(stream: .depth, quality: .reset, reason: "\(FeedStatus.Words.unsorted)"))
        #expect(eventually { held(.feedCrossed) == ["FAULTY depth"] } && count(.feedCrossed) == 1)
        try tell(FeedStatus(stream: .depth, quality: .stale, reason: "nothing for too long"))
        #expect(eventually { held(.feedCrossed).isEmpty && held(.feedStale) == ["FAULTY depth"] })
        try tell(FeedStatus(stream: .quotes, quality: .live, reason: "tick by tick"))
        #expect(held(.feedStale) == ["FAULTY depth"])
        try tell(FeedStatus(stream: .depth, quality: .live, reason: "rows"))
        #expect(eventually { held(.feedStale).isEmpty } && count(.feedStale) == 1)
    }

    @Test("what the settings ask for is no fault")
    func wanted() throws {
        for (quality, reason) in [
            (FeedStatus.Quality.unavailable, "no depth: off"), (.unavailable, "off: the ladder is the quote"),
            (.conflated, "level 1: as set"), (.conflated, "level 1: asked for"), (.live, "rows"),
        ] { #expect(FeedStatus(quality: quality, reason: reason).fault == nil, "\(reason)") }
        for (quality, reason, fault) in [
            (FeedStatus.Quality.unavailable, "no quotes: refused (200) none", Fault.feedUnavailable),
            (.conflated, "level 1: refused (10189) no", .feedLevel1),
            (.conflated, "level 1: silent", .feedLevel1),
            (.stale, "interrupted (2103)", .feedFarm),
            (.stale, "awaiting data after an interruption", .feedFarm),
            (.stale, "halted", .feedStale), (.reset, "cleared by the venue (317)", .feedReset),
            (.delayed, "delayed data", .feedDelayed), (.ended, "over", .feedUnavailable),
        ] { #expect(FeedStatus(quality: quality, reason: reason).fault == fault, "\(reason)") }
    }

    @Test("a feed that outran the bus: disarmed, and told")
    func overload() throws {
        session.feedLost(.unavailable, reason: "\(FeedStatus.Words.overload): events were lost")
        #expect(eventually { held(.infraOverload) == ["all"] })
        #expect(session.state == .disarmed)
    }

    @Test("an observer that misses events, until it has missed none for a while")
    func tap() throws {
        let queue = DispatchQueue(label: "slow")
        queue.suspend()
        defer { queue.resume() }
        let slow = session.bus.tap(
            "slow", EventFilter(types: [.system]), capacity: 1, policy: .dropOldest, on: queue
        ) { _ in }
        let watch = TapWatch(session) { [slow] }
        watch.look()
        #expect(count(.infraTap) == 0)
        for _ in 0..<4 { session.publish(.limitsChanged, actor: "test", reason: "", at: UTCClock.now()) }
        #expect(eventually { slow.dropped >= 3 })
        watch.look()
        #expect(eventually { held(.infraTap) == ["slow"] } && count(.infraTap) == 1)
        // What tells of it is an event, too, which the observer misses.
        #expect(eventually { slow.dropped >= 4 })
        watch.look()
        for _ in 1..<TapWatch.calm { watch.look() }
        #expect(eventually { held(.infraTap) == ["slow"] })
        watch.look()
        #expect(eventually { held(.infraTap).isEmpty } && count(.infraTap) == 1)
    }

    @Test("an exit that cannot be sent, until somebody gives it up")
    func exits() throws {
        let gold = try #require(SymbolID("XAUUSD"))
        #expect(eventually { session.bus.query { $0.engines.top(gold) } != nil })
        let ticket = OrderTicket(
            symbol: gold, side: .buy, type: .market, quantity: try Quantity("1"),
            timeInForce: .immediateOrCancel, takeProfit: try Price("9000"), token: "exits")
        session.publish(
            SystemNotice(.orderRequested, actor: "test", detail: ticket.text), at: UTCClock.now())
        #expect(eventually { held(.execExits).count == 1 })
        let entry = session.bus.query { $0.manual.entry(by: "test", "exits")?.id }
        #expect(held(.execExits) == [entry.map { "\($0)" }])
        session.publish(
            SystemNotice(
                .cancelRequested, actor: "test", detail: CancelWish.all(symbol: gold, strategy: .manual).text),
            at: UTCClock.now())
        #expect(eventually { held(.execExits).isEmpty } && count(.execExits) == 1)
    }

    @Test("a clock that was set")
    func clock() throws {
        let seen = ClockObservation(isSynchronised: true, error: 1_000, step: 5_000_000_000)
        session.publish(seen.notice, at: UTCClock.now())
        #expect(eventually { held(.infraClock) == ["clock all"] })
        #expect(eventually { rig.daemon.killSwitch.state.isEngaged })
    }

    @Test("a broken invariant stops trading until the daemon is started anew")
    func internalFault() throws {
        session.trip(.internal, "2 + 2 is 5")
        #expect(eventually { held(.infraInternal) == ["internal all"] })
        #expect(eventually { rig.daemon.killSwitch.isHalted })
    }

    @Test("a trip's fault ends with its release")
    func release() throws {
        session.trip(.latency, "slow")
        #expect(eventually { held(.infraQueue) == ["latency all"] })
        let change = rig.daemon.killSwitch.release(
            .all, to: nil, since: rig.daemon.killSwitch.engagements, by: "test", reason: "well again",
            at: UTCClock.now())
        #expect(change.hasChanged)
        #expect(eventually { held(.infraQueue).isEmpty })
        #expect(count(.infraQueue) == 1)
    }
}
