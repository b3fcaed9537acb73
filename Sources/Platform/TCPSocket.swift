import Glibc

/// The calls for TCP stream sockets: every socket made here is non-blocking, closed on exec, and sends at once.
public enum TCPSocket {
    /// What `receive` found.
    public enum Received: Equatable, Sendable {
        /// So many bytes.
        case bytes(Int)
        /// Nothing for now.
        case nothingYet
        /// The peer sends no more.
        case end
    }

    /// Begins to connect; the outcome is known when the socket is ready to write, see `connectionError`.
    ///
    /// - Parameter host: a numeric IPv4 or IPv6 address, or `localhost`.
    /// - Throws: `EADDRNOTAVAIL` for a host that is no such address; whatever the kernel says at once.
    public static func connect(host: String, port: UInt16) throws(SystemError) -> OwnedDescriptor {
        let address = try TCPAddress(host: host, port: port)
        let socket = try open(address)
        let code = address.withSocketAddress { Glibc.connect(socket.number, $0, $1) }
        guard code == 0 || errno == EINPROGRESS || errno == EINTR else {
            throw SystemError("connect", address.description)
        }
        return socket
    }

    /// How an attempt to connect ended, once the socket is ready to write.
    ///
    /// - Returns: the error; `nil` when it is connected.
    public static func connectionError(_ descriptor: Int32, to peer: String) -> SystemError? {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0 else {
            return SystemError("getsockopt", peer)
        }
        return code == 0 ? nil : SystemError("connect", peer, code: code)
    }

    /// Receives without blocking into `room`, which is not empty.
    public static func receive(
        _ descriptor: Int32, into room: UnsafeMutableRawBufferPointer
    ) throws(SystemError) -> Received {
        while true {
            let count = recv(descriptor, room.baseAddress, room.count, Int32(MSG_DONTWAIT))
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            if errno == EAGAIN { return .nothingYet }
            guard errno == EINTR else { throw SystemError("recv", "TCP socket") }
        }
    }

    /// Sends without blocking and without SIGPIPE.
    ///
    /// - Returns: bytes taken; 0 when the socket has no room.
    public static func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
        while true {
            let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
            let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, flags)
            if count >= 0 { return count }
            if errno == EAGAIN { return 0 }
            guard errno == EINTR else { throw SystemError("send", "TCP socket") }
        }
    }

    /// Closing this socket resets the connection: the peer meets an error, not an end.
    public static func resetOnClose(_ descriptor: Int32) {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// A socket of the kind that `address` needs.
    static func open(_ address: TCPAddress) throws(SystemError) -> OwnedDescriptor {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let number = socket(address.family, kind, 0)
        guard number >= 0 else { throw SystemError("socket", address.description) }
        let socket = OwnedDescriptor(number)
        setOption(socket.number, Int32(IPPROTO_TCP), TCP_NODELAY)
        return socket
    }

    /// Switches an option on; one that the kernel does not know does no harm.
    static func setOption(_ descriptor: Int32, _ level: Int32, _ option: Int32) {
        var on: Int32 = 1
        setsockopt(descriptor, level, option, &on, socklen_t(MemoryLayout<Int32>.size))
    }
}
