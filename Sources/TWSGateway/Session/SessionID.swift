/// One TCP connection to the gateway, by number; numbers are never used again.
public struct SessionID: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// From 1, in the order of connecting.
    public let rawValue: UInt64

    /// Session `rawValue`.
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// Orders by number.
    public static func < (left: SessionID, right: SessionID) -> Bool { left.rawValue < right.rawValue }
}
