import ExactJSON
import MarketData
import TestSupport
import Testing
import TradingModel

extension EndToEndTests {
    /// Exports of simulated markets against a second, plain computation of everything in them.
    @Suite("Exports against a reference")
    struct ExportReferenceTests {
        private static let bar: Int64 = 5_000_000_000

        /// Two markets with what the simulator does not make: unknown aggressors, equal volumes, silences.
        private func recording(seed: UInt64) throws -> Recording {
            let markets = try ["XAUUSD", "ALPHA"].map { try #require(SimulatedInstrument.gold($0)) }
            var simulator = MarketSimulator(MarketSimulatorOptions(seed: seed, instruments: markets))
            var events: ContiguousArray<MarketEvent> = []
            while events.count < 6_000 { simulator.next(into: &events) }
            var random = TestRandom(seed: seed)
            var shift: Int64 = 0
            var lastTime = Timestamp.zero
            for index in events.indices {
                // Only between changes: events of one change keep one time.
                if events[index].timestamp > lastTime && random.below(500) == 0 {
                    shift += Int64(random.below(90)) * 1_000_000_000
                }
                lastTime = events[index].timestamp
                events[index].timestamp = events[index].timestamp.advanced(by: shift)
                events[index].receivedAt = events[index].timestamp
                guard case .trade(var trade) = events[index].payload else { continue }
                if random.below(3) == 0 { trade.aggressor = .unknown }
                if random.below(2) == 0 {
                    trade.size = Quantity(rawValue: 1_000_000_000 * Int64(1 + random.below(3)))
                }
                events[index].payload = .trade(trade)
            }
            return Recording(Array(events))
        }

        @Test("everything exported is what plain loops over the recording give, for every seed")
        func seeds() throws {
            let first = TestSeed.value("EXPORT_TEST_SEED")
            for (number, form) in ["lines", "rows", "lines"].enumerated() {
                let sandbox = try Sandbox()
                let recording = try recording(seed: first &+ UInt64(number))
                let files = try files(of: recording, form, in: sandbox)
                try check(recording, files, sandbox)
            }
        }

        private func files(of recording: Recording, _ form: String, in sandbox: Sandbox) throws -> [String] {
            if form == "lines" {
                return [try sandbox.directory.file("all.jsonl.gz", gzip(recording.bytes(.jsonLines)))]
            }
            return [
                try sandbox.directory.file("day.ticks.csv", recording.bytes(.tickCSV)),
                try sandbox.directory.file("day.trades.csv", recording.bytes(.tradeCSV)),
                try sandbox.directory.file("day.dom.csv", recording.bytes(.depthCSV)),
            ]
        }

        private func check(_ recording: Recording, _ files: [String], _ sandbox: Sandbox) throws {
            let begin = try #require(recording.events.first).timestamp
            let moments = (0..<8).map { begin.advanced(by: $0 * 7_123_456_789 - 1_000_000_000) }
            let row = try Price("0.25")
            let exported = try ExportedReplay(
                sandbox, "export", files,
                [
                    "--bar", "5s", "--row", "\(row)", "--export-dom-at",
                    moments.map(\.description).joined(separator: ","),
                ])
            for name in ["ALPHA", "XAUUSD"] {
                let symbol = try #require(SymbolID(name))
                let reference = ReferenceExport(recording, symbol: symbol, barInterval: Self.bar)
                let tape = try exported.tape(of: name)
                for (found, expected) in [
                    (.array(try exported.lines("delta_bars.jsonl", of: name)), reference.deltaBars),
                    (
                        .array(try exported.lines("footprints.jsonl", of: name)),
                        reference.footprints(row: row)
                    ),
                    (.array(try exported.lines("tick_bars.jsonl", of: name)), reference.tickBars),
                    (tape, reference.tape),
                    (
                        .array(try exported.lines("dom.jsonl", of: name)),
                        .array(moments.compactMap(reference.ladder))
                    ),
                ] as [(JSONValue, JSONValue)] {
                    #expect(ExactComparison.differences(found, from: expected, at: name) == [])
                }
                guard case .number(let mean)? = tape["vwap"] else { throw DecimalError.malformed }
                #expect(reference.isMean(try Price(mean)))
            }
            #expect(try exported.lines("signals.jsonl").count == (try exported.replay.number("signals")))
            #expect(try exported.lines("orders.jsonl").count == exported.replay.events(.orderEvent))
        }
    }
}
