import MarketData
import TWSClient
import TWSProtocol
import Testing
import TradingModel

@Suite("Streams of IBKR: staleness, loss, return")
struct IBKRStreamTests {
    @Test("gold without prints and depth says so, and goes on with its quotes")
    mutating func spotGold() {
        var rig = IBKRRig("IBKR.SPOT")
        rig.notice(.refused(code: 10_189, text: "no trades"), rig.trades)
        rig.notice(.refused(code: 200, text: "no depth of this"), rig.depth)
        rig.read([rig.price(1, "4000", "1"), rig.price(2, "4001", "1"), rig.bidAsk("4000", "4001")])
        rig.pass(12_000)
        let statuses = rig.sink.take().statuses
        #expect(statuses.contains("trades unavailable: no trade feed: refused (10189) no trades"))
        #expect(statuses.contains("depth unavailable: no depth: refused (200) no depth of this"))
        #expect(statuses.contains("quotes live: tick by tick"))
    }

    @Test("without an answer the same is said, once the first data are overdue")
    mutating func silentGold() {
        var rig = IBKRRig("IBKR.SPOT")
        for _ in 0..<11 {
            rig.read([rig.bidAsk("4000", "4001")])
            rig.pass(1_000)
        }
        let statuses = rig.sink.take().statuses
        #expect(
            statuses.filter { !$0.hasPrefix("quotes") } == [
                "trades unavailable: no trade feed: nothing has printed so far",
                "depth unavailable: no depth: silent",
            ])
    }

    @Test(
        "silence of everything is told once and ends with the next quote; a closed market is silent by right")
    mutating func stale() {
        var rig = IBKRRig("IBKR.STALE")
        rig.read([rig.bidAsk("1", "2"), rig.row(.insert, .bid, 0, "1", "1")])
        _ = rig.sink.take()
        for _ in 0..<40 { rig.pass(100) }
        #expect(
            rig.sink.take().brief == [
                "quotes stale: nothing for too long", "depth stale: nothing for too long",
            ])
        rig.read([rig.bidAsk("1", "2"), rig.row(.update, .bid, 0, "1", "2")])
        #expect(
            rig.sink.take().brief == [
                "quotes live: tick by tick", "quote 1×1 2×1", "depth live: rows", "bid update 0 1×2 end",
            ])
        var closed = IBKRRig("IBKR.STALE") {
            $0.instruments[0].hours = try? TradingCalendar(hours: "Sun 00:00-Sun 00:01 Etc/UTC")
        }
        closed.read([closed.bidAsk("1", "2")])
        for _ in 0..<100 { closed.pass(1_000) }
        #expect(closed.sink.take().statuses == ["quotes live: tick by tick"])
    }

    @Test("trades are stale only where that is asked for, and while quotes flow")
    mutating func staleTrades() {
        var rig = IBKRRig("IBKR.STALE") { $0.tradesStaleAfter = 5_000_000_000 }
        rig.read([rig.trade("1")])
        for _ in 0..<6 {
            rig.read([rig.bidAsk("1", "2")])
            rig.pass(1_000)
        }
        #expect(
            rig.sink.take().statuses.filter { $0.hasPrefix("trades") } == [
                "trades live: tick by tick", "trades stale: nothing for too long",
            ])
    }

    @Test("a lost connection makes what was known void; what comes after it begins anew")
    mutating func lost() {
        var rig = IBKRRig("IBKR.LOST")
        rig.read([
            rig.bidAsk("1", "2"), rig.trade("1"), rig.row(.insert, .bid, 0, "1", "1"), rig.price(4, "1"),
            rig.size(8, "100"),
        ])
        _ = rig.sink.take()
        for stream in [rig.level1, rig.quotes, rig.trades, rig.depth] { rig.notice(.lost, stream) }
        #expect(
            Set(rig.sink.take().brief) == [
                "quotes unavailable: no quotes: connection lost",
                "trades unavailable: no trade feed: connection lost",
                "depth unavailable: no depth: connection lost",
            ])
        rig.pass(60_000)
        #expect(rig.sink.take().isEmpty && rig.streams.take().isEmpty, "the client asks again, not we")
        for stream in [rig.level1, rig.quotes, rig.trades, rig.depth] { rig.notice(.requested, stream) }
        rig.read([
            rig.price(4, "2"), rig.size(8, "500"), rig.bidAsk("3", "4"), rig.row(.insert, .bid, 0, "3", "1"),
        ])
        #expect(
            rig.sink.take().brief == [
                "quotes live: tick by tick", "quote 3×1 4×1", "depth live: rows", "bid insert 0 3×1 end",
            ], "what was traded meanwhile is no print, and prints are not live before there is one")
        rig.read([rig.trade("3")])
        #expect(rig.sink.take().brief == ["trades live: tick by tick", "trade 3×1 sell"])
    }

    @Test(
        "a broken farm makes streams stale at once, and live when data come, not when it is said to be well")
    func farm() {
        let rig = IBKRRig("IBKR.FARM")
        rig.read([rig.bidAsk("1", "2"), rig.row(.insert, .bid, 0, "1", "1")])
        _ = rig.sink.take()
        for stream in [rig.quotes, rig.depth] { rig.notice(.interrupted(code: 2_103), stream) }
        #expect(
            rig.sink.take().brief == ["quotes stale: interrupted (2103)", "depth stale: interrupted (2103)"])
        rig.notice(.resumed(code: 2_104), rig.quotes)
        rig.read([rig.bidAsk("1", "2.5")])
        #expect(rig.sink.take().brief == ["quotes live: tick by tick", "quote 1×1 2.5×1"])
    }

    @Test("a contract that is not known is told, and its streams are closed; another one opens them anew")
    func contracts() {
        let rig = IBKRRig("IBKR.UNKNOWN")
        rig.events.take(nil, for: rig.symbol, text: "ambiguous", at: rig.now)
        #expect(rig.streams.take().count == 4)
        #expect(
            rig.sink.take().brief == [
                "quotes unavailable: contract: ambiguous", "trades unavailable: contract: ambiguous",
                "depth unavailable: contract: ambiguous",
            ])
        rig.resolve(rig.symbol)
        #expect(rig.streams.take().count == 4)
    }

    @Test("what the client says while it is asked is heard afterwards")
    func saidMeanwhile() {
        let streams = RecordedStreams()
        let sink = CollectedEvents()
        let symbol = SymbolID("IBKR.EARLY") ?? .none
        let events = IBKREvents(
            options: IBKREventsOptions(instruments: [InstrumentWishes(symbol: symbol)]), streams: streams,
            sink: sink)
        streams.onOpen = { [unowned events] id in
            events.take(.refused(code: 10_189, text: "no"), of: id, at: .zero)
        }
        let contract = ResolvedContract(contract: Contract(), data: ContractData())
        events.take(contract, for: symbol, text: "", at: .zero)
        #expect(sink.events.statuses.contains("depth unavailable: no depth: refused (10189) no"))
    }

    @Test("a receiver that has stopped gets nothing more")
    func stopped() {
        let rig = IBKRRig("IBKR.STOP")
        rig.sink.isOpen = false
        rig.read([rig.bidAsk("1", "2")])
        rig.read([rig.bidAsk("1", "2")])
        #expect(rig.sink.batches.last?.count == 2 && rig.events.counts.refusedEvents == 1)
    }

    @Test("messages of streams that are not open, or of another kind, are counted")
    func stray() {
        let rig = IBKRRig("IBKR.STRAY")
        var tick = TickPrice()
        for id in [-1, 77, Int32.max, rig.depth] {
            tick.requestID = id
            rig.read([.tickPrice(tick)])
        }
        #expect(rig.events.counts.strayMessages == 4 && rig.sink.take().isEmpty)
    }
}
