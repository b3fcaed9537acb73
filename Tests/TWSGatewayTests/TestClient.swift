import Glibc
import Platform
import TWSProtocol
import Testing

@testable import TWSGateway

/// A blocking client on a loopback socket, with deadlines.
final class TestClient {
    private let socket: Int32
    private var buffer = FrameBuffer()
    private let version: ServerVersion
    /// Bytes received.
    private(set) var received = 0
    /// Bytes got by each read.
    private(set) var reads: [Int] = []

    /// Connects and greets.
    init(port: UInt16, version: Int32 = 200) throws {
        self.version = ServerVersion(version)
        socket = try Self.connect(port)
        try send(ClientGreeting(lowest: .lowest, highest: self.version).bytes)
    }

    deinit { close(socket) }

    private static func connect(_ port: UInt16) throws -> Int32 {
        let socket = try TCPSocket.connect(host: "127.0.0.1", port: port).release()
        var state = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
        try #require(poll(&state, 1, 20_000) == 1, "the gateway accepts")
        if let error = TCPSocket.connectionError(socket, to: "gateway") { throw error }
        _ = fcntl(socket, F_SETFL, 0)
        return socket
    }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw SystemError("send", "gateway") }
            rest = rest.dropFirst(count)
        }
    }

    func say<Message: WireMessage>(_ message: Message) throws {
        var writer = FrameWriter(.client, version: version)
        try writer.append(message)
        try send(writer.bytes)
    }

    func start(client: Int32) throws {
        var start = StartAPI()
        start.clientID = client
        try say(start)
    }

    /// Closes this side of the connection; answers still come.
    func finish() { shutdown(socket, Int32(SHUT_WR)) }

    /// Reads once.
    ///
    /// - Returns: `nil` at the end of the stream.
    private func read() throws -> Int? {
        var state = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        try #require(poll(&state, 1, 20_000) == 1, "the gateway says something in time")
        var count = 0
        _ = buffer.fill { room in
            count = recv(socket, room.baseAddress, room.count, 0)
            return max(0, count)
        }
        if count < 0 { throw SystemError("recv", "gateway") }
        received += count
        reads.append(count)
        return count == 0 ? nil : count
    }

    /// Body of the next frame; `nil` at the end of the stream.
    func frame() throws -> [UInt8]? {
        while true {
            if let body = try buffer.next({ body in (0..<body.count).map { body[$0] } }) { return body }
            if try read() == nil { return nil }
        }
    }

    /// The next message; `nil` at the end of the stream.
    func message() throws -> ServerMessage? {
        guard let body = try frame() else { return nil }
        guard case .message(let message) = try ServerMessage.decode(body.span, version: version) else {
            throw FrameFault.messageNumber
        }
        return message
    }

    /// Reads on until a message fits.
    func message<Wanted>(_ wanted: (ServerMessage) -> Wanted?) throws -> Wanted {
        while true {
            let message = try #require(try message(), "the stream goes on")
            if let found = wanted(message) { return found }
        }
    }

    /// Reads on until an error of that code comes.
    func error(_ code: Int32) throws -> ErrorMessage {
        try message { if case .errorMessage(let error) = $0, error.code == code { error } else { nil } }
    }

    /// Reads to the end of the stream.
    func readToEnd() throws {
        while try read() != nil {}
    }

    /// Greets, starts and waits for the last of the notices.
    static func ready(port: UInt16, client: Int32, version: Int32 = 200) throws -> TestClient {
        let connected = try TestClient(port: port, version: version)
        _ = try #require(try connected.frame())
        try connected.start(client: client)
        _ = try connected.error(2_158)
        return connected
    }
}
