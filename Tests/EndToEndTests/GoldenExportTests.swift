import ExactJSON
import TestSupport
import Testing

/// One way to replay a set, and which of its expected results that must give.
struct GoldenRun {
    /// Files of the set, without its name.
    let files: [String]
    /// Bar length, also as the expected results name it.
    var bar = "60s"
    /// Whether footprints are grouped by the bucket of the expected results.
    var isBucketed = false
    /// Key of the expected footprints.
    var footprints = "footprint_60s"
}

/// A published set with expected results.
struct GoldenSet: CustomTestStringConvertible {
    let name: String
    let symbol: String
    let runs: [GoldenRun]

    var testDescription: String { name }

    private static let lines = ["jsonl.gz"]
    private static let all = ["ticks.csv.gz", "trades.csv.gz", "dom.csv.gz"]

    /// Every set but the one of raw IBKR ticks, which is no recording of events; each in every form it has.
    static let sets =
        [
            GoldenSet(
                name: "btcusdt_perp_20240808", symbol: "BTCUSDT",
                runs: [
                    GoldenRun(files: lines), GoldenRun(files: all, isBucketed: true),
                    GoldenRun(files: lines, bar: "10s"),
                ]),
            GoldenSet(
                name: "esh2_20220124", symbol: "ESH2",
                runs: [
                    GoldenRun(files: lines), GoldenRun(files: all, isBucketed: true),
                    GoldenRun(files: all, bar: "10s"), GoldenRun(files: lines, isBucketed: true),
                ]),
            GoldenSet(
                name: "gcz3_20131007", symbol: "GCZ3",
                runs: [GoldenRun(files: lines), GoldenRun(files: ["trades.csv.gz"])]),
            GoldenSet(
                name: "spy_20131008", symbol: "SPY",
                runs: [
                    GoldenRun(files: ["trades.csv.gz"]),
                    GoldenRun(files: ["trades.csv.gz"], bar: "1h", footprints: "footprint_1h"),
                ]),
            GoldenSet(
                name: "xauusd_20140504", symbol: "XAUUSD",
                runs: [GoldenRun(files: lines), GoldenRun(files: ["ticks.csv.gz"])]),
        ]
        + ["05", "06", "07", "13"].map { day in
            GoldenSet(
                name: "xauusd_201405" + day, symbol: "XAUUSD", runs: [GoldenRun(files: ["ticks.csv.gz"])])
        }
}

extension EndToEndTests {
    @Suite(
        "Exports of published recordings",
        .enabled(if: PublishedRecordings.areHere, .init(rawValue: PublishedRecordings.skipReason)))
    struct GoldenExportTests {
        let sandbox: Sandbox
        /// Orders do not change what the engines see, and cost time.
        let configuration: String

        init() throws {
            sandbox = try Sandbox()
            configuration = try sandbox.configuration(
                ("settings.yaml", "strategy:\n  enabled: true", "strategy:\n  enabled: false"))
        }

        @Test(
            "every expected number comes out of an export, in every form of the set",
            arguments: GoldenSet.sets)
        func golden(_ set: GoldenSet) throws {
            let golden = try PublishedRecordings.golden(set.name)
            let expected = try #require(golden["symbols"]?[set.symbol])
            var compared: Set<String> = []
            for (number, run) in set.runs.enumerated() {
                var options = ["--bar", run.bar]
                if run.isBucketed {
                    let bucket = try #require(expected["footprint_60s_bucketed"]?["bucket"])
                    options += ["--row", bucket.text]
                }
                let times = (golden["dom"]?["ladders"]?.arrayValue ?? []).compactMap { $0["ts"]?.stringValue }
                if !times.isEmpty { options += ["--export-dom-at", times.joined(separator: ",")] }
                let exported = try ExportedReplay(
                    sandbox, "run-\(number)",
                    run.files.map { PublishedRecordings.events("\(set.name).\($0)") },
                    options, configuration: configuration)
                compared.formUnion(try check(exported, run, set.symbol, expected))
                if let ladders = golden["dom"]?["ladders"] {
                    let found = JSONValue.array(try exported.lines("dom.jsonl", of: set.symbol))
                    #expect(ExactComparison.differences(found, from: ladders) == [])
                }
            }
            let wanted = Set(try #require(expected.objectValue).map(\.key))
            #expect(compared == wanted)
        }

        /// Compares what this run can tell.
        ///
        /// - Returns: keys of the expected results that were compared.
        private func check(
            _ exported: ExportedReplay, _ run: GoldenRun, _ symbol: String, _ expected: JSONValue
        ) throws -> Set<String> {
            let tape = try exported.tape(of: symbol)
            let bars = JSONValue.array(try exported.lines("delta_bars.jsonl"))
            let footprints = JSONValue.array(try exported.lines("footprints.jsonl"))
            let bucketed: JSONValue = [
                "bars": footprints, "bucket": expected["footprint_60s_bucketed"]?["bucket"] ?? .null,
            ]
            var found: [(key: String, value: JSONValue?)] = [
                ("tape", tape), ("ticks", tape["ticks"]), ("quote_rule", tape["quote_rule"]),
                ("tick_rule", tape["tick_rule"]), ("delta_bars_\(run.bar)", bars),
                ("tick_bars_\(run.bar)", .array(try exported.lines("tick_bars.jsonl"))),
            ]
            if run.isBucketed {
                found.append(("footprint_60s_bucketed", bucketed))
            } else if run.bar == "60s" || run.footprints != "footprint_60s" {
                found.append((run.footprints, footprints))
            }
            var compared: Set<String> = []
            for (key, value) in found {
                guard let golden = expected[key] else { continue }
                #expect(ExactComparison.differences(value, from: golden, at: key) == [])
                compared.insert(key)
            }
            return compared
        }

        @Test("the depth recorded from IBKR ends in the ladder its client held")
        func recordedDepth() throws {
            let name = "ibkr_eurusd_depth_20220221"
            let golden = try #require(try PublishedRecordings.golden(name)["dom"]?["final"])
            let final = JSONValue.object(try #require(golden.objectValue).filter { $0.key != "source" })
            for form in ["jsonl.gz", "dom.csv.gz"] {
                let exported = try ExportedReplay(
                    sandbox, form, [PublishedRecordings.events("\(name).\(form)")],
                    ["--export-dom-at", "2022-02-21T21:00:00Z"])
                let ladders = try exported.lines("dom.jsonl", of: "EUR.USD")
                #expect(ladders.count == 1)
                #expect(ExactComparison.differences(ladders.first, from: final) == [])
            }
        }

        @Test("the sample gives its expected bars, totals and ladder")
        func sample() throws {
            let golden = try PublishedRecordings.json(PublishedRecordings.sample("btcusdt.expected.json"))
            for (name, forms) in [
                ("lines", ["jsonl"]), ("rows", ["ticks.csv", "trades.csv", "dom.csv"]),
            ] {
                let exported = try ExportedReplay(
                    sandbox, name, forms.map { PublishedRecordings.sample("btcusdt.\($0)") },
                    ["--bar", "1s", "--export-dom-at", try #require(golden["last_ts"]?.stringValue)])
                let found: JSONValue = [
                    "events": exported.replay.summary["events"] ?? .null,
                    "tape": try exported.tape(of: "BTCUSDT"),
                    "delta_bars_1s": .array(try exported.lines("delta_bars.jsonl")),
                    "final_ladder": try exported.lines("dom.jsonl").last ?? .null,
                ]
                for (key, value) in try #require(found.objectValue).map({ ($0.key, $0.value) }) {
                    #expect(ExactComparison.differences(value, from: try #require(golden[key])) == [])
                }
            }
        }
    }
}
