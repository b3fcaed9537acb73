import Dispatch
import Messaging
import Platform
import TWSClient
import TWSProtocol
import TradingModel

/// Whom the broker's reports lead to. All are called on the client's queue, with no lock held.
public struct BrokerOutlets: Sendable {
    /// Takes an event for the bus; one that is not accepted for want of room is offered again, in its place.
    public var publish: @Sendable (MarketEvent) -> PublishResult
    /// Asks the session to compare the books: open orders, executions, positions, completed orders. At most once in
    /// `BrokerOptions.answerTime`.
    public var reconcile: @Sendable (String) -> Void
    /// Our books differ from the broker's, and nothing explains it: a fault. Told once for each set of differences.
    public var onDrift: @Sendable ([BrokerDrift]) -> Void
    /// An open order at our client id has appeared while the session ran, and is not ours: a fault. Told once for each.
    public var onStrangeOrder: @Sendable (String) -> Void
    /// An execution that must be ours is of no order we know. Told once for each.
    public var onUnknownExecution: @Sendable (String) -> Void
    /// Something to log.
    public var onNote: @Sendable (BrokerNote) -> Void

    /// Those outlets.
    public init(
        publish: @escaping @Sendable (MarketEvent) -> PublishResult,
        reconcile: @escaping @Sendable (String) -> Void = { _ in },
        onDrift: @escaping @Sendable ([BrokerDrift]) -> Void = { _ in },
        onStrangeOrder: @escaping @Sendable (String) -> Void = { _ in },
        onUnknownExecution: @escaping @Sendable (String) -> Void = { _ in },
        onNote: @escaping @Sendable (BrokerNote) -> Void = { _ in }
    ) {
        self.publish = publish
        self.reconcile = reconcile
        self.onDrift = onDrift
        self.onStrangeOrder = onStrangeOrder
        self.onUnknownExecution = onUnknownExecution
        self.onNote = onNote
    }
}

/// Follows our orders by what the gateway says, and makes `order_event`s and `broker_lost`/`broker_ready` of it: external
/// events of source `ibkr`, so that a recorded session has them.
public final class BrokerOrders: OrderListener {
    private let book: BrokerBook
    private let lane: any OrderLane
    private let outlets: BrokerOutlets
    /// Events that the bus had no room for, oldest first. They come at the pace of our own orders, and none may be dropped:
    /// bounded by what the broker reports while the bus is full, which is a fault of its own.
    private let waiting = Locked(WaitingEvents())

    /// - Parameter queue: the client's, on which refusals of the adapter are published, too.
    public init(book: BrokerBook, lane: any OrderLane, queue: DispatchQueue, outlets: BrokerOutlets) {
        self.book = book
        self.lane = lane
        self.outlets = outlets
        book.onEffects { [weak self] in
            guard let orders = self else { return }
            queue.async { orders.flush() }
        }
    }

    /// How our books stand against the broker's; from any thread.
    public var reconciliation: BrokerReconciliation { book.reconciliation }

    /// Takes the broker's positions for right from now on, after somebody has looked at a drift, and tells the sequence what
    /// is taken over. To be called on the client's queue.
    ///
    /// - Parameter symbols: of those instruments alone; `nil` for all.
    public func acceptPositions(
        by actor: String, reason: String, in symbols: Set<SymbolID>? = nil, at time: Timestamp
    ) {
        perform { $0.acceptPositions(by: actor, reason, in: symbols, at: time) }
    }

    /// See `OrderListener`.
    public func sessionChanged(_ change: SessionChange) { perform { $0.sessionChanged(change) } }

    /// See `OrderListener`.
    public func take(_ message: ServerMessage, at time: Timestamp) { perform { $0.fold(message, at: time) } }

    /// See `OrderListener`.
    public func take(_ error: ErrorMessage, at time: Timestamp) { perform { $0.fold(error, at: time) } }

    /// See `OrderListener`.
    public func reconciled(at time: Timestamp) { perform { $0.reconciled(at: time) } }

    /// See `OrderListener`.
    public func unsent(_ orderID: Int32, isCancel: Bool, reason: String, at time: Timestamp) {
        perform { $0.unsent(orderID, isCancel: isCancel, reason: reason, at: time) }
    }

    /// See `OrderListener`.
    public func timePassed(_ time: Timestamp) { perform { $0.timePassed(time) } }

    /// Performs what waits.
    func flush() { perform { _ in } }

    private func perform(_ body: (inout BrokerLedger) -> Void) {
        for effect in book.effects(body) {
            switch effect {
            case .publish(let event): waiting.withLock { $0.events.append(event) }
            case .cancel(let orderID): cancel(orderID)
            case .note(let note): outlets.onNote(note)
            case .reconcile(let reason): outlets.reconcile(reason)
            case .drift(let drift): outlets.onDrift(drift)
            case .strangeOrder(let text): outlets.onStrangeOrder(text)
            case .unknownExecution(let text): outlets.onUnknownExecution(text)
            }
        }
        publishWaiting()
    }

    private func cancel(_ orderID: Int32) {
        var message = CancelOrder()
        message.orderID = orderID
        if case .refused = lane.cancel(message) { book.withLedger { $0.cancelNotSent(orderID) } }
    }

    /// Offers events to the bus in their order: a fill must not be lost, nor overtake another, nor be told twice.
    private func publishWaiting() {
        while let event = waiting.withLock({ $0.takeFirst() }) {
            let result = outlets.publish(event)
            waiting.withLock { $0.wasOffered(event, isTaken: result != .overloaded) }
            guard result != .overloaded else { return }
        }
    }

    /// Events on their way to the bus; one is offered at a time.
    private struct WaitingEvents {
        var events: [MarketEvent] = []
        private var isOffering = false

        /// The oldest, unless one is being offered.
        mutating func takeFirst() -> MarketEvent? {
            guard !isOffering, !events.isEmpty else { return nil }
            isOffering = true
            return events.removeFirst()
        }

        /// An event that the bus has no room for keeps its place.
        mutating func wasOffered(_ event: MarketEvent, isTaken: Bool) {
            isOffering = false
            if !isTaken { events.insert(event, at: 0) }
        }
    }
}
