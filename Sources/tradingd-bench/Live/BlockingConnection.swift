import Benchmarking
import Glibc
import Platform
import TWSProtocol

/// One end of a TCP connection that blocks, but never for longer than 20 s, and not far past a deadline.
final class BlockingConnection {
    let descriptor: Int32
    /// When the last bytes came, monotonic ns.
    private(set) var arrival: UInt64 = 0
    /// What is waited for, and until when (monotonic ns): heartbeats and questions keep every single wait short, not the sum.
    private var patience: (what: String, end: UInt64)?
    private var buffer = FrameBuffer()

    /// Takes over a connected socket.
    init(_ socket: consuming OwnedDescriptor) {
        descriptor = socket.release()
        _ = fcntl(descriptor, F_SETFL, 0)
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Connects to this machine.
    convenience init(port: UInt16) throws {
        let socket = try TCPSocket.connect(host: "127.0.0.1", port: port)
        var state = pollfd(fd: socket.number, events: Int16(POLLOUT), revents: 0)
        guard poll(&state, 1, 20_000) == 1 else { throw BenchmarkFault("live: nobody accepts") }
        if let error = TCPSocket.connectionError(socket.number, to: "port \(port)") { throw error }
        self.init(socket)
    }

    /// Waits for one client.
    convenience init(accepting listener: borrowing TCPListener) throws {
        var state = pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&state, 1, 20_000) == 1, let socket = try listener.accept() else {
            throw BenchmarkFault("live: nobody connects")
        }
        self.init(socket)
    }

    deinit { close(descriptor) }

    /// Sends all of it.
    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw SystemError("send", "live connection") }
            rest = rest.dropFirst(count)
        }
    }

    /// Every wait from now on is for this, and ends with a fault that says so once the time is over; `nil`: for anything.
    func expect(_ what: String?, within seconds: UInt64 = 20) {
        patience = what.map { ($0, MonotonicClock.now() + seconds * 1_000_000_000) }
    }

    /// Waits for bytes; those that are there already, with `isPatient` false, or none.
    func receive(isPatient: Bool = true) throws {
        if isPatient, let patience, MonotonicClock.now() > patience.end {
            throw BenchmarkFault("live: \(patience.what) has not come in time")
        }
        let count = buffer.fill { room in
            recv(descriptor, room.baseAddress, room.count, isPatient ? 0 : Int32(MSG_DONTWAIT))
        }
        if count > 0 { return arrival = MonotonicClock.now() }
        if count < 0, errno == EAGAIN {
            guard isPatient else { return }
            throw BenchmarkFault(
                "live: nothing has come for 20 s; waited for \(patience?.what ?? "anything")")
        }
        throw count == 0
            ? BenchmarkFault("live: the other end has closed") : SystemError("recv", "live connection")
    }

    /// Bytes that came and were not looked at.
    var unread: Int { buffer.unread }

    /// Passes over bytes before the first frame.
    func skip(_ count: Int) { buffer.skip(count) }

    /// The next frame that is there.
    func nextFrame() throws -> [UInt8]? {
        try buffer.next { body in
            var bytes: [UInt8] = []
            for index in body.indices { bytes.append(body[index]) }
            return bytes
        }
    }

    /// The next message of a set that is there; others are passed over.
    func next<Messages: MessageSet>(_ set: Messages.Type, _ version: ServerVersion) throws -> Messages? {
        while let decoded = try buffer.next({ body in Result { try Messages.decode(body, version: version) } }
        ) {
            if case .message(let message) = try decoded.get() { return message }
        }
        return nil
    }

    /// Waits for the next message of a set.
    func wait<Messages: MessageSet>(_ set: Messages.Type, _ version: ServerVersion) throws -> Messages {
        while true {
            if let message = try next(set, version) { return message }
            try receive()
        }
    }
}
