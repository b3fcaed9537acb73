import TradingModel

/// Orders accepted for one instrument a short while ago, to know the same one again.
struct RecentOrders: Sendable {
    private struct Entry: BitwiseCopyable {
        let time: Timestamp
        let side: Side
        let quantity: Quantity
        let limit: Price?
        let stop: Price?
    }

    /// Ascending: event time never goes back.
    private var entries: ContiguousArray<Entry> = []
    private var oldest = 0

    init() {}

    /// Makes room, so that the first orders allocate nothing.
    mutating func prepare() { entries.reserveCapacity(256) }

    /// Whether the same was accepted less than `window` nanoseconds before `now`.
    func contains(_ request: OrderRequest, at now: Timestamp, within window: Int64) -> Bool {
        let start = now.advanced(by: -window)
        for place in stride(from: entries.count - 1, through: oldest, by: -1) {
            let entry = entries[place]
            guard entry.time > start else { return false }
            if entry.side == request.side && entry.quantity == request.quantity
                && entry.limit == request.limitPrice && entry.stop == request.stopPrice
            {
                return true
            }
        }
        return false
    }

    /// Enters an order that was accepted; those that no window holds any more are forgotten.
    mutating func accept(_ request: OrderRequest, at now: Timestamp, within window: Int64) {
        let start = now.advanced(by: -window)
        while oldest < entries.count && entries[oldest].time <= start { oldest += 1 }
        if oldest == entries.count {
            entries.removeAll(keepingCapacity: true)
            oldest = 0
        } else if oldest > 64 && oldest * 2 > entries.count {
            entries.removeFirst(oldest)
            oldest = 0
        }
        entries.append(
            Entry(
                time: now, side: request.side, quantity: request.quantity, limit: request.limitPrice,
                stop: request.stopPrice))
    }
}

/// How much of what one decision asked for has been approved: many orders may follow from one signal, never more than it.
struct ParentOrder: Sendable, BitwiseCopyable {
    /// Number of the signal; 0 before the first.
    var signal: UInt64 = 0
    /// Σ quantity of the approved orders that follow from it.
    var approved = Quantity.zero
}
