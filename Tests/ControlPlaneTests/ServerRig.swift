import Dispatch
import ExactJSON
import Glibc
import Platform
import TestSupport
import Testing

@testable import ControlPlane

/// A running server with a clock that stands still until told.
final class ServerRig {
    let directory: TemporaryDirectory
    let path: String
    let server: ControlServer
    let time = Locked<UInt64>(1_000_000_000_000)
    let engaged = Locked(0)
    let replies = Locked<[RPCReply]>([])

    init(limits: ControlLimits = generousLimits(), start: Bool = true) throws {
        let directory = try TemporaryDirectory()
        self.directory = directory
        path = directory.path + "/control.sock"
        let time = time
        server = try Self.server(path: path, limits, engaged, replies) { time.withLock { $0 } }
        if start { try server.start() }
    }

    deinit { server.stop() }

    static func server(
        path: String, _ limits: ControlLimits = generousLimits(), _ engaged: Locked<Int> = Locked(0),
        _ replies: Locked<[RPCReply]> = Locked([]),
        clock: @escaping @Sendable () -> UInt64 = { MonotonicClock.now() }
    ) throws -> ControlServer {
        try ControlServer(
            path: path, queue: DispatchQueue(label: "tradingd.control"),
            identity: DaemonIdentity(version: "0.3.0", profile: .paper, mode: { "sim" }),
            roles: .byOwner(geteuid(), profile: .paper),
            handlers: [
                "status": .value { call in ["pid": .number(String(call.caller.peer.pid))] },
                "snapshot.config": .writer { _, writer in
                    writer.string(String(repeating: "x", count: 300_000))
                },
                "killswitch.engage": .value { _ in
                    engaged.withLock { $0 += 1 }
                    return ["engaged": true]
                },
                "mode.switch": .deferred { _, reply in
                    replies.withLockNotifying { $0.append(reply) }
                },
            ], limits: limits, clock: clock)
    }

    /// Moves the clock and lets the server look at it.
    func advance(seconds: UInt64) {
        let now = time.withLock { time in
            time += seconds * 1_000_000_000
            return time
        }
        server.tick(now: now)
    }

    /// The reply of the next deferred call, once it has begun.
    func nextReply() throws -> RPCReply {
        let deadline = MonotonicClock.now() + 30_000_000_000
        return try #require(
            replies.wait(until: deadline) { $0.isEmpty ? nil : $0.removeFirst() })
    }
}

/// A client that sends whatever bytes a test wants. Every wait ends after 30 s, for broken code only.
final class RawClient {
    let descriptor: Int32
    private var framer = LineFramer(limit: 1 << 24)

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

    func send(_ text: String) { send(Array(text.utf8)) }

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

    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// The next line; `nil` when the server has hung up.
    func line() throws -> String? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            if case .line(let line) = framer.next() { return String(decoding: line, as: UTF8.self) }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count == 0 || (count < 0 && errno == ECONNRESET) { return nil }
            try #require(count > 0, "no line within the time")
            framer.append(buffer[..<count])
        }
    }

    func json() throws -> JSONValue {
        try JSONParser.parse(try #require(try line()))
    }

    /// Sends a request and gives the answer's error code; 0 for a result.
    func code(_ text: String) throws -> Int {
        send(text + "\n")
        return try json()["error"]?["code"]?.integerValue ?? 0
    }
}
