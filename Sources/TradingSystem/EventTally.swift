import TradingModel

/// Events delivered, by type, and the span of time they cover.
struct EventTally: Sendable {
    private var counts = EventCounts()
    /// Time of the first market event.
    private(set) var firstTime: Timestamp?
    /// Time of the newest market event.
    private(set) var lastTime: Timestamp?

    subscript(type: EventType) -> Int { counts[type] }

    /// All events.
    var total: Int { counts.total }

    mutating func count(_ event: MarketEvent) {
        counts[event.eventType] += 1
        switch event.payload {
        case .tick, .trade, .domDelta, .domSnapshot:
            if firstTime == nil { firstTime = event.timestamp }
            lastTime = event.timestamp
        default: break
        }
    }
}
