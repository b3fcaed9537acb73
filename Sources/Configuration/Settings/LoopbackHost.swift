import Glibc

/// Hosts that cannot be another machine.
enum LoopbackHost {
    /// Whether `host` is `localhost`, an address in 127.0.0.0/8 or `::1`.
    ///
    /// A name that merely begins with 127 is not: it could be anywhere.
    static func contains(_ host: String) -> Bool {
        if host == "localhost" { return true }
        var four = in_addr()
        if inet_pton(AF_INET, host, &four) == 1 { return UInt32(bigEndian: four.s_addr) >> 24 == 127 }
        var six = in6_addr()
        guard inet_pton(AF_INET6, host, &six) == 1 else { return false }
        return withUnsafeBytes(of: six) { $0.elementsEqual([UInt8](repeating: 0, count: 15) + [1]) }
    }
}
