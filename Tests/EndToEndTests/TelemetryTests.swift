import Audit
import ExactJSON
import Glibc
import Platform
import TestSupport
import Testing

extension EndToEndTests {
    /// What a daemon tells of itself while it trades.
    @Suite("Telemetry")
    struct TelemetryTests {
        let sandbox: Sandbox
        private var metricsSocket: String { sandbox.path("metrics.sock") }

        init() throws { sandbox = try Sandbox() }

        /// A daemon with a metrics port and a file of spans.
        private func daemon() throws -> RunningDaemon {
            let configuration = try sandbox.configuration(
                (
                    "settings.yaml", "telemetry:\n",
                    "telemetry:\n  metrics:\n    socket: \(metricsSocket)\n  traces:\n"
                        + "    file: \(sandbox.path("traces.jsonl"))\n"
                ))
            return try RunningDaemon(sandbox, configuration: configuration, "--mode", "sim", "--seed", "7")
        }

        private func scrape() throws -> String { try LocalSocket.scrape(metricsSocket) }

        private func fills(_ daemon: RunningDaemon) throws -> Int {
            try daemon.answer("status")?["orders"]?["fill"]?.integerValue ?? 0
        }

        @Test("the port gives OpenMetrics in form: the metrics of the documentation, and no others")
        func metrics() throws {
            let daemon = try daemon()
            try daemon.eventually("a fill") { try fills(daemon) > 0 }
            let text = try scrape()
            let metrics = try OpenMetricsText(text)
            let table =
                "| metric | type | labels | what |\n|---|---|---|---|\n"
                + metrics.families.map { Self.row($0) }.joined()
            let documented = try RepositoryFile.section("metrics", of: "docs/telemetry.md", madeAs: table)
            #expect(documented == table)

            let orders = metrics.samples("tradingd_orders_total")
            #expect(orders.contains { $0.label("outcome") == "fill" && $0.label("symbol") == "XAUUSD" })
            for stage in ["event", "signal", "decision", "durable", "wire", "ack", "fill"] {
                #expect(metrics.value("tradingd_stage_seconds_count", ["stage": stage]) ?? 0 > 0, "\(stage)")
            }
            #expect(metrics.samples("tradingd_stage_seconds_bucket").contains { $0.hasExemplar })
            #expect(metrics.value("tradingd_ready") == 1)
            #expect(metrics.value("tradingd_mode", ["mode": "sim"]) == 1)
            #expect(metrics.value("process_open_fds") ?? 0 > 3)
            #expect(metrics.value("tradingd_log_dropped_total") == 0)
            try check(text, with: "/usr/bin/promtool")

            let shown = try daemon.tradectl("metrics", "stage=durable")
            #expect(shown.exitCode == 0 && shown.output.contains("p99"))
            #expect(!shown.output.contains("process_"))
            #expect(try daemon.stop() == 0)
            #expect(!sandbox.exists("metrics.sock"))
        }

        /// A row of the documentation.
        static func row(_ family: OpenMetricsText.Family) -> String {
            let labels = Set(family.samples.flatMap { $0.labels.map(\.name) }).subtracting(["le"]).sorted()
            let name = family.type == "counter" ? family.name + "_total" : family.name
            return
                "| `\(name)` | \(family.type) | \(labels.joined(separator: ", ")) | \(family.help ?? "") |\n"
        }

        /// A second opinion, where there is one.
        private func check(_ text: String, with tool: String) throws {
            guard access(tool, X_OK) == 0 else { return }
            try sandbox.directory.write(Array(text.utf8), to: "exposition")
            let ended = try sandbox.run(
                "/bin/sh", ["-c", "\(tool) check metrics < \(sandbox.path("exposition"))"])
            #expect(ended.exitCode == 0 || ended.exitCode == 3, "\(ended.errors)")
        }

        @Test("every fill can be followed back to its signal, span by span")
        func traces() throws {
            let daemon = try daemon()
            try daemon.eventually("a fill") { try fills(daemon) > 0 }
            #expect(try daemon.stop() == 0)
            let lines = String(decoding: try sandbox.directory.read("traces.jsonl"), as: UTF8.self)
            var spans: [String: JSONValue] = [:]
            for line in lines.split(separator: "\n") {
                let resource = try JSONParser.parse(String(line))["resourceSpans"]?.arrayValue?.first
                for span in resource?["scopeSpans"]?.arrayValue?.first?["spans"]?.arrayValue ?? [] {
                    let id = try #require(span["spanId"]?.stringValue)
                    #expect(spans.updateValue(span, forKey: id) == nil)
                }
            }
            let filled = spans.values.filter { $0["name"] == "fill" }
            #expect(!filled.isEmpty)
            let traced = try AuditTrail(daemon.state + "/audit").lines.filter { $0.type == "order.intent" }
                .compactMap { $0.data["trace"]?.stringValue }
            for fill in filled {
                var names: [String] = []
                var span: JSONValue? = fill
                while let step = span {
                    names.append(step.text(of: "name"))
                    #expect(step["traceId"] == fill["traceId"])
                    span = step["parentSpanId"]?.stringValue.flatMap { spans[$0] }
                }
                #expect(names == ["fill", "ack", "send", "persist", "decide", "signal"])
                #expect(traced.contains(fill.text(of: "traceId")))
            }
        }

        @Test("levels change while the daemon runs, and the change is in log and audit trail")
        func levels() throws {
            let daemon = try daemon()
            #expect(try daemon.json("log", "level")["level"] == "info")
            let changed = try daemon.json("log", "level", "risk", "debug", "--reason", "a closer look")
            #expect(
                changed["components"]?.arrayValue?.first { $0["component"] == "risk" }?["level"] == "debug")
            #expect(try daemon.json("log", "level", "warning")["level"] == "warning")
            #expect(try daemon.json("log", "level", "risk", "default")["level"] == "warning")
            #expect(try daemon.tradectl("log", "level", "risk", "loud").exitCode == 2)
            #expect(try daemon.tradectl("log", "level", "Über", "debug").exitCode == 2)
            #expect(try daemon.tradectl("log", "level", "default").exitCode == 2)
            #expect(try daemon.stop() == 0)
            let changes = try daemon.process.output.split(separator: "\n").map {
                try JSONParser.parse(String($0))
            }
            .filter { $0["context"]?["event"] == "config.log_level" }
            // At `warning` even a change of levels, a notice, is not logged any more.
            #expect(changes.map { $0["context"]?.text(of: "component") } == ["risk"])
            let calls = try AuditTrail(daemon.state + "/audit").lines.filter {
                $0.data["method"] == "log.level"
            }
            #expect(calls.count >= 3 && calls.first?.data["reason"] == "a closer look")
        }

        @Test("a planted secret shows nowhere")
        func secrets() throws {
            let secret = "hunter2-0d9f61b2c4"
            try DurableFile.makeDirectories(sandbox.path("credentials"))
            try sandbox.directory.write(Array(secret.utf8), to: "credentials/audit-key")
            try sandbox.directory.write(Array(secret.utf8), to: "credentials/ibkr-account")
            sandbox.variables = [
                "TRADINGD_TOKEN": secret, "CREDENTIALS_DIRECTORY": sandbox.path("credentials"),
            ]
            let daemon = try daemon()
            _ = try daemon.json("log", "level", "debug")
            try daemon.eventually("a fill") { try fills(daemon) > 0 }
            var told = [try scrape(), try daemon.json("metrics").text, try daemon.json("status").text]
            told.append(try daemon.json("snapshot", "config").text)
            told.append(try Self.text("/proc/\(daemon.process.identifier)/cmdline"))
            #expect(try daemon.stop() == 0)
            told += [try daemon.process.output, try daemon.process.errors]
            told.append(String(decoding: try sandbox.directory.read("traces.jsonl"), as: UTF8.self))
            told.append(try Self.text(daemon.state + "/audit/audit-000001.jsonl"))
            for text in told { #expect(!text.contains(secret)) }
        }

        private static func text(_ path: String) throws -> String {
            String(decoding: try DurableFile.read(path, limit: 1 << 28) ?? [], as: UTF8.self)
        }
    }
}

extension JSONValue {
    /// A text member; empty when it is none.
    fileprivate func text(of key: String) -> String { self[key]?.stringValue ?? "" }
}

/// One question and its answer over a Unix socket.
enum LocalSocket {
    /// What the port there answers to `GET /metrics`, without its head.
    static func scrape(_ path: String) throws -> String {
        let answer = try exchange(path, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let end = try #require(answer.firstRange(of: "\r\n\r\n"))
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        return String(answer[end.upperBound...])
    }

    static func exchange(_ path: String, _ request: String) throws -> String {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var time = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0 else { throw SystemError("connect", path) }
        let bytes = Array(request.utf8)
        _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count <= 0 { return String(decoding: answer, as: UTF8.self) }
            answer += chunk.prefix(count)
        }
    }
}
