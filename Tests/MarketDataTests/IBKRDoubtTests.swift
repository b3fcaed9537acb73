import TWSClient
import TWSProtocol
import Testing
import TradingModel

@testable import MarketData

@Suite("Streams of IBKR: doubt, the short way, kinds of level 1, hours")
struct IBKRDoubtTests {
    // MARK: Doubt

    /// Tick by tick told a quote; level 1 told it, too.
    private func flowing(_ change: (inout IBKREventsOptions) -> Void = { _ in }) -> IBKRRig {
        let rig = IBKRRig("IBKR.DOUBT", change)
        rig.read([rig.bidAsk("10", "11"), rig.trade("10"), rig.price(1, "9", "1"), rig.price(2, "11", "1")])
        rig.read([rig.price(4, "10"), rig.size(8, "100")])
        _ = rig.sink.take()
        _ = rig.streams.take()
        return rig
    }

    @Test("one move of level 1 is no doubt, a second one is; in one read they are one")
    mutating func confirmed() {
        for moves in 1...2 {
            var rig = flowing()
            rig.pass(1_500)
            for move in 0..<moves {
                rig.read([rig.price(1, "10.\(1 + move)", "1"), rig.price(2, "11.\(1 + move)", "1")])
                rig.pass(100)
            }
            for _ in 0..<30 { rig.pass(100) }
            #expect(rig.streams.take() == (moves == 1 ? [] : [.retry(.tickByTickQuotes)]))
        }
    }

    @Test("level 1 that repeats the newest quote of tick by tick moves nothing, also when that is stale")
    mutating func repetition() {
        var rig = flowing()
        rig.pass(1_500)
        rig.read([rig.price(1, "10", "1")])
        for _ in 0..<20 { rig.pass(100) }
        rig.read([rig.price(1, "10.5", "1")])
        rig.pass(100)
        rig.read([rig.price(1, "10", "1")])
        for _ in 0..<30 { rig.pass(100) }
        #expect(rig.streams.take() == [])
    }

    @Test("moves within a second of what tick by tick said do not count")
    mutating func lag() {
        var rig = flowing()
        rig.pass(300)
        rig.read([rig.price(1, "10.1", "1")])
        rig.pass(300)
        rig.read([rig.price(1, "10.2", "1")])
        rig.pass(300)
        rig.read([rig.price(1, "10.3", "1")])
        for _ in 0..<40 { rig.pass(100) }
        #expect(rig.streams.take() == [])
    }

    @Test("the day volume doubts AllLast, never Last", arguments: [InstrumentWishes.Trades.allLast, .last])
    mutating func volume(_ trades: InstrumentWishes.Trades) {
        var rig = IBKRRig("IBKR.DOUBT") { $0.instruments[0].trades = trades }
        rig.read([rig.price(4, "10"), rig.size(8, "100")])
        rig.read([trades == .last ? rig.last("10", "1") : rig.trade("10")])
        for volume in 101...105 {
            rig.pass(1_100)
            rig.read([rig.bidAsk("10", "11"), rig.row(.insert, .bid, 0, "1", "1"), rig.size(8, "\(volume)")])
        }
        let retries = rig.streams.take().filter {
            if case .retry(.tickByTickTrades) = $0 { true } else { false }
        }
        #expect(retries.isEmpty == (trades == .last))
    }

    // MARK: The short way

    @Test("streams that flow side by side keep to the short way, one-sided quotes too")
    func steady() {
        let rig = flowing()
        rig.read([rig.row(.insert, .bid, 0, "10", "1")])
        let before = rig.events.settlements
        for step in 0..<50 {
            rig.read([
                rig.bidAsk("10", "11", "\(step)"), rig.trade("10"),
                rig.row(.update, .bid, 0, "10", "\(step)"),
                rig.price(1, "10", "\(step)"), rig.size(8, "\(100 + step)"),
            ])
        }
        #expect(rig.events.settlements == before)
        for _ in 0..<50 { rig.read([rig.bidAsk("-1", "11", "0"), rig.trade("10")]) }
        #expect(rig.events.settlements == before + 1)
        #expect(rig.events.counts.oneSidedQuotes == 50)
        #expect(rig.sink.take().statuses.last == "quotes reset: a side of the quote is missing")
        rig.read([rig.bidAsk("10", "11")])
        #expect(rig.sink.take().brief == ["quotes live: tick by tick", "quote 10×1 11×1"])
    }

    // MARK: Kinds of level 1

    @Test("while delayed data flow, real-time level 1 is asked for again, with growing waits")
    mutating func climbsBack() {
        var rig = IBKRRig("IBKR.DELAYED") { $0.instruments[0].quotes = .level1 }
        var waits: [Int] = []
        for _ in 0..<7 {
            rig.notice(.refused(code: 354, text: ""), rig.level1)
            rig.notice(.requested, rig.level1)
            var seconds = 0
            repeat {
                _ = rig.streams.take()
                rig.read([rig.price(66, "10", "1"), rig.price(67, "11", "\(1 + seconds)")])
                rig.pass(1_000)
                seconds += 1
            } while !rig.streams.open.contains { $0?.kind == .level1(isDelayed: false) } && seconds < 1_000
            #expect(
                rig.streams.take() == [.close(.level1(isDelayed: true)), .open(.level1(isDelayed: false))])
            waits.append(seconds)
            rig.notice(.requested, rig.level1)
        }
        #expect(waits == [30, 60, 120, 240, 480, 600, 600])
        #expect(
            rig.sink.take().statuses.filter { $0.hasPrefix("quotes") } == ["quotes delayed: delayed data"])
        rig.read([rig.price(1, "10", "1"), rig.price(2, "11", "1")])
        #expect(rig.sink.take().brief == ["quotes conflated: level 1: as set", "quote 10×1 11×1"])
        for second in 0..<700 {
            rig.read([rig.price(1, "10", "\(second + 2)")])
            rig.pass(1_000)
        }
        #expect(!rig.streams.take().contains(.retry(.level1(isDelayed: false))))
    }

    @Test(
        "delayed data that follow by themselves (10167) are told as such, and real-time ones asked for again")
    mutating func delayedByNote() {
        var rig = IBKRRig("IBKR.DELAYED") { $0.instruments[0].quotes = .level1 }
        rig.read([rig.price(1, "10", "1"), rig.price(2, "11", "1"), rig.size(8, "100"), rig.price(4, "10")])
        _ = rig.sink.take()
        rig.notice(.note(code: 10_167, text: ""), rig.level1)
        #expect(rig.sink.take().statuses.contains("quotes delayed: delayed data"), "told at once")
        rig.read([rig.price(66, "8", "1")])
        #expect(rig.sink.take().data == [], "the quote of before is forgotten")
        rig.read([rig.price(67, "9", "1"), rig.size(74, "70")])
        #expect(rig.sink.take().data == ["quote 8×1 9×1"])
        rig.pass(30_000)
        #expect(rig.streams.take().contains(.retry(.level1(isDelayed: false))))
    }

    @Test(
        "where nothing follows 10089 or 10091, delayed data are asked for after the grace, in a closed market too",
        arguments: [10_089, 10_091] as [Int32])
    mutating func delayedNotFollowing(_ code: Int32) {
        for follows in [false, true] {
            var rig = IBKRRig("IBKR.DELAYED") {
                $0.instruments[0].hours = try? TradingCalendar(hours: "Sun 00:00-Sun 00:01 Etc/UTC")
            }
            rig.notice(.note(code: code, text: ""), rig.level1)
            rig.pass(9_900)
            if follows { rig.read([rig.price(66, "10", "1")]) }
            #expect(rig.streams.take() == [])
            rig.pass(200)
            #expect(
                rig.streams.take()
                    == (follows ? [] : [.close(.level1(isDelayed: false)), .open(.level1(isDelayed: true))]))
        }
    }

    // MARK: Hours

    @Test(
        "hours that are not known are told once, with the quotes",
        arguments: [("20261123:1", "Etc/UTC"), ("20261123:0930-1600", "Mars"), ("", "")])
    func unknownHours(_ hours: String, _ zone: String) {
        let rig = IBKRRig("IBKR.HOURS")
        rig.read([rig.bidAsk("1", "2")])
        _ = rig.sink.take()
        for _ in 0..<3 { rig.resolve(rig.symbol, hours: hours, zone: zone) }
        rig.read([rig.bidAsk("1", "3")])
        let told = rig.sink.take().brief
        #expect(told.count == 2)
        #expect(told.first?.hasPrefix("quotes live: tick by tick; ") == true)
        #expect(told.first?.hasSuffix(": the market counts as open") == true)
        #expect(told.first?.contains(zone == "Mars" ? "'Mars'" : "trading hours") == true)
        let set = IBKRRig("IBKR.HOURS") { $0.instruments[0].hours = .always }
        set.resolve(set.symbol, hours: hours, zone: zone)
        set.read([set.bidAsk("1", "3")])
        #expect(set.sink.take().statuses == ["quotes live: tick by tick"])
    }

    // MARK: Another session

    @Test("a new session begins without the failures of the last one, and asks for real-time level 1")
    mutating func newSession() {
        var rig = IBKRRig("IBKR.SESSION")
        rig.notice(.refused(code: 354, text: ""), rig.level1)
        rig.notice(.requested, rig.level1)
        for _ in 0..<4 { rig.notice(.refused(code: 10_189, text: ""), rig.quotes) }
        rig.notice(.lost, rig.level1)
        _ = rig.streams.take()
        rig.events.sessionChanged(SessionChange(from: .backoff, to: .connecting, reason: "", time: rig.now))
        #expect(rig.streams.take() == [.close(.level1(isDelayed: true)), .open(.level1(isDelayed: false))])
        rig.pass(500_000)
        #expect(!rig.streams.take().contains(.retry(.tickByTickQuotes)), "the client asks")
        rig.notice(.requested, rig.quotes)
        rig.notice(.refused(code: 10_189, text: ""), rig.quotes)
        _ = rig.streams.take()
        rig.pass(29_900)
        #expect(!rig.streams.take().contains(.retry(.tickByTickQuotes)))
        rig.pass(200)
        #expect(rig.streams.take().contains(.retry(.tickByTickQuotes)))
    }
}
