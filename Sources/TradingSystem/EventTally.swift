import TradingModel

/// Events delivered, by type, and the span of time they cover.
struct EventTally: Sendable {
    /// Room for 32 types, as in `EventFilter`.
    private var counts = InlineArray<32, Int>(repeating: 0)
    /// Time of the first market event.
    private(set) var firstTime: Timestamp?
    /// Time of the newest market event.
    private(set) var lastTime: Timestamp?

    subscript(type: EventType) -> Int { counts[Int(type.rawValue)] }

    /// All events.
    var total: Int { EventType.allCases.reduce(0) { $0 + self[$1] } }

    mutating func count(_ event: MarketEvent) {
        counts[Int(event.eventType.rawValue)] += 1
        switch event.payload {
        case .tick, .trade, .domDelta, .domSnapshot:
            if firstTime == nil { firstTime = event.timestamp }
            lastTime = event.timestamp
        default: break
        }
    }
}
