import Platform
import Synchronization
import TradingModel

/// One handler with its filter.
struct Subscriber {
    let filter: EventFilter
    let handler: @Sendable (MarketEvent, inout Outbox) -> Void
}

/// Events that do not come through the ring; looking for some costs one atomic load.
final class SideLane: Sendable {
    private let events: Locked<[MarketEvent]>
    private let isFilled = Atomic<Bool>(false)

    init() { events = Locked([]) }

    func append(_ event: MarketEvent) {
        events.withLock { $0.append(event) }
        isFilled.store(true, ordering: .releasing)
    }

    var isEmpty: Bool { !isFilled.load(ordering: .acquiring) }

    func takeAll() -> [MarketEvent] {
        guard isFilled.exchange(false, ordering: .acquiringAndReleasing) else { return [] }
        return events.withLock { waiting in
            defer { waiting.removeAll() }
            return waiting
        }
    }
}

/// Run to completion: one external event and everything that follows from it.
struct Delivery<Core: EventCore> {
    var core: Core
    var outbox = Outbox()
    var subscribers: [Subscriber] = []
    var taps: [EventTap] = []
    /// Delivered events that a tap wants, until what they led to has been written down.
    private var observed: ContiguousArray<MarketEvent> = []
    private let urgent: SideLane
    private let nested: SideLane

    /// - Parameters:
    ///   - urgent: events that go ahead of the ring.
    ///   - nested: events that handlers publish through the bus itself.
    init(core: consuming Core, urgent: SideLane, nested: SideLane) {
        self.core = core
        self.urgent = urgent
        self.nested = nested
    }

    /// Delivers external events until `end` or the deadline (`MonotonicClock`).
    ///
    /// - Returns: index of the first event not delivered.
    mutating func deliver(
        _ events: inout ContiguousArray<MarketEvent>, from start: Int, to end: Int, deadline: UInt64
    ) -> Int {
        var events = events.mutableSpan
        var index = start
        while index < end {
            if !urgent.isEmpty { deliverUrgent() }
            deliver(&events[index])
            index += 1
            if index & 31 == 0 && MonotonicClock.now() > deadline { break }
        }
        if !urgent.isEmpty { deliverUrgent() }
        return index
    }

    /// Delivers what overtakes the ring.
    mutating func deliverUrgent() {
        while !urgent.isEmpty {
            for var event in urgent.takeAll() { deliver(&event) }
        }
    }

    /// Delivers one external event and its cascade.
    private mutating func deliver(_ event: inout MarketEvent) {
        hand(&event)
        while var following = outbox.next() { hand(&following) }
    }

    /// Gives an event its number and shows it to everybody, where it lies.
    @inline(__always)
    private mutating func hand(_ event: inout MarketEvent) {
        outbox.stamp(&event)
        core.handle(event, &outbox)
        if isObserved { observe(event) }
    }

    /// Whether anybody but the core wants to see events, or has published some on the way.
    @inline(__always)
    private var isObserved: Bool { !subscribers.isEmpty || !taps.isEmpty || !nested.isEmpty }

    @inline(never)
    private mutating func observe(_ event: MarketEvent) {
        notify(event)
        for event in nested.takeAll() { outbox.publish(event) }
        if taps.contains(where: { $0.filter.wants(event) }) { observed.append(event) }
    }

    /// Has the core write down what the events of the batch have led to, then lets the observers have them: nobody outside
    /// hears of what is not written.
    mutating func settle() {
        core.settle()
        guard !observed.isEmpty else { return }
        core.catchUp()
        for event in observed { offer(event) }
        observed.removeAll(keepingCapacity: true)
    }

    private mutating func notify(_ event: MarketEvent) {
        for subscriber in subscribers where subscriber.filter.wants(event) {
            subscriber.handler(event, &outbox)
        }
    }

    private func offer(_ event: MarketEvent) {
        for tap in taps where tap.filter.wants(event) { tap.offer(event) }
    }
}
