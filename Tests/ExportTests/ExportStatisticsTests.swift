import ExactJSON
import Testing
import TradingModel

@testable import Export

@Suite("Export statistics")
struct ExportStatisticsTests {
    let symbol: SymbolID

    init() throws { symbol = try #require(SymbolID("XAUUSD")) }

    private func event(_ seconds: Int64, _ sequence: UInt64 = 1) throws -> MarketEvent {
        let time = Timestamp(nanoseconds: seconds * 1_000_000_000)
        return MarketEvent(
            timestamp: time, receivedAt: time, symbol: symbol, source: .replay, feedSequence: sequence,
            payload: try tick("1", "1"))
    }

    @Test("the largest trades are ten; of equal ones the lower number counts, in whatever order they come")
    func largest() throws {
        var details = TapeDetails()
        let sizes = [3, 1, 2, 3, 1, 1, 5, 1, 1, 1, 1, 2, 3]
        for (index, size) in sizes.enumerated() {
            // Numbers that run down: a later trade has the lower one.
            let sequence = UInt64(sizes.count - index)
            details.add(
                Trade(price: try Price("1"), size: try Quantity("\(size)"), aggressor: .buy),
                try event(1, sequence))
        }
        let found = details.largest.map { "\($0.trade.size)#\($0.feedSequence)" }
        #expect(found == ["5#7", "3#1", "3#10", "3#13", "2#2", "2#11", "1#3", "1#4", "1#5", "1#6"])
    }

    @Test("equally busy seconds are kept up to a bound, the rest is counted")
    func busiestTies() throws {
        var busiest = BusiestSecond()
        for second in 0..<1_500 { busiest.add(Timestamp(nanoseconds: Int64(second) * 1_000_000_000 + 5)) }
        #expect(busiest.trades == 1)
        #expect(busiest.starts.count == 1_000 && busiest.more == 500)
        #expect(busiest.starts.first == .zero)
        busiest.add(Timestamp(nanoseconds: 1_499_999_999_999))
        #expect(busiest.trades == 2 && busiest.more == 0)
        #expect(busiest.starts == [Timestamp(nanoseconds: 1_499_000_000_000)])
    }

    @Test("silences are kept up to a bound, the rest is counted; 60 s is none")
    func gaps() throws {
        var quotes = QuoteStatistics()
        let quote = Tick(bid: try Price("1"), ask: try Price("2"))
        for number in 0..<10_003 { quotes.add(quote, try event(Int64(number) * 61, UInt64(number))) }
        quotes.add(quote, try event(10_002 * 61 + 60))
        #expect(quotes.gaps.count == 10_000 && quotes.moreGaps == 2)
        #expect(quotes.gaps.first?.sequence == 0 && quotes.gaps.first?.nanoseconds == 61_000_000_000)
    }

    @Test("a silence is told to the millisecond, half to even")
    func milliseconds() {
        for (nanoseconds, expected) in [
            (62_000_421_200, 62_000), (61_000_500_000, 61_000), (61_001_500_000, 61_002),
            (61_000_500_001, 61_001), (60_999_999_999, 61_000),
        ] as [(Int64, Int128)] {
            #expect(QuoteStatistics.Gap(sequence: 1, nanoseconds: nanoseconds).milliseconds == expected)
        }
    }

    @Test(
        "what the quote says of an aggressor",
        arguments: [
            ("12", "buy"), ("13", "buy"), ("10", "sell"), ("9", "sell"), ("11", "mid"),
            ("11.1", "inside_buy"),
            ("10.9", "inside_sell"),
        ])
    func quoteRule(_ price: String, _ name: String) throws {
        let quote = Tick(bid: try Price("10"), ask: try Price("12"))
        #expect("\(QuoteRule.Guess(try Price(price), quote).name)" == name)
        #expect("\(QuoteRule.Guess(try Price(price), nil).name)" == "no_quote")
    }

    @Test(
        "a mean price has ten digits, rounded half to even",
        arguments: [
            ("1", "3", "0.3333333333"), ("2", "3", "0.6666666667"), ("0", "3", "0"),
            ("-2", "3", "-0.6666666667"),
            ("4000", "1", "4000"), ("12345678901", "1", "12345678900"), ("12345678915", "1", "12345678920"),
            ("12345678925", "1", "12345678920"), ("12345678925.000000001", "1", "12345678930"),
            ("99999999999", "1", "100000000000"), ("0.000123456", "1000", "0.000000123456"),
            ("0.000000001", "3", "0.0000000003333333333"), ("9999999999.9", "10", "1000000000"),
        ])
    func meanPrice(_ notional: String, _ volume: String, _ expected: String) throws {
        let sum = Money(rawValue: try units(notional) * 1_000_000_000)
        let mean = try #require(MeanPrice(sum, over: Volume(rawValue: try units(volume))))
        var bytes: [UInt8] = []
        DecimalText.append(mean.digits, scale: mean.scale, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }

    /// Billionths, of numbers that pass the range of a price, too.
    private func units(_ text: String) throws -> Int128 {
        let parts = text.split(separator: ".")
        let fraction = parts.count > 1 ? String(parts[1]) : ""
        let digits = (fraction + "000000000").prefix(9)
        let whole = try #require(Int128(parts[0]))
        let part = try #require(Int128(digits))
        return whole * 1_000_000_000 + (text.hasPrefix("-") ? -part : part)
    }

    @Test("no volume has no mean price")
    func noVolume() { #expect(MeanPrice(.zero, over: .zero) == nil) }
}

@Suite("Ladder schedule")
struct LadderScheduleTests {
    private func moments(
        _ times: [Int64], every interval: Int64?, first: Int64, last: Int64
    ) -> [Int64] {
        var schedule = LadderSchedule(
            times: times.map(Timestamp.init(nanoseconds:)), interval: interval)
        schedule.begin(at: Timestamp(nanoseconds: first))
        schedule.end(at: Timestamp(nanoseconds: last))
        var moments: [Int64] = []
        while schedule.next < LadderSchedule.never { moments.append(schedule.removeFirst().nanoseconds) }
        return moments
    }

    @Test("multiples run from the first event to the last, both inclusive")
    func multiples() {
        #expect(moments([], every: 10, first: 20, last: 40) == [20, 30, 40])
        #expect(moments([], every: 10, first: 21, last: 39) == [30])
        #expect(moments([], every: 10, first: 21, last: 29) == [])
    }

    @Test("moments told one by one are in order, each once, also outside of the events")
    func moments() {
        #expect(moments([50, 5, 30, 5], every: 10, first: 20, last: 40) == [5, 20, 30, 40, 50])
        #expect(moments([7, 3], every: nil, first: 4, last: 4) == [3, 7])
        #expect(moments([], every: nil, first: 1, last: 9) == [])
    }

    @Test("the end of time ends the multiples")
    func endOfTime() {
        let last = Int64.max - 3
        #expect(moments([], every: .max - 4, first: 5, last: last) == [.max - 4])
    }
}
