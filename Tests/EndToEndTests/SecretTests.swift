import Audit
import ExactJSON
import Glibc
import MarketData
import Platform
import TestSupport
import Testing

extension EndToEndTests {
    /// Secrets are planted wherever the daemon can meet them, and looked for in everything that leaves it.
    @Suite("Secrets")
    struct SecretTests {
        /// A secret in the forms in which it could leave.
        private struct Secret {
            let name: String
            let forms: [[UInt8]]

            init(_ name: String, _ bytes: [UInt8]) {
                self.name = name
                let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                // In base64 the text depends on where in a group of three it begins; the ends mix with what stands around.
                let shifted = (0..<3).map { shift in
                    let encoded = SecretTests.base64([UInt8](repeating: 0, count: shift) + bytes)
                    return Array(encoded.dropFirst(shift == 0 ? 0 : 4).dropLast(4))
                }
                forms = [bytes, Array(hex.utf8), Array(hex.uppercased().utf8)] + shifted
            }
        }

        let sandbox: Sandbox
        private let seed = Secret(
            "seed of the audit key", Array("seed-of-the-key-7f3Qz!-planted-01".utf8.prefix(32)))
        private let password = Secret("environment variable", Array("planted-IBKR-password-9xKw2#Lq".utf8))
        private let account = Secret("credential", Array("planted-account-DU7654321-rT5v".utf8))

        init() throws { sandbox = try Sandbox() }

        private static func base64(_ bytes: [UInt8]) -> [UInt8] {
            let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
            var text: [UInt8] = []
            for start in stride(from: 0, to: bytes.count, by: 3) {
                let group = bytes[start..<min(start + 3, bytes.count)]
                let padded = Array(group) + [0, 0]
                let bits = Int(padded[0]) << 16 | Int(padded[1]) << 8 | Int(padded[2])
                for place in 0..<4 {
                    text.append(place > group.count ? 0x3D : letters[bits >> (18 - 6 * place) & 63])
                }
            }
            return text
        }

        @Test("are in no log, audit trail, journal, trace, metric, export, answer, state, argument or child")
        func planted() throws {
            try plant()
            let configuration = try configuration()
            let daemon = try RunningDaemon(
                sandbox, configuration: configuration, "--mode", "sim", "--log-level", "debug")
            try daemon.eventually("orders are sent") { try daemon.sentOrders() > 3 }
            try checkProcess(daemon.process.identifier)
            var seen = try operate(daemon)
            seen.append(("metrics", try scrape(sandbox.path("metrics.sock"))))
            #expect(try daemon.stop() == 0)
            try replay(configuration)
            for (name, bytes) in seen + (try files(sandbox.directory.path)) { check(name, bytes) }
            try checkPublicKey(daemon.state)
        }

        private func plant() throws {
            try DurableFile.makeDirectories(sandbox.path("credentials"))
            let key = sandbox.path("credentials/audit_key")
            try AuditSigningKey(seed: seed.forms[0]).save(path: key)
            for name in ["ibkr_account", "ibkr-account", "audit_token"] {
                _ = try sandbox.directory.file("credentials/" + name, account.forms[0])
            }
            let text = String(decoding: password.forms[0], as: UTF8.self)
            sandbox.variables = [
                "CREDENTIALS_DIRECTORY": sandbox.path("credentials"), "IBKR_PASSWORD": text,
                "TWS_PASSWORD": text, "TRADINGD_IBKR_TOKEN": text, "SECRET_TOKEN": text,
            ]
        }

        private func configuration() throws -> String {
            try sandbox.configuration(
                ("settings.yaml", "  speed: 1 #", "  speed: 20 #"),
                (
                    "settings.yaml", "telemetry:\n",
                    "telemetry:\n  metrics: {socket: \(sandbox.path("metrics.sock"))}\n"
                        + "  traces: {file: \(sandbox.path("traces.jsonl"))}\n"
                ), ("settings.yaml", "audit:\n", "recorder: {enabled: true}\naudit:\n"),
                ("profiles/dev.yaml", "throttle_max: 60", "throttle_max: 10000"))
        }

        /// What every command of an operator shows. The output of programs is in files of the sandbox, too.
        private func operate(_ daemon: RunningDaemon) throws -> [(String, [UInt8])] {
            let commands = [
                ["status"], ["health"], ["metrics"], ["mode", "show"], ["snapshot", "config"],
                ["snapshot", "orders"], ["snapshot", "risk"], ["log", "level", "debug"],
                ["why", "XAUUSD"], ["killswitch", "engage", "--reason", "drill"],
                ["killswitch", "release", "--reason", "the drill is over"], ["killswitch", "status"],
                ["mode", "arm", "--reason", "on"], ["nonsense"],
            ]
            return try commands.map { command in
                let ended = try sandbox.run(Products.tradectl, command + ["--socket", daemon.socket])
                return (command.joined(separator: " "), Array((ended.output + ended.errors).utf8))
            }
        }

        private func replay(_ configuration: String) throws {
            let recording = try Recording(events: 5_000)
            let file = try sandbox.directory.file("day.jsonl", recording.bytes(.jsonLines))
            let ended = try sandbox.tradingd(
                "--mode", "replay", "--file", file, "--state", sandbox.path("replay"), "--export",
                sandbox.path("export"), "--summary", sandbox.path("summary.json"), "--log-level", "debug",
                "--socket", sandbox.path("replay.sock"), configuration: configuration)
            #expect(ended.exitCode == 0, "\(ended.errors)")
            let journals = sandbox.directory.names(in: "daemon/journal").map {
                sandbox.path("daemon/journal/" + $0)
            }
            let derived = try sandbox.run(
                Products.tradectl,
                ["audit", "replay", "--audit", sandbox.path("daemon/audit"), "--journal"] + journals)
            #expect(derived.exitCode == 0, "\(derived.output)\(derived.errors)")
        }

        /// Its arguments name no secret, and there is no child that could inherit its environment.
        private func checkProcess(_ process: pid_t) throws {
            check("arguments", try DurableFile.read("/proc/\(process)/cmdline") ?? [])
            for task in TemporaryDirectory.names(at: "/proc/\(process)/task") {
                let children = try DurableFile.read("/proc/\(process)/task/\(task)/children") ?? []
                #expect(children.isEmpty, "tradingd has started \(String(decoding: children, as: UTF8.self))")
            }
        }

        private func scrape(_ socket: String) throws -> [UInt8] {
            let client = try RawClient(socket)
            client.send(Array("GET /metrics HTTP/1.1\r\nHost: tradingd\r\nConnection: close\r\n\r\n".utf8))
            let bytes = client.rest()
            #expect(bytes.contains(Array("tradingd_events_total".utf8)))
            return bytes
        }

        /// Every file below `directory` but the planted ones.
        private func files(_ directory: String) throws -> [(String, [UInt8])] {
            var found: [(String, [UInt8])] = []
            for name in TemporaryDirectory.names(at: directory) where name != "credentials" {
                let path = directory + "/" + name
                var status = stat()
                guard lstat(path, &status) == 0 else { continue }
                if status.st_mode & S_IFMT == S_IFDIR { found += try files(path) }
                guard status.st_mode & S_IFMT == S_IFREG else { continue }
                found.append((path, try DurableFile.read(path, limit: 1 << 28) ?? []))
                if name.hasSuffix(".gz") { found.append((path + " unpacked", gunzip(path))) }
            }
            return found
        }

        private func check(_ place: String, _ bytes: [UInt8]) {
            let found = [seed, password, account].filter { $0.forms.contains { Self.isFound($0, in: bytes) } }
            let names = found.map { $0.name }.joined(separator: ", ")
            #expect(found.isEmpty, "\(place) holds the \(names)")
        }

        /// `memmem`, which Glibc does not show to Swift.
        private static func isFound(_ form: [UInt8], in bytes: [UInt8]) -> Bool {
            bytes.withUnsafeBytes { place in
                guard var here = place.baseAddress, let first = form.first else { return false }
                let end = here + place.count
                while end - here >= form.count,
                    let hit = memchr(here, Int32(first), end - here - form.count + 1)
                {
                    if memcmp(hit, form, form.count) == 0 { return true }
                    here = UnsafeRawPointer(hit) + 1
                }
                return false
            }
        }

        /// The search would have found something: the public half is there, the traces and the journal are not empty.
        private func checkPublicKey(_ state: String) throws {
            #expect(
                try sandbox.directory.read("daemon/audit/audit-000001.jsonl").contains(Array("vkey".utf8)))
            #expect(try sandbox.directory.read("daemon/audit/latest.note").count > 50)
            #expect(try sandbox.directory.read("traces.jsonl").count > 100)
            #expect(!sandbox.directory.names(in: "daemon/journal").isEmpty)
            #expect(!sandbox.directory.names(in: "export").isEmpty)
            let echo = Array("xx".utf8) + password.forms[0]
            for shift in 0..<3 {
                let text = Self.base64(Array(echo.dropFirst(shift)))
                #expect(
                    password.forms.contains { text.contains($0) }, "the search is blind for shift \(shift)")
            }
        }
    }
}
