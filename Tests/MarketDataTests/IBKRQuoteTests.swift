import MarketData
import TWSClient
import TWSProtocol
import Testing
import TradingModel

@Suite("Quotes and prints of IBKR")
struct IBKRQuoteTests {
    @Test("opens what is wanted, level 1 first, once the contract is known")
    func opens() {
        let rig = IBKRRig(subscribed: false)
        #expect(
            rig.streams.take() == [
                .open(.level1(isDelayed: false)), .open(.tickByTickQuotes),
                .open(.tickByTickTrades(includesUnreported: true)), .open(.depth(rows: 10, isSmart: false)),
            ])
        rig.resolve(rig.symbol)
        #expect(rig.streams.take() == [], "the same contract again after a reconnect changes nothing")
    }

    @Test("a change of the quote is a tick with the exchange's second and our own time, and a number")
    func tickByTick() {
        let rig = IBKRRig()
        rig.read([
            rig.bidAsk("4000.1", "4000.3", "2", "5", second: 1_789_999_999), rig.bidAsk("4000.2", "4000.3"),
        ])
        let events = rig.sink.take()
        #expect(
            events.brief == [
                "quotes live: tick by tick", "quote 4000.1×2 4000.3×5", "quote 4000.2×1 4000.3×1",
            ])
        #expect(events.map(\.feedSequence) == [1, 2, 3])
        #expect(events[1].timestamp == Timestamp(nanoseconds: 1_789_999_999_000_000_000))
        #expect(events[2].timestamp == rig.now, "a second that makes no sense is not believed")
        #expect(
            events.allSatisfy { $0.receivedAt == rig.now && $0.source == .ibkr && $0.symbol == rig.symbol })
    }

    @Test("a quote without a side is lost, once, and told as found before the next whole one")
    func oneSided() {
        let rig = IBKRRig()
        rig.read([rig.bidAsk("1", "2")])
        _ = rig.sink.take()
        rig.read([rig.bidAsk("-1", "2", "0"), rig.bidAsk("0", "2.5", "0"), rig.bidAsk("1", "2.5")])
        #expect(
            rig.sink.take().brief == [
                "quotes reset: a side of the quote is missing", "quotes live: tick by tick",
                "quote 1×1 2.5×1",
            ])
        #expect(rig.events.counts.oneSidedQuotes == 2)
    }

    @Test("level 1 is published until tick by tick flows, and only watched from then on")
    func noDouble() {
        let rig = IBKRRig()
        rig.read([rig.price(1, "10", "3"), rig.price(2, "11", "4"), rig.size(0, "3")])
        #expect(
            rig.sink.take().brief == ["quotes conflated: level 1: asked for", "quote 10×3 11×4"])
        rig.read([rig.bidAsk("10", "11")])
        rig.read([rig.price(1, "10.5", "3")])
        #expect(rig.sink.take().brief == ["quotes live: tick by tick", "quote 10×1 11×1"])
    }

    @Test("silence of tick by tick while level 1 moves brings level 1 in and asks again; both ways are told")
    mutating func silence() {
        var rig = IBKRRig()
        rig.read([rig.price(1, "10", "3"), rig.price(2, "11", "4"), rig.bidAsk("10", "11")])
        rig.pass(1_500)
        rig.read([rig.price(1, "10.1", "3")])
        rig.pass(1_900)
        #expect(rig.streams.take() == [])
        rig.read([rig.price(1, "10.2", "3")])
        _ = rig.sink.take()
        rig.pass(200)
        #expect(rig.streams.take() == [.retry(.tickByTickQuotes)])
        rig.read([rig.price(1, "10.3", "3")])
        #expect(rig.sink.take().brief == ["quotes conflated: level 1: silent", "quote 10.3×3 11×4"])
        rig.notice(.requested, rig.quotes)
        rig.read([rig.bidAsk("10.3", "11")])
        #expect(
            rig.sink.take().brief == [
                "quotes conflated: level 1: asked for", "quotes live: tick by tick", "quote 10.3×1 11×1",
            ])
    }

    @Test("prints are judged by the newest quote, then by the direction of the price")
    func aggressor() {
        let rig = IBKRRig()
        rig.read([
            rig.trade("10"), rig.trade("11"), rig.trade("11"), rig.bidAsk("10", "11"), rig.trade("11"),
            rig.trade("10"), rig.trade("10.9"), rig.trade("10.5"), rig.trade("10.5"),
        ])
        #expect(
            rig.sink.take().data.filter { $0.hasPrefix("trade") } == [
                "trade 10×1 unknown", "trade 11×1 buy", "trade 11×1 buy", "trade 11×1 buy", "trade 10×1 sell",
                "trade 10.9×1 buy", "trade 10.5×1 sell", "trade 10.5×1 sell",
            ])
    }

    @Test(
        "unreported prints count as volume only, are left out, or are like others",
        arguments: UnreportedTrades.allCases)
    func unreported(_ mode: UnreportedTrades) {
        let rig = IBKRRig { $0.unreportedTrades = mode }
        rig.read([
            rig.bidAsk("10", "11"), rig.trade("11", mask: 2), rig.trade("11", mask: 1),
            rig.trade("11", conditions: " O X"),
            rig.trade("11", conditions: "TF I"),
        ])
        let first = ["volume_only": ["trade 11×1 unknown"], "drop": [], "full": ["trade 11×1 buy"]]
        #expect(
            rig.sink.take().data.filter { $0.hasPrefix("trade") } == (first[mode.rawValue] ?? [])
                + ["trade 11×1 buy", "trade 11×1 unknown", "trade 11×1 buy"])
        #expect(rig.events.counts.unreportedTrades == (mode == .full ? 0 : 1))
    }

    @Test("halt markers are states, never prints; level 1 tells halts too")
    func halts() {
        let rig = IBKRRig()
        rig.read([rig.bidAsk("10", "11"), rig.trade("10")])
        _ = rig.sink.take()
        rig.read([rig.trade("0", "0"), rig.trade("0", "0", mask: 1), rig.bidAsk("9", "12")])
        #expect(rig.sink.take().brief == ["quotes stale: halted", "trades stale: halted", "quote 9×1 12×1"])
        rig.read([rig.trade("0", "0", mask: 1)])
        #expect(rig.sink.take().brief == ["quotes live: unhalted", "trades live: unhalted"])
        var tick = TickGeneric()
        tick.tickType = 49
        tick.value = 2
        rig.events.take(.tickGeneric(tick), of: StreamID(rawValue: rig.level1), at: rig.now)
        #expect(rig.sink.take().brief == ["quotes stale: halted", "trades stale: halted"])
        tick.value = 0
        rig.events.take(.tickGeneric(tick), of: StreamID(rawValue: rig.level1), at: rig.now)
        #expect(rig.sink.take().brief == ["quotes live: unhalted", "trades live: unhalted"])
        #expect(rig.events.counts.nonsense == 1)
        rig.notice(.note(code: 10_090, text: ""), rig.quotes)
        rig.read([rig.bidAsk("10", "11"), rig.trade("10")])
        #expect(rig.sink.take().statuses == [], "the end of a halt is told once")
    }

    @Test("without tick by tick, prints are the rises of the day volume, at the last price")
    func volumeRises() {
        let rig = IBKRRig { $0.instruments[0].trades = .level1 }
        rig.read([rig.size(8, "100"), rig.price(4, "10", "2"), rig.size(5, "2"), rig.size(8, "107")])
        rig.read([
            rig.size(8, "107"), rig.size(5, "9"), rig.size(8, "50"), rig.price(4, "11"), rig.size(8, "51"),
        ])
        #expect(
            rig.sink.take().brief.filter { !$0.hasPrefix("quote") } == [
                "trades conflated: day volume of level 1: as set", "trade 10×7 unknown", "trade 11×1 unknown",
            ])
    }

    @Test("delayed data are told as such before they are shown, whatever says that they are")
    func delayed() {
        let rig = IBKRRig()
        rig.notice(.refused(code: 10_189, text: "no permission"), rig.quotes)
        rig.notice(.refused(code: 354, text: "not subscribed"), rig.level1)
        #expect(rig.streams.take() == [.close(.level1(isDelayed: false)), .open(.level1(isDelayed: true))])
        rig.notice(.requested, rig.level1)
        _ = rig.sink.take()
        rig.read([rig.price(66, "10", "1"), rig.price(67, "11", "1")])
        #expect(rig.sink.take().brief == ["quotes delayed: delayed data", "quote 10×1 11×1"])
        var notice = MarketDataTypeNotice()
        notice.marketDataType = 1
        rig.events.take(.marketDataTypeNotice(notice), of: StreamID(rawValue: rig.level1), at: rig.now)
        rig.read([rig.price(1, "10.5", "1"), rig.price(2, "11", "1")])
        #expect(
            rig.sink.take().brief == [
                "quotes conflated: level 1: refused (10189) no permission", "quote 10.5×1 11×1",
            ])
        notice.marketDataType = 2
        rig.events.take(.marketDataTypeNotice(notice), of: StreamID(rawValue: rig.level1), at: rig.now)
        #expect(rig.sink.take().brief == ["quotes delayed: frozen data"])
    }
}
