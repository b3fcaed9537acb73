/// A TCP port on an address that no other machine reaches.
public struct LoopbackAddress: Sendable, Equatable {
    /// An address in 127.0.0.0/8, or `::1`; never a name.
    public let address: String
    /// The port, 1 to 65535.
    public let port: UInt16

    /// Reads `127.0.0.1:9464` or `[::1]:9464`; `nil` for anything else, above all for an address that others reach.
    init?(text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]),
            port > 0, text[text.index(after: colon)...].allSatisfy(\.isNumber)
        else { return nil }
        var address = text[..<colon]
        let isBracketed = address.hasPrefix("[") && address.hasSuffix("]")
        if isBracketed { address = address.dropFirst().dropLast() }
        guard address != "localhost", isBracketed == address.contains(":"),
            LoopbackHost.contains(String(address))
        else { return nil }
        self.address = String(address)
        self.port = port
    }

    /// As it is written.
    public var text: String { address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)" }
}
