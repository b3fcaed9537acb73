import TestSupport
import Testing
import TradingModel

@testable import Risk

@Suite("Trips: velocity")
struct VelocityTests {
    private static let trip = ["velocity reduce symbol:TRIP.GOLD"]

    /// 100 bps within 15 s: a bucket is a second.
    private func rig(_ bps: Int = 100, window: Int64 = 15 * second) throws -> TripRig {
        try TripRig {
            $0.velocityBps = bps
            $0.velocityWindow = window
        }
    }

    @Test(
        "a move trips above its limit, up and down, of where it moves from",
        arguments: [
            ("4000", "4039.999999999", false), ("4000", "4040", false), ("4000", "4040.000000001", true),
            ("4000", "3960.000000001", false), ("4000", "3960", false), ("4000", "3959.999999999", true),
            // 1 % of an odd price lies between two prices.
            ("0.000000199", "0.000000200", false), ("0.000000199", "0.000000201", true),
        ])
    func limit(_ from: String, _ to: String, _ trips: Bool) throws {
        var rig = try rig()
        try rig.price(from)
        rig.pass(second)
        try rig.price(to)
        #expect(rig.tripped == (trips ? Self.trip : []))
    }

    @Test("the first price has not moved, and what is no price is none")
    func first() throws {
        var rig = try rig()
        for price in ["0", "-5", "100", "0", "-100", "100.9"] { try rig.price(price) }
        #expect(rig.tripped.isEmpty)
        try rig.price("101.1")
        #expect(rig.tripped == Self.trip)
    }

    @Test("it is told with its figures, once")
    func words() throws {
        var rig = try rig()
        try rig.price("4000")
        for price in ["3950", "3940", "3930"] { try rig.price(price) }
        #expect(rig.tripped == Self.trip)
        #expect(
            rig.monitor.records.map(\.reason) == ["TRIP.GOLD moved by -125 bps within 15s, limit 100 bps"])
        let reading = rig.monitor.readings(at: rig.now).first { $0.trip == .velocity }
        #expect(reading?.actual == "-175 bps" && reading?.limit == "100 bps in 15s")
        #expect(reading?.scope == .symbol(rig.gold.symbol) && reading?.record != nil)
    }

    @Test("off, and of other instruments, nothing is followed")
    func off() throws {
        var rig = try rig(0)
        #expect(!rig.monitor.followsPrice(of: rig.gold.symbol))
        for price in ["100", "1", "100000"] { try rig.price(price) }
        #expect(rig.tripped.isEmpty)
        #expect(rig.monitor.readings(at: rig.now).first { $0.trip == .velocity }?.limit == "off")
        rig = try self.rig()
        let stranger = try #require(SymbolID("TRIP.STRANGER"))
        #expect(rig.monitor.followsPrice(of: rig.gold.symbol) && !rig.monitor.followsPrice(of: stranger))
        for price in ["100", "1", "100000"] {
            rig.monitor.note(try Price(price), of: stranger, at: rig.now, isOpen: nil)
        }
        #expect(rig.monitor.findings.isEmpty)
    }

    @Test("instruments move apart")
    func apart() throws {
        var rig = try rig()
        for price in ["100", "100.9"] {
            try rig.price(price)
            try rig.price("1" + price, of: rig.euro)
        }
        #expect(rig.tripped.isEmpty)
        try rig.price("1000", of: rig.euro)
        #expect(rig.tripped == ["velocity reduce symbol:TRIP.EURO"])
    }

    @Test("a slow move passes, however far it goes", arguments: [1, -1] as [Int64])
    func slow(_ direction: Int64) throws {
        var rig = try rig()
        var price: Int64 = 4_000_000_000_000
        try rig.price("4000")
        for _ in 0..<600 {
            rig.pass(second)
            // 6 bps a second: 96 within sixteen.
            price += direction * price * 6 / 10_000
            rig.price(Price(rawValue: price))
        }
        #expect(rig.tripped.isEmpty)
        // 6.5 bps a second are 104 within sixteen.
        for _ in 0..<20 {
            rig.pass(second)
            price += direction * price * 65 / 100_000
            rig.price(Price(rawValue: price))
        }
        #expect(rig.tripped == Self.trip)
    }

    @Test("a move forth and back passes within the limit, and trips in either direction beyond it")
    func forthAndBack() throws {
        var rig = try rig()
        for _ in 0..<20 {
            try rig.price("4000")
            rig.pass(second / 10)
            try rig.price("4040")
            rig.pass(second / 10)
        }
        #expect(rig.tripped.isEmpty)
        // 0.99 % up and then as far below: neither alone is too far.
        try rig.price("4001")
        #expect(rig.tripped.isEmpty)
        rig.pass(60 * second)
        try rig.price("4001")
        rig.pass(60 * second)
        for price in ["4000", "4030", "3989.8"] { try rig.price(price) }
        #expect(rig.tripped.isEmpty)
        try rig.price("3989.6")
        #expect(rig.tripped == Self.trip)
    }

    @Test(
        "a price counts for the window at least, and for a fifteenth of it more at most",
        arguments: [(14, true), (15, true), (16, false), (17, false)] as [(Int64, Bool)])
    func window(_ seconds: Int64, _ trips: Bool) throws {
        for phase in [0, 1, 999_999_999] as [Int64] {
            var rig = try rig()
            rig.pass(phase)
            try rig.price("100")
            try rig.price("100.9")
            rig.pass(seconds * second)
            try rig.price("101.5")
            #expect(rig.tripped == (trips ? Self.trip : []), "\(seconds) s at \(phase)")
        }
    }

    @Test("a price holds over a gap without quotes: what follows is a move from it, after any time")
    func gap() throws {
        for gap in [1, 14, 15, 16, 17, 3_600, 10_000_000] as [Int64] {
            var rig = try rig()
            try rig.price("90")
            rig.pass(30 * second)
            try rig.price("100")
            rig.notify(.tripCleared, detail: "velocity")
            rig.notify(.killSwitchReleased, scope: .symbol(rig.gold.symbol))
            let before = rig.tripped.count
            rig.pass(gap * second)
            try rig.price("101")
            #expect(rig.tripped.count == before)
            try rig.price("101.1")
            #expect(rig.tripped.count == before + 1, "after \(gap) s")
        }
    }

    @Test("hours in which the instrument does not trade part one session from the next")
    func sessions() throws {
        // Open for the first 1,000 s of every 10,000.
        let isOpen: RiskEngine.TradingTimes = { _, time in time.nanoseconds / second % 10_000 < 1_000 }
        for (before, after, trips) in [
            (10_900, 20_001, false), (10_998, 20_001, false), (10_998, 20_100, false),
            (10_100, 20_100, false), (10_100, 10_600, true), (10_100, 10_115, true),
        ] as [(Int64, Int64, Bool)] {
            var rig = try rig()
            rig.pass(before * second - rig.now.nanoseconds)
            rig.price(try Price("100"), isOpen: isOpen)
            rig.pass((after - before) * second)
            rig.price(try Price("110"), isOpen: isOpen)
            #expect(rig.tripped == (trips ? Self.trip : []), "\(before) to \(after)")
        }
    }

    @Test("time that jumps ahead or back loses nothing and breaks nothing")
    func jumps() throws {
        var rig = try rig()
        try rig.price("100")
        rig.pass(-3_600 * second)
        try rig.price("100.5")
        rig.pass(100_000_000 * second)
        try rig.price("101.2")
        #expect(rig.tripped.isEmpty)
        rig.pass(-50_000_000 * second)
        try rig.price("102.3")
        #expect(rig.tripped == Self.trip)
        rig = try self.rig(window: 1)
        for time: Int64 in [.max - 1_000_000_000_000, 0, -5, .min / 2] {
            rig.pass(time)
            try rig.price("100")
        }
        #expect(rig.tripped.isEmpty)
    }

    @Test("prices at the ends of their range break nothing")
    func extremes() throws {
        var rig = try rig(10_000)
        for raw: Int64 in [.max, 1, .max, .max / 2, 1] { rig.price(Price(rawValue: raw)) }
        #expect(rig.tripped == Self.trip)
        #expect(rig.monitor.readings(at: rig.now).contains { $0.trip == .velocity && $0.actual != "" })
        rig = try self.rig(10_000)
        for raw: Int64 in [.max, .max / 2, 1] { rig.price(Price(rawValue: raw)) }
        // A price cannot fall by more than all of it.
        #expect(rig.tripped.isEmpty)
    }

    @Test("released while the move lies within the window it trips again; later, or cleared, it does not")
    func release() throws {
        for (seconds, clears, count) in [(1, false, 2), (1, true, 1), (16, false, 1)] as [(Int64, Bool, Int)]
        {
            var rig = try rig()
            try rig.price("100")
            try rig.price("102")
            rig.pass(seconds * second)
            if clears { rig.notify(.tripCleared, detail: "velocity") }
            rig.notify(.killSwitchReleased, scope: .symbol(rig.gold.symbol))
            #expect(rig.tripped.count == count)
            // Cleared, it moves from where it is.
            try rig.price("103")
            #expect(rig.tripped.count == count)
            try rig.price("104.1")
            #expect(rig.tripped.count == (count == 2 ? 2 : count + 1))
        }
    }

    @Test("clearing one instrument leaves another as it is")
    func clearOne() throws {
        var rig = try rig()
        for price in ["100", "102"] {
            try rig.price(price)
            try rig.price(price, of: rig.euro)
        }
        rig.notify(.tripCleared, scope: .symbol(rig.gold.symbol), detail: "velocity")
        #expect(rig.monitor.records.map(\.scope) == [.symbol(rig.euro.symbol)])
        for symbol in [rig.gold.symbol, rig.euro.symbol] {
            rig.notify(.killSwitchReleased, scope: .symbol(symbol))
        }
        #expect(rig.tripped.count == 3 && rig.tripped.last == "velocity reduce symbol:TRIP.EURO")
    }
}

@Suite("Trips: velocity against a naive twin")
struct VelocityTwinTests {
    /// Every price with the time from which and the time to which it held.
    private struct Twin {
        var prices: [(price: Int64, from: Int64)] = []

        /// Whether the newest price is too far from one that held at `start` or later.
        func isBeyond(since start: Int64, _ bps: Int64) -> Bool {
            guard let newest = prices.last?.price else { return false }
            return prices.indices.contains { place in
                let ends = place + 1 < prices.count ? prices[place + 1].from : .max
                let price = prices[place].price
                return ends >= start && abs(newest - price) * 10_000 > price * bps
            }
        }
    }

    @Test("it trips when the twin does, for random prices, limits, windows and gaps")
    func random() throws {
        var random = TestRandom(seed: TestSeed.value("TRADINGD_TRIP_SEED"))
        var trips = 0
        for _ in 0..<400 {
            let bps = Int64(random.below(300)) + 1
            let window = Int64(random.below(20)) * second + Int64(random.below(100)) + 1
            let length = (window + 14) / 15
            var rig = try TripRig {
                $0.velocityBps = Int(bps)
                $0.velocityWindow = window
            }
            var twin = Twin()
            var price: Int64 = 1_000_000
            for _ in 0..<300 where rig.tripped.isEmpty {
                let most = random.below(20) == 0 ? 3 * window : window / 8 + 1
                rig.pass(Int64(random.below(UInt64(most))))
                price += Int64(random.below(6_001)) - 3_000
                price = max(price, 500_000)
                twin.prices.append((price, rig.now.nanoseconds))
                rig.price(Price(rawValue: price))
                // The window at its shortest and at its longest, and just as it is.
                let now = rig.now.nanoseconds
                let start = (now / length - 15) * length
                #expect(!rig.tripped.isEmpty == twin.isBeyond(since: start, bps))
                #expect(!rig.tripped.isEmpty || !twin.isBeyond(since: now - window, bps))
                #expect(rig.tripped.isEmpty || twin.isBeyond(since: now - 16 * length, bps))
            }
            trips += rig.tripped.count
        }
        #expect((50..<400).contains(trips), "\(trips)")
    }
}
