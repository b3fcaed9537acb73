import Glibc
import Platform

/// The socket calls for Unix-domain stream sockets.
enum UnixSocket {
    /// Bytes of a path that fit `sockaddr_un`, without the closing zero.
    static let longestPath = 107

    /// A new stream socket, closed on exec.
    static func open(flags: __socket_type = SOCK_CLOEXEC) throws(SystemError) -> OwnedDescriptor {
        let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | flags.rawValue), 0)
        guard number >= 0 else { throw SystemError("socket", "AF_UNIX") }
        return OwnedDescriptor(number)
    }

    static func bind(_ descriptor: Int32, to path: String) throws(SystemError) {
        let result = try withAddress(path) { Glibc.bind(descriptor, $0, $1) }
        guard result == 0 else { throw SystemError("bind", path) }
    }

    /// Connects, waiting at most for the socket's send timeout.
    static func connect(_ descriptor: Int32, to path: String) throws(SystemError) {
        var result: Int32
        repeat {
            result = try withAddress(path) { Glibc.connect(descriptor, $0, $1) }
        } while result != 0 && errno == EINTR
        guard result == 0 else { throw SystemError("connect", path) }
    }

    /// Sends without blocking and without SIGPIPE.
    ///
    /// - Returns: bytes taken; 0 when the socket has no room.
    static func send(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) throws(SystemError) -> Int {
        while true {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count >= 0 { return count }
            if errno == EAGAIN { return 0 }
            guard errno == EINTR else { throw SystemError("send", "socket") }
        }
    }

    /// What `receive` found.
    enum Received {
        case bytes(Int)
        case nothingYet
        case end
    }

    /// Receives without blocking.
    static func receive(_ descriptor: Int32, into buffer: inout [UInt8]) throws(SystemError) -> Received {
        while true {
            let count = buffer.withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
            }
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            if errno == EAGAIN { return .nothingYet }
            guard errno == EINTR else { throw SystemError("recv", "socket") }
        }
    }

    /// Who answers at a path.
    enum Presence: Equatable, Sendable {
        /// A daemon accepts connections.
        case live
        /// A socket file without a daemon.
        case dead
        /// Nothing there.
        case absent
        /// There may be a daemon, but not for us.
        case denied
    }

    /// Tries to connect to `path` and hangs up at once.
    static func presence(at path: String) throws(SystemError) -> Presence {
        let probe = try open(flags: SOCK_NONBLOCK)
        do throws(SystemError) {
            try connect(probe.number, to: path)
            return .live
        } catch {
            switch error.code {
            case EAGAIN: return .live  // its backlog is full
            case ECONNREFUSED: return .dead
            case ENOENT, ENOTDIR: return .absent
            case EACCES, EPERM: return .denied
            default: throw error
            }
        }
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(SystemError) -> Int32 {
        let bytes = Array(path.utf8)
        guard !bytes.isEmpty, bytes.count <= longestPath, !bytes.contains(0) else {
            throw SystemError("sockaddr_un", path, code: bytes.contains(0) ? EINVAL : ENAMETOOLONG)
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
