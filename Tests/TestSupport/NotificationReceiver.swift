import Glibc
import Platform

/// Plays systemd's end of the notification socket.
public final class NotificationReceiver {
    /// What `NOTIFY_SOCKET` names.
    public let path: String
    private let handle: Int32

    /// Binds a socket of its own, in the file system or abstract.
    public init(abstract: Bool = false) throws {
        path = (abstract ? "@" : "/tmp/") + "tradingd-notify-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        handle = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        if abstract { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(2 + bytes.count + (abstract ? 0 : 1))
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(handle, $0, length) }
        }
        guard bound == 0 else { throw SystemError("bind", path) }
    }

    /// The oldest message not yet taken; empty when there is none.
    public func receive() -> String {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = recv(handle, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }

    deinit {
        close(handle)
        unlink(path)
    }
}
