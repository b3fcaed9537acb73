import Glibc
import Platform

/// A socket that waits for clients of the metrics port; closed, and its file removed, when it goes.
final class ScrapeListener: Sendable {
    /// Non-blocking.
    let descriptor: Int32
    /// The file of a Unix socket, until it is removed.
    private let path: Locked<String?>
    /// The port that the kernel gave, where it was asked to choose.
    let port: UInt16

    private init(_ descriptor: Int32, path: String?, port: UInt16 = 0) {
        self.descriptor = descriptor
        self.path = Locked(path)
        self.port = port
    }

    deinit {
        close(descriptor)
        removeFile()
    }

    /// Takes away the file of a Unix socket, once: a later server's of the same name stays.
    func removeFile() {
        let path = path.withLock { path in
            defer { path = nil }
            return path
        }
        if let path { unlink(path) }
    }

    /// A Unix socket at `path`, mode 0660. A socket nobody answers on is replaced, anything else is left alone.
    static func unix(_ path: String) throws(SystemError) -> ScrapeListener {
        var address = sockaddr_un()
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemError("bind", path, code: ENAMETOOLONG)
        }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        try removeStale(path, &address, length)
        let descriptor = try opened(AF_UNIX, path)
        let code = bound(descriptor, &address, length)
        guard code == 0, chmod(path, 0o660) == 0, listen(descriptor, 16) == 0 else {
            let error = SystemError("bind", path)
            close(descriptor)
            throw error
        }
        return ScrapeListener(descriptor, path: path)
    }

    /// A TCP socket on a loopback address.
    static func tcp(_ address: String, port: UInt16) throws(SystemError) -> ScrapeListener {
        let name = "\(address):\(port)"
        var four = sockaddr_in()
        var six = sockaddr_in6()
        let isFour = inet_pton(AF_INET, address, &four.sin_addr) == 1
        guard isFour || inet_pton(AF_INET6, address, &six.sin6_addr) == 1 else {
            throw SystemError("bind", name, code: EADDRNOTAVAIL)
        }
        four.sin_family = sa_family_t(AF_INET)
        four.sin_port = port.bigEndian
        six.sin6_family = sa_family_t(AF_INET6)
        six.sin6_port = port.bigEndian
        let descriptor = try opened(isFour ? AF_INET : AF_INET6, name)
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        let code =
            isFour
            ? bound(descriptor, &four, socklen_t(MemoryLayout<sockaddr_in>.size))
            : bound(descriptor, &six, socklen_t(MemoryLayout<sockaddr_in6>.size))
        guard code == 0, listen(descriptor, 16) == 0 else {
            let error = SystemError("bind", name)
            close(descriptor)
            throw error
        }
        return ScrapeListener(descriptor, path: nil, port: portInUse(descriptor))
    }

    private static func opened(_ family: Int32, _ name: String) throws(SystemError) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { throw SystemError("socket", name) }
        return descriptor
    }

    private static func bound<Address>(
        _ descriptor: Int32, _ address: inout Address, _ length: socklen_t
    ) -> Int32 {
        withGeneric(&address) { bind(descriptor, $0, length) }
    }

    private static func removeStale(
        _ path: String, _ address: inout sockaddr_un, _ length: socklen_t
    ) throws(SystemError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw SystemError("bind", path, code: EEXIST) }
        let probe = try opened(AF_UNIX, path)
        defer { close(probe) }
        let answers = withGeneric(&address) { connect(probe, $0, length) } == 0 || errno == EAGAIN
        guard !answers else { throw SystemError("bind", path, code: EADDRINUSE) }
        unlink(path)
    }

    private static func portInUse(_ descriptor: Int32) -> UInt16 {
        var address = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        _ = withGeneric(&address) { getsockname(descriptor, UnsafeMutablePointer(mutating: $0), &length) }
        // The port stands at the same place in addresses of both kinds.
        return UInt16(bigEndian: address.sin6_port)
    }

    private static func withGeneric<Address, Result>(
        _ address: inout Address, _ body: (UnsafePointer<sockaddr>) -> Result
    ) -> Result {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0) }
        }
    }
}
