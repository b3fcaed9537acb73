import TradingModel

/// The stages that decide, as one value: engines, strategies, risk, execution.
///
/// The bus owns it, calls it for every event in sequence, on the bus queue, with no hop, lock or dynamic
/// dispatch in between. It must be a pure function of the events it is given.
public protocol EventCore: Sendable {
    /// Takes one event; what follows from it is published into `outbox`.
    mutating func handle(_ event: MarketEvent, _ outbox: inout Outbox)

    /// Called on the bus queue before a batch of events is delivered, with the monotonic clock as the bus has read it: for
    /// measurements, never for decisions.
    mutating func begin(at now: UInt64)

    /// Called on the bus queue when a batch of events has been delivered, before anybody else may look: the place to
    /// hand on what was gathered. Publishes nothing, and may not depend on how the events were cut into batches.
    mutating func settle()

    /// Called on the bus queue before anybody outside hears of what has been delivered, or looks at the core: the place to
    /// wait for what is written behind the bus.
    mutating func catchUp()
}

extension EventCore {
    /// Measures nothing.
    public mutating func begin(at now: UInt64) {}

    /// Gathers nothing.
    public mutating func settle() {}

    /// Writes nothing down.
    public mutating func catchUp() {}
}

/// What the handlers of one event publish; delivered in publish order before the next external event.
public struct Outbox {
    /// Events one external event may cause; a longer cascade is a loop between stages.
    public static let limit = 1 << 20

    private var events: ContiguousArray<MarketEvent> = []
    private var head = 0
    private(set) var lastSequence: UInt64 = 0
    /// Time of the event being delivered: the only clock of the core.
    public private(set) var now = Timestamp.zero

    /// Nothing delivered yet.
    public init() { events.reserveCapacity(256) }

    /// Sequence number of the event that is published next.
    public var nextSequence: UInt64 { lastSequence + UInt64(events.count - head) + 1 }

    /// Queues an event behind those already published.
    ///
    /// - Returns: the sequence number it will have: numbers are given in publish order, and nothing comes between.
    @discardableResult
    public mutating func publish(
        _ payload: MarketEvent.Payload, symbol: SymbolID = .none, source: EventSource,
        trace: TraceContext = .none
    ) -> UInt64 {
        publish(
            MarketEvent(
                timestamp: now, receivedAt: now, symbol: symbol, source: source, trace: trace,
                payload: payload))
    }

    /// Queues a complete event; its sequence number is given at delivery.
    @discardableResult
    public mutating func publish(_ event: MarketEvent) -> UInt64 {
        precondition(events.count - head < Self.limit, "an event caused an endless cascade of events")
        events.append(event)
        return lastSequence + UInt64(events.count - head)
    }

    /// Gives `event` its number and time.
    @inline(__always)
    mutating func stamp(_ event: inout MarketEvent) {
        lastSequence += 1
        event.sequence = lastSequence
        if event.receivedAt < now { event.receivedAt = now }
        if event.timestamp == .zero { event.timestamp = event.receivedAt }
        now = event.receivedAt
    }

    /// The next published event, if any.
    @inline(__always)
    mutating func next() -> MarketEvent? {
        guard head < events.count else { return nil }
        let event = events[head]
        head += 1
        if head == events.count {
            events.removeAll(keepingCapacity: true)
            head = 0
        }
        return event
    }
}
