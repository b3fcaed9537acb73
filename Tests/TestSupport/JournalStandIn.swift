import Glibc
import Platform

/// Plays journald's end of its socket: reads when it is told to, so that it may be stopped, killed and started again.
public final class JournalStandIn {
    /// Where it listens.
    public let path: String
    private var handle: Int32 = -1
    private var isAbandoned = false

    /// Listens at `path`.
    public init(_ path: String) throws {
        self.path = path
        try start()
    }

    deinit { if !isAbandoned { kill() } }

    /// Listens again after `kill`.
    public func start() throws {
        handle = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(handle, $0, socklen_t(2 + path.utf8.count + 1))
            }
        }
        guard bound == 0 else { throw SystemError("bind", path) }
    }

    /// Goes away with whatever it has not read.
    public func kill() {
        if handle >= 0 { close(handle) }
        handle = -1
        unlink(path)
    }

    /// Leaves a socket file behind on which nobody listens.
    public static func abandoned(_ path: String) throws {
        let standIn = try JournalStandIn(path)
        close(standIn.handle)
        standIn.handle = -1
        standIn.isAbandoned = true
    }

    /// The next record; `nil` when none comes within that time.
    public func receive(milliseconds: Int32 = 0) -> [String: [UInt8]]? {
        var ready = pollfd(fd: handle, events: Int16(POLLIN), revents: 0)
        guard poll(&ready, 1, milliseconds) > 0, let bytes = receiveBytes() else { return nil }
        return Self.fields(bytes)
    }

    /// The bytes of the next record, also where they come as a file.
    private func receiveBytes() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        // A header of 16 bytes and the descriptor, in 24.
        var control = [UInt64](repeating: 0, count: 3)
        let count = buffer.withUnsafeMutableBytes { buffer in
            control.withUnsafeMutableBytes { control in
                var part = iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
                return withUnsafeMutablePointer(to: &part) { part in
                    var message = msghdr()
                    message.msg_iov = part
                    message.msg_iovlen = 1
                    message.msg_control = control.baseAddress
                    message.msg_controllen = control.count
                    return recvmsg(handle, &message, Int32(MSG_DONTWAIT))
                }
            }
        }
        if count > 0 { return Array(buffer.prefix(count)) }
        guard count == 0, control[0] > 0 else { return nil }
        let file = Int32(truncatingIfNeeded: control[2])
        defer { close(file) }
        return Self.content(of: file)
    }

    private static func content(of file: Int32) -> [UInt8] {
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = pread(file, &chunk, chunk.count, off_t(result.count))
            if count <= 0 { return result }
            result += chunk.prefix(count)
        }
    }

    /// Reads the native protocol.
    public static func fields(_ bytes: [UInt8]) -> [String: [UInt8]] {
        var fields: [String: [UInt8]] = [:]
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 0x0A) {
            let line = rest[..<end]
            rest = rest[(end + 1)...]
            if let equals = line.firstIndex(of: UInt8(ascii: "=")) {
                fields[String(decoding: line[..<equals], as: UTF8.self)] = Array(line[(equals + 1)...])
            } else {
                let length = rest.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << ($1.offset * 8) }
                rest = rest.dropFirst(8)
                fields[String(decoding: line, as: UTF8.self)] = Array(rest.prefix(length))
                rest = rest.dropFirst(length + 1)
            }
        }
        return fields
    }
}
