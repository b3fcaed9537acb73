/// Number of a message, the first field of a frame. The two directions number apart from each other.
public struct MessageID: Hashable, Sendable, BitwiseCopyable {
    /// The number on the wire.
    public let rawValue: Int32

    /// Message `rawValue`.
    @inlinable
    public init(_ rawValue: Int32) { self.rawValue = rawValue }
}

extension MessageID: ExpressibleByIntegerLiteral {
    /// Message `value`.
    @inlinable
    public init(integerLiteral value: Int32) { self.init(value) }
}
