import TradingModel

/// Ladder of one instrument, with what went wrong in it counted.
public struct DomEngine: Sendable {
    /// Rows as the feed numbers them.
    public private(set) var ladder = Ladder()
    /// Whether the last event ended a change of the market; only then may the ladder be judged.
    public private(set) var isComplete = false
    /// Best bid and ask by price at the end of the newest complete change; `nil` while a side is empty.
    public private(set) var top: Tick?
    /// The feed's own number of the newest ladder event; 0 before the first.
    public private(set) var lastFeedSequence: UInt64 = 0
    /// Sequence number of the newest ladder event; 0 before the first.
    public private(set) var lastSequence: UInt64 = 0
    /// When the newest ladder event was received.
    public private(set) var lastReceivedAt = Timestamp.zero
    /// Row operations by outcome, indexed by `LadderOutcome.rawValue`.
    public private(set) var outcomes: InlineArray<4, Int> = [0, 0, 0, 0]

    /// An empty ladder.
    public init() {}

    /// Whether any ladder event has been seen.
    public var hasData: Bool { lastFeedSequence > 0 || lastReceivedAt > .zero }

    /// Row operations that pointed outside the ladder.
    public var outOfBounds: Int { outcomes[Int(LadderOutcome.outOfBounds.rawValue)] }

    /// Applies one row operation.
    mutating func apply(_ delta: DomDelta, _ event: MarketEvent) {
        outcomes[Int(ladder.apply(delta).rawValue)] += 1
        finish(event, endsBatch: delta.endsBatch)
    }

    /// Replaces the ladder.
    mutating func apply(_ snapshot: DomSnapshot, _ event: MarketEvent) {
        ladder.replace(bids: snapshot.bids, asks: snapshot.asks)
        finish(event, endsBatch: snapshot.endsBatch)
    }

    /// Forgets the ladder: the source has cleared its own.
    mutating func reset() {
        ladder.removeAll()
        isComplete = false
        top = nil
    }

    private mutating func finish(_ event: MarketEvent, endsBatch: Bool) {
        lastFeedSequence = event.feedSequence
        lastSequence = event.sequence
        lastReceivedAt = event.receivedAt
        isComplete = endsBatch
        if endsBatch { top = ladder.top() }
    }
}
