import Glibc
import Platform

/// The datagram socket on which systemd takes notifications.
struct NotifySocket: Sendable {
    private let path: String

    /// A file path, or a name in the abstract namespace after `@`; `nil` for anything else or over 107 bytes.
    init?(path: String) {
        guard path.hasPrefix("/") || path.hasPrefix("@"), (2...107).contains(path.utf8.count) else {
            return nil
        }
        self.path = path
    }

    /// Sends one datagram.
    func send(_ text: String) throws(SystemError) {
        let handle = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard handle >= 0 else { throw SystemError("socket", path) }
        defer { close(handle) }
        var address = sockaddr_un()
        let length = fill(&address)
        let message = Array(text.utf8)
        let sent = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(handle, message, message.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
        guard sent == message.count else { throw SystemError("sendto", path) }
    }

    /// Source: `unix(7)`; an abstract name begins with a zero byte and has no end but the length.
    private func fill(_ address: inout sockaddr_un) -> socklen_t {
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        let isAbstract = bytes[0] == UInt8(ascii: "@")
        if isAbstract { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        return socklen_t(start + bytes.count + (isAbstract ? 0 : 1))
    }
}
