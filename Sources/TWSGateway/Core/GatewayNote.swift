/// Something that an operator of the gateway may want to know.
public struct GatewayNote: Sendable, Equatable, CustomStringConvertible {
    /// The session it concerns, if one.
    public let session: SessionID?
    /// What happened.
    public let text: String

    /// `session 3: …`
    public var description: String { session.map { "session \($0.rawValue): \(text)" } ?? text }
}
