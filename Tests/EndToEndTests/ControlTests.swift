import ExactJSON
import Glibc
import Platform
import Testing

@testable import ControlPlane

/// A client of the control socket that sends whatever bytes a test wants. Every wait ends after 30 s.
final class RawClient {
    private let descriptor: Int32
    private var framer = LineFramer(limit: 1 << 20)

    init(_ path: String) throws {
        let socket = try UnixSocket.open()
        try UnixSocket.connect(socket.number, to: path)
        descriptor = socket.release()
        var time = timeval(tv_sec: 30, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
    }

    deinit { close(descriptor) }

    /// Sends as much as the daemon takes.
    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// The next line, without its end.
    func line() throws -> String {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            if case .line(let line) = framer.next() { return String(decoding: line, as: UTF8.self) }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            try #require(count > 0, "no line within the time")
            framer.append(buffer[..<count])
        }
    }

    /// Everything that comes until the other side hangs up.
    func rest() -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// The error code of the next answer; 0 for a result, `nil` when the daemon has hung up.
    func code() throws -> Int? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            if case .line(let line) = framer.next() {
                return try JSONParser.parse(Array(line))["error"]?["code"]?.integerValue ?? 0
            }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count == 0 || (count < 0 && errno == ECONNRESET) { return nil }
            try #require(count > 0, "no answer within the time")
            framer.append(buffer[..<count])
        }
    }
}

extension EndToEndTests {
    @Suite("Control")
    struct ControlTests {
        let sandbox: Sandbox

        init() throws { sandbox = try Sandbox() }

        @Test("clients that send rubbish get errors and disturb nobody")
        func rubbish() throws {
            let daemon = try RunningDaemon(sandbox, "--mode", "sim")
            let half = try RawClient(daemon.socket)
            half.send(Array(#"{"jsonrpc":"2.0","id":1,"meth"#.utf8))

            let junk = try RawClient(daemon.socket)
            junk.send([0x00, 0xFF, 0xFE, 0x80, 0x0A])
            #expect(try junk.code() == -32700)
            junk.send(Array(#"{"jsonrpc":"2.0","id":1,"method":"status"}"#.utf8) + [0x0A])
            #expect(try junk.code() == 0)

            let long = try RawClient(daemon.socket)
            long.send([UInt8](repeating: 0x41, count: 70_000) + [0x0A])
            #expect(try long.code() == -32003)
            #expect(try long.code() == nil)

            #expect(try daemon.lifeCycle == "running")
            half.send(Array("od\":\"status\"}\n".utf8))
            #expect(try half.code() == 0)
            #expect(try daemon.stop() == 0)
        }

        @Test("tradectl tells by its exit code what was wrong")
        func exitCodes() throws {
            let nobody = sandbox.path("nobody.sock")
            let absent = try sandbox.tradectl("status", "--socket", nobody)
            #expect(absent.exitCode == 3)
            #expect(absent.errorLines.count == 1 && absent.errors.contains(nobody))
            #expect(try sandbox.tradectl("frobnicate").exitCode == 2)
            #expect(try sandbox.tradectl("snapshot", "dom").exitCode == 2)
            #expect(try sandbox.tradectl("--help").exitCode == 0)

            let daemon = try RunningDaemon(sandbox, "--mode", "sim")
            let unknown = try daemon.tradectl("snapshot", "dom", "NOPE")
            #expect(unknown.exitCode == 4)
            #expect(unknown.errorLines.count == 1 && unknown.errors.contains("NOPE"))
            #expect(try daemon.tradectl("mode", "switch", "nonsense").exitCode == 2)
            #expect(
                try daemon.tradectl("killswitch", "release", "--reason", "nothing to release").exitCode == 6)
            #expect(try daemon.lifeCycle == "running")
        }

        @Test("a level or scope that does not exist is refused, not taken for all of it")
        func scopes() throws {
            let daemon = try RunningDaemon(sandbox, "--mode", "sim")
            var client = ControlClient(path: daemon.socket)
            let calls: [(String, JSONValue)] = [
                ("killswitch.engage", ["level": "stop"]), ("killswitch.engage", ["scope": "XAUUSD"]),
                ("killswitch.release", ["scope": "XAUUSD", "reason": "only gold, please"]),
            ]
            for (method, parameters) in calls {
                do throws(ControlClientError) {
                    _ = try client.call(method: method, params: parameters, timeout: .seconds(30))
                    Issue.record("\(method) was taken")
                } catch {
                    guard case .remote(let remote) = error else { throw error }
                    #expect(remote.code == -32602)
                }
            }
            #expect(try daemon.json("killswitch", "status")["engaged"] == false)
            let whole: JSONValue = ["level": "halt", "scope": "all"]
            let engaged = try client.call(method: "killswitch.engage", params: whole, timeout: .seconds(30))
            #expect(engaged["persisted"] == true)
        }

        @Test("among several daemons tradectl does not choose, it lists them")
        func severalDaemons() throws {
            let none = try sandbox.tradectl("status", "--profile", "dev")
            #expect(none.exitCode == 3)
            let daemons = try ["dev", "paper"].map { profile in
                try sandbox.start(
                    Products.tradingd,
                    [
                        "--config", Repository.configuration, "--profile", profile, "--mode", "sim",
                        "--state", sandbox.path(profile),
                    ])
            }
            let sockets = ["dev", "paper"].map { sandbox.path("run/tradingd/\($0).sock") }
            for (socket, daemon) in zip(sockets, daemons) {
                while try sandbox.tradectl("status", "--socket", socket).exitCode != 0 {
                    let hasExited = daemon.hasExited(within: 20)
                    let errors = hasExited ? try daemon.errors : ""
                    try #require(!hasExited, "tradingd ended: \(errors)")
                }
            }
            let ambiguous = try sandbox.tradectl("status")
            #expect(ambiguous.exitCode == 2)
            for socket in sockets { #expect(ambiguous.errors.contains(socket)) }
            let paper = try sandbox.tradectl("status", "--profile", "paper", "--json")
            #expect(try JSONParser.parse(paper.output)["profile"] == "paper")
            let before = try sandbox.tradectl("--profile", "paper", "--json", "killswitch", "status")
            #expect(try JSONParser.parse(before.output)["engaged"] == false)
            let around = try sandbox.tradectl("--json", "status", "--profile", "dev")
            #expect(try JSONParser.parse(around.output)["profile"] == "dev")
            #expect(try sandbox.tradectl("--timeout", "0", "status").exitCode == 2)

            let all = try sandbox.tradectl("killswitch", "engage", "--all")
            #expect(all.exitCode == 0, "\(all.errors)")
            for socket in sockets {
                #expect(all.output.contains("\(socket): ENGAGED halt"))
                let status = try sandbox.tradectl("killswitch", "status", "--socket", socket, "--json")
                #expect(try JSONParser.parse(status.output)["engaged"] == true)
            }

            daemons[0].terminate()
            #expect(try daemons[0].exitCode() == 0)
            let only = try sandbox.tradectl("status", "--json")
            #expect(try JSONParser.parse(only.output)["profile"] == "paper")
        }
    }
}
