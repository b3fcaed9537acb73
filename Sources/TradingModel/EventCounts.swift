/// A number for each type of event, in place: it is kept and copied on the hot path.
public struct EventCounts: Hashable, Sendable {
    /// Room for 32 types, as in the mask of an event filter.
    @usableFromInline var counts = InlineArray<32, Int>(repeating: 0)

    /// All zero.
    @inlinable
    public init() {}

    /// The number of one type.
    @inlinable
    public subscript(type: EventType) -> Int {
        get { counts[Int(type.rawValue)] }
        set { counts[Int(type.rawValue)] = newValue }
    }

    /// The sum over all types.
    public var total: Int { EventType.allCases.reduce(0) { $0 + self[$1] } }

    /// Whether every number is the same.
    public static func == (left: EventCounts, right: EventCounts) -> Bool {
        EventType.allCases.allSatisfy { left[$0] == right[$0] }
    }

    /// Feeds every number.
    public func hash(into hasher: inout Hasher) {
        for type in EventType.allCases { hasher.combine(self[type]) }
    }
}
