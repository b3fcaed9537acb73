import TWSClient
import TWSProtocol
import TestSupport
import Testing
import TradingModel

@testable import MarketData

@Suite("Volume between tick by tick and level 1")
struct VolumeBalanceTests {
    /// Level 1 counts from 100; tick by tick is only asked for.
    private func asked(_ trades: InstrumentWishes.Trades = .allLast) -> IBKRRig {
        let rig = IBKRRig("IBKR.VOLUME") { $0.instruments[0].trades = trades }
        rig.read([rig.price(4, "10"), rig.size(8, "100")])
        return rig
    }

    @Test("what rises while tick by tick is asked for in vain is told when it is refused, once")
    func refused() {
        let rig = asked()
        rig.read([rig.size(8, "107")])
        #expect(rig.sink.take().data == [], "tick by tick may still tell it")
        rig.notice(.refused(code: 10_189, text: ""), rig.trades)
        rig.read([rig.size(8, "109")])
        #expect(rig.sink.take().data == ["trade 10×7 unknown", "trade 10×2 unknown"])
    }

    @Test("what rose before tick by tick began is told, what it tells itself is not told again")
    mutating func handedOver() {
        var rig = asked()
        rig.read([rig.size(8, "107")])
        rig.pass(300)
        rig.read([rig.trade("11", "3")])
        rig.pass(200)
        rig.read([rig.price(4, "11"), rig.size(8, "110")])
        #expect(rig.sink.take().data == ["trade 11×3 unknown", "trade 11×7 unknown"])
        for volume in 111...115 {
            rig.pass(400)
            rig.read([rig.trade("11", "1")])
            rig.pass(200)
            rig.read([rig.size(8, "\(volume)")])
        }
        #expect(rig.sink.take().data == Array(repeating: "trade 11×1 unknown", count: 5))
    }

    @Test("level 1 that is ahead of tick by tick changes nothing")
    mutating func ahead() {
        var rig = asked()
        rig.read([rig.size(8, "103")])
        rig.read([rig.trade("10", "3")])
        rig.pass(500)
        rig.read([rig.trade("10", "5"), rig.size(8, "108")])
        for _ in 0..<30 { rig.pass(100) }
        #expect(rig.sink.take().data == ["trade 10×3 unknown", "trade 10×5 unknown"])
    }

    @Test("without another rise, what rose before is told a second after the first print")
    mutating func noFurtherRise() {
        var rig = asked()
        rig.read([rig.size(8, "107"), rig.trade("10", "3")])
        for _ in 0..<9 { rig.pass(100) }
        #expect(rig.sink.take().data == ["trade 10×3 unknown"])
        for _ in 0..<9 { rig.pass(100) }
        #expect(rig.sink.take().data == ["trade 10×4 unknown"], "three of the seven may be the print")
    }

    @Test("what level 1 repeats after tick by tick has ended is not told again; what it missed is")
    mutating func ended() {
        var rig = asked()
        rig.read([rig.trade("10", "3")])
        rig.pass(100)
        rig.notice(.ended(code: 10_182, text: ""), rig.trades)
        _ = rig.sink.take()
        rig.read([rig.size(8, "103")])
        #expect(rig.sink.take().data == [])
        rig.read([rig.size(8, "105")])
        #expect(rig.sink.take().data == ["trade 10×2 unknown"])
    }

    @Test("what rose while tick by tick fell silent is told when that is found out")
    mutating func silent() {
        var rig = asked()
        rig.read([rig.trade("10", "3")])
        rig.pass(200)
        rig.read([rig.size(8, "103")])
        _ = rig.sink.take()
        rig.pass(2_000)
        rig.read([rig.size(8, "104")])
        rig.pass(500)
        rig.read([rig.size(8, "106")])
        for _ in 0..<20 { rig.pass(100) }
        #expect(rig.sink.take().data == ["trade 10×3 unknown"])
        #expect(rig.streams.take().contains(.retry(.tickByTickTrades(includesUnreported: true))))
    }

    @Test("with Last, what level 1 counts besides is neither told nor kept")
    mutating func last() {
        var rig = asked(.last)
        rig.read([rig.size(8, "102")])
        rig.pass(5_000)
        rig.read([rig.size(8, "150")])
        rig.read([rig.last("10", "3")])
        rig.pass(200)
        rig.read([rig.size(8, "153")])
        #expect(rig.sink.take().data == ["trade 10×3 unknown", "trade 10×2 unknown"])
        rig.pass(5_000)
        rig.read([rig.size(8, "170")])
        rig.notice(.ended(code: 10_182, text: ""), rig.trades)
        #expect(rig.sink.take().data == [])
    }

    @Test(
        "the sum of both is the day's volume, however they are cut, where level 1 is late by less than a second"
    )
    func conserved() {
        var random = TestRandom(seed: TestSeed.value("VOLUME_SEED"))
        for _ in 0..<500 {
            var balance = VolumeBalance()
            var time = Timestamp(nanoseconds: 1_790_000_000_000_000_000)
            var (traded, published, toldByLevel1) = (Int64(0), Int64(0), Int64(0))
            func level1(_ flows: Bool, _ printedAt: Timestamp) {
                let rise = Quantity(rawValue: traded - toldByLevel1)
                toldByLevel1 = traded
                guard rise > .zero else { return }
                if flows {
                    published +=
                        balance.rose(by: rise, at: time, printedAt: printedAt, isWhole: true).rawValue
                } else {
                    balance.rose(by: rise, at: time)
                }
            }
            // Asked for: trades that only level 1 tells, some of them only after the first print.
            for _ in 0..<random.below(10) {
                time = time.advanced(by: 100_000_000)
                traded += Int64(random.below(50))
                if random.below(2) == 0 { level1(false, .zero) }
            }
            var (printedAt, catchesUpAt) = (time, time.advanced(by: 600_000_000))
            balance.handOver(at: time, isWhole: true)
            for _ in 0..<(1 + random.below(40)) {
                let size = 1 + Int64(random.below(50))
                traded += size
                published += size
                balance.printed(Quantity(rawValue: size))
                printedAt = time
                if random.below(2) == 0 { level1(true, printedAt) }
                time = time.advanced(by: Int64(random.below(300)) * 1_000_000)
                if random.below(3) == 0 || time > catchesUpAt {
                    level1(true, printedAt)
                    catchesUpAt = time.advanced(by: 600_000_000)
                }
            }
            // Level 1 catches up within its time; then tick by tick ends.
            level1(true, printedAt)
            time = time.advanced(by: 1_100_000_000)
            published += balance.endHandover(at: time).rawValue
            let rest = Int64(random.below(100))
            traded += rest
            level1(false, .zero)
            published += balance.release().rawValue
            #expect(published == traded)
        }
    }
}
