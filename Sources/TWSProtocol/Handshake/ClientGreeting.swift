/// What a client says first: `API\0`, then a frame that is no message, with the versions it speaks.
///
/// Source: reference of the TWS socket protocol, "handshake".
public struct ClientGreeting: Hashable, Sendable {
    /// The bytes before the first frame.
    public static let prefix: InlineArray<4, UInt8> = [0x41, 0x50, 0x49, 0]
    /// Longest greeting that a gateway takes, in bytes of the frame's body.
    public static let longestBody = 256

    /// Lowest version the client speaks.
    public var lowest: ServerVersion
    /// Highest version the client speaks.
    public var highest: ServerVersion
    /// What stands behind the versions, such as the obsolete `+PACEAPI`; normally empty.
    public var options: String

    /// The greeting of a client that speaks `lowest` up to `highest`.
    public init(
        lowest: ServerVersion = .lowest, highest: ServerVersion = .highest, options: String = ""
    ) {
        self.lowest = lowest
        self.highest = highest
        self.options = options
    }

    /// What to send, in one write: the prefix and the frame `v178..200`, or `v178` when there is but one
    /// version.
    public var bytes: [UInt8] {
        var body = "v\(lowest.rawValue)"
        if highest != lowest { body += "..\(highest.rawValue)" }
        if !options.isEmpty { body += " " + options }
        let prefix = Self.prefix
        return prefix.indices.map { prefix[$0] } + HandshakeFrame.bytes(Array(body.utf8))
    }

    /// Whether `unread`, what has come from a client so far, begins as a greeting does.
    ///
    /// - Returns: `nil` while too little has come; when `true`, the four bytes are there, to be skipped.
    public static func hasPrefix(_ unread: Span<UInt8>) -> Bool? {
        let count = min(unread.count, prefix.count)
        for index in 0..<count where unread[index] != prefix[index] { return false }
        return count == prefix.count ? true : nil
    }

    /// Reads the frame behind the prefix.
    ///
    /// - Parameter body: the frame without its length.
    /// - Throws: when it is anything but what `bytes` writes; the connection must be closed.
    public init(body: Span<UInt8>) throws(HandshakeFault) {
        guard body.count <= Self.longestBody, body.count > 1, body[0] == UInt8(ascii: "v") else {
            throw .greeting
        }
        var position = 1
        guard let first = HandshakeFrame.number(body, &position) else { throw .greeting }
        var last = first
        if position < body.count, body[position] == UInt8(ascii: ".") {
            guard position + 1 < body.count, body[position + 1] == UInt8(ascii: ".") else { throw .greeting }
            position += 2
            guard let second = HandshakeFrame.number(body, &position) else { throw .greeting }
            last = second
        }
        guard first <= last else { throw .greeting }
        lowest = ServerVersion(first)
        highest = ServerVersion(last)
        options = try Self.options(body, from: position)
    }

    private static func options(
        _ body: Span<UInt8>, from position: Int
    ) throws(HandshakeFault) -> String {
        guard position < body.count else { return "" }
        guard body[position] == UInt8(ascii: " ") else { throw .greeting }
        var options: [UInt8] = []
        for index in (position + 1)..<body.count {
            guard (32...126).contains(body[index]) else { throw .greeting }
            options.append(body[index])
        }
        return String(decoding: options, as: UTF8.self)
    }

    /// The version a gateway answers with: the highest that both speak.
    ///
    /// - Returns: `nil` when there is none; the connection must be closed.
    public func agreed(lowest own: ServerVersion, highest ownHighest: ServerVersion) -> ServerVersion? {
        let version = min(highest, ownHighest)
        return version >= max(lowest, own) ? version : nil
    }
}

/// Why a handshake cannot be read; the connection must be closed.
public enum HandshakeFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// A client does not say which versions it speaks.
    case greeting
    /// A gateway does not say which version it chose.
    case answer

    /// What an operator reads.
    public var description: String {
        switch self {
        case .greeting: "a client's greeting does not say which versions it speaks"
        case .answer: "the gateway's answer does not say which version it speaks"
        }
    }
}
