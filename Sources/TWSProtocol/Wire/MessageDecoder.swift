/// A family of messages, by number: what one end may say to the other.
public protocol MessageSet: Sendable {
    /// Reads the rest of message `id`; faults are left in the reader.
    ///
    /// - Returns: `nil` when no message of this set has that number.
    init?(_ id: MessageID, _ fields: inout FieldReader)
}

/// A family whose messages can be sent by whoever has one of them.
public protocol WritableMessageSet: MessageSet, Equatable {
    /// Writes the message, its number first; nothing when it has a fault.
    ///
    /// - Throws: the first fault met.
    func write(to fields: inout FieldWriter) throws(MessageFault)
}

/// What a frame turned out to be.
public enum Decoded<Messages: MessageSet> {
    /// A message.
    case message(Messages)
    /// A number of no message in the set: to be counted and passed over, unless another set has it.
    case unknown(MessageID)
    /// A message that cannot be read: to be counted and passed over.
    case discarded(MessageFault)
    /// A frame without content: to be counted and passed over.
    case empty
}

extension MessageSet {
    /// Reads the message of one frame.
    ///
    /// Fields behind the last known one are passed over: the sender may be newer.
    ///
    /// - Parameter body: the frame without its length.
    /// - Throws: when it is in doubt whether this is a message at all; the connection must be closed.
    @inlinable
    @inline(__always)
    public static func decode(
        _ body: Span<UInt8>, version: ServerVersion
    ) throws(FrameFault) -> Decoded<Self> {
        guard !body.isEmpty else { return .empty }
        guard body[body.count - 1] == 0 else { throw .unterminated }
        let decoded = FieldReader.reading(body, version: version) { fields -> Decoded<Self>? in
            let id = fields.messageID()
            guard fields.fault == nil else { return nil }
            guard let message = Self(id, &fields) else { return .unknown(id) }
            if let fault = fields.messageFault(id) { return .discarded(fault) }
            return .message(message)
        }
        guard let decoded else { throw .messageNumber }
        return decoded
    }
}
