import TWSProtocol

/// How many messages there were of each number.
public struct MessageCounts: Sendable, Equatable {
    /// Numbers of messages at this protocol are lower; the rest share one place.
    private static let numbers = 128

    private var counts = [Int](repeating: 0, count: numbers + 1)

    /// None yet.
    public init() {}

    /// How many there were of one number; numbers from 128 on are counted together.
    public subscript(message: MessageID) -> Int { counts[Self.place(message)] }

    /// All of them.
    public var total: Int { counts.reduce(0, +) }

    /// Numbers below 128 that occurred, in order, with their counts.
    public var byNumber: [(number: Int, count: Int)] {
        counts.indices.dropLast().filter { counts[$0] > 0 }.map { ($0, counts[$0]) }
    }

    /// One more, or several.
    public mutating func count(_ message: MessageID, times: Int = 1) { counts[Self.place(message)] += times }

    private static func place(_ message: MessageID) -> Int {
        0..<numbers ~= Int(message.rawValue) ? Int(message.rawValue) : numbers
    }
}
