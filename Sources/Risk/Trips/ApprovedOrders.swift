import TradingModel

/// What trips have to know of the orders that were approved: whose they are and how much of them filled.
///
/// Ids ascend, so a new order goes to the end and one is found by halving. Orders that are over are remembered for late
/// fills, the newest `kept` for certain.
struct ApprovedOrders: Sendable {
    struct Entry: Sendable, BitwiseCopyable {
        let id: ClientOrderID
        let strategy: StrategyID
        let symbol: SymbolID
        var quantity: Quantity
        var filled = Quantity.zero
        var isOpen = true
    }

    /// Finished orders that are remembered at least.
    static let kept = 4_096

    private var entries: ContiguousArray<Entry> = []
    /// Everything up to this id may have been forgotten.
    private var forgotten: ClientOrderID?
    /// Orders at work or pending.
    private(set) var open = 0
    private var openOf = InstrumentTable<Int>(default: 0)

    /// Whether orders for an instrument are at work or pending.
    func isOpen(_ symbol: SymbolID) -> Bool { openOf[symbol] > 0 }

    mutating func approve(_ request: OrderRequest) {
        let place = place(of: request.id)
        guard place == entries.count || entries[place].id != request.id else { return }
        entries.insert(
            Entry(
                id: request.id, strategy: request.strategy, symbol: request.symbol, quantity: request.quantity
            ),
            at: place)
        open += 1
        openOf[request.symbol] += 1
        if entries.count >= 2 * Self.kept + 2 * open { forget() }
    }

    /// Takes an order of an earlier session for one of ours.
    mutating func restore(_ order: RestoredOrder) {
        approve(order.request)
        let place = place(of: order.id)
        guard place < entries.count, entries[place].id == order.id, entries[place].isOpen else { return }
        entries[place].filled = order.filled
        entries[place].quantity = max(entries[place].quantity, order.quantity)
        guard order.end != nil else { return }
        entries[place].isOpen = false
        open -= 1
        openOf[order.request.symbol] -= 1
    }

    /// Folds a report.
    ///
    /// - Returns: the order as it stands now; `nil` where it is not known.
    mutating func fold(_ report: OrderEvent) -> Entry? {
        let place = place(of: report.id)
        guard place < entries.count, entries[place].id == report.id else { return nil }
        entries[place].filled += report.lastQuantity
        // A change of the order is confirmed by its quantity.
        entries[place].quantity = max(entries[place].quantity, report.quantity)
        if report.status.isTerminal && entries[place].isOpen {
            entries[place].isOpen = false
            open -= 1
            openOf[entries[place].symbol] -= 1
        }
        return entries[place]
    }

    /// Whether an order may have been known once.
    func mayBeForgotten(_ id: ClientOrderID) -> Bool {
        forgotten.map { id.session == $0.session && id <= $0 } ?? false
    }

    /// Half of what is remembered at once, so that an approval does not depend on how much that is.
    private mutating func forget() {
        let doomed = entries.count - Self.kept
        forgotten = entries[doomed - 1].id
        var index = 0
        entries.removeAll { entry in
            defer { index += 1 }
            return index < doomed && !entry.isOpen
        }
    }

    private func place(of id: ClientOrderID) -> Int {
        // Most reports are of the newest order.
        guard let last = entries.last, last.id >= id else { return entries.count }
        if last.id == id { return entries.count - 1 }
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
