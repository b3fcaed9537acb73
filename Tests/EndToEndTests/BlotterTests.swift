import Blotter
import ExactJSON
import Glibc
import Platform
import TestSupport
import Testing

extension EndToEndTests {
    @Suite("Blotter of a daemon")
    struct BlotterDaemonTests {
        let sandbox: Sandbox

        init() throws { sandbox = try Sandbox() }

        /// Trades until there are some fills, and the store has them.
        private func trade(_ daemon: RunningDaemon, fills: Int = 3) throws {
            try daemon.eventually("fills are in the store") {
                let found = try daemon.json("fills", "--limit", "1000")["fills"]?.arrayValue ?? []
                return found.count >= fills
            }
        }

        private func dump(_ state: String) throws -> [String] {
            var lines: [String] = []
            try BlotterReader(path: state + "/" + BlotterFile.name).dump { lines.append($0) }
            return lines
        }

        private func verify(_ state: String) throws -> Ended {
            try sandbox.tradectl("blotter", "verify", state)
        }

        @Test("what traded is listed; a crash loses nothing, a lost file is made anew, the same")
        func crashAndLoss() throws {
            let first = try RunningDaemon(sandbox, "--mode", "sim", "--seed", "7")
            try trade(first)
            let positions = try first.json("positions")
            let rows = try #require(positions["positions"]?.arrayValue)
            #expect(rows.contains { $0["strategy"]?.stringValue == "micro_price_momentum" })
            #expect(rows.allSatisfy { $0["account"]?.stringValue == "sim" && $0["net_pnl"] != nil })
            #expect(try first.tradectl("positions").output.contains("micro_price_momentum"))
            #expect(try first.tradectl("fills", "--limit", "1").output.contains("more: --before"))
            #expect(try first.json("status")["blotter"]?["ok"]?.boolValue == true)
            // At work, the store is compared as far as it has come; nobody makes it anew.
            #expect(try verify(first.state).exitCode == 0)
            let refused = try sandbox.tradectl("blotter", "rebuild", first.state)
            #expect(refused.exitCode == 1 && refused.errors.contains("another process writes"))
            try first.crash()

            let second = try RunningDaemon(sandbox, "--mode", "sim", "--seed", "8")
            try trade(second, fills: 6)
            #expect(try second.json("positions")["earlier_today"]?.arrayValue?.isEmpty == false)
            #expect(try second.stop() == 0)
            let verdict = try verify(second.state)
            #expect(verdict.exitCode == 0 && verdict.output.hasPrefix("OK"), "\(verdict.errors)")
            #expect(!verdict.output.contains("behind"))
            let whole = try dump(second.state)

            unlink(second.state + "/" + BlotterFile.name)
            #expect(try sandbox.tradectl("blotter", "rebuild", second.state).exitCode == 0)
            #expect(try dump(second.state) == whole)
            unlink(second.state + "/" + BlotterFile.name)
            let third = try RunningDaemon(sandbox, "--mode", "sim", "--seed", "9")
            try trade(third, fills: 6)
            #expect(try third.stop() == 0)
            #expect(try verify(third.state).exitCode == 0)
            let sessions = { (line: String) in line.hasPrefix("executions|") && !line.contains("|c-3-") }
            #expect(try dump(third.state).filter(sessions) == whole.filter(sessions))
        }

        @Test("a store that cannot be opened stops nothing, is told of, and is written once it can")
        func unusable() throws {
            let directory = sandbox.path("daemon/" + BlotterFile.name)
            try DurableFile.makeDirectories(directory + "/x")
            let daemon = try RunningDaemon(sandbox, "--mode", "sim", "--seed", "7")
            try daemon.eventually("orders leave") { try daemon.sentOrders() > 0 }
            let report = try daemon.json("status")["blotter"]
            #expect(report?["ok"]?.boolValue == false && report?["fault"]?.stringValue != nil)
            #expect(try daemon.tradectl("fills").exitCode == 6)
            rmdir(directory + "/x")
            rmdir(directory)
            try daemon.eventually("the store is written") {
                try daemon.json("status")["blotter"]?["ok"]?.boolValue == true
            }
            try trade(daemon)
            #expect(try daemon.stop() == 0)
            #expect(try verify(daemon.state).exitCode == 0)
        }

        @Test("a full disk of the store is told of and repaired", .enabled(if: SmallDisk.isPossible))
        func fullDisk() throws {
            let disk = try SmallDisk(sandbox.path("disk"), size: "1m")
            try DurableFile.makeDirectories(sandbox.path("daemon"))
            // The store alone is on that disk: its audit trail is not.
            try #require(symlink(disk.path + "/b", sandbox.path("daemon/" + BlotterFile.name)) == 0)
            let daemon = try RunningDaemon(sandbox, "--mode", "sim", "--seed", "7")
            try trade(daemon, fills: 1)
            try disk.fill()
            try daemon.eventually("the fault is told") {
                try daemon.json("status")["blotter"]?["ok"]?.boolValue == false
            }
            let sent = try daemon.sentOrders()
            try daemon.eventually("orders leave") { try daemon.sentOrders() > sent }
            disk.clear()
            try daemon.eventually("the store is written") {
                try daemon.json("status")["blotter"]?["ok"]?.boolValue == true
            }
            #expect(try daemon.stop() == 0)
            #expect(try verify(daemon.state).exitCode == 0)
        }
    }
}
