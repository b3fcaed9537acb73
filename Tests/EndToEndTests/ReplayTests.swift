import Audit
import ExactJSON
import MarketData
import Platform
import TestSupport
import Testing
import TradingModel

/// A finished replay: how it ended, its summary, its audit log.
struct Replay {
    let ended: Ended
    let summaryBytes: [UInt8]
    let summary: JSONValue
    let auditBytes: [UInt8]
    let auditDirectory: String

    /// Replays `files` with a state directory called `name`.
    init(
        _ sandbox: Sandbox, _ name: String, _ files: [String], _ options: [String] = [],
        configuration: String = Repository.configuration
    ) throws {
        try self.init(
            sandbox, name,
            try Self.start(sandbox, name, files, options, configuration: configuration))
    }

    /// Starts it; the other form waits for its end.
    static func start(
        _ sandbox: Sandbox, _ name: String, _ files: [String], _ options: [String] = [],
        configuration: String = Repository.configuration
    ) throws -> ChildProcess {
        try sandbox.start(
            Products.tradingd,
            [
                "--config", configuration, "--mode", "replay", "--log-level", "warning",
                "--socket", sandbox.path(name + ".sock"), "--state", sandbox.path(name),
                "--summary", sandbox.path(name + ".summary.json"),
            ] + options + ["--file"] + files)
    }

    /// Waits for the end of a replay that was started under that name.
    init(_ sandbox: Sandbox, _ name: String, _ process: ChildProcess) throws {
        let summaryPath = sandbox.path(name + ".summary.json")
        auditDirectory = sandbox.path(name + "/audit")
        ended = try Ended(process)
        try #require(ended.exitCode == 0, "\(ended.errors)")
        summaryBytes = try #require(try DurableFile.read(summaryPath))
        summary = try JSONParser.parse(summaryBytes)
        auditBytes = try Self.segments(auditDirectory)
    }

    /// Every segment of an audit log, one after the other.
    private static func segments(_ directory: String) throws -> [UInt8] {
        let names = TemporaryDirectory.names(at: directory).filter { $0.hasSuffix(".jsonl") }.sorted()
        try #require(!names.isEmpty)
        return try names.flatMap { try DurableFile.read("\(directory)/\($0)", limit: 1 << 28) ?? [] }
    }

    /// Events of that type that were delivered.
    func events(_ type: EventType) -> Int { summary["events"]?["\(type.name)"]?.integerValue ?? 0 }

    /// A number of the summary, by its path.
    func number(_ path: String...) throws -> Int {
        var value = summary
        for key in path { value = try #require(value[key], "summary without \(path)") }
        return try #require(value.integerValue)
    }

    /// What holds for every replay that trades: nothing malformed, signals, orders, fills, an audit log that proves it.
    func checkTrading() throws {
        #expect(try number("input", "malformed") == 0)
        #expect(try number("signals") > 0)
        #expect(try number("orders", "sent") > 0)
        #expect(try number("orders", "fill") > 0)
        let audit = try AuditVerifier.verify(directory: auditDirectory)
        #expect(audit.verdict == .intact)
        #expect(audit.lines == (try number("audit", "lines")))
        #expect(audit.head.hex == summary["audit"]?["head"]?.stringValue)
        #expect(audit.counts[.orderIntent] == (try number("decisions", "approved")))
        #expect(audit.counts[.orderSend] == (try number("orders", "sent")))
        #expect(audit.counts[.orderFill] == (try number("orders", "fill")))
    }
}

extension EndToEndTests {
    @Suite("Replay")
    struct ReplayTests {
        let sandbox: Sandbox

        init() throws { sandbox = try Sandbox() }

        @Test("three files of one market, merged, and one file of all kinds give the same bytes")
        func formsAgree() throws {
            let recording = try Recording(events: 20_000)
            let directory = sandbox.directory
            let parts = [
                try directory.file("day.ticks.csv", recording.bytes(.tickCSV)),
                try directory.file("day.trades.csv.gz", gzip(recording.bytes(.tradeCSV))),
                try directory.file("day.dom.jsonl", recording.bytes(.jsonLines, [.domDelta, .domSnapshot])),
            ]
            let merged = try Replay(sandbox, "merged", parts)
            for type in [EventType.tick, .trade, .domDelta, .domSnapshot] {
                #expect(merged.events(type) == recording.count(type), "\(type.name)")
            }
            #expect(try merged.number("input", "rows") == recording.events.count)
            try merged.checkTrading()

            let whole = try Replay(
                sandbox, "whole", [try directory.file("day.jsonl", recording.bytes(.jsonLines))])
            #expect(whole.summaryBytes == merged.summaryBytes)
            #expect(whole.auditBytes == merged.auditBytes)
        }

        @Test("a recording played three times is the one written three times, byte for byte")
        func repeated() throws {
            let recording = try Recording(events: 5_000)
            let file = try sandbox.directory.file("once.jsonl.gz", gzip(recording.bytes(.jsonLines)))
            let replay = try Replay(sandbox, "repeated", [file], ["--repeat", "3"])
            #expect(try replay.number("input", "rows") == 3 * recording.events.count)
            try replay.checkTrading()

            let first = try #require(recording.events.first).timestamp
            let last = try #require(recording.events.last).timestamp
            let highest = try #require(recording.events.map(\.feedSequence).max())
            var writer = FlatRecordWriter(.jsonLines)
            for pass in 0..<3 {
                for var event in recording.events {
                    event.timestamp = event.timestamp.advanced(by: last.since(first) * Int64(pass))
                    event.feedSequence += highest * UInt64(pass)
                    writer.write(event)
                }
            }
            let written = try sandbox.directory.file("thrice.jsonl", writer.takeBytes())
            let expected = try Replay(sandbox, "written", [written])
            #expect(replay.summaryBytes == expected.summaryBytes)
            #expect(replay.auditBytes == expected.auditBytes)
        }

        @Test("two processes write the same audit log, summary and export, at full speed as in measured time")
        func deterministic() throws {
            let recording = try Recording(events: 6_000)
            let file = try sandbox.directory.file("half-minute.jsonl", recording.bytes(.jsonLines))
            let first = try ExportedReplay(sandbox, "first", [file], ["--export-dom-every", "1s"])
            let second = try ExportedReplay(sandbox, "second", [file], ["--export-dom-every", "1s"])
            try second.checkSameBytes(as: first)
            let plain = try Replay(sandbox, "plain", [file])
            #expect(plain.auditBytes == first.replay.auditBytes, "an export changes nothing")
            #expect(try first.lines("orders.jsonl").count > 0)
            #expect(try first.lines("dom.jsonl").count > 0)

            let start = try #require(recording.events.first).timestamp.nanoseconds
            let last = try #require(recording.events.last).timestamp.nanoseconds
            let began = MonotonicClock.now()
            let paced = try ExportedReplay(
                sandbox, "paced", [file], ["--export-dom-every", "1s", "--speed", "30"])
            #expect(MonotonicClock.now() - began >= UInt64((last - start) / 30))
            try paced.checkSameBytes(as: first)
        }

        @Test(
            "two processes write the same bytes where messages travel, executions cost and some are refused")
        func travelling() throws {
            let file = try sandbox.directory.file(
                "half-minute.jsonl", try Recording(events: 6_000).bytes(.jsonLines))
            let configuration = try sandbox.configuration(
                (
                    "settings.yaml", "execution:\n",
                    """
                    execution:
                      sim:
                        entry_latency: 2ms
                        response_latency: 3ms
                        latency_jitter: 4ms
                        latency_shape: lognormal
                        book: rows
                        fee_per_unit: "0.02"
                        taker_fee_bps: "0.3"
                        maker_fee_bps: "-0.1"
                        minimum_fee: "0.05"
                        reject_probability: 0.3
                        cancel_reject_probability: 0.05

                    """
                ))
            let plain = try Replay(sandbox, "plain", [file])
            let first = try ExportedReplay(sandbox, "first", [file], configuration: configuration)
            let second = try ExportedReplay(sandbox, "second", [file], configuration: configuration)
            try second.checkSameBytes(as: first)
            try first.replay.checkTrading()
            #expect(first.replay.auditBytes != plain.auditBytes)
            let text = String(decoding: first.replay.auditBytes, as: UTF8.self)
            #expect(text.contains("\"commission\":") && text.contains("refused by chance"))
        }

        @Test("SIGTERM ends a replay in order, in the middle of it")
        func terminated() throws {
            let file = try sandbox.directory.file(
                "ten-seconds.jsonl", try Recording(events: 2_000).bytes(.jsonLines))
            let daemon = try RunningDaemon(sandbox, "--mode", "replay", "--file", file, "--speed", "0.01")
            try daemon.eventually("events flow") {
                try daemon.answer("status")?["sequence"]?.integerValue ?? 0 > 0
            }
            #expect(try daemon.stop() == 0)
            let last = try #require(try AuditTrail(daemon.state + "/audit").lines.last)
            #expect(last.type == "session.stop")
            #expect(last.data["reason"] == "SIGTERM")
        }

        @Test("a replay leaves the state of the user's other sessions alone")
        func ownState() throws {
            let file = try sandbox.directory.file(
                "minute.jsonl", try Recording(events: 2_000).bytes(.jsonLines))
            let ended = try sandbox.tradingd("--mode", "replay", "--file", file)
            #expect(ended.exitCode == 0)
            #expect(ended.errors.contains("events"))
            #expect(sandbox.exists("state/tradingd/dev/replay"))
            #expect(!sandbox.exists("state/tradingd/dev/sim"))
            #expect(!sandbox.exists("state/tradingd/dev/killswitch.json"))
        }
    }

    @Suite(
        "Published recordings",
        .enabled(if: PublishedRecordings.areHere, .init(rawValue: PublishedRecordings.skipReason)))
    struct PublishedRecordingTests {
        @Test(
            "a recording replays whole, with signals, orders and fills, the same in two processes",
            arguments: [
                (name: "xauusd_20140505.ticks.csv.gz", ticks: 186_204, trades: 0, operations: 0),
                (name: "btcusdt_perp_20240808.jsonl.gz", ticks: 66_089, trades: 21_313, operations: 36_848),
            ])
        func whole(_ set: (name: String, ticks: Int, trades: Int, operations: Int)) throws {
            let sandbox = try Sandbox()
            let files = [PublishedRecordings.events(set.name)]
            let options = ["--export-dom-every", "15s"]
            // Both at once: there are two cores.
            let first = try ExportedReplay.start(sandbox, "first", files, options)
            let second = try ExportedReplay.start(sandbox, "second", files, options)
            let exported = try ExportedReplay(sandbox, "first", first)
            try ExportedReplay(sandbox, "second", second).checkSameBytes(as: exported)
            let replay = exported.replay
            #expect(replay.events(.tick) == set.ticks)
            #expect(replay.events(.trade) == set.trades)
            #expect(replay.events(.domDelta) == set.operations)
            try replay.checkTrading()
        }
    }
}
