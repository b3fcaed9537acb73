import Glibc
import Platform

/// The datagram socket on which systemd takes notifications.
struct NotifySocket: Sendable {
    private let path: String
    private let address: UnixAddress

    /// A file path, or a name in the abstract namespace after `@`; `nil` for anything else or over 107 bytes.
    init?(path: String) {
        guard let address = UnixAddress(path: path) else { return nil }
        self.path = path
        self.address = address
    }

    /// Sends one datagram.
    func send(_ text: String) throws(SystemError) {
        let handle = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard handle >= 0 else { throw SystemError("socket", path) }
        defer { close(handle) }
        let message = Array(text.utf8)
        let sent = address.withPointer {
            sendto(handle, message, message.count, Int32(MSG_NOSIGNAL), $0, $1)
        }
        guard sent == message.count else { throw SystemError("sendto", path) }
    }
}
