import TestSupport
import Testing
import TradingModel

@testable import Risk

@Suite("Trips: losses, silence, connections")
struct TripStateTests {
    @Test(
        "a loss trips to reduce at its limit and to halt at 120 %; profits and smaller losses do not",
        arguments: [("90.1", 0), ("90", 1), ("89.9", 1), ("88.1", 1), ("88", 2), ("50", 2), ("150", 0)])
    func dayLoss(_ mid: String, _ steps: Int) throws {
        var rig = try TripRig { $0.dayLoss = Money(Price(rawValue: 100_000_000_000)) }
        try rig.trade(.buy, "10", at: "100")
        let mid = try Price(mid)
        try rig.tick(
            "\(Price(rawValue: mid.rawValue - 1_000_000_000))",
            "\(Price(rawValue: mid.rawValue + 1_000_000_000))")
        let expected = [[], ["day_loss reduce all"], ["day_loss halt all"]]
        #expect(rig.tripped == expected[steps])
    }

    @Test("the level rises, and never falls by itself")
    func rising() throws {
        var rig = try TripRig { $0.dayLoss = Money(Price(rawValue: 100_000_000_000)) }
        try rig.trade(.buy, "10", at: "100")
        for (bid, ask) in [("89", "90"), ("99", "100"), ("86", "88"), ("99", "101"), ("80", "81")] {
            try rig.tick(bid, ask)
        }
        #expect(rig.tripped == ["day_loss reduce all", "day_loss halt all"])
        #expect(rig.monitor.records.map(\.level) == [.halt])
    }

    @Test("crossed and locked quotes mark nothing")
    func crossed() throws {
        var rig = try TripRig { $0.dayLoss = Money(Price(rawValue: 100_000_000_000)) }
        try rig.trade(.buy, "10", at: "100")
        try rig.tick("50", "50")
        try rig.tick("50", "49")
        #expect(rig.tripped.isEmpty)
    }

    @Test("a result in another currency counts at its rate and multiplier")
    func currency() throws {
        // 1 × 2 × 1.5 = 3 a point.
        var rig = try TripRig { $0.dayLoss = Money(Price(rawValue: 30_000_000_000)) }
        try rig.trade(.sell, "1", at: "100", of: rig.euro)
        try rig.tick("109.8", "110", of: rig.euro)
        #expect(rig.tripped.isEmpty)
        try rig.tick("109.9", "110.1", of: rig.euro)
        #expect(rig.tripped == ["day_loss reduce all"])
    }

    @Test("what was realised stays lost, and a new day begins with it")
    func realised() throws {
        var rig = try TripRig { $0.dayLoss = Money(Price(rawValue: 100_000_000_000)) }
        try rig.trade(.buy, "9", at: "100")
        try rig.trade(.sell, "9", at: "90")
        #expect(rig.tripped.isEmpty)
        rig.pass(86_400 * second)
        try rig.trade(.buy, "9", at: "100")
        try rig.trade(.sell, "9", at: "90")
        #expect(rig.tripped.isEmpty)
        try rig.trade(.buy, "1", at: "100")
        try rig.trade(.sell, "1", at: "90")
        #expect(rig.tripped == ["day_loss reduce all"])
    }

    @Test("the fall from the best result trips at its limit")
    func drawdown() throws {
        var rig = try TripRig { $0.drawdown = Money(Price(rawValue: 100_000_000_000)) }
        try rig.trade(.buy, "10", at: "100")
        try rig.tick("119", "121")
        try rig.tick("109.1", "111.1")
        #expect(rig.tripped.isEmpty)
        try rig.tick("109", "111")
        #expect(rig.tripped == ["drawdown reduce all"])
    }

    @Test("a lost broker trips after its time, with orders at work only", arguments: [0, 1] as [Int64])
    func disconnect(_ more: Int64) throws {
        var rig = try TripRig { $0.disconnectAfter = 10 * second }
        try rig.decide()
        rig.notify(.brokerLost)
        #expect(rig.monitor.waitsForTime)
        rig.pass(10 * second + more)
        rig.tell()
        #expect(rig.tripped == (more == 0 ? [] : ["disconnect reduce all"]))
    }

    @Test("a broker that is back in time, or is missed by nobody, trips nothing")
    func reconnect() throws {
        var rig = try TripRig { $0.disconnectAfter = 10 * second }
        rig.notify(.brokerLost)
        rig.pass(60 * second)
        rig.tell()
        rig.notify(.brokerReady)
        try rig.decide()
        rig.notify(.brokerLost)
        rig.pass(9 * second)
        rig.notify(.brokerUnreconciled)
        rig.pass(9 * second)
        rig.tell()
        #expect(rig.tripped.isEmpty && !rig.monitor.waitsForTime)
    }

    @Test("a loss that is told twice counts from the first time")
    func lostTwice() throws {
        var rig = try TripRig { $0.disconnectAfter = 10 * second }
        try rig.decide()
        rig.notify(.brokerLost)
        rig.pass(6 * second)
        rig.notify(.brokerLost)
        rig.pass(5 * second)
        rig.tell()
        #expect(rig.tripped == ["disconnect reduce all"])
    }

    /// Gold with a position falls silent; `euro` ticks as long as it is told to.
    private func silent(
        holding: Bool = true, tells: Bool = true, euro: Bool = true, gone: Bool = false, for seconds: Int,
        more: Int64
    ) throws -> TripRig {
        var rig = try TripRig { $0.staleAfter = 10 * second }
        try rig.tick("99", "101", of: rig.euro)
        if holding { try rig.trade(.buy, "1", at: "100") }
        try rig.tick("99", "101")
        if gone { rig.notify(.brokerLost) }
        for step in 1...seconds {
            rig.pass(second)
            if euro { try rig.tick("99", "10\(step % 9)", of: rig.euro) }
            if step == 3 && tells {
                rig.fold(
                    .feedStatus(FeedStatus(stream: .quotes, quality: .stale, reason: "")), rig.gold.symbol)
            }
        }
        rig.pass(more)
        rig.tell()
        return rig
    }

    @Test("a silent instrument trips after its time, alone")
    func stale() throws {
        #expect(try silent(for: 9, more: second - 1).tripped.isEmpty)
        #expect(try silent(for: 10, more: 0).tripped.isEmpty)
        let rig = try silent(for: 10, more: second)
        #expect(rig.tripped == ["stale_feed reduce symbol:TRIP.GOLD"])
    }

    @Test(
        "silence trips not while nothing is at stake, out of session, or with everybody silent; but with a lost broker"
    )
    func staleExceptions() throws {
        #expect(try silent(holding: false, for: 12, more: 0).tripped.isEmpty)
        #expect(try silent(tells: false, for: 12, more: 0).tripped.isEmpty)
        #expect(try silent(euro: false, for: 12, more: 0).tripped.isEmpty)
        #expect(
            try silent(euro: false, gone: true, for: 12, more: 0).tripped == [
                "stale_feed reduce symbol:TRIP.GOLD"
            ])
    }
}

@Suite("Trips: clock")
struct TripClockTests {
    private func rig() throws -> TripRig {
        try TripRig {
            $0.unsynchronisedAfter = 60 * second
            $0.clockStep = 100_000_000
        }
    }

    private func say(_ rig: inout TripRig, _ isSynchronised: Bool, step: Int64 = 0) {
        let seen = ClockObservation(isSynchronised: isSynchronised, error: 1_000, step: step)
        rig.fold(.system(seen.notice), source: .clock)
    }

    @Test(
        "a clock that is not synchronised trips after its time, not at it", arguments: [-1, 0, 1] as [Int64])
    func unsynchronised(_ more: Int64) throws {
        var rig = try rig()
        say(&rig, false)
        #expect(rig.monitor.waitsForTime)
        rig.pass(60 * second + more)
        rig.tell()
        #expect(rig.tripped == (more > 0 ? ["clock reduce all"] : []))
    }

    @Test("a clock that is right again in time trips nothing; told again, it counts from the first time")
    func again() throws {
        var rig = try rig()
        say(&rig, false)
        rig.pass(59 * second)
        say(&rig, true)
        rig.pass(60 * second)
        rig.tell()
        #expect(rig.tripped.isEmpty && !rig.monitor.waitsForTime)
        say(&rig, false)
        rig.pass(40 * second)
        say(&rig, false)
        rig.pass(21 * second)
        rig.tell()
        #expect(rig.tripped == ["clock reduce all"])
    }

    @Test(
        "a step trips beyond its limit; one back trips at once",
        arguments: [(99_999_999, 0), (100_000_000, 0), (100_000_001, 1), (-500_000, 0), (-2_000_000, 1)]
            as [(Int64, Int)])
    func step(_ step: Int64, _ count: Int) throws {
        var rig = try rig()
        say(&rig, true, step: step)
        #expect(rig.tripped.count == count)
        rig.notify(.tripCleared, detail: "clock")
        rig.notify(.killSwitchReleased)
        #expect(rig.tripped.count == count)
    }

    @Test("an observation reads back as written; anything else is none")
    func text() {
        for seen in [
            ClockObservation(isSynchronised: true, error: 5, step: -7),
            ClockObservation(isSynchronised: false, error: .max, step: .min),
        ] { #expect(ClockObservation(seen.notice) == seen) }
        for detail in [
            "", "synchronised=1", "synchronised=2 error_ns=1 step_ns=0",
            "synchronised=1 error_ns=-1 step_ns=0",
        ] {
            #expect(ClockObservation(SystemNotice(.clockRead, actor: "clock", detail: detail)) == nil)
        }
        #expect(
            ClockObservation(
                SystemNotice(.armed, actor: "clock", detail: "synchronised=1 error_ns=1 step_ns=0")) == nil)
    }
}
