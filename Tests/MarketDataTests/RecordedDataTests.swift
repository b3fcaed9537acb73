import Glibc
import MarketData
import Testing
import TradingModel

/// Directory of the published recordings: `$TRADINGD_DATA`, or `shared/data` beside the package.
private let recordings: String? = {
    var candidates: [String] = []
    if let path = getenv("TRADINGD_DATA") { candidates.append(String(cString: path)) }
    let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    candidates.append("/\(package)/../shared/data")
    return candidates.first { access($0 + "/events/btcusdt_perp_20240808.jsonl.gz", R_OK) == 0 }
}()

@Suite("Published recordings", .enabled(if: recordings != nil, "recordings are not here"))
struct RecordedDataTests {
    struct DataSet: Sendable, CustomTestStringConvertible {
        var name: String
        var ticks = 0
        var trades = 0
        var snapshots = 0
        var operations = 0
        var testDescription: String { name }
    }

    private static let bitcoin = DataSet(
        name: "btcusdt_perp_20240808", ticks: 66_089, trades: 21_313, snapshots: 1, operations: 36_848)
    private static let future = DataSet(
        name: "esh2_20220124", ticks: 601, trades: 2_026, snapshots: 1, operations: 855)

    private func path(_ name: String) throws -> String { try #require(recordings) + "/events/" + name }

    private func csvFiles(_ set: DataSet) throws -> [String] {
        var files: [String] = []
        if set.operations > 0 { files.append(try path(set.name + ".dom.csv.gz")) }
        if set.ticks > 0 { files.append(try path(set.name + ".ticks.csv.gz")) }
        if set.trades > 0 { files.append(try path(set.name + ".trades.csv.gz")) }
        return files
    }

    private func check(_ loaded: Loaded, _ set: DataSet) {
        #expect(loaded.error == nil)
        #expect(loaded.statistics.malformed == 0)
        #expect(loaded.statistics.events(.tick) == set.ticks)
        #expect(loaded.statistics.events(.trade) == set.trades)
        #expect(loaded.statistics.events(.domSnapshot) == set.snapshots)
        #expect(loaded.statistics.events(.domDelta) == set.operations)
    }

    @Test(
        "CSV and JSON lines of a data set give the same events, as many as published",
        arguments: [
            bitcoin, future, DataSet(name: "gcz3_20131007", trades: 39_610),
            DataSet(name: "ibkr_eurusd_depth_20220221", operations: 271),
            DataSet(name: "xauusd_20140504", ticks: 9_889),
        ])
    func bothForms(_ set: DataSet) throws {
        let json = load([try path(set.name + ".jsonl.gz")])
        check(json, set)
        let csv = load(try csvFiles(set))
        check(csv, set)
        #expect(csv.images == json.images)
    }

    @Test(
        "CSV of a day gives as many events as published",
        arguments: [
            DataSet(name: "spy_20131008", trades: 451_545), DataSet(name: "xauusd_20140505", ticks: 186_204),
            DataSet(name: "xauusd_20140506", ticks: 161_552),
            DataSet(name: "xauusd_20140507", ticks: 219_809),
            DataSet(name: "xauusd_20140513", ticks: 174_587),
        ])
    func days(_ set: DataSet) throws {
        let loader = try HistoricalLoader(files: try csvFiles(set))
        var batch: ContiguousArray<MarketEvent> = []
        while try loader.next(into: &batch) {}
        #expect(loader.statistics.events == set.ticks + set.trades)
        #expect(loader.statistics.malformed == 0)
    }

    @Test("raw broker ticks are counted, not refused")
    func brokerTicks() throws {
        let loaded = load([try path("ibkr_l1_hkstock_20220107_a.jsonl.gz")])
        #expect(loaded.error == nil && loaded.events.isEmpty)
        #expect(loaded.statistics.skipped == ["ib_tick": 7_013])
    }

    @Test("the rebuilt ladder is never crossed where a batch ends")
    func ladder() throws {
        var ladder = Ladder()
        var batches = 0
        for event in load([try path("btcusdt_perp_20240808.dom.csv.gz")]).events {
            switch event.payload {
            case .domSnapshot(let snapshot): ladder.replace(bids: snapshot.bids, asks: snapshot.asks)
            case .domDelta(let delta):
                #expect(ladder.apply(delta) == .applied)
                guard delta.endsBatch else { continue }
                batches += 1
                let found = ladder.top()
                let top = try #require(found)
                #expect(top.bid < top.ask)
            default: Issue.record("only depth is in the file")
            }
        }
        #expect(batches > 5_000)
    }
}
