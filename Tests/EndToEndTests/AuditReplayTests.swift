import Audit
import ExactJSON
import Glibc
import MarketData
import Platform
import TestSupport
import Testing
import TradingModel

extension EndToEndTests {
    /// `TRADINGD_JOURNAL_EVENTS` says how long the sessions are; the release test takes a million events.
    @Suite("Audit replay")
    struct AuditReplayTests {
        let sandbox: Sandbox

        init() throws { sandbox = try Sandbox() }

        private static let events =
            getenv("TRADINGD_JOURNAL_EVENTS").flatMap { Int(String(cString: $0)) } ?? 40_000

        /// A fast market with many orders.
        private func start() throws -> RunningDaemon {
            let configuration = try sandbox.configuration(
                (
                    "settings.yaml", "speed: 1 # times real time",
                    "speed: \(Self.events > 200_000 ? 30 : 5)"
                ), ("settings.yaml", "events_per_second: 200", "events_per_second: 2000"),
                ("profiles/dev.yaml", "throttle_max: 60", "throttle_max: 1000"))
            return try RunningDaemon(sandbox, configuration: configuration, "--mode", "sim", "--seed", "11")
        }

        private func waitForEvents(_ daemon: RunningDaemon, _ count: Int) throws {
            try daemon.eventually("\(count) events", seconds: 600) {
                try daemon.answer("status")?["events"]?["total"]?.integerValue ?? 0 >= count
            }
        }

        /// What operators do in the middle of it is in the journal, too.
        private func operate(_ daemon: RunningDaemon) throws {
            for arguments in [
                ["mode", "disarm", "--reason", "tea"], ["mode", "arm", "--reason", "back"],
                ["killswitch", "engage", "--reason", "drill"],
                ["killswitch", "release", "--reason", "the drill is over"],
                ["mode", "arm", "--reason", "on"],
            ] {
                let ended = try sandbox.run(Products.tradectl, arguments + ["--socket", daemon.socket])
                #expect(ended.exitCode == 0, "\(arguments): \(ended.errors)")
            }
        }

        private var journals: [String] {
            sandbox.directory.names(in: "daemon/journal").map { sandbox.path("daemon/journal/" + $0) }
        }

        private func replay(_ journals: [String]? = nil, audit: String = "daemon/audit") throws -> Ended {
            try sandbox.run(
                Products.tradectl,
                ["audit", "replay", "--audit", sandbox.path(audit), "--journal"] + (journals ?? self.journals)
            )
        }

        private func decisions(_ trail: AuditTrail) -> Int {
            let types: [AuditLineType] = [
                .orderIntent, .orderDeny, .orderSend, .orderAck, .orderFill, .orderCancel, .orderReject,
                .killSwitchEngage, .killSwitchRelease, .modeArm, .modeDisarm,
            ]
            return types.reduce(0) { $0 + trail.count($1) }
        }

        @Test("a session is reproduced in another process, decision by decision")
        func reproduced() throws {
            let daemon = try start()
            try waitForEvents(daemon, Self.events / 2)
            try operate(daemon)
            try waitForEvents(daemon, Self.events)
            #expect(try daemon.stop() == 0)
            let trail = try AuditTrail(daemon.state + "/audit")
            let count = decisions(trail)
            #expect(trail.count(.orderIntent) > 0 && trail.count(.killSwitchEngage) == 1)
            let ended = try replay()
            #expect(ended.exitCode == 0, "\(ended.output)\(ended.errors)")
            #expect(ended.output == "REPRODUCED \(count)/\(count) decisions\n")
            #expect(ended.errors == "")
            try checkRecorderLines(trail)
            try checkDifference()
            try checkShortened(count)
        }

        private func checkRecorderLines(_ trail: AuditTrail) throws {
            let opened = try #require(trail.indices(.recorderOpen).first)
            let closed = try #require(trail.indices(.recorderClose).first)
            #expect(trail.lines[opened].data["first_seq"]?.integerValue == 1)
            let file = try #require(trail.lines[closed].data["file"]?.stringValue)
            #expect(journals == [sandbox.path("daemon/journal/" + file)])
            #expect(
                trail.lines[closed].data["bytes"]?.integerValue
                    == (try sandbox.directory.read("daemon/journal/" + file)).count)
        }

        /// The same session with one quote changed decides otherwise, and the first difference is named.
        private func checkDifference() throws {
            let reader = try JournalReader(files: journals)
            var events: [MarketEvent] = []
            var batch: ContiguousArray<MarketEvent> = []
            while try reader.next(into: &batch) { events += batch }
            for index in events.indices.dropFirst(2_000) {
                guard case .tick(let tick) = events[index].payload else { continue }
                events[index].payload = .tick(
                    Tick(
                        bid: Price(rawValue: tick.bid.rawValue + 50_000_000),
                        ask: Price(rawValue: tick.ask.rawValue + 50_000_000), bidSize: tick.bidSize,
                        askSize: tick.askSize))
            }
            let ended = try replay([try write(reader.header, events, to: "changed.tdj")])
            #expect(ended.exitCode == 1)
            let first = String(ended.output.split(separator: "\n").first ?? "")
            #expect(first.hasPrefix("DIFFERS after "), "\(first)")
            #expect(first.contains(sandbox.path("daemon/audit/audit-000001.jsonl:")), "\(first)")
            #expect(first.contains("(seq ") && first.contains("differs in "), "\(first)")
            #expect(ended.output.contains("\n  log      ") && ended.output.contains("\n  derived  "))
        }

        /// A journal cut off in a block is compared up to there.
        private func checkShortened(_ decisions: Int) throws {
            let bytes = try sandbox.directory.read(
                String(journals[0].dropFirst(sandbox.directory.path.count + 1)))
            let short = try sandbox.directory.file("short.tdj", Array(bytes[..<(bytes.count / 2)]))
            let ended = try replay([short])
            #expect(ended.exitCode == 0, "\(ended.output)\(ended.errors)")
            let words = ended.output.split(separator: " ")
            #expect(words.first == "REPRODUCED")
            let parts = words[1].split(separator: "/").compactMap { Int($0) }
            #expect(parts.count == 2 && parts[0] == parts[1] && parts[0] < decisions, "\(ended.output)")
            #expect(ended.output.contains("are no whole block and left out"))
            #expect(ended.output.contains("decisions of the log beyond its end: \(decisions - parts[0])"))
        }

        private func write(_ header: JournalHeader, _ events: [MarketEvent], to name: String) throws -> String
        {
            var bytes = header.bytes
            var encoder = JournalEncoder()
            let block = JournalBlock()
            func close() {
                encoder.close(block)
                block.withSealedBytes { bytes += $0 }
                block.clear()
            }
            for event in events where encoder.add(event, to: block) == .full {
                close()
                #expect(encoder.add(event, to: block) == .added)
            }
            close()
            return try sandbox.directory.file(name, bytes)
        }

        @Test("a session that was killed is reproduced up to the last whole block, and so is the next one")
        func killed() throws {
            let daemon = try start()
            try waitForEvents(daemon, Self.events)
            try daemon.crash()
            let ended = try replay()
            #expect(ended.exitCode == 0, "\(ended.output)\(ended.errors)")
            #expect(ended.output.hasPrefix("REPRODUCED "))
            #expect(ended.output.contains("ends before its session does"))
            let count = ended.output.split(separator: " ")[1].split(separator: "/").first.flatMap { Int($0) }
            let total = decisions(try AuditTrail(daemon.state + "/audit"))
            // A block is handed on after 50 ms of events: hardly a decision can be missing.
            #expect(try #require(count) > 0 && total - (try #require(count)) < total / 2, "\(ended.output)")

            let next = try start()
            try waitForEvents(next, 5_000)
            #expect(try next.stop() == 0)
            let second = journals.filter { $0.contains("/journal-2-") }
            #expect(try replay(second).output.hasPrefix("REPRODUCED "))
            #expect(try replay(journals).exitCode == 2)
        }

        @Test("what cannot be compared has an exit code of its own")
        func refusals() throws {
            let daemon = try start()
            try waitForEvents(daemon, 3_000)
            #expect(try daemon.stop() == 0)
            #expect(try sandbox.tradectl("audit", "replay").exitCode == 2)
            #expect(try replay([sandbox.path("nothing.tdj")]).exitCode == 4)
            #expect(try replay(audit: "nowhere").exitCode == 4)
            #expect(
                try sandbox.tradectl(
                    "audit", "replay", "--journal", journals[0], "--audit", sandbox.path("daemon/audit"),
                    "--tradingd", "/nonexistent"
                ).exitCode == 4)
            var bytes = try sandbox.directory.read(
                String(journals[0].dropFirst(sandbox.directory.path.count + 1)))
            bytes[bytes.count / 2] ^= 1
            let broken = try replay([try sandbox.directory.file("broken.tdj", bytes)])
            #expect(broken.exitCode == 8)
            #expect(broken.errorLines.count == 1 && broken.errors.contains("block "), "\(broken.errors)")
            var log = try sandbox.directory.read("daemon/audit/audit-000001.jsonl")
            log[log.count / 2] ^= 1
            try DurableFile.makeDirectories(sandbox.path("tampered"))
            try sandbox.directory.write(log, to: "tampered/audit-000001.jsonl")
            let tampered = try replay(audit: "tampered")
            #expect(tampered.exitCode == 8 && tampered.errors.contains("audit-000001.jsonl:"))
        }
    }
}
