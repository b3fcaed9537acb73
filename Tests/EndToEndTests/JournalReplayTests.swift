import Audit
import ExactJSON
import MarketData
import Platform
import TestSupport
import Testing
import TradingModel

extension EndToEndTests {
    @Suite("Journals as recordings")
    struct JournalReplayTests {
        let sandbox: Sandbox

        init() throws { sandbox = try Sandbox() }

        private func summary(_ name: String) throws -> JSONValue {
            try JSONParser.parse(try sandbox.directory.read(name))
        }

        /// A simulated market as JSON lines.
        private func recording(_ count: Int) throws -> String {
            let gold = try #require(SimulatedInstrument.gold())
            var simulator = MarketSimulator(MarketSimulatorOptions(seed: 5, instruments: [gold]))
            var writer = FlatRecordWriter(.jsonLines)
            var events: ContiguousArray<MarketEvent> = []
            while events.count < count { simulator.next(into: &events) }
            for event in events { writer.write(event) }
            return try sandbox.directory.file("market.jsonl", writer.takeBytes())
        }

        @Test("a replay can be recorded; its journal replays to the same decisions and files")
        func converted() throws {
            let recording = try recording(20_000)
            let configuration = try sandbox.configuration(
                ("settings.yaml", "audit:\n", "recorder: {enabled: true, segment_bytes: 300000}\naudit:\n"))
            let first = try sandbox.tradingd(
                "--mode", "replay", "--file", recording, "--state", sandbox.path("first"), "--summary",
                sandbox.path("first.json"), "--export", sandbox.path("export-1"), configuration: configuration
            )
            #expect(first.exitCode == 0, "\(first.errors)")
            let journals = sandbox.directory.names(in: "first/journal")
            #expect(journals.count > 2)
            let second = try sandbox.run(
                Products.tradingd,
                [
                    "--config", Repository.configuration, "--mode", "replay", "--state",
                    sandbox.path("second"),
                    "--summary", sandbox.path("second.json"), "--export", sandbox.path("export-2"), "--file",
                ] + journals.map { sandbox.path("first/journal/" + $0) })
            #expect(second.exitCode == 0, "\(second.errors)")
            let one = try summary("first.json"), other = try summary("second.json")
            for key in ["events", "decisions", "orders", "pnl", "first_event", "last_event"] {
                #expect(one[key] == other[key], "\(key)")
            }
            let rows = try #require(one["input"]?["rows"]?.integerValue)
            #expect(other["input"]?["rows"]?.integerValue == rows + 3)
            #expect(other["input"]?["skipped"]?.integerValue == 3)
            for name in sandbox.directory.names(in: "export-1") where name != "summary.json" {
                #expect(
                    try sandbox.directory.read("export-1/" + name)
                        == (try sandbox.directory.read("export-2/" + name)), "\(name)")
            }
            try checkLines("first", journals)
            let replayed = try sandbox.run(
                Products.tradectl,
                ["audit", "replay", "--audit", sandbox.path("first/audit"), "--journal"]
                    + journals.map { sandbox.path("first/journal/" + $0) })
            #expect(replayed.exitCode == 0, "\(replayed.output)\(replayed.errors)")
        }

        /// Every file is opened and closed in the audit trail, which is the same for two such replays.
        private func checkLines(_ state: String, _ journals: [String]) throws {
            let trail = try AuditTrail(sandbox.path(state + "/audit"))
            let opened = trail.indices(.recorderOpen).compactMap { trail.lines[$0].data["file"]?.stringValue }
            let closed = trail.indices(.recorderClose).compactMap {
                trail.lines[$0].data["file"]?.stringValue
            }
            #expect(opened == journals && closed == journals)
            #expect(trail.lines.last?.type == "session.stop")
        }

        @Test("nothing is recorded in a replay unless asked for, and never where the settings forbid it")
        func off() throws {
            let recording = try recording(500)
            let plain = try sandbox.tradingd(
                "--mode", "replay", "--file", recording, "--state", sandbox.path("plain"))
            #expect(plain.exitCode == 0 && !sandbox.exists("plain/journal"))
            let configuration = try sandbox.configuration(
                ("settings.yaml", "audit:\n", "recorder: {enabled: false}\naudit:\n"))
            let daemon = try RunningDaemon(sandbox, configuration: configuration, "--mode", "sim")
            #expect(try daemon.stop() == 0)
            #expect(!sandbox.exists("daemon/journal"))
        }

        @Test("a journal that cannot be begun keeps a session from starting")
        func refused() throws {
            try DurableFile.makeDirectories(sandbox.path("daemon"))
            _ = try sandbox.directory.file("daemon/journal", "in the way")
            let ended = try sandbox.tradingd(
                "--mode", "sim", "--socket", sandbox.path("s"), "--state", sandbox.path("daemon"))
            #expect(ended.exitCode == 73)
            #expect(ended.errorLines.count == 1 && ended.errors.contains("daemon/journal"), "\(ended.errors)")
        }

        @Test("a damaged journal ends a replay with 65, file, block and byte; a torn one is read to its end")
        func damaged() throws {
            let recording = try recording(5_000)
            let configuration = try sandbox.configuration(
                ("settings.yaml", "audit:\n", "recorder: {enabled: true}\naudit:\n"))
            let first = try sandbox.tradingd(
                "--mode", "replay", "--file", recording, "--state", sandbox.path("first"),
                configuration: configuration)
            #expect(first.exitCode == 0, "\(first.errors)")
            let bytes = try sandbox.directory.read("first/journal/journal-1-000001.tdj")
            var flipped = bytes
            flipped[bytes.count / 2] ^= 4
            let broken = try sandbox.tradingd(
                "--mode", "replay", "--state", sandbox.path("broken"), "--file",
                try sandbox.directory.file("broken.tdj", flipped))
            #expect(broken.exitCode == 65)
            #expect(broken.errors.contains("broken.tdj: block "), "\(broken.errors)")
            let torn = try sandbox.tradingd(
                "--mode", "replay", "--state", sandbox.path("torn"), "--file",
                try sandbox.directory.file("torn.tdj", Array(bytes.dropLast(1))))
            #expect(torn.exitCode == 0, "\(torn.errors)")
            #expect(torn.output.contains("are no whole block and left out"))
        }
    }
}
