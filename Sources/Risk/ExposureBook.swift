import TradingModel

/// Position and working quantity of one instrument; approved orders count at once.
struct Exposure: Sendable {
    /// Signed quantity held.
    var position = Quantity.zero
    /// Leaves of working and pending buys.
    var openBuys = Quantity.zero
    /// Leaves of working and pending sells.
    var openSells = Quantity.zero

    /// The greatest |position| that fills of what is open can lead to, with `extra` more on a side.
    func worstCase(adding extra: Quantity, _ side: Side) -> Quantity {
        let long = position + openBuys + (side == .buy ? extra : .zero)
        let short = position - openSells - (side == .sell ? extra : .zero)
        return max(long.magnitude, short.magnitude)
    }

    /// The greatest |position| that fills of what is open can lead to.
    var worstCase: Quantity { worstCase(adding: .zero, .buy) }

    /// Whether an order can only make the position smaller, even if all that works on its side fills before it.
    func isReducing(_ quantity: Quantity, _ side: Side) -> Bool {
        switch side {
        case .buy: quantity <= -position - openBuys
        case .sell: quantity <= position - openSells
        }
    }

    mutating func open(_ quantity: Quantity, _ side: Side) {
        if side == .buy { openBuys += quantity } else { openSells += quantity }
    }
}

/// Reservations of all instruments, folded from approvals and order events.
///
/// Leaves count from the approval on, before the order is sent, and are released by the venue's word alone; a fill
/// moves leaves into the position in one step.
struct ExposureBook: Sendable {
    private(set) var exposures = InstrumentTable<Exposure>(default: Exposure())
    private var leaves = OpenQuantities()

    /// Working and pending orders.
    var openOrders: Int { leaves.count }

    mutating func reserve(_ request: OrderRequest) {
        leaves[request.id] = request.quantity
        exposures[request.symbol].open(request.quantity, request.side)
    }

    mutating func fold(_ report: OrderEvent, _ symbol: SymbolID) {
        // A fill counts whatever is known of its order; leaves are released only where they were reserved.
        exposures[symbol].position += report.side == .buy ? report.lastQuantity : -report.lastQuantity
        guard let before = leaves[report.id] else { return }
        // An execution that is taken back may fill again; nothing else makes leaves grow.
        let open = report.lastQuantity < .zero ? report.leavesQuantity : min(report.leavesQuantity, before)
        let after = report.status.isTerminal ? .zero : open
        exposures[symbol].open(after - before, report.side)
        leaves[report.id] = report.status.isTerminal ? nil : after
    }
}
