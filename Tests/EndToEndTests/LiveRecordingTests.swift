import ExactJSON
import TestSupport
import Testing
import TradingModel

extension EndToEndTests {
    /// What IBKR once sent, sent again by the simulated gateway to the real daemon.
    ///
    /// Everything that the expected results tell of these sets is compared, in the daemon at work and again in an export of
    /// the journal that it wrote. They tell no bars, and there could be none to compare: a live session knows when a message
    /// came, not when it was recorded, so bars by time are others in every run. Only what they add up to is the same.
    @Suite(
        "Recordings of IBKR, over the wire",
        .enabled(if: PublishedRecordings.areHere, .init(rawValue: PublishedRecordings.skipReason)))
    struct LiveRecordingTests {
        /// A daemon that only looks, at one instrument, and the gateway that plays a set to it.
        private func rig(
            _ set: String, of symbol: String, gateway: [String], faults: [String] = [],
            _ changes: (file: String, old: String, new: String)...
        ) throws -> LiveRig {
            let file = PublishedRecordings.events(set + ".jsonl.gz")
            return try LiveRig(
                gateway: ["--file", file, "--wait-for-request"] + gateway, faults: faults
            ) { _, port in
                [
                    ("settings.yaml", "port: 7497 #", "port: \(port) #"),
                    ("settings.yaml", "symbols: [XAUUSD]", "symbols: [\(symbol)]"),
                    // The silence after the last record is none that matters.
                    ("settings.yaml", "stale_after: 2s", "stale_after: 60s"),
                    ("settings.yaml", "strategy:\n  enabled: true", "strategy:\n  enabled: false"),
                ] + changes
            }
        }

        /// Level 1 is all there was: tick by tick is refused, before anything is subscribed that lets the recording begin.
        @Test("level 1 of a stock in Hong Kong: last quote, last price, volume, and nothing lost on the way")
        func level1() throws {
            let recorded = try RecordedLevelOne()
            let rig = try rig(
                RecordedLevelOne.set, of: "AAPL", gateway: ["--map", "HKSTOCK=AAPL", "--speed", "max"],
                faults: ["refuse 10189 tick AAPL 1000"],
                (
                    "settings.yaml", "      SPY:\n        type: STK",
                    """
                          AAPL:
                            type: STK
                            primary_exchange: NASDAQ
                            quotes: level1
                            depth_rows: 0
                          SPY:
                            type: STK
                    """
                ))
            // A line begins with the close of the day before, of which the recording knows nothing.
            try messages("level1", reach: recorded.records.count + 1, rig)
            #expect(try rig.gateway.sent(1) == recorded.priceCount + 1)
            #expect(try rig.gateway.sent(2) == recorded.sizeCount)
            try rig.daemon.eventually("every trade is in a bar") {
                try sum("trades", over: try bars(rig)) == recorded.tradeCount
            }
            #expect("\(try sum("volume", over: try bars(rig)))" == recorded.volume)
            let quote = try rig.daemon.json("snapshot", "dom", "AAPL")["quote"]
            #expect(ExactComparison.differences(quote, from: Self.quote(recorded)) == [])
            #expect(try rig.daemon.stop() == 0)
            try check(try export(rig), recorded)
        }

        private func check(_ exported: ExportedReplay, _ recorded: RecordedLevelOne) throws {
            let tape = try exported.tape(of: "AAPL")
            #expect(tape["trades"]?.integerValue == recorded.tradeCount)
            for volume in ["volume", "unknown_volume"] { #expect(tape[text: volume] == recorded.volume) }
            #expect(tape[text: "last_price"] == recorded.final[text: "last"])
            let quote = recorded.final
            #expect(
                ExactComparison.differences(
                    tape["ticks"]?["last"], from: .array([quote["bid"] ?? .null, quote["ask"] ?? .null]))
                    == [])
            let bars = try exported.lines("delta_bars.jsonl", of: "AAPL")
            #expect("\(try sum("volume", over: bars))" == recorded.volume)
            try checkFootprints(try exported.lines("footprints.jsonl", of: "AAPL"), recorded)
        }

        /// What traded at each price, over all bars.
        private func checkFootprints(_ bars: [JSONValue], _ recorded: RecordedLevelOne) throws {
            var found: [String: (volume: Int, trades: Int)] = [:]
            for level in bars.flatMap({ $0["levels"]?.arrayValue ?? [] }).compactMap(\.arrayValue) {
                try #require(level.count == 5)
                found[level[0].cellText, default: (0, 0)].volume += try #require(level[3].integerValue)
                found[level[0].cellText, default: (0, 0)].trades += try #require(level[4].integerValue)
            }
            let expected = recorded.footprint
            #expect(found.keys.sorted() == expected.keys.sorted())
            for (price, level) in expected { #expect(found[price].map { $0 == level } == true, "\(price)") }
        }

        private func bars(_ rig: LiveRig) throws -> [JSONValue] {
            try rig.daemon.json("snapshot", "delta", "AAPL")["bars"]?.arrayValue ?? []
        }

        private func sum(_ key: String, over bars: [JSONValue]) throws -> Int {
            try bars.reduce(0) { $0 + (try #require($1[key]?.integerValue)) }
        }

        /// The last quote as a snapshot tells it.
        private static func quote(_ recorded: RecordedLevelOne) -> JSONValue {
            .object((recorded.final.objectValue ?? []).filter { !$0.key.hasPrefix("last") })
        }

        /// The ladder is the only stream but level 1, which is asked for after it: so nothing of it is missed.
        @Test("depth of EUR.USD: the ladder in the end is the one the recording client held")
        func depth() throws {
            let recorded = try RecordedDepth()
            let rig = try rig(
                RecordedDepth.set, of: "EUR.USD", gateway: ["--speed", "8"],
                (
                    "settings.yaml", "        exchange: IDEALPRO\n        trades: off",
                    "        exchange: IDEALPRO\n        trades: off\n        quotes: depth\n        depth_rows: 5"
                ))
            try messages("depth", reach: recorded.records.count, rig)
            #expect(try rig.gateway.sent(12) == recorded.records.count)
            let found = try rig.daemon.json("snapshot", "dom", "EUR.USD")
            #expect(found["state"] == "ok")
            #expect(ExactComparison.differences(found, from: recorded.final) == [])
            try checkDepthOnceLive(rig)
            #expect(try rig.daemon.stop() == 0)
            // With the session the ladder ends; so it is looked at as it was when it was asked for.
            let exported = try export(rig, ["--export-dom-at", found[text: "ts"]])
            let ladders = try exported.lines("dom.jsonl", of: "EUR.USD")
            #expect(ladders.count == 1)
            #expect(ExactComparison.differences(ladders.first, from: recorded.final) == [])
        }

        /// The ladder became live with its first row, and nothing since then has put it in doubt.
        private func checkDepthOnceLive(_ rig: LiveRig) throws {
            let told = try rig.daemon.process.output.split(separator: "\n").filter {
                $0.contains("feed.status")
            }
            .map { try JSONParser.parse(String($0))["context"] ?? .null }
            .filter { $0["stream"] == "depth" }.compactMap { $0["quality"]?.stringValue }
            #expect(told.last == "live" && !told.contains("reset"), "\(told)")
        }

        /// Waits until so many messages of that kind have come.
        private func messages(_ kind: String, reach count: Int, _ rig: LiveRig) throws {
            try rig.daemon.eventually("\(count) messages of \(kind)") {
                try rig.session()["messages"]?[kind]?.integerValue ?? 0 >= count
            }
            #expect(try rig.session()["messages"]?[kind]?.integerValue == count)
            for odd in ["late", "unknown", "discarded"] {
                #expect(try rig.session()["messages"]?[odd]?.integerValue == 0, "\(odd)")
            }
        }

        /// The journal of the daemon that has ended, replayed into an export.
        private func export(_ rig: LiveRig, _ options: [String] = []) throws -> ExportedReplay {
            let journals = rig.sandbox.directory.names(in: "daemon/journal")
            return try ExportedReplay(
                rig.sandbox, "again", journals.map { rig.sandbox.path("daemon/journal/" + $0) }, options,
                configuration: rig.sandbox.path("config"))
        }
    }
}
