import ExactJSON
import Glibc
import Platform
import TestSupport
import Testing

extension EndToEndTests {
    /// A market with a fault every few seconds, for as long as `TRADINGD_SOAK_SECONDS` says.
    @Suite("Live soak")
    struct LiveSoakTests {
        /// What the kernel counts of a process.
        private struct Footprint {
            let residentKiB: Int
            let threads: Int
            let descriptors: Int

            init(_ process: pid_t) throws {
                let status = String(
                    decoding: try #require(try DurableFile.read("/proc/\(process)/status", limit: 1 << 16)),
                    as: UTF8.self)
                func value(_ key: String) -> Int {
                    status.split(separator: "\n").first { $0.hasPrefix(key) }?
                        .split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap {
                            Int($0)
                        } ?? 0
                }
                residentKiB = value("VmRSS:")
                threads = value("Threads:")
                descriptors = TemporaryDirectory.names(at: "/proc/\(process)/fd").count
            }
        }

        private static let faults = [
            ["drop"], ["error 1100", "error 1102"], ["error 317 XAUUSD"], ["silence 300ms"], ["reset"],
            ["error 2103", "error 2104"], ["garbage"], ["error 1100", "error 1101"], ["trickle 500ms"],
            ["error 10182 XAUUSD"], ["unknown", "empty", "truncated"], ["oversize"], ["error 10189 XAUUSD"],
            ["hold 500"], ["error 309 XAUUSD"], ["busy 1", "drop"], ["unterminated"], ["restart 1s"],
        ]

        @Test("faults without end leave memory, descriptors, threads and books as they were")
        func soak() throws {
            let seconds = getenv("TRADINGD_SOAK_SECONDS").flatMap { UInt64(String(cString: $0)) } ?? 20
            let rig = try LiveRig()
            try rig.becomesLive()
            let process = rig.daemon.process.identifier
            let begin = MonotonicClock.now()
            var samples: [Footprint] = []
            var round = 0
            while MonotonicClock.now() < begin + seconds * 1_000_000_000 {
                for fault in Self.faults[round % Self.faults.count] { try rig.gateway.perform(fault) }
                round += 1
                let until = begin + UInt64(round) * 5_000_000_000
                while MonotonicClock.now() < until, !rig.daemon.process.hasExited(within: 50) {}
                try rig.becomesLive("live after round \(round)")
                samples.append(try Footprint(process))
            }
            let last = try Footprint(process)
            let status = try rig.daemon.json("status")
            print(
                "SOAK \(seconds) s, \(round) faults: \(samples[0].residentKiB) → \(last.residentKiB) KiB, "
                    + "\(samples[0].threads) → \(last.threads) threads, \(samples[0].descriptors) → "
                    + "\(last.descriptors) descriptors; \(status["gateway"]?["messages"].map { "\($0)" } ?? "")"
            )
            try check(samples, last)
            try checkCounters(rig, rounds: round)
            #expect(try rig.daemon.stop() == 0)
        }

        /// The first third may still fill rings and caches.
        private func check(_ samples: [Footprint], _ last: Footprint) throws {
            let settled = samples[samples.count / 3]
            #expect(last.residentKiB < settled.residentKiB + settled.residentKiB / 5 + 8_192)
            #expect(last.threads <= settled.threads + 4)
            #expect(last.descriptors <= settled.descriptors + 3)
        }

        /// Every message was delivered once: no more came than went, and what was passed over is what was sent to be passed over.
        private func checkCounters(_ rig: LiveRig, rounds: Int) throws {
            let messages = try rig.session()["messages"]
            func received(_ key: String) -> Int { messages?[key]?.integerValue ?? -1 }
            let odd = (rounds + Self.faults.count - 1 - 10) / Self.faults.count
            #expect(received("unknown") <= 2 * odd && received("discarded") <= odd)
            #expect(received("tick_by_tick") <= (try rig.gateway.sent(99)))
            #expect(received("depth") <= (try rig.gateway.sent(12)) + (try rig.gateway.sent(13)))
            #expect(received("level1") <= (try rig.gateway.sent(1)) + (try rig.gateway.sent(2)))
            #expect(try rig.session()["books"]?["drift"]?.arrayValue?.isEmpty == true)
        }
    }
}
