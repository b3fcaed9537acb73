import Audit
import ExactJSON
import MarketData
import Platform
import TestSupport
import Testing
import TradingModel

extension EndToEndTests {
    @Suite("Why")
    struct WhyTests {
        let sandbox: Sandbox

        init() throws { sandbox = try Sandbox() }

        /// Ticks of gold by their own number.
        private func ticks(_ recording: Recording) -> [UInt64: Tick] {
            var ticks: [UInt64: Tick] = [:]
            for event in recording.events {
                if case .tick(let tick) = event.payload { ticks[event.feedSequence] = tick }
            }
            return ticks
        }

        @Test("every decision in the trail names a recorded tick and follows from the ticks before it")
        func provenance() throws {
            let recording = try Recording(events: 20_000)
            let file = try sandbox.directory.file("day.jsonl", recording.bytes(.jsonLines))
            let replay = try Replay(sandbox, "replay", [file])
            let trail = try AuditTrail(replay.auditDirectory)
            let start = try #require(trail.lines.first { $0.type == "session.start" }).data
            let recorded = ticks(recording)
            let decisions = trail.lines.filter { ["order.intent", "order.deny"].contains($0.type) }
            try #require(decisions.count > 10)
            for line in decisions {
                let data = line.data
                #expect(data["config"] == start["config"] && data["strategy_version"] == 1)
                let feed = try #require(data["trigger"]?["feed_seq"]?.integerValue)
                let tick = try #require(recorded[UInt64(feed)])
                #expect(data["trigger"]?["bid"]?.stringValue == tick.bid.description)
                #expect(data["trigger"]?["ask"]?.stringValue == tick.ask.description)
                #expect(data["ref_seq"] == data["trigger"]?["seq"] && data["ref_age_ns"] == 0)
                let samples = data["features"]?["samples"]?.arrayValue?.compactMap(\.stringValue)
                #expect(samples == samplesBefore(UInt64(feed), recording).suffix(10))
            }
            let sends = trail.lines.filter { $0.type == "order.send" }
            for send in sends {
                let decision = decisions.first { $0.orderID == send.orderID }
                #expect(send.data["decision_seq"] == decision?.data["decision_seq"])
            }
        }

        /// Mids and micro-prices of the changes of the quote, up to the tick of that number.
        private func samplesBefore(_ number: UInt64, _ recording: Recording) -> [String] {
            var samples: [String] = []
            var last: Tick?
            for event in recording.events {
                guard case .tick(let tick) = event.payload, event.feedSequence <= number else { continue }
                guard tick != last, tick.bid < tick.ask else { continue }
                last = tick
                samples.append(Price(rawValue: microPrice(tick)).description)
            }
            return samples
        }

        private func microPrice(_ tick: Tick) -> Int64 {
            let bidSize = Int128(tick.bidSize?.rawValue ?? 1)
            let askSize = Int128(tick.askSize?.rawValue ?? 1)
            let sum = Int128(tick.bid.rawValue) * askSize + Int128(tick.ask.rawValue) * bidSize
            let (quotient, rest) = sum.quotientAndRemainder(dividingBy: bidSize + askSize)
            let twice = 2 * rest
            let isAbove = twice > bidSize + askSize || (twice == bidSize + askSize && quotient & 1 == 1)
            return Int64(isAbove ? quotient + 1 : quotient)
        }

        @Test("session.start carries the settings whose hash is in every decision")
        func settings() throws {
            let recording = try Recording(events: 2_000)
            let file = try sandbox.directory.file("day.jsonl", recording.bytes(.jsonLines))
            let replay = try Replay(sandbox, "replay", [file])
            let start = try #require(
                try AuditTrail(replay.auditDirectory).lines.first { $0.type == "session.start" }
            ).data
            let text = try #require(start["settings"]?.stringValue)
            let path = try sandbox.directory.file("settings.txt", Array(text.utf8))
            let sum = try sandbox.run("/usr/bin/sha256sum", [path])
            #expect(sum.output.prefix(64) == start["config"]?.stringValue ?? "")
            #expect(text.contains("strategy.threshold_ticks = ") && text.contains("risk.max_size = "))
            #expect(
                start["strategies"] == [["name": "micro_price_momentum", "version": 1, "enabled": true]])
            let gold: JSONValue = ["XAUUSD", "0.01", "1", "1", "USD"]
            #expect(start["instruments"]?.arrayValue?.contains(gold) == true)
        }

        @Test("the daemon and a copy of its trail tell the same story of an order")
        func sameStory() throws {
            let daemon = try RunningDaemon(sandbox, "--mode", "sim")
            try daemon.eventually("an order is finished") {
                try daemon.json("snapshot", "orders")["finished"]?.arrayValue?.isEmpty == false
            }
            let finished = try #require(try daemon.json("snapshot", "orders")["finished"]?.arrayValue?.last)
            let id = try #require(finished["order_id"]?.stringValue)
            let told = try daemon.tradectl("why", id)
            #expect(told.exitCode == 0, "\(told.errors)")
            for word in ["event", "features", "signal", "sizing", "gate", "throttle_exceeded", "send", "ack"]
            {
                #expect(told.output.contains(word), "\(word)")
            }
            #expect(told.output.contains("quantity follow from the line"))

            let symbol = try daemon.tradectl("why", "XAUUSD")
            #expect(symbol.exitCode == 0 && symbol.output.contains("trading"), "\(symbol.errors)")
            #expect(try daemon.json("why", "XAUUSD")["now"]?["known"] == true)
            try failures(daemon)
            #expect(try daemon.stop() == 0)

            let read = try sandbox.tradectl("why", id, "--audit", daemon.state + "/audit")
            #expect(read.exitCode == 0 && read.output == told.output, "\(read.errors)")
            let newest = try sandbox.tradectl("why", "XAUUSD", "--audit", daemon.state + "/audit", "--json")
            #expect(try JSONParser.parse(newest.output)["symbol"] == "XAUUSD")
        }

        private func failures(_ daemon: RunningDaemon) throws {
            for (subject, code) in [
                ("c-999-1", 4), ("c-1-4294967295", 4), ("NOPE", 4), ("c-1-x", 4), ("X\u{1B}[2J", 4),
            ] as [(String, Int32)] {
                let ended = try daemon.tradectl("why", subject)
                #expect(ended.exitCode == code, "\(subject): \(ended.errors)")
                #expect(ended.errorLines.count == 1 && !ended.errors.contains("\u{1B}"))
            }
        }

        @Test("an unknown order, a missing directory and a broken trail are told by the exit code")
        func offlineFailures() throws {
            let recording = try Recording(events: 4_000)
            let file = try sandbox.directory.file("day.jsonl", recording.bytes(.jsonLines))
            let replay = try Replay(sandbox, "replay", [file])
            let directory = replay.auditDirectory
            #expect(try sandbox.tradectl("why", "c-1-1", "--audit", directory).exitCode == 0)
            #expect(try sandbox.tradectl("why", "c-7-1", "--audit", directory).exitCode == 4)
            #expect(try sandbox.tradectl("why", "NOPE", "--audit", directory).exitCode == 4)
            #expect(try sandbox.tradectl("why", "c-1-1", "--audit", directory + "/none").exitCode == 1)
            #expect(
                try sandbox.tradectl("why", "c-1-1", "--audit", directory, "--profile", "dev").exitCode == 2)

            let path = directory + "/audit-000001.jsonl"
            var bytes = try #require(try DurableFile.read(path, limit: 1 << 28))
            bytes[bytes.count - 200] ^= 1
            try DurableFile.replace(path, with: bytes)
            let broken = try sandbox.tradectl("why", "c-1-1", "--audit", directory)
            #expect(broken.exitCode == 1 && broken.output.contains("c-1-1"))
            #expect(broken.errors.contains("broken"))
        }
    }
}
