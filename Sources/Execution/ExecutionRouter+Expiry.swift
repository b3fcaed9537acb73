import Messaging
import Risk
import TradingModel

/// When orders end whose end is for us to see, soonest first.
struct OrderExpiries: Sendable {
    private struct Entry: BitwiseCopyable {
        let time: Timestamp
        let id: ClientOrderID
    }

    private var entries: ContiguousArray<Entry> = []
    /// When the next one ends; never without any.
    private(set) var next = Timestamp(nanoseconds: .max)

    mutating func insert(_ id: ClientOrderID, at time: Timestamp) {
        // Behind those of the same time: ids ascend.
        let place = entries.firstIndex { $0.time > time } ?? entries.count
        entries.insert(Entry(time: time, id: id), at: place)
        next = entries[0].time
    }

    /// Takes out the orders that have ended by `now`.
    mutating func takeDue(_ now: Timestamp) -> ContiguousArray<ClientOrderID> {
        let due = entries.prefix { $0.time <= now }
        entries.removeFirst(due.count)
        next = entries.first?.time ?? Timestamp(nanoseconds: .max)
        return ContiguousArray(due.map(\.id))
    }
}

/// The end of orders at a venue without a clock: by the time of events, before anything trades in the event.
extension ExecutionRouter {
    /// When the session that an instrument trades in at a time ends; `nil` where that is not known.
    public typealias SessionEnds = @Sendable (SymbolID, Timestamp) -> Timestamp?

    /// Remembers when an order ends that has left: at its expiry, a day order with the session.
    mutating func noteExpiry(of request: OrderRequest, at now: Timestamp) {
        guard !venue.keepsTime else { return }
        switch request.timeInForce {
        case .goodTillDate: if let expiry = request.expiry { expiries.insert(request.id, at: expiry) }
        case .day: if let end = sessionEnds?(request.symbol, now) { expiries.insert(request.id, at: end) }
        case .goodTillCancel, .immediateOrCancel, .fillOrKill: break
        }
    }

    @inline(never)
    mutating func expire(at now: Timestamp, _ outbox: inout Outbox) {
        for id in expiries.takeDue(now) {
            guard let order = orders.order(id), !order.life.isDone else { continue }
            venue.expire(order, &outbox)
        }
    }
}
