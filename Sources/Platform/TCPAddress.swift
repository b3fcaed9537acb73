import Glibc

/// Where a TCP socket listens or connects to: a numeric address and a port.
struct TCPAddress: CustomStringConvertible {
    private enum Form {
        case four(sockaddr_in)
        case six(sockaddr_in6)
    }

    private var form: Form
    let description: String

    /// - Parameter host: a numeric IPv4 or IPv6 address, or `localhost`, which is 127.0.0.1.
    /// - Throws: `EADDRNOTAVAIL` when it is none.
    init(host: String, port: UInt16) throws(SystemError) {
        description = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        let numeric = host == "localhost" ? "127.0.0.1" : host
        var four = sockaddr_in()
        var six = sockaddr_in6()
        if inet_pton(AF_INET, numeric, &four.sin_addr) == 1 {
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            form = .four(four)
        } else if inet_pton(AF_INET6, numeric, &six.sin6_addr) == 1 {
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = port.bigEndian
            form = .six(six)
        } else {
            throw SystemError("inet_pton", description, code: EADDRNOTAVAIL)
        }
    }

    var family: Int32 {
        switch form {
        case .four: AF_INET
        case .six: AF_INET6
        }
    }

    func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        switch form {
        case .four(let address): Self.generic(address, body)
        case .six(let address): Self.generic(address, body)
        }
    }

    private static func generic<Address, Result>(
        _ address: Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }
}
