import Audit
import Dispatch
import ExactJSON
import Platform
import TestSupport
import Testing
import TradingModel

extension EndToEndTests {
    /// `tradectl audit` as an auditor meets it: files and public keys only.
    @Suite struct AuditCommandTests {
        private let sandbox: Sandbox
        private static let key =
            "tradingd.example/paper/8f14e45f-ceea-467f-a0e6-1c2d3e4f5a6b"
            + "+9163be54+ASsbz/E8Ku8tBRVxrpiwUky6f6kWzXYtHNKBif/qT9OG"
        private var log: String { sandbox.path("audit") }

        /// The test vector of the format as a log.
        init() throws {
            sandbox = try Sandbox()
            try DurableFile.makeDirectories(sandbox.path("audit"))
            let vector = Repository.path + "/Tests/AuditTests/Vectors/audit-000001.jsonl"
            let bytes = try #require(try DurableFile.read(vector))
            try sandbox.directory.write(bytes, to: "audit/audit-000001.jsonl")
        }

        private func audit(_ arguments: String...) throws -> Ended {
            try sandbox.run(Products.tradectl, ["audit"] + arguments)
        }

        /// Keeps the newest checkpoint the way an auditor would.
        private func keepNote() throws -> String {
            let note = try audit("checkpoint", log)
            #expect(note.exitCode == 0 && note.output.hasPrefix("tradingd.example/paper/"))
            return try sandbox.directory.file("kept.note", note.output)
        }

        @Test("verify says by its exit code whether a log is proved, incomplete, broken or not there")
        func exitCodes() throws {
            #expect(try audit("verify", log).exitCode == 8)
            let note = try keepNote()
            let proved = try audit("verify", log, "--anchor", note, "--vkey", Self.key)
            #expect(proved.exitCode == 0 && proved.output.hasSuffix("RESULT    OK\n"))
            #expect(proved.output.contains("given 1/1 match"))
            #expect(try audit("verify", log + "/audit-000001.jsonl", "--anchor", note).exitCode == 8)
            #expect(
                try audit(
                    "verify", log + "/audit-000001.jsonl", "--anchor", note, "--vkey", Self.key
                ).exitCode == 0)
            #expect(try audit("verify", sandbox.path("none")).exitCode == 2)
            #expect(try audit("verify").exitCode == 2)
            #expect(try audit("verify", log, "--anchor", sandbox.path("none")).exitCode == 2)
            #expect(try audit("verify", log, "--vkey", "nonsense").exitCode == 2)
            #expect(try audit("verify", log, "--from", "9", "--to", "3").exitCode == 2)
            try damage()
            let broken = try audit("verify", log, "--json")
            let report = try JSONParser.parse(broken.output.dropLastCharacter)
            #expect(broken.exitCode == 1 && report["fault"]?["line"] == 2)
            #expect(report["fault"]?["changed_to"] == 3)
        }

        private func damage() throws {
            let text = String(decoding: try sandbox.directory.read("audit/audit-000001.jsonl"), as: UTF8.self)
            let changed = text.replacing("2400.50", with: "2400.51")
            try sandbox.directory.write(Array(changed.utf8), to: "audit/audit-000001.jsonl")
        }

        @Test("a proof for one line is checked without the log")
        func inclusion() throws {
            let proof = try audit("inclusion", "3", log)
            #expect(proof.exitCode == 0)
            let file = try sandbox.directory.file("proof.json", proof.output)
            let checked = try audit("inclusion", "--check", file, "--vkey", Self.key)
            #expect(
                checked.exitCode == 0 && checked.output.hasPrefix("OK line 3 is in tradingd.example/paper/"))
            let changed = try sandbox.directory.file(
                "changed.json", proof.output.replacing("c-2", with: "c-3"))
            #expect(try audit("inclusion", "--check", changed, "--vkey", Self.key).exitCode == 1)
            #expect(try audit("inclusion", "6", log).exitCode == 1)
            #expect(try audit("inclusion", "x", log).exitCode == 2)
            #expect(try audit("inclusion", "--check", file).exitCode == 2)
        }

        @Test("reports name the log they were made from, and an unknown one is answered with the list")
        func export() throws {
            let orders = try audit("export", log, "--report", "orders")
            #expect(orders.exitCode == 0)
            let rows = orders.output.split(separator: "\n")
            #expect(rows.contains("# size 6") && rows.contains { $0.hasPrefix("# checkpoint_root ") })
            #expect(rows.count { $0.contains(",order.") } == 2)
            let later = try audit(
                "export", log, "--report", "orders", "--from", "2026-01-05T14:30:01Z", "--to", "2026-01-06")
            #expect(later.output.split(separator: "\n").count { $0.contains(",order.") } == 1)
            let stops = try audit("export", log, "--report", "killswitch", "--format", "json")
            let value = try JSONParser.parse(stops.output.dropLastCharacter)
            #expect(value["rows"]?.arrayValue?.count == 1 && value["size"] == 6)
            for name in ["access", "limits", "clock", "changes", "incidents", "ratios", "certificate"] {
                #expect(try audit("export", log, "--report", name).exitCode == 0)
                let json = try audit("export", log, "--report", name, "--format", "json")
                #expect(throws: Never.self) { try JSONParser.parse(json.output.dropLastCharacter) }
            }
            let unknown = try audit("export", log, "--report", "everything")
            #expect(unknown.exitCode == 2 && unknown.errors.contains("killswitch"))
        }

        @Test("cells that a spreadsheet would run are made harmless")
        func formulas() throws {
            let directory = sandbox.path("formulas")
            let log = try AuditLog(
                AuditSettings(directory: directory),
                identity: AuditIdentity(
                    origin: "example/dev/1", build: "1", configHash: "c", machineID: "m", bootID: "b"),
                at: .zero, queue: DispatchQueue(label: "audit"))
            for text in ["=1+1", "+1", "-1", "@SUM(A1)", "plain, \"quoted\""] {
                try log.append(.authDeny, at: .zero) { json in
                    json.beginObject()
                    json.key("by")
                    json.string(text)
                    json.endObject()
                }
            }
            try log.close()
            let rows = try audit("export", directory, "--report", "access").output.split(separator: "\n")
            for cell in ["'=1+1,", "'+1,", "'-1,", "'@SUM(A1),", "\"plain, \"\"quoted\"\"\","] {
                #expect(rows.contains { $0.contains(",auth.deny," + cell) }, "\(cell)")
            }
        }

        @Test("tail shows the last lines, as they are or for people")
        func tail() throws {
            let lines = try audit("tail", log, "-n", "2").output.split(separator: "\n")
            #expect(lines.count == 2 && lines[0].contains("killswitch.engage"))
            #expect(lines[0].contains("reason drill") && !lines[1].contains("note"))
            let raw = try audit("tail", log, "-n", "1", "--json").output
            #expect(raw.hasPrefix(#"{"v":"tradingd.audit/1","seq":6,"#) && raw.hasSuffix("\"}\n"))
            #expect(try audit("tail", sandbox.path("none")).exitCode == 2)
        }

        @Test("a new key is private and never replaces another")
        func keygen() throws {
            let path = sandbox.path("audit.key")
            let made = try audit("keygen", path, "--origin", "example/dev/1")
            #expect(made.exitCode == 0 && made.output.contains("vkey       example/dev/1+"))
            let seed = String(decoding: try sandbox.directory.read("audit.key"), as: UTF8.self)
            #expect(!made.output.contains(seed.prefix(40)))
            #expect(try audit("keygen", path).exitCode == 1)
            #expect(String(decoding: try sandbox.directory.read("audit.key"), as: UTF8.self) == seed)
            #expect(try AuditSigningKey.load(path: path).publicText.count == 44)
        }

        @Test("only a broken log is set aside")
        func acceptBreak() throws {
            #expect(try audit("accept-break", log, "--reason", "why").exitCode == 6)
            #expect(try audit("accept-break", log).exitCode == 2)
            try damage()
            let done = try audit("accept-break", log, "--reason", "restored from a copy")
            #expect(done.exitCode == 0 && done.output.contains("1 files to \(log)/closed/8f14e45f-"))
            let succession = try #require(try AuditSuccession.read(directory: log))
            #expect(succession.link.size == 1 && succession.link.reason == "restored from a copy")
        }
    }
}

extension String {
    /// Without the line feed at the end.
    fileprivate var dropLastCharacter: String { String(dropLast()) }
}
