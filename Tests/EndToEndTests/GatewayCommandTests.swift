import Glibc
import Platform
import TestSupport
import Testing

extension EndToEndTests {
    @Suite("Simulated gateway")
    struct GatewayCommandTests {
        let sandbox: Sandbox

        init() throws { sandbox = try Sandbox() }

        /// Starts the gateway and waits until it says where it listens.
        private func start(_ arguments: String...) throws -> (process: ChildProcess, port: UInt16) {
            let process = try sandbox.start(Products.tradingd, ["gateway", "--port", "0"] + arguments)
            let deadline = MonotonicClock.now() + 30_000_000_000
            while MonotonicClock.now() < deadline, !process.hasExited(within: 5) {
                let lines = try process.output.split(separator: "\n")
                guard let first = lines.first,
                    let port = first.split(separator: ":").last.flatMap({ UInt16($0) })
                else { continue }
                #expect(first == "tradingd gateway: listening on 127.0.0.1:\(port)")
                return (process, port)
            }
            throw SystemError("start", try process.errors, code: ETIMEDOUT)
        }

        private func refuses(_ arguments: [String], _ exitCode: Int32, _ word: String) throws {
            let ended = try sandbox.run(Products.tradingd, ["gateway", "--port", "0"] + arguments)
            #expect(ended.exitCode == exitCode, "\(ended.errors)")
            #expect(ended.errorLines.count == 1 && ended.errors.contains(word), "\(ended.errors)")
            #expect(ended.output.isEmpty)
        }

        @Test("a client connects to the command, and SIGTERM ends it cleanly")
        func session() throws {
            let gateway = try start("--server-version", "190")
            let client = try WireClient(gateway.port)
            client.send("API\0" + "\0\0\0\u{9}v178..200")
            #expect(try client.frame().first == "190")
            client.send("\0\0\0\u{8}71\0" + "2\0" + "7\0" + "\0")
            var codes: [String] = []
            while codes.last != "2158" {
                let fields = try client.frame()
                if fields.first == "4" { codes.append(fields[3]) }
            }
            client.send("\0\0\0\u{5}49\0" + "1\0")
            #expect(try client.frame().first == "49")
            gateway.process.terminate()
            #expect(try gateway.process.exitCode() == 0)
            #expect(try gateway.process.errors.contains("client 7 at version 190"))
        }

        @Test("commands on the control socket are answered line by line")
        func control() throws {
            let path = sandbox.path("gateway.sock")
            let gateway = try start("--control", path, "--rate", "0")
            let control = try CommandClient(path)
            #expect(try control.answer("busy 2") == "ok")
            #expect(try control.answer("fall").hasPrefix("error: 'fall'"))
            #expect(try control.answer("status").contains("\"faults\":{\"busy\":1}"))
            gateway.process.terminate()
            #expect(try gateway.process.exitCode() == 0)
            #expect(!sandbox.exists("gateway.sock"))
        }

        @Test("a standard error that nobody reads holds up neither commands nor SIGTERM")
        func unreadErrors() throws {
            let log = sandbox.path("unread")
            try #require(mkfifo(log + ".err", 0o600) == 0)
            let reader = open(log + ".err", O_RDWR | O_NONBLOCK | O_CLOEXEC)
            try #require(reader >= 0)
            defer { close(reader) }
            let path = sandbox.path("gateway.sock")
            let gateway = try ChildProcess(
                Products.tradingd, ["gateway", "--port", "0", "--rate", "0", "--control", path],
                environment: [:], log: log)
            let deadline = MonotonicClock.now() + 30_000_000_000
            while MonotonicClock.now() < deadline, try gateway.output.isEmpty, !gateway.hasExited(within: 5) {
            }
            let control = try CommandClient(path)
            // More than a pipe takes.
            for _ in 0..<5_000 { #expect(try control.answer("busy") == "ok") }
            gateway.terminate()
            #expect(try gateway.exitCode(within: 20) == 0)
        }

        @Test("a control socket in use is refused by its own name")
        func controlInUse() throws {
            let path = sandbox.path("gateway.sock")
            let gateway = try start("--control", path, "--rate", "0")
            try refuses(["--control", path], 75, "--control: \(path): another process")
            gateway.process.terminate()
            #expect(try gateway.process.exitCode() == 0)
        }

        @Test("options that make no sense are refused with one line")
        func options() throws {
            try refuses(["--server-versions", "150..200"], 64, "--server-versions: '150..200'")
            try refuses(["--server-version", "201"], 64, "--server-version: '201'")
            try refuses(["--symbol", "SILVER"], 64, "--symbol: 'SILVER'")
            try refuses(["--speed", "2"], 64, "--speed: only with --file")
            try refuses(["--pace", "0"], 64, "--pace")
            try refuses(["--account", "DU1,DU2"], 64, "--account")
            try refuses(["--account", "DU1", "--account", "DU1"], 64, "--account: 'DU1' is given twice")
            try refuses(
                ["--symbol", "XAUUSD", "--symbol", "XAUUSD"], 64, "--symbol: 'XAUUSD' is given twice")
            try refuses(["--file", "x.csv", "--seed", "7"], 64, "--seed: only for a simulated market")
            try refuses(["--file", "x.csv", "--rate", "7"], 64, "--rate: only for a simulated market")
            try refuses(
                ["--file", "x.csv", "--map", "G=XAUUSD", "--map", "G=GCZ6"], 64, "--map: 'G' is given twice")
            try refuses(["--file", sandbox.path("none.csv")], 66, "none.csv")
            try refuses(["--faults", sandbox.path("none.txt")], 66, "none.txt")
            try refuses(["--host", "gateway.example"], 69, "gateway.example")
            try sandbox.directory.write(Array("at 1s drop\nat 2s fall\n".utf8), to: "faults.txt")
            try refuses(["--faults", sandbox.path("faults.txt")], 65, "faults.txt:2: 'fall'")
        }

        @Test("help tells the options and the faults")
        func help() throws {
            let ended = try sandbox.run(Products.tradingd, ["gateway", "--help"])
            #expect(ended.exitCode == 0)
            for word in ["USAGE: tradingd gateway", "--server-versions", "--faults", "--control", "firehose"]
            {
                #expect(ended.output.contains(word))
            }
        }
    }
}

/// A client that speaks the wire byte by byte. Every wait ends after 30 s.
private final class WireClient {
    private let socket: Int32
    private var bytes: [UInt8] = []

    init(_ port: UInt16) throws {
        socket = try TCPSocket.connect(host: "127.0.0.1", port: port).release()
        var state = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
        try #require(poll(&state, 1, 30_000) == 1)
        if let error = TCPSocket.connectionError(socket, to: "gateway") { throw error }
    }

    deinit { close(socket) }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        #expect(Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count)
    }

    /// Fields of the next frame.
    func frame() throws -> [String] {
        while true {
            if bytes.count >= 4 {
                let length = bytes[..<4].reduce(0) { $0 << 8 | Int($1) }
                if bytes.count >= 4 + length {
                    let body = bytes[4..<(4 + length)]
                    bytes.removeFirst(4 + length)
                    return body.split(separator: 0, omittingEmptySubsequences: false)
                        .map { String(decoding: $0, as: UTF8.self) }
                }
            }
            try receive()
        }
    }

    private func receive() throws {
        var state = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        try #require(poll(&state, 1, 30_000) == 1, "the gateway says something in time")
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = recv(socket, &buffer, buffer.count, 0)
        try #require(count > 0, "the stream goes on")
        bytes += buffer[..<count]
    }
}

/// Commands on the Unix socket. Every wait ends after 30 s.
private final class CommandClient {
    private let client: RawClient

    init(_ path: String) throws { client = try RawClient(path) }

    func answer(_ line: String) throws -> String {
        client.send(Array((line + "\n").utf8))
        return try client.line()
    }
}
