import CLinux
import Glibc

/// A TCP socket that waits for connections; non-blocking, closed when it goes.
public struct TCPListener: ~Copyable {
    /// The descriptor, to be watched for reading; valid as long as this value lives.
    public var descriptor: Int32 { socket.number }
    /// Where it listens; the port is the one in use, also where the kernel was asked to choose.
    public let port: UInt16

    private let socket: OwnedDescriptor

    /// Listens.
    ///
    /// - Parameters:
    ///   - host: a numeric IPv4 or IPv6 address, or `localhost`.
    ///   - port: 0 lets the kernel choose.
    ///   - backlog: connections that may wait to be accepted.
    public init(host: String, port: UInt16, backlog: Int32 = 64) throws(SystemError) {
        let address = try TCPAddress(host: host, port: port)
        let socket = try TCPSocket.open(address)
        TCPSocket.setOption(socket.number, SOL_SOCKET, SO_REUSEADDR)
        guard address.withSocketAddress({ bind(socket.number, $0, $1) }) == 0,
            listen(socket.number, backlog) == 0
        else { throw SystemError("bind", address.description) }
        self.port = try Self.port(of: socket.number, address)
        self.socket = socket
    }

    /// The next connection, non-blocking, sending at once; `nil` when none waits.
    ///
    /// - Throws: when the process or the machine has no descriptors left, among others: the connection still waits then.
    public func accept() throws(SystemError) -> OwnedDescriptor? {
        while true {
            let number = tradingd_accept(socket.number)
            if number >= 0 {
                TCPSocket.setOption(number, Int32(IPPROTO_TCP), TCP_NODELAY)
                return OwnedDescriptor(number)
            }
            switch errno {
            // A client that has gone already.
            case EINTR, ECONNABORTED: continue
            case EAGAIN: return nil
            default: throw SystemError("accept", "port \(port)")
            }
        }
    }

    private static func port(of descriptor: Int32, _ address: TCPAddress) throws(SystemError) -> UInt16 {
        var bound = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let code = withUnsafeMutablePointer(to: &bound) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard code == 0 else { throw SystemError("getsockname", address.description) }
        // The port stands at the same place in addresses of both kinds.
        return UInt16(bigEndian: bound.sin6_port)
    }
}
