@testable import TWSProtocol

extension MessageKind {
    static func kind<Message: WireMessage, Messages: MessageSet & Equatable>(
        _: Message.Type, of _: Messages.Type
    ) -> MessageKind {
        MessageKind(
            description: "\(Message.self)", id: Message.messageID.rawValue,
            isClients: Messages.self == ClientMessage.self,
            randomBody: { version, side, seed in
                guard
                    let message = RandomFields.message(
                        Message.self, version: version, isPlain: side == .client, seed: seed)
                else { return nil }
                return try body(message, version: version, side: side)
            },
            roundTrip: { version, side, seed in
                guard
                    let message = RandomFields.message(
                        Message.self, version: version, isPlain: side == .client, seed: seed)
                else { return .none }
                return try roundTrip(message, of: Messages.self, version: version, side: side)
            },
            changedLeaves: { version, seed in
                guard
                    let message = RandomFields.message(
                        Message.self, version: version, isPlain: false, seed: seed)
                else { return [] }
                let unset = leafValues(Message())
                return Set(leafValues(message).filter { unset[$0.key] != $0.value }.keys)
            },
            leaves: Set(leafValues(Message()).keys),
            decode: { (body, version) throws(FrameFault) in
                switch try Messages.decode(body.span, version: version) {
                case .message(let message):
                    guard let payload = payload(message) as? Message else {
                        return .message("\(message)", isOfKind: false)
                    }
                    // It may be one that cannot be written, but trying must be safe.
                    var writer = FieldWriter(.gateway, version: version)
                    try? writer.write(payload)
                    return .message("\(payload)", isOfKind: true)
                case .unknown: return .unknown
                case .discarded(let fault): return .discarded(fault)
                case .empty: return .empty
                }
            },
            rewrite: { body, version in
                guard case .message(let message) = try Messages.decode(body.span, version: version),
                    let payload = payload(message) as? Message
                else { return nil }
                return Rewritten(
                    body: try Self.body(payload, version: version, side: .gateway),
                    kinds: FieldKinds.of(payload, version))
            })
    }

    /// The bytes of a message, its number first.
    static func body<Message: WireMessage>(
        _ message: Message, version: ServerVersion, side: WireSide
    ) throws(MessageFault) -> [UInt8] {
        var writer = FieldWriter(side, version: version)
        try writer.write(message)
        return writer.bytes
    }

    private static func roundTrip<Message: WireMessage, Messages: MessageSet>(
        _ message: Message, of _: Messages.Type, version: ServerVersion, side: WireSide
    ) throws -> RoundTrip {
        var frames = FrameWriter(side, version: version)
        try frames.append(message)
        var buffer = FrameBuffer()
        buffer.append(frames.bytes.span)
        let frame = try buffer.next { body in Result { try Messages.decode(body, version: version) } }
        guard let decoded = try frame?.get(), case .message(let wrapped) = decoded,
            let received = payload(wrapped) as? Message
        else { return .different(sent: "\(message)", got: "\(String(describing: frame))") }
        var again = FrameWriter(side, version: version)
        try again.append(received)
        guard received == message, again.bytes == frames.bytes else {
            return .different(sent: "\(message)", got: "\(received)")
        }
        return .same
    }

    /// What a case of a set carries.
    private static func payload(_ message: Any) -> Any? {
        let child = Mirror(reflecting: message).children.first?.value
        guard let market = child as? MarketMessage else { return child }
        return payload(market)
    }

    /// The stored values inside a value, by path; lists, texts and enumerations are leaves.
    private static func leafValues(_ value: Any, path: String = "") -> [String: String] {
        let mirror = Mirror(reflecting: value)
        let isGroup = mirror.displayStyle == .struct && !mirror.children.isEmpty && isOurs(value)
        guard isGroup else { return [path: "\(value)"] }
        var leaves: [String: String] = [:]
        for child in mirror.children {
            let name = path.isEmpty ? child.label ?? "" : path + "." + (child.label ?? "")
            leaves.merge(leafValues(child.value, path: name)) { first, _ in first }
        }
        return leaves
    }

    /// Whether a value has fields of the wire inside, rather than being one.
    private static func isOurs(_ value: Any) -> Bool {
        let name = String(reflecting: type(of: value))
        return name.hasPrefix("TWSProtocol.") && !(value is ShortText)
    }
}
