import Glibc
import MarketData
import Platform
import TestSupport
import Testing

extension EndToEndTests {
    @Suite("Exports that fail")
    struct ExportFailureTests {
        let sandbox: Sandbox
        let file: String

        init() throws {
            sandbox = try Sandbox()
            let recording = try Recording(events: 2_000)
            file = try sandbox.directory.file("ten-seconds.jsonl", recording.bytes(.jsonLines))
        }

        private var base: [String] {
            [
                "--config", Repository.configuration, "--socket", sandbox.path("s"), "--state",
                sandbox.path("state-dir"),
            ]
        }

        /// Runs `tradingd`, which must refuse with that code and one line that says why, and leave nothing behind.
        private func refuses(_ arguments: [String], _ exitCode: Int32, _ words: String...) throws {
            let ended = try sandbox.run(Products.tradingd, base + arguments)
            #expect(ended.exitCode == exitCode, "\(ended.errors)")
            #expect(ended.errorLines.count == 1, "\(ended.errors)")
            for word in words { #expect(ended.errors.contains(word), "\(ended.errors)") }
            #expect(!sandbox.exists("state-dir") && !sandbox.exists("s"))
        }

        @Test("options that make no sense are usage errors that name the option")
        func badOptions() throws {
            let replay = ["--mode", "replay", "--file", file]
            let export = replay + ["--export", sandbox.path("export")]
            for option in ["--row", "--export-dom-at", "--export-dom-every"] {
                try refuses(replay + [option, "1"], 64, option, "--export")
            }
            try refuses(["--mode", "sim", "--export", sandbox.path("export")], 64, "--export", "sim")
            try refuses(replay + ["--export", ""], 64, "--export")
            for size in ["0", "-1", "x", "0.0000000001", "99999999999999"] {
                try refuses(export + ["--row=\(size)"], 64, "--row", size)
                try refuses(export + ["--row", size], 64, "--row", size)
            }
            try refuses(export + ["--row", "99999999999999"], 64, "too large")
            try refuses(export + ["--repeat", "-1"], 64, "--repeat", "-1")
            try refuses(export + ["--export-dom-every", "10000000h"], 64, "--export-dom-every", "too long")
            for moment in ["2026-01-05", "2026-01-05T25:00:00Z", "2026-01-05T00:00:00+01:00", ""] {
                try refuses(
                    export + ["--export-dom-at", "2026-01-05T00:00:00Z,\(moment)"], 64, "--export-dom-at",
                    "'\(moment)'")
            }
            for interval in ["60", "0s", "1us", "-1s", "1 s"] {
                try refuses(export + ["--export-dom-every=\(interval)"], 64, "--export-dom-every", interval)
            }
            try refuses(export + ["--bar", "0s"], 78, "--bar")
            #expect(!sandbox.exists("export"))
        }

        @Test("a directory that cannot be made, or not be used, is refused with its name")
        func badDirectory() throws {
            let replay = ["--mode", "replay", "--file", file, "--export"]
            try refuses(replay + [file], 73, file, "Not a directory")
            try refuses(replay + [file + "/deeper"], 73, file)
            try refuses(replay + ["/proc/tradingd"], 73, "/proc/tradingd")
            try DurableFile.makeDirectories(sandbox.path("taken/orders.jsonl"))
            try refuses(replay + [sandbox.path("taken")], 73, "taken/orders.jsonl")
        }

        @Test(
            "a directory with the name of a file is refused before anything of an earlier export is removed")
        func directoryInTheWay() throws {
            let first = try ExportedReplay(sandbox, "run", [file])
            try DurableFile.makeDirectories(first.directory + "/dom.jsonl")
            try refuses(
                ["--mode", "replay", "--file", file, "--export", first.directory], 73, "run.export/dom.jsonl")
            let names = Set(sandbox.directory.names(in: "run.export"))
            #expect(names == Set(first.files.keys).union(["dom.jsonl"]))
        }

        @Test("a run that never begins leaves the earlier export as it is")
        func neverBegun() throws {
            let first = try ExportedReplay(sandbox, "run", [file])
            let command = [
                "--config", Repository.configuration, "--mode", "replay", "--file", file, "--export",
                first.directory,
            ]
            func failsToBegin(_ options: [String]) throws {
                let ended = try sandbox.run(Products.tradingd, command + options)
                #expect(ended.exitCode != 0)
                for (name, content) in first.files {
                    #expect(try sandbox.directory.read("run.export/" + name) == content, "\(name)")
                }
                #expect(sandbox.directory.names(in: "run.export") == first.files.keys.sorted())
            }
            try failsToBegin(["--socket", sandbox.path("s"), "--state", "/proc/nope"])
            try failsToBegin(["--socket", "/proc/nope/s", "--state", sandbox.path("fresh")])
            let daemon = try RunningDaemon(sandbox, "--mode", "replay", "--file", file, "--speed", "0.01")
            // The daemon's own state: its audit log is locked.
            try failsToBegin(["--socket", sandbox.path("s"), "--state", daemon.state])
            #expect(try daemon.stop() == 0)
        }

        @Test("two processes do not export into one directory")
        func inUse() throws {
            let directory = sandbox.path("export")
            try DurableFile.makeDirectories(directory)
            let holder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            defer { close(holder) }
            #expect(flock(holder, LOCK_EX) == 0)
            try refuses(
                ["--mode", "replay", "--file", file, "--export", directory], 75, directory, "another process")
        }

        @Test(
            "a disk without room ends the replay with one message, in the middle as at the end",
            arguments: [(blocks: 512, bar: "1ms"), (blocks: 64, bar: "250ms")])
        func full(_ limit: (blocks: Int, bar: String)) throws {
            let configuration = try sandbox.configuration(
                ("settings.yaml", "strategy:\n  enabled: true", "strategy:\n  enabled: false"))
            let recording = try Recording(events: 8_000)
            let long = try sandbox.directory.file("long.jsonl", recording.bytes(.jsonLines))
            let export = sandbox.path("export")
            // The shell's blocks have 512 bytes; no file of the process may grow beyond them.
            let ended = try sandbox.run(
                "/bin/sh",
                [
                    "-c", "ulimit -f \(limit.blocks); exec \"$@\"", "sh", Products.tradingd, "--config",
                    configuration, "--socket", sandbox.path("s"), "--state", sandbox.path("state-dir"),
                    "--mode",
                    "replay", "--bar", limit.bar, "--export", export, "--file", long,
                ])
            #expect(ended.exitCode == 74, "\(ended.errors)")
            let complaints = ended.errorLines.filter { $0.hasPrefix("tradingd: ") }
            #expect(complaints.count == 1, "\(ended.errors)")
            #expect(complaints.first?.contains("\(export)/") == true)
            #expect(complaints.first?.contains("File too large") == true)
            #expect(TemporaryDirectory.names(at: export).allSatisfy { $0.hasSuffix(".partial") })
            let trail = try AuditTrail(sandbox.path("state-dir/audit"))
            #expect(trail.lines.last?.type == "session.stop")
        }

        @Test("a recording that breaks leaves only partial files, and nothing of an earlier export")
        func brokenRecording() throws {
            _ = try ExportedReplay(sandbox, "run", [file])
            let whole = try #require(try DurableFile.read(file))
            let cut = try sandbox.directory.file("cut.jsonl", Array(whole.dropLast(20)))
            let ended = try sandbox.run(
                Products.tradingd,
                base + ["--mode", "replay", "--file", cut, "--export", sandbox.path("run.export")])
            #expect(ended.exitCode == 65)
            let names = sandbox.directory.names(in: "run.export")
            #expect(!names.isEmpty && names.allSatisfy { $0.hasSuffix(".partial") }, "\(names)")
        }

        @Test("a replay that is stopped leaves only partial files and says so")
        func stopped() throws {
            let daemon = try RunningDaemon(
                sandbox, "--mode", "replay", "--file", file, "--speed", "0.01", "--export",
                sandbox.path("export"))
            #expect(try daemon.stop() == 74)
            let complaints = try daemon.process.errors.split(separator: "\n").filter {
                $0.hasPrefix("tradingd: ")
            }
            let export = sandbox.path("export")
            #expect(complaints == ["tradingd: export \(export) is not complete: stopped by SIGTERM"])
            let names = sandbox.directory.names(in: "export")
            #expect(!names.isEmpty && names.allSatisfy { $0.hasSuffix(".partial") }, "\(names)")
            #expect(try daemon.process.output.contains("Export is not complete"))
        }

        @Test("an export replaces the one before, also files it does not write itself, and nothing else")
        func replaces() throws {
            let first = try ExportedReplay(sandbox, "run", [file], ["--export-dom-every", "1s"])
            #expect(first.files["dom.jsonl"] != nil)
            try DurableFile.replace(first.directory + "/mine.txt", with: [0x21])
            try DurableFile.replace(first.directory + "/tape.json.partial", with: [0x21])
            let second = try ExportedReplay(sandbox, "other", [file])
            let ended = try sandbox.run(
                Products.tradingd, base + ["--mode", "replay", "--file", file, "--export", first.directory])
            #expect(ended.exitCode == 0)
            let names = Set(sandbox.directory.names(in: "run.export"))
            #expect(names == Set(second.files.keys).union(["mine.txt"]))
            #expect(!names.contains("dom.jsonl"))
            for (name, content) in second.files {
                #expect(try sandbox.directory.read("run.export/" + name) == content, "\(name)")
            }
        }
    }
}
