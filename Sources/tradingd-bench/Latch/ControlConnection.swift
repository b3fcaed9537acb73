import Benchmarking
import ExactJSON
import Glibc
import Platform

/// One connection to a daemon's control socket.
final class ControlConnection: Sendable {
    let descriptor: Int32

    /// Connects, as another user where this process may.
    ///
    /// - Parameter user: effective user while connecting, whom the daemon then takes for the caller.
    init(_ path: String, as user: uid_t? = nil) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError("socket", path) }
        let own = geteuid()
        if let user, own == 0 { _ = seteuid(user) }
        defer { if geteuid() != own { _ = seteuid(own) } }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes.prefix($0.count - 1)) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            let code = errno
            close(descriptor)
            throw SystemError("connect", path, code: code)
        }
    }

    deinit { close(descriptor) }

    /// Sends what the socket takes.
    ///
    /// - Returns: bytes taken; 0 when there is no room, `nil` when the daemon has hung up.
    func offer(_ bytes: ArraySlice<UInt8>) -> Int? {
        let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        let count = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, flags) }
        return count >= 0 ? count : errno == EAGAIN ? 0 : nil
    }

    /// Throws away what has come.
    func drain(_ buffer: inout [UInt8]) {
        while recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT)) > 0 {}
    }
}

/// An operator's connection: one request at a time, each timed from its last byte.
final class TimedOperator {
    private let connection: ControlConnection
    private var pending: [UInt8] = []
    private var lastID = 0

    init(_ path: String) throws { connection = try ControlConnection(path) }

    /// What a request led to.
    struct Answer {
        /// Just before its last byte was sent, monotonic nanoseconds.
        let sentAt: UInt64
        /// When the first line came back.
        let heardAt: UInt64
        let message: JSONValue
    }

    /// Sends a request but for its line end, then that, and waits for the answer.
    func call(_ method: String, reason: String) throws -> Answer {
        lastID += 1
        let line =
            "{\"jsonrpc\":\"2.0\",\"id\":\(lastID),\"method\":\"\(method)\",\"params\":{\"reason\":\"\(reason)\"}}"
        try send(Array(line.utf8))
        let sentAt = MonotonicClock.now()
        try send([0x0A])
        var heardAt: UInt64 = 0
        while true {
            let message = try JSONParser.parse(try nextLine())
            if heardAt == 0 { heardAt = MonotonicClock.now() }
            if message["id"] != nil { return Answer(sentAt: sentAt, heardAt: heardAt, message: message) }
        }
    }

    private func send(_ bytes: [UInt8]) throws {
        let count = bytes.withUnsafeBytes {
            Glibc.send(connection.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard count == bytes.count else { throw SystemError("send", "control socket") }
    }

    private func nextLine() throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let end = pending.firstIndex(of: 0x0A) {
                defer { pending.removeSubrange(...end) }
                return Array(pending[..<end])
            }
            var state = pollfd(fd: connection.descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&state, 1, 20_000) == 1 else { throw BenchmarkFault("latch: no answer within 20 s") }
            let count = recv(connection.descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { throw BenchmarkFault("latch: the daemon has hung up") }
            pending += buffer[..<count]
        }
    }
}
