/// The kinds of event, and their names in JSON, subscriptions and summaries.
public enum EventType: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    case tick, trade
    case domDelta, domSnapshot
    case deltaBar, tapeSnapshot, footprintSnapshot
    case signal, riskDecision, orderEvent
    case feedStatus, system, timer

    /// snake_case name.
    public var name: StaticString {
        switch self {
        case .tick: "tick"
        case .trade: "trade"
        case .domDelta: "dom_delta"
        case .domSnapshot: "dom_snapshot"
        case .deltaBar: "delta_bar"
        case .tapeSnapshot: "tape_snapshot"
        case .footprintSnapshot: "footprint_snapshot"
        case .signal: "signal"
        case .riskDecision: "risk_decision"
        case .orderEvent: "order_event"
        case .feedStatus: "feed_status"
        case .system: "system"
        case .timer: "timer"
        }
    }

    /// The type of that name.
    public init?(name: String) {
        guard let type = Self.allCases.first(where: { $0.name.matches(name) }) else { return nil }
        self = type
    }
}

/// Who made an event.
public enum EventSource: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    case replay, simulator, ibkr
    case orderFlow, strategy, risk, execution
    case operator_, clock

    /// snake_case name.
    public var name: StaticString {
        switch self {
        case .replay: "replay"
        case .simulator: "simulator"
        case .ibkr: "ibkr"
        case .orderFlow: "order_flow"
        case .strategy: "strategy"
        case .risk: "risk"
        case .execution: "execution"
        case .operator_: "operator"
        case .clock: "clock"
        }
    }
}

/// One event on the bus: an immutable fact. The stable contract of the daemon; it only grows.
///
/// Plain value: the frequent payloads hold no reference, so creating, passing and dropping an event of theirs
/// touches no reference count and allocates nothing.
public struct MarketEvent: Sendable {
    /// What an event says. One case for each `EventType`.
    public enum Payload: Hashable, Sendable {
        /// Best bid and ask.
        case tick(Tick)
        /// One print.
        case trade(Trade)
        /// One row operation of a ladder.
        case domDelta(DomDelta)
        /// A whole ladder.
        indirect case domSnapshot(DomSnapshot)
        /// Trades of one interval by aggressor.
        indirect case deltaBar(DeltaBar)
        /// The newest prints.
        indirect case tapeSnapshot(TapeSnapshot)
        /// Volume by price of one interval.
        indirect case footprintSnapshot(FootprintSnapshot)
        /// What a strategy thinks.
        case signal(Signal)
        /// A verdict on an order request.
        indirect case riskDecision(RiskDecision)
        /// A report on an order.
        indirect case orderEvent(OrderEvent)
        /// State of a feed.
        indirect case feedStatus(FeedStatus)
        /// Operator commands and life cycle.
        indirect case system(SystemNotice)
        /// A timer that came due.
        case timer(TimerFired)

        /// The kind.
        @inlinable
        public var type: EventType {
            switch self {
            case .tick: .tick
            case .trade: .trade
            case .domDelta: .domDelta
            case .domSnapshot: .domSnapshot
            case .deltaBar: .deltaBar
            case .tapeSnapshot: .tapeSnapshot
            case .footprintSnapshot: .footprintSnapshot
            case .signal: .signal
            case .riskDecision: .riskDecision
            case .orderEvent: .orderEvent
            case .feedStatus: .feedStatus
            case .system: .system
            case .timer: .timer
            }
        }
    }

    /// Place in the one order of all events, from 1, given by the bus at delivery; 0 before.
    public var sequence: UInt64 = 0
    /// The feed's own number of the event; 0 where it has none.
    public var feedSequence: UInt64
    /// The source's time, UTC.
    public var timestamp: Timestamp
    /// When the daemon had it, UTC; never goes back along `sequence`. Every decision uses this time.
    public var receivedAt: Timestamp
    /// The instrument, or `none`.
    public var symbol: SymbolID
    /// Who made it.
    public var source: EventSource
    /// The decision it belongs to, and which step it is.
    public var trace: TraceContext
    /// What it says.
    public var payload: Payload

    /// An event not yet delivered.
    ///
    /// - Parameter receivedAt: `zero` lets the bus use the time of the event before.
    @inlinable
    public init(
        timestamp: Timestamp, receivedAt: Timestamp, symbol: SymbolID, source: EventSource,
        feedSequence: UInt64 = 0, trace: TraceContext = .none, payload: Payload
    ) {
        self.feedSequence = feedSequence
        self.timestamp = timestamp
        self.receivedAt = receivedAt
        self.symbol = symbol
        self.source = source
        self.trace = trace
        self.payload = payload
    }

    /// The kind of event.
    @inlinable
    public var eventType: EventType { payload.type }
    /// Another name of `eventType`.
    @inlinable
    public var type: EventType { payload.type }
    /// Another name of `timestamp`.
    @inlinable
    public var ts: Timestamp { timestamp }
    /// The trace it belongs to.
    @inlinable
    public var traceID: TraceID { trace.traceID }
    /// Which step of the trace it is.
    @inlinable
    public var spanID: SpanID { trace.spanID }
}
