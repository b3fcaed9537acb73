import MarketData
import Platform
import TestSupport
import Testing
import TradingModel

extension EndToEndTests {
    @Suite("Refusals at start")
    struct BadInputTests {
        let sandbox: Sandbox

        init() throws { sandbox = try Sandbox() }

        /// Runs `tradingd`, which must refuse with that code and one line that says why, and leave nothing behind.
        private func refuses(
            _ arguments: [String], configuration: String = Repository.configuration, _ exitCode: Int32,
            _ words: [String]
        ) throws {
            let ended = try sandbox.run(
                Products.tradingd,
                [
                    "--config", configuration, "--socket", sandbox.path("s"), "--state",
                    sandbox.path("refused"),
                ]
                    + arguments)
            #expect(ended.exitCode == exitCode, "\(ended.errors)")
            #expect(ended.errorLines.count == 1, "\(ended.errors)")
            for word in words { #expect(ended.errors.contains(word), "\(ended.errors)") }
            #expect(!sandbox.exists("refused") && !sandbox.exists("s"))
        }

        @Test("an unknown key is refused with its place")
        func unknownKey() throws {
            let configuration = try sandbox.configuration(
                ("settings.yaml", "audit:\n", "audit:\n  segment_byte: 1\n"))
            try refuses(
                ["--mode", "sim"], configuration: configuration, 78,
                ["settings.yaml:", "audit.segment_byte: unknown key"])
        }

        @Test("every wrong setting is named with its file and line, all at once")
        func severalProblems() throws {
            let configuration = try sandbox.configuration(
                ("settings.yaml", "  max_size: 10 #", "  max_size: -10 #"),
                ("settings.yaml", "    port: 7497 #", "    port: many #"),
                ("profiles/dev.yaml", "throttle_max: 60", "throttle_max: 0"))
            let ended = try sandbox.tradingd("--mode", "sim", configuration: configuration)
            #expect(ended.exitCode == 78)
            #expect(ended.errorLines.count == 3, "\(ended.errors)")
            for (file, key) in [
                ("settings.yaml", "risk.max_size"), ("settings.yaml", "providers.ibkr.port"),
                ("profiles/dev.yaml", "risk.throttle_max"),
            ] {
                let line = ended.errorLines.first { $0.contains(key) } ?? ""
                let place = line.split(separator: " ").dropFirst().first ?? ""
                #expect(place.hasPrefix("\(configuration)/\(file):") && place.hasSuffix(":"), "\(line)")
            }
            #expect(sandbox.directory.names.filter { $0 == "state" }.count == 1)
            #expect(!sandbox.exists("state/tradingd"))
        }

        @Test("a profile and a mode that do not go together are refused")
        func profiles() throws {
            try refuses(["--profile", "nope"], 78, ["unknown profile \"nope\""])
            // Real money is not traded by a clock that nobody looks at.
            try refuses(
                ["--profile", "prod", "--mode", "ibkr"], 78, ["risk.max_clock_error", "must be > 0"])
            sandbox.variables["TRADINGD_MAX_CLOCK_ERROR"] = "1ms"
            try refuses(["--profile", "prod", "--mode", "sim"], 78, ["prod", "sim", "not allowed"])
            try refuses(["--mode", "nope"], 78, ["execution.mode"])
        }

        @Test(
            "ibkr without the name of an instrument at IBKR, or with hours that are none, is refused with the key"
        )
        func gatewayWithoutContract() throws {
            try refuses(
                ["--profile", "paper", "--mode", "ibkr", "--symbol", "GCZ3"], 78,
                ["providers.ibkr.contracts.GCZ3"])
            let configuration = try sandbox.configuration(
                (
                    "settings.yaml", "  stale_after: 2s",
                    "  hours: {XAUUSD: from dusk till dawn}\n  stale_after: 2s"
                ))
            try refuses(
                ["--profile", "paper", "--mode", "ibkr"], configuration: configuration, 78,
                ["feed.hours.XAUUSD"])
        }

        @Test("a replay without a file, or of a file that is not there, is refused")
        func missingFile() throws {
            try refuses(["--mode", "replay"], 64, ["--file"])
            let path = sandbox.path("nowhere.csv")
            try refuses(["--mode", "replay", "--file", path], 66, [path, "No such file"])
        }

        @Test(
            "a repetition that is no number of times, or has nothing to repeat, is refused",
            arguments: [
                ["--mode", "replay", "--repeat", "0", "--file", "x.csv"],
                ["--mode", "replay", "--repeat", "-2", "--file", "x.csv"],
                ["--mode", "replay", "--repeat", "often", "--file", "x.csv"],
                ["--mode", "sim", "--repeat", "2"], ["--mode", "sim", "--repeat", "1"],
            ])
        func badRepeat(_ arguments: [String]) throws {
            let ended = try sandbox.run(
                Products.tradingd, ["--config", Repository.configuration] + arguments)
            #expect(ended.exitCode == 64, "\(ended.errors)")
            #expect(ended.errors.contains("--repeat"), "\(ended.errors)")
        }

        @Test("an unknown option is refused")
        func unknownOption() throws {
            let ended = try sandbox.tradingd("--frobnicate")
            #expect(ended.exitCode == 64)
            #expect(ended.errors.contains("--frobnicate"))
        }

        @Test("a CSV without a column it needs is refused, naming the column")
        func missingColumn() throws {
            let path = try sandbox.directory.file(
                "ticks.csv", "ts,symbol,bid,bid_size,ask_size,seq\n2026-01-05T00:00:00Z,XAUUSD,1,1,1,1\n")
            try refuses(["--mode", "replay", "--file", path], 65, ["\(path):1: missing column 'ask'"])
        }
    }

    @Suite("Broken state")
    struct BrokenStateTests {
        @Test("a session number that cannot be read is refused and not replaced: order ids would repeat")
        func sessionNumber() throws {
            let sandbox = try Sandbox()
            try DurableFile.makeDirectories(sandbox.path("daemon"))
            let path = try sandbox.directory.file("daemon/session", "seven\n")
            let ended = try sandbox.tradingd(
                "--mode", "sim", "--socket", sandbox.path("s"), "--state", sandbox.path("daemon"))
            #expect(ended.exitCode == 65)
            #expect(ended.errorLines == ["tradingd: \(path): not a session number"])
            #expect(try sandbox.directory.read("daemon/session") == Array("seven\n".utf8))
            #expect(!sandbox.exists("s"))
        }

        @Test("a file in the socket's place is left alone")
        func notASocket() throws {
            let sandbox = try Sandbox()
            let path = try sandbox.directory.file("s", "mine")
            let ended = try sandbox.tradingd(
                "--mode", "sim", "--socket", path, "--state", sandbox.path("daemon"))
            #expect(ended.exitCode == 78)
            #expect(ended.errorLines == ["tradingd: \(path): is not a socket and will not be replaced"])
            #expect(try sandbox.directory.read("s") == Array("mine".utf8))
            #expect(!sandbox.exists("daemon/audit"))
        }
    }

    @Suite("Broken recordings")
    struct BrokenRecordingTests {
        let sandbox: Sandbox
        let recording: Recording

        init() throws {
            sandbox = try Sandbox()
            recording = try Recording(events: 2_000)
        }

        /// Replays a broken file, which must end with 65 and a last line that says why; the audit log stays whole.
        private func fails(_ path: String, _ words: String...) throws {
            let ended = try sandbox.tradingd(
                "--mode", "replay", "--socket", sandbox.path("s"), "--state", sandbox.path("broken"),
                "--file", path)
            #expect(ended.exitCode == 65)
            let complaints = ended.errorLines.filter { $0.hasPrefix("tradingd: ") }
            #expect(complaints.count == 1, "\(ended.errors)")
            for word in words { #expect(complaints.first?.contains(word) == true, "\(ended.errors)") }
            let trail = try AuditTrail(sandbox.path("broken/audit"))
            #expect(trail.lines.last?.type == "session.stop")
        }

        @Test("a gzip file that ends early fails")
        func truncatedGzip() throws {
            let bytes = gzip(recording.bytes(.jsonLines))
            let path = try sandbox.directory.file("cut.jsonl.gz", Array(bytes.prefix(bytes.count / 2)))
            try fails(path, path, "gzip", "ends early", "byte \(bytes.count / 2)")
        }

        @Test("a gzip file whose content does not match its checksum fails")
        func corruptGzip() throws {
            var bytes = gzip(recording.bytes(.jsonLines))
            bytes[bytes.count - 6] ^= 0x10
            let path = try sandbox.directory.file("bent.jsonl.gz", bytes)
            try fails(path, path, "gzip")
        }

        /// The recording with line 50 cut in half.
        private func halfLine() throws -> String {
            var lines = recording.bytes(.jsonLines).split(separator: 0x0A)
            lines[49] = lines[49].prefix(lines[49].count / 2)
            return try sandbox.directory.file("half.jsonl", Array(lines.joined(separator: [0x0A])))
        }

        @Test("a line cut in half fails with its place, and is left out and counted when told so")
        func cutLine() throws {
            let path = try halfLine()
            try fails(path, "\(path):50:")
            let skipped = try Replay(sandbox, "skipped", [path], ["--on-malformed", "skip"])
            #expect(try skipped.number("input", "malformed") == 1)
            #expect(try skipped.number("input", "rows") == recording.events.count)
            let delivered = [EventType.tick, .trade, .domDelta, .domSnapshot].reduce(0) {
                $0 + skipped.events($1)
            }
            #expect(delivered == recording.events.count - 1)
            #expect(skipped.ended.output.contains("\(path):50"))
        }
    }
}
