import MarketData
import Testing
import TradingModel

@Suite("Market simulator")
struct SimulatorTests {
    @Test("the same seed gives the same events, another seed others")
    func deterministic() throws {
        let first = try simulatedEvents(2_000, seed: 1).map { EventImage($0) }
        #expect(try simulatedEvents(2_000, seed: 1).map { EventImage($0) } == first)
        #expect(try simulatedEvents(2_000, seed: 2).map { EventImage($0) } != first)
    }

    @Test("the first events of seed 1 never change")
    func frozen() throws {
        let lines = String(decoding: written(try simulatedEvents(40, seed: 1), .jsonLines), as: UTF8.self)
            .split(separator: "\n")
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in lines.prefix(40).joined().utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        #expect(hash == 13_331_543_690_388_324_812)
    }

    @Test("100,000 events keep every promise against a ladder built from the row operations")
    func invariants() throws {
        let symbols = ["XAUUSD", "SIM2"]
        let events = try simulatedEvents(100_000, seed: testSeed(), symbols: symbols)
        var twins: [SymbolID: MarketTwin] = [:]
        var last = Timestamp.zero
        for (index, event) in events.enumerated() {
            #expect(event.feedSequence == UInt64(index + 1))
            #expect(event.timestamp >= last && event.receivedAt == event.timestamp)
            twins[event.symbol, default: MarketTwin()].take(event)
            last = event.timestamp
        }
        for symbol in symbols.compactMap({ SymbolID.known($0) }) {
            let twin = try #require(twins[symbol])
            #expect(twin.trades > 5_000 && twin.ticks > 10_000)
            #expect(
                twin.high.rawValue - twin.low.rawValue > 100 * 10_000_000, "it moves by a dollar and more")
        }
        let seconds = Double(last.since(events[0].timestamp)) / 1e9
        let rate = Double(events.count) / seconds
        #expect(rate > 150 && rate < 450, "about 200 events a second, faster in bursts: \(rate)")
    }

    @Test("the pressed direction shows in the micro-price before the mid moves")
    func microPriceLeads() throws {
        var agree = 0
        var all = 0
        var quote: Tick?
        for event in try simulatedEvents(60_000, seed: 3) {
            guard case .tick(let tick) = event.payload else { continue }
            if let quote, tick.bid.rawValue + tick.ask.rawValue != quote.bid.rawValue + quote.ask.rawValue {
                let bid = quote.bidSize?.rawValue ?? 0
                let ask = quote.askSize?.rawValue ?? 0
                let isUp = tick.bid.rawValue + tick.ask.rawValue > quote.bid.rawValue + quote.ask.rawValue
                if bid != ask {
                    all += 1
                    if (bid > ask) == isUp { agree += 1 }
                }
            }
            quote = tick
        }
        #expect(all > 3_000 && agree * 100 > all * 55, "\(agree) of \(all)")
    }
}

/// A naive market built from the events alone.
private struct MarketTwin {
    private var ladder = Ladder()
    private var isOpen = false
    private var changeTime = Timestamp.zero
    private var batchIsOpen = false
    private var quote: Tick?
    private(set) var trades = 0
    private(set) var ticks = 0
    private(set) var high = Price.zero
    private(set) var low = Price(rawValue: .max)

    mutating func take(_ event: MarketEvent) {
        if event.timestamp != changeTime {
            #expect(!batchIsOpen)
            if isOpen { checkQuote() }
        }
        changeTime = event.timestamp
        switch event.payload {
        case .domSnapshot(let snapshot):
            #expect(!isOpen)
            isOpen = true
            ladder.replace(bids: snapshot.bids, asks: snapshot.asks)
            checkLadder()
        case .domDelta(let delta):
            #expect(isOpen && delta.position < 10)
            #expect(ladder.apply(delta) == .applied)
            #expect(ladder.bids.count <= 10 && ladder.asks.count <= 10)
            batchIsOpen = !delta.endsBatch
            if delta.endsBatch { checkLadder() }
        case .trade(let trade): take(trade)
        case .tick(let tick):
            ticks += 1
            #expect(!batchIsOpen && tick != quote)
            quote = tick
            high = max(high, tick.bid)
            low = min(low, tick.bid)
        default: Issue.record("unexpected \(event.eventType)")
        }
    }

    private mutating func take(_ trade: Trade) {
        trades += 1
        let touch = trade.aggressor == .buy ? ladder.asks[0] : ladder.bids[0]
        #expect(trade.price == touch.price && trade.size <= touch.size && trade.size > .zero)
        #expect(trade.aggressor != .unknown)
    }

    private func checkQuote() {
        #expect(quote?.bid == ladder.bids[0].price && quote?.ask == ladder.asks[0].price)
        #expect(quote?.bidSize == ladder.bids[0].size && quote?.askSize == ladder.asks[0].size)
    }

    private func checkLadder() {
        let (bids, asks) = (ladder.bids.levels, ladder.asks.levels)
        var isGood = bids.count == 10 && asks.count == 10 && bids[0].price < asks[0].price
        for row in 1..<min(bids.count, asks.count) {
            isGood = isGood && bids[row].price < bids[row - 1].price && asks[row].price > asks[row - 1].price
        }
        for level in bids + asks {
            isGood = isGood && level.size > .zero && level.price.isMultiple(of: Price(rawValue: 10_000_000))
        }
        #expect(isGood, "\(bids) \(asks)")
    }
}
