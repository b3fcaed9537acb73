import Glibc
import Platform
import TestSupport
import Testing

@testable import Telemetry

/// A client of the metrics port that sends whatever bytes a test wants. Every wait ends after 30 s.
private final class ScrapeClient {
    private let descriptor: Int32

    init(unix path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        try connect(&address)
    }

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        try connect(&address)
    }

    private func connect<Address>(_ address: inout Address) throws {
        var time = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
        guard code == 0 else { throw SystemError("connect", "metrics") }
    }

    deinit { close(descriptor) }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Everything until the server hangs up.
    func answer() -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk.prefix(count)
        }
    }

    func get(_ request: String) -> String {
        send(request)
        return answer()
    }
}

@Suite("Metrics port")
struct MetricsServerTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path + "/metrics.sock" }

    init() throws { directory = try TemporaryDirectory() }

    private func server(_ limits: MetricsServer.Limits = .init()) throws -> MetricsServer {
        try MetricsServer(socket: path, limits: limits) { "# EOF\n" }
    }

    private static let head = """
        HTTP/1.1 200 OK\r
        Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r
        Content-Length: 6\r
        Connection: close\r
        \r

        """

    @Test("answers GET and HEAD with the exact content type, on a Unix socket and a loopback port")
    func answers() throws {
        let server = try MetricsServer(socket: path, address: ("127.0.0.1", 0)) { "# EOF\n" }
        defer { server.stop() }
        #expect(
            try ScrapeClient(unix: path).get("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n") == Self.head
                + "# EOF\n")
        #expect(try ScrapeClient(unix: path).get("HEAD /metrics HTTP/1.1\r\n\r\n") == Self.head)
        #expect(
            try ScrapeClient(port: server.port).get("GET /metrics?a=b HTTP/1.0\n\n") == Self.head + "# EOF\n")
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o660)
    }

    @Test(
        "refuses everything else with its status",
        arguments: [
            ("GET / HTTP/1.1\r\n\r\n", "404 Not Found"), ("GET /metricsx HTTP/1.1\r\n\r\n", "404 Not Found"),
            ("POST /metrics HTTP/1.1\r\n\r\n", "405 Method Not Allowed"),
            ("get /metrics HTTP/1.1\r\n\r\n", "405 Method Not Allowed"),
            ("GET /metrics\r\n\r\n", "400 Bad Request"), ("\r\n\r\n", "400 Bad Request"),
            ("GET  /metrics HTTP/1.1\r\n\r\n", "400 Bad Request"),
            ("GET metrics HTTP/1.1\r\n\r\n", "400 Bad Request"),
            ("GET /metrics\u{7} HTTP/1.1\r\n\r\n", "400 Bad Request"),
            ("GET /metrics HTTP/2.0\r\n\r\n", "505 HTTP Version Not Supported"),
            ("GET /../metrics HTTP/1.1\r\n\r\n", "404 Not Found"),
        ])
    func refuses(_ request: String, _ status: String) throws {
        let server = try server()
        defer { server.stop() }
        let answer = try ScrapeClient(unix: path).get(request)
        #expect(answer.hasPrefix("HTTP/1.1 \(status)\r\n"), "\(answer)")
        #expect(answer.contains("Allow: GET, HEAD\r\n") == status.hasPrefix("405"))
    }

    @Test("a request is whole in any pieces, and never longer than its bound")
    func pieces() throws {
        var request = ScrapeRequest()
        for byte in Array("GET /metrics HTTP/1.1\r\nHost: a\r\n\r".utf8) {
            let verdict = request.take([byte])
            #expect(verdict == .wait)
        }
        let whole = request.take([0x0A])
        #expect(whole == .metrics(withBody: true))
        var long = ScrapeRequest()
        let verdict = long.take([UInt8](repeating: 0x41, count: ScrapeRequest.longest))
        #expect(verdict == .refuse(431, ""))
        var headers = ScrapeRequest()
        let late =
            Array("GET /metrics HTTP/1.1\r\n".utf8)
            + [UInt8](repeating: 0x41, count: ScrapeRequest.longest) + Array("\r\n\r\n".utf8)
        let refused = headers.take(late)
        #expect(refused == .refuse(431, ""))
    }

    @Test("random bytes end in a verdict, never in a crash")
    func fuzz() {
        var random = TestRandom(seed: TestSeed.value("SCRAPE_SEED"))
        let pieces = ["GET", " ", "/metrics", "HTTP/1.1", "\r\n", "\n", "\r", "\0", "HEAD", "é", "A: b"]
        for _ in 0..<2_000 {
            var request = ScrapeRequest()
            for _ in 0..<random.below(12) {
                let verdict = request.take(Array(pieces[Int(random.below(UInt64(pieces.count)))].utf8))
                if verdict != .wait { break }
            }
        }
    }

    @Test("silent clients cost their place until their time is over; others wait for it and are served")
    func slowClients() throws {
        var limits = MetricsServer.Limits()
        limits.clients = 2
        limits.patience = 50_000_000
        let server = try server(limits)
        defer { server.stop() }
        let silent = try (0..<4).map { _ in try ScrapeClient(unix: path) }
        silent[0].send("GET /metr")
        #expect(try ScrapeClient(unix: path).get("GET /metrics HTTP/1.1\r\n\r\n") == Self.head + "# EOF\n")
        #expect(silent[0].answer().isEmpty)
    }

    @Test("a client that does not read its answer is hung up on")
    func unreadAnswer() throws {
        var limits = MetricsServer.Limits()
        limits.clients = 1
        limits.patience = 50_000_000
        let huge = String(repeating: "# HELP a\n", count: 1_000_000)
        let server = try MetricsServer(socket: path, limits: limits) { huge }
        defer { server.stop() }
        let lazy = try ScrapeClient(unix: path)
        lazy.send("GET /metrics HTTP/1.1\r\n\r\n")
        // The only place is free again although nothing of the answer was read.
        #expect(try ScrapeClient(unix: path).get("HEAD /metrics HTTP/1.1\r\n\r\n").hasPrefix("HTTP/1.1 200"))
        #expect(lazy.answer().utf8.count < huge.utf8.count)
    }

    @Test("a stale socket is replaced; a living one and a file that is none are left alone")
    func socketFile() throws {
        let first = try server()
        #expect(throws: SystemError.self) { try server() }
        first.stop()
        let file = directory.path + "/file"
        try DurableFile.replace(file, with: [1])
        #expect(throws: SystemError.self) { try MetricsServer(socket: file) { "" } }
        #expect(try DurableFile.read(file) == [1])
        let stale = directory.path + "/stale"
        try JournalStandIn.abandoned(stale)
        let second = try MetricsServer(socket: stale) { "# EOF\n" }
        defer { second.stop() }
        #expect(try ScrapeClient(unix: stale).get("GET /metrics HTTP/1.1\r\n\r\n").hasSuffix("# EOF\n"))
    }
}
