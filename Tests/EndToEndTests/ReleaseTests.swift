import MarketData
import Platform
import TestSupport
import Testing

extension EndToEndTests {
    /// What the optimiser makes of the decision path must decide as the same code does without it.
    @Suite("The release build", .enabled(if: Products.areOthers, "TRADINGD_PROGRAMS names no other build"))
    struct ReleaseTests {
        let sandbox: Sandbox

        init() throws { sandbox = try Sandbox() }

        @Test("exports and audits a replay byte for byte as the build for debugging does")
        func decidesAlike() throws {
            let recording = try Recording(events: 20_000)
            let file = try sandbox.directory.file("day.jsonl", recording.bytes(.jsonLines))
            let release = try files(Products.tradingd, "release", file)
            let debug = try files(Products.debugTradingd, "debug", file)
            #expect(release.map(\.name) == debug.map(\.name))
            for (left, right) in zip(release, debug) { #expect(left.bytes == right.bytes, "\(left.name)") }
            let orders = try #require(release.first { $0.name == "export/orders.jsonl" })
            #expect(orders.bytes.count > 1_000)
        }

        /// Everything a replay by `program` leaves in its export and its audit log.
        private func files(
            _ program: String, _ name: String, _ recording: String
        ) throws -> [(name: String, bytes: [UInt8])] {
            let (export, state) = (sandbox.path(name + "/export"), sandbox.path(name + "/state"))
            let ended = try sandbox.run(
                program,
                [
                    "--config", Repository.configuration, "--mode", "replay", "--log-level", "warning",
                    "--state", state, "--export", export, "--export-dom-every", "1s", "--file", recording,
                ])
            try #require(ended.exitCode == 0, "\(ended.errors)")
            let folders = [("export", export), ("audit", state + "/audit")]
            return try folders.flatMap { folder, path in
                try TemporaryDirectory.names(at: path).filter { $0.contains(".json") }.sorted().map {
                    ("\(folder)/\($0)", try #require(try DurableFile.read(path + "/" + $0)))
                }
            }
        }
    }
}
