import Dispatch
import Glibc
import Platform
import Synchronization
import TradingModel

/// What became of a published event.
public enum PublishResult: Sendable, Equatable {
    /// Delivered, or waiting in the ring for delivery.
    case accepted
    /// The ring is full: nothing was taken. For a live feed this is a fault, never silence.
    case overloaded
    /// The bus has stopped: nothing was taken.
    case stopped
}

/// The sequencer: one total order over everything that happens.
///
/// - An external event (market data, broker report, operator command, timer) gets the next number and goes to
///   the core and then to the subscribers; what they publish gets the following numbers and is delivered, in
///   publish order, before the next external event. So the sequence depends on the external events alone,
///   never on batching or timing.
/// - The publisher drains: the thread that finds the bus idle delivers its own events on the bus queue, in
///   batches of at most 256 events or 200 µs; between batches queries get in.
/// - Time is the events' own: `receivedAt` never goes back along the sequence, and an event without one takes
///   the time of the event before it.
///
/// `@unchecked Sendable` holds because `delivery` is touched only on `queue`; `batch`, `nextInBatch` and
/// `step` only by the one thread that has set `isDraining` and, while that thread waits for it, on `queue`;
/// the rest is locked or atomic.
public final class EventBus<Core: EventCore>: @unchecked Sendable {
    private struct Input {
        var waiting: ContiguousArray<MarketEvent> = []
        var isDraining = false
        var isStopped = false
    }

    /// Events delivered before queries are let in.
    private static var batchLimit: Int { 256 }
    /// Nanoseconds of delivery before queries are let in.
    private static var batchTime: UInt64 { 200_000 }

    /// The queue every decision runs on.
    public let queue: DispatchQueue
    private var delivery: Delivery<Core>
    /// Being delivered: whoever has set `isDraining` puts events here and runs `step` until none is left.
    private var batch: ContiguousArray<MarketEvent> = []
    private var nextInBatch = 0
    /// Delivers a part of `batch`; made once, because handing a closure to a queue allocates.
    private let step = StoredStep()
    private let input = Locked(Input())
    /// Events that may wait while another thread delivers.
    public let capacity: Int
    private let urgent: SideLane
    private let nested: SideLane
    private let deliveringThread = Atomic<UInt>(0)

    /// A bus that delivers on `queue`.
    ///
    /// - Parameter capacity: events that may wait while another thread delivers.
    public init(core: sending Core, queue: DispatchQueue, capacity: Int = 65_536) {
        self.queue = queue
        self.capacity = capacity
        urgent = SideLane()
        nested = SideLane()
        delivery = Delivery(core: core, urgent: urgent, nested: nested)
        // Unowned, not to keep itself alive: it runs within `publish` alone, whose caller holds the bus.
        step.prepare { [unowned self] in deliverStep() }
        input.withLock { $0.waiting.reserveCapacity(min(capacity, 4_096)) }
    }

    // MARK: Publishing

    /// Publishes one event from any thread, also from inside a handler; never waits for room.
    @discardableResult
    public func publish(_ event: MarketEvent) -> PublishResult {
        if isDelivering {
            nested.append(event)
            return .accepted
        }
        var events: ContiguousArray = [event]
        return publish(draining: &events, waiting: false)
    }

    /// Publishes events in their order.
    ///
    /// - Parameters:
    ///   - events: left empty with its room when they are accepted, so that a feed fills one array again and
    ///     again; left as it was otherwise.
    ///   - waiting: with `true` the call waits while the ring is full (replay); with `false` it takes
    ///     all of them or none (live).
    @discardableResult
    public func publish(
        draining events: inout ContiguousArray<MarketEvent>, waiting: Bool
    ) -> PublishResult {
        precondition(!isDelivering, "a handler publishes one event at a time")
        switch admit(events, waiting: waiting) {
        case .refuse(let result): return result
        case .queued: break
        case .drain:
            deliver(&events)
            drainInput()
        }
        events.removeAll(keepingCapacity: true)
        return .accepted
    }

    private func admit(_ events: ContiguousArray<MarketEvent>, waiting: Bool) -> Admission {
        input.wait { input in
            if input.isStopped { return .refuse(.stopped) }
            if !input.isDraining && input.waiting.isEmpty {
                input.isDraining = true
                return .drain
            }
            guard input.waiting.count + events.count <= self.capacity else {
                return waiting ? nil : .refuse(.overloaded)
            }
            input.waiting.append(contentsOf: events)
            return .queued
        } ?? .refuse(.stopped)
    }

    private enum Admission {
        case drain, queued
        case refuse(PublishResult)
    }

    /// Sequences `event` next, ahead of everything that waits: for operators, above all the kill switch.
    ///
    /// Never waits, not even for a bus that hangs: the event is delivered before any other external event, at
    /// the latest when the bus queue gets to it. A `query` made afterwards sees it delivered.
    @discardableResult
    public func publishUrgent(_ event: MarketEvent) -> PublishResult {
        let isAccepted = input.withLock { input in
            if !input.isStopped { urgent.append(event) }
            return !input.isStopped
        }
        guard isAccepted else { return .stopped }
        if !isDelivering { queue.async { self.deliverUrgent() } }
        return .accepted
    }

    // MARK: Observing

    /// Calls `handler` on the bus queue for every delivered event that `filter` wants, after the core.
    public func subscribe(
        _ filter: EventFilter, handler: @escaping @Sendable (MarketEvent, inout Outbox) -> Void
    ) {
        queue.sync { delivery.subscribers.append(Subscriber(filter: filter, handler: handler)) }
    }

    /// Copies every delivered event that `filter` wants into a bounded ring for `handler`, run on `tapQueue`.
    @discardableResult
    public func tap(
        _ name: String, _ filter: EventFilter, capacity: Int, policy: TapPolicy, on tapQueue: DispatchQueue,
        handler: @escaping @Sendable (MarketEvent) -> Void
    ) -> EventTap {
        let tap = EventTap(
            name: name, filter: filter, capacity: capacity, policy: policy, queue: tapQueue, handler: handler)
        queue.sync { delivery.taps.append(tap) }
        return tap
    }

    /// Runs `body` with the core to itself, between two batches.
    ///
    /// - Parameter entry: the component's own queue, which targets the bus queue; the bus queue by default.
    public func query<Result>(on entry: DispatchQueue? = nil, _ body: (inout Core) -> Result) -> Result {
        precondition(!isDelivering, "a handler already has the core to itself")
        return (entry ?? queue).sync {
            deliverUrgent()
            delivery.core.catchUp()
            return body(&delivery.core)
        }
    }

    /// Events that wait while another thread delivers.
    public var depth: Int { input.withLock { $0.waiting.count } }

    // MARK: Stopping

    /// Delivers what waits, then refuses everything; taps have been emptied when it returns.
    public func stop() {
        let isFirst = input.withLockNotifying { input in
            defer { input.isStopped = true }
            return !input.isStopped
        }
        guard isFirst else { return }
        // Whoever is draining empties the ring before it leaves; without one the ring is empty.
        _ = input.wait { input in input.isDraining ? nil : true }
        let taps = queue.sync {
            deliverUrgent()
            delivery.core.catchUp()
            return delivery.taps
        }
        for tap in taps { tap.close() }
    }

    // MARK: Delivery

    /// Delivers until nothing waits; the caller has set `isDraining`.
    private func drainInput() {
        var batch: ContiguousArray<MarketEvent> = []
        while true {
            let hasMore = input.withLockNotifying { input in
                guard !input.waiting.isEmpty else {
                    input.isDraining = false
                    return false
                }
                swap(&batch, &input.waiting)
                return true
            }
            guard hasMore else { return }
            deliver(&batch)
            batch.removeAll(keepingCapacity: true)
        }
    }

    /// Delivers `events`; the caller has set `isDraining`.
    private func deliver(_ events: inout ContiguousArray<MarketEvent>) {
        swap(&events, &batch)
        nextInBatch = 0
        while nextInBatch < batch.count { step.run(on: queue) }
        swap(&events, &batch)
    }

    /// Delivers up to the batch limit.
    private func deliverStep() {
        beginDelivery()
        defer { endDelivery() }
        let end = min(batch.count, nextInBatch + Self.batchLimit)
        let now = MonotonicClock.now()
        delivery.core.begin(at: now)
        nextInBatch = delivery.deliver(&batch, from: nextInBatch, to: end, deadline: now + Self.batchTime)
        delivery.settle()
    }

    /// Delivers what overtakes the ring; on the bus queue.
    private func deliverUrgent() {
        guard !urgent.isEmpty else { return }
        beginDelivery()
        delivery.deliverUrgent()
        delivery.settle()
        endDelivery()
    }

    private var isDelivering: Bool { deliveringThread.load(ordering: .relaxed) == UInt(pthread_self()) }

    private func beginDelivery() { deliveringThread.store(UInt(pthread_self()), ordering: .relaxed) }

    private func endDelivery() { deliveringThread.store(0, ordering: .relaxed) }
}
