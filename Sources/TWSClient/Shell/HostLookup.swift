import Dispatch
import Glibc
import Platform

/// Finds the addresses of a host; a name may take long, so that happens on a thread of its own kind.
///
/// Lives on the client's queue. One lookup at a time: a name server that hangs does not pile up threads.
final class HostLookup {
    /// What a lookup found: numeric addresses, or why there are none.
    typealias Outcome = Result<[String], SessionFailure>

    private let host: String
    private var isUnderWay = false

    init(host: String) { self.host = host }

    /// The address itself, where the host is one.
    var numeric: String? {
        if host == "localhost" { return host }
        var room = in6_addr()
        let isNumeric = inet_pton(AF_INET, host, &room) == 1 || inet_pton(AF_INET6, host, &room) == 1
        return isNumeric ? host : nil
    }

    /// Asks for the addresses.
    ///
    /// - Parameter answer: called on another thread, once.
    /// - Returns: whether it was asked: not while an earlier question has no answer.
    func begin(_ answer: @escaping @Sendable (Outcome) -> Void) -> Bool {
        guard !isUnderWay else { return false }
        isUnderWay = true
        let host = host
        DispatchQueue.global(qos: .utility).async { answer(Self.look(up: host)) }
        return true
    }

    /// The answer has come.
    func ended() { isUnderWay = false }

    private static func look(up host: String) -> Outcome {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_family = AF_UNSPEC
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &found)
        defer { if let found { freeaddrinfo(found) } }
        guard code == 0 else {
            return .failure(.address("\(host): \(String(cString: gai_strerror(code)))"))
        }
        let addresses = sequence(first: found, next: { $0?.pointee.ai_next }).compactMap(\.self).compactMap(
            numeric)
        return addresses.isEmpty ? .failure(.address("\(host) has no address")) : .success(addresses)
    }

    private static func numeric(_ entry: UnsafeMutablePointer<addrinfo>) -> String? {
        var room = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let code = getnameinfo(
            entry.pointee.ai_addr, entry.pointee.ai_addrlen, &room, socklen_t(room.count), nil, 0,
            NI_NUMERICHOST)
        guard code == 0 else { return nil }
        return String(decoding: room.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
