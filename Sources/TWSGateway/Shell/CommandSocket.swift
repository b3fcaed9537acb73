import Glibc
import Platform

/// A Unix socket that takes commands for a gateway, one a line, and answers each with a line.
///
/// One client at a time, on a thread of its own; others wait.
public final class CommandSocket: Sendable {
    private let path: String
    private let descriptor: Int32
    private let isStopped = Locked(false)

    /// Makes the socket, with mode 0600, and serves `gateway`.
    ///
    /// - Throws: when the path is taken by something that answers or is no socket, or is too long.
    public init(_ path: String, _ gateway: Gateway) throws(SystemError) {
        self.path = path
        descriptor = try Self.listen(path).release()
        try NamedThread.start("gateway.control") { [self] in serve(gateway) }
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

    private func serve(_ gateway: Gateway) {
        defer { close(descriptor) }
        while !isStopped.withLock({ $0 }) {
            let client = accept(descriptor, nil, nil)
            if client >= 0 {
                CommandLines.serve(OwnedDescriptor(client), gateway)
            } else if errno != EINTR && errno != ECONNABORTED {
                return
            }
        }
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

/// Commands by line on one descriptor, until it ends.
enum CommandLines {
    static func serve(_ client: consuming OwnedDescriptor, _ gateway: Gateway) {
        var lines = LineBuffer(limit: Gateway.longestCommand)
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(client.number, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            for line in lines.append(buffer[..<count]) {
                let answer = line.map { gateway.answer($0) } ?? "error: the line is too long"
                guard let answer else { continue }
                do throws(SystemError) {
                    try DurableFile.writeAll(Array((answer + "\n").utf8), to: client.number, named: "control")
                } catch {
                    // The client has gone without waiting for its answer.
                    return
                }
            }
        }
    }
}

/// Cuts bytes into lines; a line over the limit is told as `nil` and passed over.
struct LineBuffer {
    private let limit: Int
    private var bytes: [UInt8] = []
    private var isOver = false

    init(limit: Int) { self.limit = limit }

    mutating func append(_ more: ArraySlice<UInt8>) -> [String?] {
        var lines: [String?] = []
        for byte in more {
            if byte == 0x0A {
                lines.append(isOver ? nil : String(decoding: bytes, as: UTF8.self))
                bytes.removeAll(keepingCapacity: true)
                isOver = false
            } else if bytes.count < limit {
                bytes.append(byte)
            } else {
                isOver = true
            }
        }
        return lines
    }
}
