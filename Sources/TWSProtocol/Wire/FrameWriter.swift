/// Collects frames for one write to a socket.
public struct FrameWriter: Sendable {
    private var fields: FieldWriter

    /// A writer for one end of a session.
    public init(_ side: WireSide, version: ServerVersion) {
        fields = FieldWriter(side, version: version)
    }

    /// The frames so far.
    public var bytes: [UInt8] { fields.bytes }

    /// The version of the session.
    public var version: ServerVersion { fields.version }

    /// Adds a message; nothing when it has a fault.
    ///
    /// - Throws: the first fault met; `range` at field 0 for a message longer than a frame may be.
    public mutating func append<Message: WireMessage>(_ message: borrowing Message) throws(MessageFault) {
        let start = fields.bytes.count
        fields.append(raw: repeatElement(0, count: 4))
        do throws(MessageFault) {
            try fields.write(message)
        } catch {
            fields.cut(to: start)
            throw error
        }
        try close(start, Message.messageID)
    }

    private mutating func close(_ start: Int, _ message: MessageID) throws(MessageFault) {
        let length = fields.bytes.count - start - 4
        guard length <= FrameBuffer.longestMessage else {
            fields.cut(to: start)
            throw MessageFault(message: message.rawValue, field: 0, fault: .range)
        }
        for (index, shift) in [24, 16, 8, 0].enumerated() {
            fields.set(UInt8(truncatingIfNeeded: length >> shift), at: start + index)
        }
    }

    /// Forgets the frames, keeps the room.
    public mutating func removeAll() { fields.removeAll() }
}
