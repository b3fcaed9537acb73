import TestSupport
import Testing
import TradingModel

@testable import Risk

@Suite("Throttle window")
struct ThrottleTests {
    @Test("counts as a list of every acceptance does, through bursts and pauses")
    func twin() {
        var random = TestRandom(seed: TestSeed.value("THROTTLE_SEED"))
        var throttle = Throttle()
        var accepted: [Int64] = []
        var now: Int64 = 0
        for _ in 0..<20_000 {
            switch random.below(20) {
            case 0: now += Int64(random.below(130_000_000_000))
            case 1: now += 60_000_000_000
            case 2..<8: break
            default: now += Int64(random.below(300_000_000))
            }
            let expected = accepted.count { $0 > now - Throttle.window && $0 <= now }
            #expect(throttle.count(at: Timestamp(nanoseconds: now)) == expected)
            if random.below(4) > 0 {
                throttle.accept(at: Timestamp(nanoseconds: now))
                accepted.append(now)
            }
            if accepted.count > 2_000 { accepted.removeFirst(1_000) }
        }
    }
}
