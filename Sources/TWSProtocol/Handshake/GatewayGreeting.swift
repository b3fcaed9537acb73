/// What a gateway answers: the version of the session and a time; the one frame that is no message.
///
/// Source: reference of the TWS socket protocol, "handshake".
public struct GatewayGreeting: Hashable, Sendable {
    /// The version it chose; a client must check that it is one of its own.
    public var version: ServerVersion
    /// When the connection began, such as `20261122 14:30:00 EST`: free text that informs.
    public var connectionTime: String

    /// An answer.
    public init(version: ServerVersion, connectionTime: String) {
        self.version = version
        self.connectionTime = connectionTime
    }

    /// What to send: a frame. A NUL in the time, which would end the field, is left out.
    public var bytes: [UInt8] {
        let time = connectionTime.utf8.filter { $0 != 0 }
        return HandshakeFrame.bytes(Array("\(version.rawValue)".utf8) + [0] + time + [0])
    }

    /// Reads the frame.
    ///
    /// Only the version counts: the time may be any bytes, end without NUL, or not be there. What is not
    /// UTF-8 is taken as Latin-1, as some machines send their zone so.
    ///
    /// - Parameter body: the frame without its length.
    /// - Throws: when it does not begin with a version.
    public init(body: Span<UInt8>) throws(HandshakeFault) {
        var position = 0
        guard let number = HandshakeFrame.number(body, &position), position < body.count, body[position] == 0
        else { throw .answer }
        var time: [UInt8] = []
        for index in (position + 1)..<body.count {
            guard body[index] != 0 else { break }
            time.append(body[index])
        }
        version = ServerVersion(number)
        connectionTime = FieldReader.string(time)
    }
}

/// What both greetings are made of.
enum HandshakeFrame {
    /// The body with its length before it.
    static func bytes(_ body: [UInt8]) -> [UInt8] {
        let length = UInt32(truncatingIfNeeded: body.count)
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + body
    }

    /// The number of 1…9 digits at `position`, which moves behind it.
    static func number(_ body: Span<UInt8>, _ position: inout Int) -> Int32? {
        let start = position
        var number: Int32 = 0
        while position < body.count, body[position] &- 0x30 < 10 {
            guard position - start < 9 else { return nil }
            number = number * 10 + Int32(body[position] - 0x30)
            position += 1
        }
        return position > start ? number : nil
    }
}
