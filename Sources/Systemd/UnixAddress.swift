import Glibc

/// The address of a Unix socket: a file path, or a name in the abstract namespace after `@`.
struct UnixAddress: Sendable {
    private let path: String

    /// `nil` for a path that is not absolute or has more than 107 bytes.
    init?(path: String) {
        guard path.hasPrefix("/") || path.hasPrefix("@"), (2...107).contains(path.utf8.count) else {
            return nil
        }
        self.path = path
    }

    /// Source: `unix(7)`; an abstract name begins with a zero byte and has no end but the length.
    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        let isAbstract = bytes[0] == UInt8(ascii: "@")
        if isAbstract { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        let length = socklen_t(start + bytes.count + (isAbstract ? 0 : 1))
        return withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}
