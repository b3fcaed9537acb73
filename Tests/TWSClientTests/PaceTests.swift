import TestSupport
import Testing

@testable import TWSClient

@Suite("pace")
struct PaceTests {
    private static let second: UInt64 = 1_000_000_000

    /// The most instants of `times` in any window of one second; ascending.
    static func fullest(_ times: [UInt64]) -> Int {
        var most = 0
        var first = 0
        for last in times.indices {
            while times[last] - times[first] >= second { first += 1 }
            most = max(most, last - first + 1)
        }
        return most
    }

    @Test("no second sees more than the limit, whatever comes when")
    func window() {
        var random = TestRandom(seed: TestSeed.value("PACE_SEED"))
        for _ in 0..<200 {
            let limit = 1 + Int(random.below(60))
            var pace = Pace(limit: limit)
            var now: UInt64 = random.below(10) * Self.second
            var times: [UInt64] = []
            for _ in 0..<400 {
                now += random.below(3) == 0 ? random.below(Self.second) : random.below(5_000_000)
                let rank = Pace.Rank.allCases[Int(random.below(3))]
                guard pace.due(rank) <= now else { continue }
                pace.spend(at: now)
                times.append(now)
            }
            #expect(Self.fullest(times) <= limit)
            #expect(!times.isEmpty)
        }
    }

    @Test("all of a second's messages may leave at once, and the next a second later")
    func burst() {
        var pace = Pace(limit: 45)
        for _ in 0..<45 {
            #expect(pace.due(.cancel) <= 7)
            pace.spend(at: 7)
        }
        #expect(pace.due(.cancel) == 7 + Pace.window)
        #expect(Pace.window >= Self.second)
    }

    @Test("requests leave tokens for orders, orders for cancels")
    func ranks() {
        var pace = Pace(limit: 45)
        for _ in 0..<36 { pace.spend(at: 1) }
        #expect(pace.due(.request) == 1 + Pace.window)
        #expect(pace.due(.order) <= 1)
        for _ in 36..<40 { pace.spend(at: 1) }
        #expect(pace.due(.order) == 1 + Pace.window)
        #expect(pace.due(.cancel) <= 1)
    }

    @Test("with a limit of one, every rank gets its turn", arguments: Pace.Rank.allCases)
    func one(rank: Pace.Rank) {
        var pace = Pace(limit: 1)
        #expect(pace.due(rank) <= 0)
        pace.spend(at: 5)
        #expect(pace.due(rank) == 5 + Pace.window)
    }

    @Test("several together wait for as many tokens")
    func together() {
        var pace = Pace(limit: 5)
        for time in 1...4 { pace.spend(at: UInt64(time)) }
        #expect(pace.due(.cancel, count: 1) <= 4)
        #expect(pace.due(.cancel, count: 3) == 2 + Pace.window)
    }

    @Test("after code 100 nothing leaves until then, and less afterwards until a new session")
    func holdOff() {
        var pace = Pace(limit: 10)
        pace.holdOff(until: 500)
        #expect(pace.due(.cancel) == 500)
        #expect(pace.limit == 8)
        for _ in 0..<100 { pace.holdOff(until: 400) }
        #expect(pace.limit == 1)
        #expect(pace.due(.cancel) == 500)
        pace.beginSession()
        #expect(pace.limit == 10)
        #expect(pace.due(.cancel) == 0)
    }

    @Test("a clock that is behind by a thread counts as the last time", arguments: [3, 45])
    func lateClock(limit: Int) {
        var pace = Pace(limit: limit)
        pace.spend(at: 1_000)
        for _ in 1..<limit { pace.spend(at: 900) }
        #expect(pace.due(.cancel) == 1_000 + Pace.window)
    }

    @Test("limits without sense are brought into range", arguments: [(-5, 1), (0, 1), (1 << 40, 10_000)])
    func limits(limit: Int, used: Int) {
        #expect(Pace(limit: limit).limit == used)
    }
}
