import ExactJSON
import MarketData
import Platform
import TestSupport
import Testing

extension EndToEndTests {
    /// A recording written by hand and its export worked out by hand: whatever changes here changes for users.
    @Suite("Export by hand")
    struct ExportFixtureTests {
        /// Two instruments, the later name first. AAA: two prices of equal volume, a trade at the start of a bar, a ladder that
        /// changes twice at one moment. BBB: crossed and locked quotes, 60 s of silence and 69 s, two seconds equally busy. The
        /// last row has no size and is left out.
        private static let recording = """
            {"type":"tick","seq":1,"ts":"2026-01-05T10:00:00Z","symbol":"BBB","bid":10,"ask":11,"bid_size":null,"ask_size":null}
            {"type":"trade","seq":2,"ts":"2026-01-05T10:00:00Z","symbol":"BBB","price":10.5,"size":2,"aggressor":"unknown"}
            {"type":"trade","seq":3,"ts":"2026-01-05T10:00:30Z","symbol":"AAA","price":100,"size":1,"aggressor":"buy"}
            {"type":"trade","seq":4,"ts":"2026-01-05T10:00:30.5Z","symbol":"AAA","price":101,"size":1,"aggressor":"sell"}
            {"type":"dom_snapshot","seq":5,"ts":"2026-01-05T10:00:40Z","symbol":"AAA","bids":[[99,1],[98,2]],"asks":[[101,3]]}
            {"type":"dom_delta","seq":6,"ts":"2026-01-05T10:00:40Z","symbol":"AAA","side":"bid","op":"update","position":0,"price":99.5,"size":4}
            {"type":"trade","seq":7,"ts":"2026-01-05T10:01:00Z","symbol":"AAA","price":100.5,"size":3,"aggressor":"buy"}
            {"type":"tick","seq":8,"ts":"2026-01-05T10:01:00Z","symbol":"BBB","bid":12,"ask":11,"bid_size":1,"ask_size":1}
            {"type":"trade","seq":9,"ts":"2026-01-05T10:01:00.25Z","symbol":"BBB","price":11,"size":1,"aggressor":"sell"}
            {"type":"dom_delta","seq":10,"ts":"2026-01-05T10:01:01Z","symbol":"AAA","side":"ask","op":"delete","position":0,"price":0,"size":0}
            {"type":"tick","seq":11,"ts":"2026-01-05T10:01:01Z","symbol":"BBB","bid":11,"ask":11,"bid_size":1,"ask_size":1}
            {"type":"tick","seq":12,"ts":"2026-01-05T10:02:10Z","symbol":"BBB","bid":10,"ask":12,"bid_size":1,"ask_size":1}
            {"type":"trade","seq":13,"ts":"2026-01-05T10:02:10Z","symbol":"AAA","price":100,"size":3,"aggressor":"unknown"}
            {"type":"trade","seq":14,"ts":"2026-01-05T10:02:10Z","symbol":"AAA","price":100,"size":0,"aggressor":"buy"}

            """

        private static let expected = [
            "delta_bars.jsonl": """
            {"symbol":"AAA","start":"2026-01-05T10:00:00Z","open":100,"high":101,"low":100,"close":101,"volume":2,"buy_volume":1,"sell_volume":1,"unknown_volume":0,"delta":0,"max_delta":1,"min_delta":0,"cum_delta":0,"trades":2,"buy_trades":1,"sell_trades":1,"first_seq":3,"last_seq":4}
            {"symbol":"BBB","start":"2026-01-05T10:00:00Z","open":10.5,"high":10.5,"low":10.5,"close":10.5,"volume":2,"buy_volume":0,"sell_volume":0,"unknown_volume":2,"delta":0,"max_delta":0,"min_delta":0,"cum_delta":0,"trades":1,"buy_trades":0,"sell_trades":0,"first_seq":2,"last_seq":2}
            {"symbol":"AAA","start":"2026-01-05T10:01:00Z","open":100.5,"high":100.5,"low":100.5,"close":100.5,"volume":3,"buy_volume":3,"sell_volume":0,"unknown_volume":0,"delta":3,"max_delta":3,"min_delta":3,"cum_delta":3,"trades":1,"buy_trades":1,"sell_trades":0,"first_seq":7,"last_seq":7}
            {"symbol":"AAA","start":"2026-01-05T10:02:00Z","open":100,"high":100,"low":100,"close":100,"volume":3,"buy_volume":0,"sell_volume":0,"unknown_volume":3,"delta":0,"max_delta":0,"min_delta":0,"cum_delta":3,"trades":1,"buy_trades":0,"sell_trades":0,"first_seq":13,"last_seq":13}
            {"symbol":"BBB","start":"2026-01-05T10:01:00Z","open":11,"high":11,"low":11,"close":11,"volume":1,"buy_volume":0,"sell_volume":1,"unknown_volume":0,"delta":-1,"max_delta":-1,"min_delta":-1,"cum_delta":-1,"trades":1,"buy_trades":0,"sell_trades":1,"first_seq":9,"last_seq":9}

            """,
            "footprints.jsonl": """
            {"symbol":"AAA","start":"2026-01-05T10:00:00Z","levels":[[100,0,1,0,1],[101,1,0,0,1]],"poc":[100,101],"poc_volume":1}
            {"symbol":"BBB","start":"2026-01-05T10:00:00Z","levels":[[10.5,0,0,2,1]],"poc":[10.5],"poc_volume":2}
            {"symbol":"AAA","start":"2026-01-05T10:01:00Z","levels":[[100.5,0,3,0,1]],"poc":[100.5],"poc_volume":3}
            {"symbol":"AAA","start":"2026-01-05T10:02:00Z","levels":[[100,0,0,3,1]],"poc":[100],"poc_volume":3}
            {"symbol":"BBB","start":"2026-01-05T10:01:00Z","levels":[[11,1,0,0,1]],"poc":[11],"poc_volume":1}

            """,
            "tick_bars.jsonl": """
            {"symbol":"BBB","start":"2026-01-05T10:00:00Z","ticks":1,"bid":[10,10,10,10],"ask":[11,11,11,11],"spread_min":1,"spread_max":1,"spread_sum":1}
            {"symbol":"BBB","start":"2026-01-05T10:01:00Z","ticks":2,"bid":[12,12,11,11],"ask":[11,11,11,11],"spread_min":-1,"spread_max":0,"spread_sum":-1}
            {"symbol":"BBB","start":"2026-01-05T10:02:00Z","ticks":1,"bid":[10,10,10,10],"ask":[12,12,12,12],"spread_min":2,"spread_max":2,"spread_sum":2}

            """,
            "tape.json": """
            {"AAA":{"trades":4,"buy_trades":2,"buy_volume":4,"sell_trades":1,"sell_volume":1,"unknown_trades":1,"unknown_volume":3,"volume":8,"zero_size_trades":0,"first_price":100,"last_price":100,"high":101,"low":100,"delta":3,"notional":802.5,"vwap":100.3125,"busiest_second":{"trades":2,"start":["2026-01-05T10:00:30Z"]},"largest":[{"seq":7,"price":100.5,"size":3,"aggressor":"buy"},{"seq":13,"price":100,"size":3,"aggressor":"unknown"},{"seq":3,"price":100,"size":1,"aggressor":"buy"},{"seq":4,"price":101,"size":1,"aggressor":"sell"}],"upticks":1,"downticks":2,"tick_rule":{"buy_volume":0,"sell_volume":3,"unknown_volume":0,"buy_trades":0,"sell_trades":1,"unknown_trades":0}},"BBB":{"trades":2,"buy_trades":0,"buy_volume":0,"sell_trades":1,"sell_volume":1,"unknown_trades":1,"unknown_volume":2,"volume":3,"zero_size_trades":0,"first_price":10.5,"last_price":11,"high":11,"low":10.5,"delta":-1,"notional":32,"vwap":10.66666667,"busiest_second":{"trades":1,"start":["2026-01-05T10:00:00Z","2026-01-05T10:01:00Z"]},"largest":[{"seq":2,"price":10.5,"size":2,"aggressor":"unknown"},{"seq":9,"price":11,"size":1,"aggressor":"sell"}],"upticks":1,"downticks":0,"tick_rule":{"buy_volume":0,"sell_volume":0,"unknown_volume":2,"buy_trades":0,"sell_trades":0,"unknown_trades":1},"ticks":{"ticks":4,"bid_min":10,"bid_max":12,"ask_min":11,"ask_max":12,"first":[10,11],"last":[10,12],"spread_min":-1,"spread_max":2,"spread_sum":2,"crossed":1,"locked":1,"bid_changes":3,"ask_changes":1,"gaps_over_60s":[{"after_seq":11,"seconds":69}]},"quote_rule":{"guess":{"buy":{"sell":1},"mid":{"unknown":1}}}}}

            """,
            "dom.jsonl": """
            {"symbol":"AAA","ts":"2026-01-05T10:00:40.000000000Z","after_seq":6,"bids":[[99.5,4],[98,2]],"asks":[[101,3]]}
            {"symbol":"AAA","ts":"2026-01-05T10:01:00.000000000Z","after_seq":6,"bids":[[99.5,4],[98,2]],"asks":[[101,3]]}
            {"symbol":"AAA","ts":"2026-01-05T10:01:00.500000000Z","after_seq":6,"bids":[[99.5,4],[98,2]],"asks":[[101,3]]}
            {"symbol":"AAA","ts":"2026-01-05T10:01:01.000000000Z","after_seq":10,"bids":[[99.5,4],[98,2]],"asks":[]}
            {"symbol":"AAA","ts":"2026-01-05T10:02:00.000000000Z","after_seq":10,"bids":[[99.5,4],[98,2]],"asks":[]}
            {"symbol":"AAA","ts":"2026-01-05T10:05:00.000000000Z","after_seq":10,"bids":[[99.5,4],[98,2]],"asks":[]}

            """,
            "signals.jsonl": "", "orders.jsonl": "",
        ]

        /// Before the first event, before the first ladder, twice the same, at an event, after the last one.
        private static let moments = """
            2026-01-05T10:05:00Z,2026-01-05T09:59:00Z,2026-01-05T10:00:30.5Z,2026-01-05T10:00:40Z,\
            2026-01-05T10:00:40Z,2026-01-05T10:01:00.5Z,2026-01-05T10:01:01Z
            """

        let sandbox: Sandbox
        let file: String

        init() throws {
            sandbox = try Sandbox()
            file = try sandbox.directory.file("by-hand.jsonl", Self.recording)
        }

        @Test("every file is, byte for byte, what was worked out by hand")
        func files() throws {
            let exported = try ExportedReplay(
                sandbox, "whole", [file],
                [
                    "--on-malformed", "skip", "--export-dom-at", Self.moments, "--export-dom-every", "60s",
                ])
            for (name, text) in Self.expected.sorted(by: { $0.key < $1.key }) {
                #expect(try exported.text(name) == text, "\(name)")
            }
            #expect(exported.files.count == Self.expected.count + 1)
            #expect(try exported.replay.number("input", "malformed") == 1)
        }

        @Test("every field that is exported is in docs/export.md")
        func documentation() throws {
            let path = Repository.path + "/docs/export.md"
            let text = String(decoding: try #require(try DurableFile.read(path)), as: UTF8.self)
            let words = Set(text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
            let market = try sandbox.directory.file(
                "market.jsonl", try Recording(events: 3_000).bytes(.jsonLines))
            let exported = try ExportedReplay(
                sandbox, "fields", [market, file], ["--on-malformed", "skip", "--export-dom-every", "60s"])
            for name in exported.files.keys where name != "summary.json" {
                #expect(words.isSuperset(of: name.split(separator: ".").map(String.init)), "\(name)")
                let values = try exported.lines(name)
                #expect(!values.isEmpty, "\(name)")
                let instruments: Set = ["XAUUSD", "AAA", "BBB"]
                let keys = Set(values.flatMap(keys)).subtracting(instruments)
                #expect(keys.subtracting(words) == [], "\(name)")
            }
        }

        /// Keys of all objects in a value.
        private func keys(_ value: JSONValue) -> [String] {
            let members = value.objectValue ?? []
            return members.map(\.key) + members.flatMap { keys($0.value) }
                + (value.arrayValue ?? []).flatMap(keys)
        }

        @Test("rows of 4 begin at multiples of 4, and bars of another length have other starts")
        func rows() throws {
            let exported = try ExportedReplay(
                sandbox, "rows", [file], ["--on-malformed", "skip", "--row", "4", "--bar", "500ms"])
            let found = try exported.lines("footprints.jsonl").map { bar in
                "\(bar["start"]?.stringValue ?? "") \(bar["levels"]?.text ?? "") \(bar["poc"]?.text ?? "")"
            }
            #expect(
                found == [
                    "2026-01-05T10:00:30Z [[100,0,1,0,1]] [100]",
                    "2026-01-05T10:00:30.500000000Z [[100,1,0,0,1]] [100]",
                    "2026-01-05T10:00:00Z [[8,0,0,2,1]] [8]",
                    "2026-01-05T10:01:00Z [[100,0,3,0,1]] [100]",
                    "2026-01-05T10:02:10Z [[100,0,0,3,1]] [100]",
                    "2026-01-05T10:01:00Z [[8,1,0,0,1]] [8]",
                ])
            #expect(exported.files["dom.jsonl"] == nil)
        }
    }
}
