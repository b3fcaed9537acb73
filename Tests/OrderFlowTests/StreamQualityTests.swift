import Testing
import TradingModel

@testable import Messaging
@testable import OrderFlow

@Suite("Quality of streams in the engines")
struct StreamQualityTests {
    private let gold = SymbolID("QUALITY.GOLD") ?? .none
    private let silver = SymbolID("QUALITY.SILVER") ?? .none
    private var engines = OrderFlowEngines()
    private var outbox = Outbox()

    private mutating func play(_ payload: MarketEvent.Payload, _ symbol: SymbolID, at second: Int64 = 1) {
        let time = Timestamp(nanoseconds: second * 1_000_000_000)
        engines.handle(
            MarketEvent(timestamp: time, receivedAt: time, symbol: symbol, source: .ibkr, payload: payload),
            &outbox)
    }

    private mutating func status(
        _ stream: FeedStream?, _ quality: FeedStatus.Quality, _ reason: String, _ symbol: SymbolID,
        at second: Int64
    ) {
        play(.feedStatus(FeedStatus(stream: stream, quality: quality, reason: reason)), symbol, at: second)
    }

    private mutating func fill() throws {
        play(.tick(Tick(bid: try Price("10"), ask: try Price("11"))), gold)
        for (side, text) in [(BookSide.bid, "9"), (.ask, "12")] {
            play(
                .domDelta(
                    DomDelta(
                        side: side, operation: .insert, position: 0, price: try Price(text),
                        size: try Quantity("1"))), gold)
        }
    }

    @Test("the newest status of each stream is kept, with its reason and since when")
    mutating func newest() throws {
        #expect(engines.streams(gold) == StreamQualities())
        status(.quotes, .stale, "2 s", gold, at: 5)
        status(.depth, .unavailable, "no depth: refused", gold, at: 6)
        status(.quotes, .stale, "interrupted", gold, at: 7)
        let streams = try #require(engines.flow(gold)).streams
        #expect(
            streams.quotes
                == StreamStatus(
                    quality: .stale, reason: "interrupted", since: Timestamp(nanoseconds: 5_000_000_000)))
        #expect(streams.depth?.reason == "no depth: refused" && streams.trades == nil)
        #expect(!streams.isTradable(.quotes) && streams.isTradable(.trades))
    }

    @Test("a status of all streams, or of all instruments, is one of each")
    mutating func all() throws {
        try fill()
        status(.trades, .live, "", silver, at: 1)
        status(nil, .ended, "over", .none, at: 3)
        for symbol in [gold, silver] {
            let streams = engines.streams(symbol)
            #expect(FeedStream.allCases.allSatisfy { streams[$0]?.quality == .ended })
        }
    }

    @Test("a lost ladder leaves the quote, a lost quote the ladder, which then is the quote")
    mutating func losses() throws {
        try fill()
        status(.depth, .reset, "317", gold, at: 2)
        #expect(engines.top(gold)?.bid == (try Price("10")) && engines.quoteStream(gold) == .quotes)
        #expect(try #require(engines.flow(gold)).dom.ladder.bids.count == 0)
        try fill()
        status(.quotes, .unavailable, "refused", gold, at: 3)
        #expect(engines.top(gold)?.bid == (try Price("9")) && engines.quoteStream(gold) == .depth)
        status(.trades, .unavailable, "no trade feed", gold, at: 4)
        #expect(engines.top(gold)?.bid == (try Price("9")))
        status(nil, .unavailable, "lost", gold, at: 5)
        #expect(engines.top(gold) == nil && engines.reference(gold) == nil)
    }
}
