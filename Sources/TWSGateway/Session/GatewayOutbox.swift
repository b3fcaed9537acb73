import TWSProtocol
import TradingModel

/// What the gateway wants sent: the bytes of every session, encoded at once, and what shall become of its socket.
///
/// Whoever answers requests writes here; the connections take from here after each event. Who has no session any more is
/// written to in vain.
public struct GatewayOutbox: Sendable {
    /// What waits for one session.
    struct Line: Sendable {
        let session: SessionID
        var writer: FrameWriter
        var client: Int32?
        /// Bytes to send, in order.
        var bytes: [UInt8] = []
        /// Messages among them.
        var frames = 0
        /// What shall happen to the connection, in order; before `bytes` are sent.
        var effects: [ConnectionEffect] = []
        /// Bytes written to the socket, as far as told.
        var written: UInt64 = 0
        /// A firehose is on its way.
        var isHosing = false
        /// Nothing further is written.
        var isClosing = false

        var hasWork: Bool { !bytes.isEmpty || !effects.isEmpty }
    }

    /// Sessions in the order of connecting; there are at most as many as the gateway admits.
    private(set) var lines: [Line] = []
    /// Messages written so far, by number.
    private(set) var sent = MessageCounts()
    /// Messages that could not be written; the last fault tells why.
    private(set) var unwritable = 0
    /// Why the last of them could not.
    private(set) var lastFault: MessageFault?

    /// No sessions.
    public init() {}

    /// Sends a message; nothing when the session has ended or is being closed.
    public mutating func send<Message: WireMessage>(_ message: Message, to session: SessionID) {
        guard let index = index(of: session), !lines[index].isClosing else { return }
        do throws(MessageFault) {
            try lines[index].writer.append(message)
        } catch {
            unwritable += 1
            lastFault = error
            return
        }
        lines[index].bytes.append(contentsOf: lines[index].writer.bytes)
        lines[index].writer.removeAll()
        lines[index].frames += 1
        sent.count(Message.messageID)
    }

    /// Ends a session once everything before has been sent.
    public mutating func close(_ session: SessionID) { add(.finish, to: session) }

    /// Version that a session speaks; `nil` before it is agreed, and of one that has ended.
    public func version(of session: SessionID) -> ServerVersion? {
        index(of: session).map { lines[$0].writer.version }
    }

    /// Client id of a session that has started; `nil` of any other.
    public func clientID(of session: SessionID) -> Int32? {
        index(of: session).flatMap { lines[$0].client }
    }

    /// Sessions that have started, in the order of connecting.
    public var readySessions: [SessionID] {
        lines.filter { $0.client != nil && !$0.isClosing }.map(\.session)
    }

    /// The session of a client that has started.
    public func session(ofClient client: Int32) -> SessionID? {
        lines.first { $0.client == client && !$0.isClosing }?.session
    }

    private func index(of session: SessionID) -> Int? { lines.firstIndex { $0.session == session } }
}

/// For the gateway itself: sessions come and go, bytes go out as they are.
extension GatewayOutbox {
    /// A session whose version is not agreed yet.
    mutating func open(_ session: SessionID) {
        lines.append(Line(session: session, writer: FrameWriter(.gateway, version: .lowest)))
    }

    mutating func agree(_ version: ServerVersion, with session: SessionID) {
        guard let index = index(of: session) else { return }
        lines[index].writer = FrameWriter(.gateway, version: version)
    }

    mutating func start(_ session: SessionID, client: Int32) {
        guard let index = index(of: session) else { return }
        lines[index].client = client
    }

    /// Whether a session is being let go.
    func isClosing(_ session: SessionID) -> Bool { index(of: session).map { lines[$0].isClosing } ?? true }

    /// Forgets a session and what was to be sent to it.
    mutating func end(_ session: SessionID) { lines.removeAll { $0.session == session } }

    /// Adds bytes as they are.
    ///
    /// - Parameter frames: messages among them.
    mutating func append(raw bytes: some Sequence<UInt8>, frames: Int = 1, to session: SessionID) {
        guard let index = index(of: session), !lines[index].isClosing else { return }
        lines[index].bytes.append(contentsOf: bytes)
        lines[index].frames += frames
    }

    /// What shall happen to the connection next; nothing after it is being closed.
    mutating func add(_ effect: ConnectionEffect, to session: SessionID) {
        guard let index = index(of: session), !lines[index].isClosing else { return }
        lines[index].effects.append(effect)
        lines[index].isClosing = effect.endsConnection
        if case .firehose = effect { lines[index].isHosing = true }
    }

    /// The connection tells how far it is.
    mutating func progressed(_ session: SessionID, written: UInt64, isHosing: Bool) {
        guard let index = index(of: session) else { return }
        lines[index].written = written
        // Effects that were not handed over are still to come.
        if lines[index].effects.isEmpty { lines[index].isHosing = isHosing }
    }

    /// Bytes of the stream that have been written, as far as told.
    func written(to session: SessionID) -> UInt64 { index(of: session).map { lines[$0].written } ?? 0 }

    /// Whether a firehose is on its way to a session.
    func isHosing(_ session: SessionID) -> Bool { index(of: session).map { lines[$0].isHosing } ?? false }

    /// Counts messages that go past the outbox.
    mutating func countSent(_ message: MessageID, times: Int) { sent.count(message, times: times) }

    /// Whether `drain` would hand over anything.
    var hasWork: Bool { lines.contains(where: \.hasWork) }

    /// Hands over what there is, session by session, and forgets it.
    mutating func drain(_ body: (SessionID, [ConnectionEffect], [UInt8], _ frames: Int) -> Void) {
        for index in lines.indices where lines[index].hasWork {
            body(lines[index].session, lines[index].effects, lines[index].bytes, lines[index].frames)
            lines[index].effects.removeAll()
            lines[index].bytes.removeAll(keepingCapacity: lines[index].bytes.count < 1 << 20)
            lines[index].frames = 0
        }
    }
}
