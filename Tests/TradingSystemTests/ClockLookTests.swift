import Platform
import Risk
import Testing

@testable import TradingSystem

@Suite("Looking at the wall clock")
struct ClockLookTests {
    private let good = ClockQuality(isSynchronised: true, error: 1_000_000)

    @Test("the first look is told, and afterwards what changes: at the limit it is good, beyond it is not")
    func changes() {
        var look = ClockLook(most: 1_000_000, stepLimit: 100_000_000)
        #expect(
            look.look(good, wall: 0, anchored: 0) == ClockObservation(isSynchronised: true, error: 1_000_000))
        #expect(look.look(good, wall: 10, anchored: 10) == nil)
        let worse = ClockQuality(isSynchronised: true, error: 1_000_001)
        #expect(look.look(worse, wall: 20, anchored: 20)?.isSynchronised == false)
        #expect(look.look(worse, wall: 30, anchored: 30) == nil)
        #expect(look.look(nil, wall: 40, anchored: 40) == nil)
        #expect(look.look(good, wall: 50, anchored: 50)?.isSynchronised == true)
    }

    @Test("a clock that was set is told, forwards beyond the limit and back beyond noise; slewing is not")
    func steps() {
        var look = ClockLook(most: 1_000_000, stepLimit: 100_000_000)
        _ = look.look(good, wall: 5_000, anchored: 5_000)
        #expect(look.look(good, wall: 100_005_000, anchored: 5_000) == nil)
        #expect(look.look(good, wall: 200_005_001, anchored: 5_000)?.step == 100_000_001)
        #expect(look.look(good, wall: 199_505_001, anchored: 5_000) == nil)
        #expect(look.look(good, wall: 197_505_001, anchored: 5_000)?.step == -2_000_000)
    }
}
