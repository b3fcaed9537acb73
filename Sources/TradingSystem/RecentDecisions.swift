import TradingModel

/// The newest decisions and reports on orders, so that an operator can ask why.
///
/// Keeps the events themselves, whose payloads are shared: noting one allocates nothing once the rings are full, and market
/// events are not noted at all.
struct RecentDecisions: Sendable {
    /// Decisions kept.
    static let decisionsKept = 512
    /// Reports kept.
    static let reportsKept = 2_048

    private var decisions = Ring(capacity: decisionsKept)
    private var reports = Ring(capacity: reportsKept)

    @inline(__always)
    mutating func note(_ event: MarketEvent) {
        switch event.payload {
        case .riskDecision: decisions.append(event)
        case .orderEvent: reports.append(event)
        default: break
        }
    }

    /// The event that decided on an order; `nil` when there was none or it is too long ago.
    func decision(on id: ClientOrderID) -> MarketEvent? {
        decisions.last { event in
            guard case .riskDecision(let decision) = event.payload else { return false }
            return decision.request.id == id
        }
    }

    /// The reports on an order that are kept, in their order.
    func reports(on id: ClientOrderID) -> [MarketEvent] {
        reports.all { event in
            guard case .orderEvent(let report) = event.payload else { return false }
            return report.id == id
        }
    }

    /// Whether every report since the event of that number is kept.
    func keepsReports(since sequence: UInt64) -> Bool {
        reports.isFull ? reports.first.map { $0.sequence <= sequence } ?? true : true
    }
}

/// The newest events of a kind.
private struct Ring {
    private let capacity: Int
    private var events: ContiguousArray<MarketEvent> = []
    /// Index of the oldest event once the ring is full.
    private var oldest = 0

    init(capacity: Int) { self.capacity = capacity }

    var isFull: Bool { events.count == capacity }

    /// The oldest event.
    var first: MarketEvent? { events.isEmpty ? nil : events[oldest] }

    mutating func append(_ event: MarketEvent) {
        guard isFull else { return events.append(event) }
        events[oldest] = event
        oldest = oldest + 1 == capacity ? 0 : oldest + 1
    }

    /// The newest event that `isWanted`.
    func last(where isWanted: (MarketEvent) -> Bool) -> MarketEvent? {
        for age in events.indices {
            let index = (oldest + events.count - 1 - age) % events.count
            if isWanted(events[index]) { return events[index] }
        }
        return nil
    }

    /// Every event that `isWanted`, the oldest first.
    func all(where isWanted: (MarketEvent) -> Bool) -> [MarketEvent] {
        var wanted: [MarketEvent] = []
        for offset in events.indices {
            let index = (oldest + offset) % events.count
            if isWanted(events[index]) { wanted.append(events[index]) }
        }
        return wanted
    }
}
