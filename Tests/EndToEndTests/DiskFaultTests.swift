import Audit
import ControlPlane
import ExactJSON
import Glibc
import Platform
import TestSupport
import Testing

extension EndToEndTests {
    @Suite("Disk faults")
    struct DiskFaultTests {
        let sandbox: Sandbox
        /// A hurried market with small segments, so that room is needed soon.
        let configuration: String

        init() throws {
            sandbox = try Sandbox()
            configuration = try sandbox.configuration(
                ("settings.yaml", "  speed: 1 #", "  speed: 20 #"),
                ("settings.yaml", "  segment_bytes: 67108864", "  segment_bytes: 65536"),
                (
                    "settings.yaml", "audit:\n",
                    "recorder: {segment_bytes: 131072, budget_bytes: 2097152}\naudit:\n"
                ),
                ("profiles/dev.yaml", "throttle_max: 60", "throttle_max: 100000"))
        }

        private func start(_ state: String = "daemon") throws -> RunningDaemon {
            try RunningDaemon(sandbox, configuration: configuration, state: state, "--mode", "sim")
        }

        /// The whole log, compressed or not, its chain proved.
        private func lines(_ state: String) throws -> [AuditTrail.Line] {
            var mirror = try AuditMirror(of: state + "/audit", in: sandbox.path("mirror"))
            let lines = try mirror.update()
            #expect(try AuditVerifier.verify(files: mirror.copies()).verdict == .intact)
            return try lines.map { line in
                let json = try JSONParser.parse(line)
                return AuditTrail.Line(type: json["type"]?.stringValue ?? "", data: json["data"] ?? .null)
            }
        }

        /// Behind the first trip of the audit no order is meant or sent, up to the release.
        private func checkTrip(_ lines: [AuditTrail.Line]) throws {
            let trip = try #require(
                lines.firstIndex { $0.type == "killswitch.engage" && $0.data["by"] == "trip:audit" })
            let release = lines[trip...].firstIndex { $0.type == "killswitch.release" } ?? lines.count
            for line in lines[trip..<release] {
                #expect(
                    !["order.send", "order.intent", "order.fill"].contains(line.type), "\(line.data.text)")
            }
            #expect(lines[..<trip].contains { $0.type == "order.send" })
        }

        private func isTripped(_ daemon: RunningDaemon) throws -> Bool {
            let kill = try daemon.answer("killswitch.status")
            return kill?["engaged"] == true && kill?["by"] == "trip:audit"
        }

        /// An operator lets it trade again.
        private func resume(_ daemon: RunningDaemon) throws {
            #expect(try isTripped(daemon))
            #expect(try daemon.lifeCycle == "halted")
            let released = try daemon.tradectl("killswitch", "release", "--reason", "there is room again")
            #expect(released.exitCode == 0, "\(released.errors)")
            #expect(try daemon.tradectl("mode", "arm", "--reason", "room").exitCode == 0)
            try daemon.eventually("it trades again") { try daemon.sentOrders() > 0 }
            #expect(try daemon.stop() == 0)
        }

        @Test(
            "a full disk: the kill switch trips and says so, nothing is sent any more, the log stays whole; with room and a restart it trades again",
            .enabled(if: SmallDisk.isPossible, "this process may not mount a small file system"))
        func full() throws {
            let disk = try SmallDisk(sandbox.path("small"), size: "24m")
            let first = try start("small/daemon")
            try first.eventually("orders are sent") { try first.sentOrders() > 3 }
            try disk.fill()
            try first.eventually("the kill switch trips") { try isTripped(first) }
            try first.meets("INFRA_DISK")
            #expect(try first.held("INFRA_DISK") == ["audit all"])
            let told = try first.tradectl("killswitch", "status")
            #expect(told.output.contains("ENGAGED") && told.output.contains("trip:audit"), "\(told.output)")
            #expect(told.output.contains("disk is full"), "\(told.output)")
            let sent = try first.sentOrders()
            let events = try first.answer("status")?["events"]?["total"]?.integerValue ?? 0
            try first.eventually("market data goes on") {
                try first.answer("status")?["events"]?["total"]?.integerValue ?? 0 > events + 1_000
            }
            #expect(try first.sentOrders() == sent && first.workingOrders() == 0)
            #expect(try first.lifeCycle == "halted")
            try first.crash()
            try checkTrip(try lines(first.state))

            disk.clear()
            let second = try start("small/daemon")
            try resume(second)
            try checkTrip(try lines(second.state))
        }

        /// Calls that are refused, and written down all the same: a halted session has nothing else to write.
        private func talk(_ daemon: RunningDaemon) {
            var client = ControlClient(path: daemon.socket)
            for _ in 0..<40 {
                do throws(ControlClientError) {
                    _ = try client.call(
                        method: "mode.disarm",
                        params: ["reason": .string(String(repeating: "talk ", count: 60))],
                        timeout: .seconds(60))
                } catch {
                    guard case .remote = error else { return }
                }
            }
        }

        @Test(
            "a disk that is full to the last byte, reserve included: no order leaves, exit code 74, halted after the restart",
            .enabled(if: SmallDisk.isPossible, "this process may not mount a small file system"))
        func lost() throws {
            let disk = try SmallDisk(sandbox.path("small"), size: "24m")
            let first = try start("small/daemon")
            try first.eventually("orders are sent") { try first.sentOrders() > 3 }
            // Until the room that the daemon gives up is taken, too, and it ends.
            let deadline = MonotonicClock.now() + 120_000_000_000
            while !first.process.hasExited(within: 5), MonotonicClock.now() < deadline {
                try disk.fill()
                talk(first)
            }
            #expect(try first.process.exitCode() == 74)
            let errors = try first.process.errors
            #expect(errors.contains("audit"), "\(errors)")
            disk.clear()
            let second = try start("small/daemon")
            try resume(second)
            try checkTrip(try lines(second.state))
        }

        @Test("a journal that cannot be written any more is a fault, and trading goes on")
        func recorder() throws {
            let daemon = try start()
            try daemon.eventually("orders are sent") { try daemon.sentOrders() > 3 }
            let moved = try sandbox.run("/usr/bin/mv", [daemon.state + "/journal", sandbox.path("moved")])
            try #require(moved.exitCode == 0, "\(moved.errors)")
            try daemon.meets("INFRA_RECORDER")
            let sent = try daemon.sentOrders()
            try daemon.eventually("it trades on") { try daemon.sentOrders() > sent }
            #expect(try daemon.stop() == 0)
            let lines = try lines(daemon.state)
            #expect(lines.contains { $0.type == "fault.raise" && $0.data["fault"] == "INFRA_RECORDER" })
        }

        private static let limiter = "/usr/bin/prlimit"

        @Test(
            "a limit on the size of files: the write fails, not the process; exit code 74, halted after the restart",
            .enabled(if: access(limiter, X_OK) == 0, "no prlimit program"))
        func limited() throws {
            let first = try start()
            try first.eventually("orders are sent") { try first.sentOrders() > 3 }
            // The newest segment may hardly grow any more.
            let newest = try #require(AuditMirror.numbers(first.state + "/audit").max())
            let size = FileStatus.bytes(first.state + "/audit/" + AuditMirror.name(newest)) ?? 0
            let limited = try sandbox.run(
                Self.limiter, ["--pid", "\(first.process.identifier)", "--fsize=\(size + 1_000)"])
            try #require(limited.exitCode == 0, "\(limited.errors)")
            #expect(try first.process.exitCode() == 74)

            let second = try start()
            #expect(try second.held("INFRA_AUDIT") == ["audit all"])
            try resume(second)
            let lines = try lines(second.state)
            try checkTrip(lines)
            let torn = sandbox.directory.names(in: "daemon/audit").count { $0.contains(".torn-") }
            #expect(lines.count { $0.type == "log.recovered" } == torn)
        }
    }
}
