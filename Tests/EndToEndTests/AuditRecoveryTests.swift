import Audit
import ExactJSON
import Glibc
import TestSupport
import Testing

extension EndToEndTests {
    @Suite("Audit after a crash")
    struct AuditRecoveryTests {
        let sandbox: Sandbox

        init() throws { sandbox = try Sandbox() }

        private static let segment = "daemon/audit/audit-000001.jsonl"

        /// Runs a daemon until its log has some lines, and crashes it.
        private func crash() throws {
            let daemon = try RunningDaemon(sandbox, "--mode", "sim")
            try daemon.eventually("a session is in the log") {
                try daemon.answer("status")?["audit"]?["lines"]?.integerValue ?? 0 >= 3
            }
            try daemon.crash()
        }

        @Test("a torn last line is set aside, recorded, and the chain goes on")
        func tornTail() throws {
            try crash()
            let before = try sandbox.directory.read(Self.segment)
            let torn = Array(#"{"v":"tradingd.audit/1","seq":99,"ts":"20"#.utf8)
            try sandbox.directory.write(before + torn, to: Self.segment)

            let daemon = try RunningDaemon(sandbox, "--mode", "sim")
            #expect(try daemon.lifeCycle == "running")
            #expect(try daemon.stop() == 0)
            #expect(try sandbox.directory.read(Self.segment).starts(with: before))
            let trail = try AuditTrail(daemon.state + "/audit")
            let recovered = try #require(trail.indices(.logRecovered).first)
            #expect(trail.lines[recovered].data["bytes"]?.integerValue == torn.count)
            #expect(trail.count(.sessionStart) == 2)
            let aside = try #require(
                sandbox.directory.names(in: "daemon/audit").first {
                    $0.hasPrefix("audit-000001.jsonl.torn-")
                })
            #expect(try sandbox.directory.read("daemon/audit/" + aside) == torn)
        }

        @Test("a changed byte in a complete line stops the start with file, line and byte offset")
        func flippedByte() throws {
            try crash()
            var bytes = try sandbox.directory.read(Self.segment)
            let offset = try #require(bytes.firstIndex(of: 0x0A)) + 1
            let type = Array("session.start".utf8)
            let place = try #require(bytes.indices.first { bytes[$0...].starts(with: type) })
            bytes[place] = 0x53
            try sandbox.directory.write(bytes, to: Self.segment)

            let ended = try sandbox.tradingd(
                "--mode", "sim", "--socket", sandbox.path("s"), "--state", sandbox.path("daemon"))
            #expect(ended.exitCode == 65)
            #expect(ended.errorLines.count == 1)
            #expect(
                ended.errors.contains("\(sandbox.path(Self.segment)):2 (byte \(offset))"), "\(ended.errors)"
            )
            #expect(try sandbox.directory.read(Self.segment) == bytes)
            _ = try AuditTrail(sandbox.path("daemon/audit"), verdict: .broken)
        }
    }
}
