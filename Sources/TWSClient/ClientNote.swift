import TradingModel

/// Something that a log should have.
public struct ClientNote: Hashable, Sendable {
    /// What kind of thing.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The session has changed its state.
        case state
        /// The gateway says something.
        case notice
        /// A person should look.
        case alarm
        /// A message was passed over: it could not be read, or is not known.
        case discarded
    }

    /// What kind of thing.
    public var kind: Kind
    /// The gateway's code, where it is one of its messages.
    public var code: Int32?
    /// Request or order it concerns, where there is one.
    public var id: Int32?
    /// In words.
    public var text: String
    /// UTC by the client's anchored clock.
    public var time: Timestamp

    /// A note.
    public init(_ kind: Kind, code: Int32? = nil, id: Int32? = nil, text: String, time: Timestamp) {
        self.kind = kind
        self.code = code
        self.id = id
        self.text = text
        self.time = time
    }
}
