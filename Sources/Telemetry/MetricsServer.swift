import CLinux
import Glibc
import Platform
import Synchronization

/// Answers `GET /metrics` on a Unix socket, a loopback port, or both, from a thread of its own.
///
/// A slow, silent or hostile client costs its place and its bounded buffers, nothing else; clients beyond the bound wait
/// in the kernel. Who starts a server stops it.
public final class MetricsServer: Sendable {
    /// Bounds of the server.
    public struct Limits: Sendable {
        /// Connections at a time.
        public var clients = 16
        /// Nanoseconds from connection to the last byte of the answer.
        public var patience: UInt64 = 5_000_000_000
        /// Nanoseconds for which an answer is good for other clients, too.
        public var freshness: UInt64 = 100_000_000

        /// The limits of the product.
        public init() {}
    }

    private let listeners: [ScrapeListener]
    private let limits: Limits
    private let text: @Sendable () -> String
    private let isStopping = Atomic<Bool>(false)
    /// Written to by `stop`, read by the thread's `poll`.
    private let wake: (read: Int32, write: Int32)

    /// Opens the sockets and serves.
    ///
    /// - Parameters:
    ///   - socket: path of a Unix socket.
    ///   - address: a loopback address and a port; port 0 lets the kernel choose.
    ///   - text: the exposition; called on the server's thread.
    /// - Throws: `SystemError` when a socket cannot be had.
    public init(
        socket: String? = nil, address: (host: String, port: UInt16)? = nil, limits: Limits = Limits(),
        text: @escaping @Sendable () -> String
    ) throws(SystemError) {
        var listeners: [ScrapeListener] = []
        if let socket { listeners.append(try .unix(socket)) }
        if let address { listeners.append(try .tcp(address.host, port: address.port)) }
        self.listeners = listeners
        self.limits = limits
        self.text = text
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw SystemError("pipe", "metrics") }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        wake = (ends[0], ends[1])
        try NamedThread.start("tradingd-http") { self.run() }
    }

    deinit {
        close(wake.read)
        close(wake.write)
    }

    /// The TCP port in use; 0 without one.
    public var port: UInt16 { listeners.last?.port ?? 0 }

    /// Ends the server and removes its file; does not wait for the thread, which may be asking for a snapshot that does not
    /// come.
    public func stop() {
        for listener in listeners { listener.removeFile() }
        isStopping.store(true, ordering: .relaxed)
        _ = write(wake.write, [0], 1)
    }

    /// One connection.
    private struct Client {
        let descriptor: Int32
        let deadline: UInt64
        var request = ScrapeRequest()
        var answer: [UInt8] = []
        var sent = 0

        var isAnswering: Bool { !answer.isEmpty }
    }

    private func run() {
        var clients: [Client] = []
        var cached: (text: [UInt8], at: UInt64)?
        while !isStopping.load(ordering: .relaxed) {
            let ready = wait(clients)
            let now = MonotonicClock.now()
            var kept: [Client] = []
            for (index, var client) in clients.enumerated() {
                let isOver = ready[index] != 0 ? serve(&client, now, &cached) : client.deadline <= now
                if isOver { close(client.descriptor) } else { kept.append(client) }
            }
            clients = kept
            accept(&clients, now)
        }
        for client in clients { close(client.descriptor) }
    }

    /// - Returns: what is ready, for each client.
    private func wait(_ clients: [Client]) -> [Int16] {
        var descriptors = clients.map { client in
            pollfd(
                fd: client.descriptor, events: Int16(client.isAnswering ? POLLOUT : POLLIN), revents: 0)
        }
        descriptors.append(pollfd(fd: wake.read, events: Int16(POLLIN), revents: 0))
        if clients.count < limits.clients {
            for listener in listeners {
                descriptors.append(pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0))
            }
        }
        poll(&descriptors, nfds_t(descriptors.count), Self.timeout(clients))
        return descriptors.prefix(clients.count).map(\.revents)
    }

    /// Milliseconds to the first deadline; for ever without one.
    private static func timeout(_ clients: [Client]) -> Int32 {
        guard let first = clients.map(\.deadline).min() else { return -1 }
        let now = MonotonicClock.now()
        return first > now ? Int32(min((first - now) / 1_000_000 + 1, 60_000)) : 0
    }

    private func accept(_ clients: inout [Client], _ now: UInt64) {
        for listener in listeners {
            while clients.count < limits.clients {
                let descriptor = tradingd_accept(listener.descriptor)
                guard descriptor >= 0 else {
                    // Out of descriptors: not at full speed against a wall.
                    if errno == EMFILE || errno == ENFILE { poll(nil, 0, 10) }
                    break
                }
                clients.append(Client(descriptor: descriptor, deadline: now + limits.patience))
            }
        }
    }

    /// - Returns: whether the connection is over.
    private func serve(
        _ client: inout Client, _ now: UInt64, _ cached: inout (text: [UInt8], at: UInt64)?
    ) -> Bool {
        if !client.isAnswering {
            var buffer = [UInt8](repeating: 0, count: 4_096)
            let count = recv(client.descriptor, &buffer, buffer.count, 0)
            if count < 0 { return errno != EAGAIN && errno != EINTR || client.deadline <= now }
            if count == 0 { return true }
            switch client.request.take(buffer.prefix(count)) {
            case .wait: return client.deadline <= now
            case .refuse(let status, let reason): client.answer = ScrapeResponse.refusal(status, reason)
            case .metrics(let withBody):
                client.answer = ScrapeResponse.metrics(current(now, &cached), withBody: withBody)
            }
        }
        return Self.send(&client) || client.deadline <= now
    }

    /// The exposition; many clients at once ask for it once.
    private func current(_ now: UInt64, _ cached: inout (text: [UInt8], at: UInt64)?) -> [UInt8] {
        if let cached, now < cached.at + limits.freshness { return cached.text }
        let text = Array(text().utf8)
        cached = (text, now)
        return text
    }

    private static func send(_ client: inout Client) -> Bool {
        while client.sent < client.answer.count {
            let count = client.answer.withUnsafeBytes { bytes in
                Glibc.send(
                    client.descriptor, bytes.baseAddress.map { $0 + client.sent },
                    bytes.count - client.sent, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count < 0 && errno == EINTR { continue }
            if count < 0 { return errno != EAGAIN }
            client.sent += count
        }
        // What came and was not read would reset the connection before the client has read its answer.
        var rest = [UInt8](repeating: 0, count: 65_536)
        _ = recv(client.descriptor, &rest, rest.count, Int32(MSG_DONTWAIT))
        return true
    }
}
