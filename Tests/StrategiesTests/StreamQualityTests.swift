import OrderFlow
import Testing
import TradingModel

@testable import Messaging
@testable import Strategies

/// Engines and a strategy over quotes and ladders that rise by a tick each.
private struct QualityRig {
    let symbol: SymbolID
    var engines = OrderFlowEngines()
    var stage: StrategyStage<MicroPriceMomentumStrategy>
    var outbox = Outbox()
    var step: Int64 = 0

    init() throws {
        symbol = try #require(SymbolID("HALT.GOLD"))
        let gold = Instrument(symbol: symbol, tickSize: try Price("0.01"), lotSize: try Quantity("1"))
        stage = StrategyStage(
            strategy: MicroPriceMomentumStrategy(instruments: [gold]),
            sizing: TargetPositionSizing(
                options: SizingOptions(size: try Quantity("1"), exitOnFlat: false), instruments: [gold]),
            isEnabled: true, session: 1)
    }

    mutating func play(_ payload: MarketEvent.Payload) {
        let time = Timestamp(nanoseconds: step + 1)
        let event = MarketEvent(
            timestamp: time, receivedAt: time, symbol: symbol, source: .ibkr, payload: payload)
        engines.handle(event, &outbox)
        stage.handle(event, engines, &outbox)
    }

    mutating func status(_ stream: FeedStream?, _ quality: FeedStatus.Quality) {
        play(.feedStatus(FeedStatus(stream: stream, quality: quality, reason: "test")))
    }

    /// Rising quotes; how many signals they led to.
    mutating func rise(_ count: Int = 12, byLadder: Bool = false) -> Int {
        let before = stage.signalCount
        for _ in 0..<count {
            step += 1
            let bid = Price(rawValue: 4_000_000_000_000 + step * 10_000_000)
            let ask = bid.moved(by: 20_000_000)
            let size = Quantity(rawValue: 1_000_000_000)
            if byLadder {
                play(
                    .domSnapshot(
                        DomSnapshot(
                            bids: [Level(price: bid, size: size)], asks: [Level(price: ask, size: size)])))
            } else {
                play(.tick(Tick(bid: bid, ask: ask, bidSize: size, askSize: size)))
            }
        }
        return stage.signalCount - before
    }
}

@Suite("Strategies and the quality of streams")
struct StrategyQualityTests {
    @Test(
        "quotes that are stale, delayed, over or not to be had give no signal; live or conflated ones do, from nothing",
        arguments: [FeedStatus.Quality.stale, .delayed, .unavailable, .ended])
    func untradable(_ quality: FeedStatus.Quality) throws {
        var rig = try QualityRig()
        #expect(rig.rise(9) == 0)
        rig.status(.quotes, quality)
        #expect(rig.rise(30) == 0)
        rig.status(.quotes, .conflated)
        #expect(rig.rise(9) == 0, "samples of before are forgotten")
        #expect(rig.rise(3) == 1)
        rig.status(.quotes, .live)
        #expect(rig.stage.snapshot(rig.symbol).state.samples.count > 0, "a better stream goes on")
    }

    @Test("what happens to prints, or to a ladder that is not the quote, does not matter")
    func others() throws {
        var rig = try QualityRig()
        #expect(rig.rise(9) == 0)
        rig.status(.trades, .unavailable)
        rig.status(.depth, .stale)
        rig.status(.depth, .reset)
        #expect(rig.rise(3) == 1)
    }

    @Test("a ladder that is the quote counts as one")
    func ladder() throws {
        var rig = try QualityRig()
        rig.status(.quotes, .unavailable)
        #expect(rig.rise(9, byLadder: true) == 0)
        rig.status(.depth, .stale)
        #expect(rig.rise(30, byLadder: true) == 0)
        rig.status(.depth, .live)
        #expect(rig.rise(9, byLadder: true) == 0 && rig.rise(3, byLadder: true) == 1)
    }

    @Test("a feed that is over as a whole ends signals of everything")
    func all() throws {
        var rig = try QualityRig()
        #expect(rig.rise(11) == 1)
        rig.status(nil, .ended)
        #expect(rig.rise(30) == 0)
    }
}
