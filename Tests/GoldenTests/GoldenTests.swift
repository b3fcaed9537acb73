import ExactJSON
import MarketData
import Testing
import TradingModel

@testable import Messaging
@testable import OrderFlow

/// Engines that have seen a whole recording, and the bars they closed on the way.
private struct Played {
    var engines: OrderFlowEngines
    var deltaBars: [DeltaBar] = []
    var footprints: [FootprintSnapshot] = []
    var ladders: [(time: Timestamp, sequence: UInt64, ladder: Ladder)] = []
    let symbol: SymbolID

    /// - Parameter times: moments after whose last event the ladder is kept.
    init(_ files: [String], _ name: String, interval: Int64, ladderTimes times: [Timestamp] = []) throws {
        symbol = try #require(SymbolID(name))
        engines = OrderFlowEngines(options: OrderFlowOptions(barInterval: interval, tapeCapacity: 64))
        let loader = try HistoricalLoader(files: files.map(Recordings.events))
        var outbox = Outbox()
        var batch: ContiguousArray<MarketEvent> = []
        var pending = times[...]
        while try loader.next(into: &batch) {
            for event in batch {
                while let next = pending.first, event.timestamp > next {
                    keepLadder(at: next)
                    pending.removeFirst()
                }
                engines.handle(event, &outbox)
                while let published = outbox.next() { note(published) }
            }
        }
        for time in pending { keepLadder(at: time) }
        let flow = engines.flow(symbol)
        if let last = flow?.delta.current { deltaBars.append(last) }
        if let last = flow?.footprint.current { footprints.append(last) }
        #expect(loader.statistics.malformed == 0)
    }

    private mutating func keepLadder(at time: Timestamp) {
        guard let dom = engines.flow(symbol)?.dom else { return }
        ladders.append((time, dom.lastFeedSequence, dom.ladder))
    }

    private mutating func note(_ event: MarketEvent) {
        switch event.payload {
        case .deltaBar(let bar): deltaBars.append(bar)
        case .footprintSnapshot(let bar): footprints.append(bar)
        default: break
        }
    }
}

/// Exact decimal text without trailing zeros, of any JSON number.
private func exact(_ value: JSONValue?) throws -> String {
    guard case .number(let text) = try #require(value) else { return "no number" }
    guard let point = text.firstIndex(of: ".") else { return text }
    var digits = text[...]
    while digits.last == "0" { digits.removeLast() }
    if digits.endIndex == text.index(after: point) { digits.removeLast() }
    return String(digits)
}

private func time(_ value: JSONValue?) throws -> Timestamp {
    let text = try #require(value?.stringValue)
    return try #require(Timestamp(rfc3339: text))
}

private func levels(_ side: LadderSide) -> [String] { side.levels.map { "\($0.price) \($0.size)" } }

private func levels(_ rows: JSONValue?) throws -> [String] {
    try (rows?.arrayValue ?? []).map { row in
        try (row.arrayValue ?? []).map { try exact($0) }.joined(separator: " ")
    }
}

@Suite(
    "Exact results on recordings", .enabled(if: Recordings.areHere, .init(rawValue: Recordings.skipReason)))
struct GoldenTests {
    private static let second: Int64 = 1_000_000_000

    /// Sets with trades: file, symbol, bar seconds, keys of the expected bars and footprints.
    static let trades:
        [(file: String, set: String, symbol: String, seconds: Int64, bars: String?, prints: String?)] = [
            (
                "btcusdt_perp_20240808.jsonl.gz", "btcusdt_perp_20240808", "BTCUSDT", 60, "delta_bars_60s",
                "footprint_60s"
            ),
            ("btcusdt_perp_20240808.jsonl.gz", "btcusdt_perp_20240808", "BTCUSDT", 10, "delta_bars_10s", nil),
            ("esh2_20220124.jsonl.gz", "esh2_20220124", "ESH2", 60, "delta_bars_60s", "footprint_60s"),
            ("esh2_20220124.jsonl.gz", "esh2_20220124", "ESH2", 10, "delta_bars_10s", nil),
            ("gcz3_20131007.trades.csv.gz", "gcz3_20131007", "GCZ3", 60, "delta_bars_60s", "footprint_60s"),
            ("spy_20131008.trades.csv.gz", "spy_20131008", "SPY", 60, "delta_bars_60s", nil),
            ("spy_20131008.trades.csv.gz", "spy_20131008", "SPY", 3_600, nil, "footprint_1h"),
        ]

    @Test("bars, footprints and tape are exactly the expected ones", arguments: trades)
    func tradeSets(
        _ set: (file: String, set: String, symbol: String, seconds: Int64, bars: String?, prints: String?)
    ) throws {
        let played = try Played([set.file], set.symbol, interval: set.seconds * Self.second)
        let golden = try #require(try Recordings.golden(set.set)["symbols"]?[set.symbol])
        if let key = set.bars { try check(played.deltaBars, try #require(golden[key]?.arrayValue)) }
        if let key = set.prints { try check(played.footprints, try #require(golden[key]?.arrayValue)) }
        let totals = try #require(played.engines.flow(played.symbol)).tape.snapshot(limit: 1).totals
        try check(totals, try #require(golden["tape"]))
    }

    private func check(_ bars: [DeltaBar], _ expected: [JSONValue]) throws {
        #expect(bars.count == expected.count)
        for (bar, golden) in zip(bars, expected) {
            #expect(bar.start == (try time(golden["start"])))
            let found = [
                ("open", bar.open.description), ("high", bar.high.description), ("low", bar.low.description),
                ("close", bar.close.description), ("volume", bar.volume.description),
                ("buy_volume", bar.buyVolume.description), ("sell_volume", bar.sellVolume.description),
                ("unknown_volume", bar.unknownVolume.description), ("delta", bar.delta.description),
                ("max_delta", bar.maxDelta.description), ("min_delta", bar.minDelta.description),
                ("cum_delta", bar.cumulativeDelta.description), ("trades", "\(bar.trades)"),
                ("buy_trades", "\(bar.buyTrades)"), ("sell_trades", "\(bar.sellTrades)"),
                ("first_seq", "\(bar.firstFeedSequence)"), ("last_seq", "\(bar.lastFeedSequence)"),
            ]
            for (key, text) in found where golden[key] != nil {
                #expect(text == (try exact(golden[key])), "\(key) of the bar at \(bar.start)")
            }
        }
    }

    private func check(_ footprints: [FootprintSnapshot], _ expected: [JSONValue]) throws {
        #expect(footprints.count == expected.count)
        for (bar, golden) in zip(footprints, expected) {
            #expect(bar.start == (try time(golden["start"])))
            let rows = bar.levels.map {
                "\($0.price) \($0.sellVolume) \($0.buyVolume) \($0.unknownVolume) \($0.trades)"
            }
            #expect(rows == (try levels(golden["levels"])))
            #expect(bar.pointOfControlVolume.description == (try exact(golden["poc_volume"])))
            let controls = try (golden["poc"]?.arrayValue ?? [try #require(golden["poc"])]).map {
                try exact($0)
            }
            #expect(bar.pointsOfControl.map(\.description) == controls)
        }
    }

    private func check(_ totals: TapeTotals, _ golden: JSONValue) throws {
        let found = [
            ("trades", "\(totals.trades)"), ("buy_trades", "\(totals.buyTrades)"),
            ("sell_trades", "\(totals.sellTrades)"), ("unknown_trades", "\(totals.unknownTrades)"),
            ("buy_volume", totals.buyVolume.description), ("sell_volume", totals.sellVolume.description),
            ("unknown_volume", totals.unknownVolume.description), ("volume", totals.volume.description),
            ("delta", totals.delta.description), ("notional", totals.notional.description),
            ("first_price", totals.firstPrice?.description ?? ""),
            ("last_price", totals.lastPrice?.description ?? ""), ("high", totals.high?.description ?? ""),
            ("low", totals.low?.description ?? ""),
        ]
        for (key, text) in found { #expect(text == (try exact(golden[key])), "\(key)") }
    }

    @Test(
        "ladders are the expected ones at every moment told",
        arguments: [("btcusdt_perp_20240808", "BTCUSDT"), ("esh2_20220124", "ESH2")])
    func ladders(_ set: String, _ symbol: String) throws {
        let expected = try #require(try Recordings.golden(set)["dom"]?["ladders"]?.arrayValue)
        let times = try expected.map { try time($0["ts"]) }
        for file in ["\(set).jsonl.gz", "\(set).dom.csv.gz"] {
            let played = try Played([file], symbol, interval: 60 * Self.second, ladderTimes: times)
            #expect(played.ladders.count == expected.count)
            for (kept, golden) in zip(played.ladders, expected) {
                #expect("\(kept.sequence)" == (try exact(golden["after_seq"])))
                #expect(levels(kept.ladder.bids) == (try levels(golden["bids"])))
                #expect(levels(kept.ladder.asks) == (try levels(golden["asks"])))
            }
            #expect(played.engines.flow(played.symbol)?.dom.outOfBounds == 0)
        }
    }

    @Test("the depth recorded from IBKR ends in the ladder its client held")
    func recordedDepth() throws {
        let golden = try #require(try Recordings.golden("ibkr_eurusd_depth_20220221")["dom"]?["final"])
        for file in ["ibkr_eurusd_depth_20220221.jsonl.gz", "ibkr_eurusd_depth_20220221.dom.csv.gz"] {
            let played = try Played([file], "EUR.USD", interval: 60 * Self.second)
            let ladder = try #require(played.engines.flow(played.symbol)).dom.ladder
            #expect(levels(ladder.bids) == (try levels(golden["bids"])))
            #expect(levels(ladder.asks) == (try levels(golden["asks"])))
        }
    }
}
