import Glibc
import Platform

/// A Unix socket that takes commands for a gateway, one a line, and answers each with a line.
///
/// One client at a time, on a thread of its own; others wait. Who says nothing for 10 minutes is let go.
public final class CommandSocket: Sendable {
    private let path: String
    private let descriptor: Int32
    private let isStopped = Locked(false)

    /// Makes the socket, with mode 0600; nobody is answered before `serve`.
    ///
    /// - Throws: when the path is taken by something that answers or is no socket, or is too long.
    public init(_ path: String) throws(SystemError) {
        self.path = path
        descriptor = try Self.listen(path).release()
    }

    /// Answers commands from now on; once only.
    ///
    /// - Throws: when the kernel gives no thread.
    public func serve(_ gateway: Gateway) throws(SystemError) {
        try NamedThread.start("gateway.control") { [self] in accept(gateway) }
    }

    /// Ends the thread and removes the socket.
    public func stop() {
        let isFirst = isStopped.withLock { stopped in
            defer { stopped = true }
            return !stopped
        }
        guard isFirst else { return }
        shutdown(descriptor, Int32(SHUT_RDWR))
        unlink(path)
    }

    private func accept(_ gateway: Gateway) {
        defer { close(descriptor) }
        while !isStopped.withLock({ $0 }) {
            let client = Glibc.accept(descriptor, nil, nil)
            if client >= 0 {
                Self.serve(OwnedDescriptor(client), gateway)
            } else if errno != EINTR && errno != ECONNABORTED {
                return
            }
        }
    }

    private static func serve(_ client: consuming OwnedDescriptor, _ gateway: Gateway) {
        limit(client.number, SO_RCVTIMEO, seconds: 600)
        limit(client.number, SO_SNDTIMEO, seconds: 10)
        let number = client.number
        gateway.serveCommands(from: number) { answer in
            do throws(SystemError) {
                try DurableFile.writeAll(Array((answer + "\n").utf8), to: number, named: "control")
                return true
            } catch {
                // The client has gone without waiting for its answer, or does not read.
                return false
            }
        }
    }

    private static func limit(_ descriptor: Int32, _ option: Int32, seconds: Int) {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    private static func listen(_ path: String) throws(SystemError) -> OwnedDescriptor {
        let socket = OwnedDescriptor(
            Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
        guard socket.number >= 0 else { throw SystemError("socket", path) }
        if try answers(path) { throw SystemError("bind", path, code: EADDRINUSE) }
        fchmod(socket.number, 0o600)
        guard try withAddress(path, { bind(socket.number, $0, $1) }) == 0,
            Glibc.listen(socket.number, 16) == 0
        else { throw SystemError("bind", path) }
        return socket
    }

    /// Removes a socket that nobody serves any more.
    private static func answers(_ path: String) throws(SystemError) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else { return false }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw SystemError("bind", path, code: EEXIST) }
        let probe = OwnedDescriptor(
            Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
        if try withAddress(path, { connect(probe.number, $0, $1) }) == 0 { return true }
        unlink(path)
        return false
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(SystemError) -> Int32 {
        var address = sockaddr_un()
        guard !path.isEmpty, path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemError("bind", path, code: ENAMETOOLONG)
        }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
