import ExactJSON
import MarketData
import TestSupport
import Testing
import TradingModel

@testable import Messaging
@testable import OrderFlow

/// Engines that have seen a whole recording.
private struct Played {
    var engines: OrderFlowEngines
    var deltaBars: [DeltaBar] = []
    var footprints: [FootprintSnapshot] = []
    let symbol: SymbolID

    init(_ files: [String], _ name: String, interval: Int64) throws {
        symbol = try #require(SymbolID(name))
        engines = OrderFlowEngines(options: OrderFlowOptions(barInterval: interval, tapeCapacity: 64))
        let loader = try HistoricalLoader(files: files.map(PublishedRecordings.events))
        var outbox = Outbox()
        var batch: ContiguousArray<MarketEvent> = []
        while try loader.next(into: &batch) {
            for event in batch {
                engines.handle(event, &outbox)
                while let published = outbox.next() { note(published) }
            }
        }
        let flow = engines.flow(symbol)
        if let last = flow?.delta.current { deltaBars.append(last) }
        if let last = flow?.footprint.current { footprints.append(last) }
        #expect(loader.statistics.malformed == 0)
    }

    private mutating func note(_ event: MarketEvent) {
        switch event.payload {
        case .deltaBar(let bar): deltaBars.append(bar)
        case .footprintSnapshot(let bar): footprints.append(bar)
        default: break
        }
    }

    /// Values as the engines' own JSON.
    static func json(_ write: (inout JSONWriter) -> Void) throws -> JSONValue {
        var writer = JSONWriter()
        write(&writer)
        return try JSONParser.parse(writer.bytes)
    }
}

/// The engines by themselves; what a replay writes of them is compared in full by the tests of the programs.
@Suite(
    "Engines on recordings",
    .enabled(if: PublishedRecordings.areHere, .init(rawValue: PublishedRecordings.skipReason)))
struct GoldenTests {
    @Test(
        "bars, footprints and tape as the engines tell them are exactly the expected ones",
        arguments: [
            ("btcusdt_perp_20240808.trades.csv.gz", "BTCUSDT"), ("esh2_20220124.trades.csv.gz", "ESH2"),
        ])
    func trades(_ file: String, _ symbol: String) throws {
        let played = try Played([file], symbol, interval: 60_000_000_000)
        let set = String(file.prefix { $0 != "." })
        let golden = try #require(try PublishedRecordings.golden(set)["symbols"]?[symbol])
        let bars = try played.deltaBars.map { bar in try Played.json(bar.write) }
        let footprints = try played.footprints.map { bar in try Played.json(bar.write) }
        let tape = try #require(played.engines.flow(played.symbol)).tape.snapshot(limit: 1)
        let totals = try #require(try Played.json(tape.write)["totals"])
        // What the tape engine does not keep, and a mean it tells in more digits.
        let others = ["vwap", "busiest_second", "largest", "upticks", "downticks", "zero_size_trades"]
        let sums = try #require(golden["tape"]?.objectValue).filter { !others.contains($0.key) }
        for (found, expected) in [
            (JSONValue.array(bars), golden["delta_bars_60s"]),
            (.array(footprints), golden["footprint_60s"]), (totals, .object(sums)),
        ] {
            #expect(ExactComparison.differences(found, from: try #require(expected)) == [])
        }
    }

    @Test("no row operation of a recorded ladder points outside it")
    func ladderOperations() throws {
        for (file, symbol) in [
            ("btcusdt_perp_20240808.dom.csv.gz", "BTCUSDT"), ("esh2_20220124.dom.csv.gz", "ESH2"),
        ] {
            let played = try Played([file], symbol, interval: 60_000_000_000)
            #expect(played.engines.flow(played.symbol)?.dom.outOfBounds == 0)
        }
    }
}
