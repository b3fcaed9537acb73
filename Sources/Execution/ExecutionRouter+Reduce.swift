import Messaging
import Positions
import Risk
import TradingModel

/// What `reduce` leaves at work: nothing whose fills could make a position larger.
extension ExecutionRouter {
    /// Whether `reduce` has had an order cancelled, of which it is not known yet whether it is over.
    public func isReducedAway(_ id: ClientOrderID) -> Bool { reducedAway.contains(id) }

    /// Cancels what `reduce` does not let work, and gives up what has not left.
    ///
    /// Whether an order was reducing when it was approved does not matter: the position may be another one now. Of the
    /// orders against it those stay that still fit whole, oldest first; one that is being cancelled may fill until it is
    /// over, so that it takes its place like the others.
    ///
    /// - Parameter symbol: the instrument whose position has changed; `nil` for all.
    mutating func keepReducing(_ symbol: SymbolID?, _ outbox: inout Outbox) {
        guard kills.latches.contains(where: { $0.level == .reduce }) else { return }
        var rooms = Rooms(positions)
        for order in orders.working where symbol == nil || order.request.symbol == symbol {
            let request = order.request
            let isWaiting = waiting.contains { $0.order.request.id == request.id }
            if rooms.take(order) { continue }
            let mayWork = kills.level(request.strategy, request.symbol) != .reduce
            if mayWork || reducedAway.contains(request.id) { continue }
            reducedAway.insert(request.id)
            if isWaiting {
                rooms.giveBack(order)
                waiting.removeAll { $0.order.request.id == request.id }
                refuse(request, Self.killReason, &outbox)
            } else {
                cancelKilled(order, &outbox)
            }
        }
    }
}

/// What of each position is not yet spoken for by an order against it.
private struct Rooms {
    private let positions: PositionBook
    /// Leaves of the orders against each position, so far.
    private var taken = InstrumentTable<Quantity>(default: .zero)

    init(_ positions: PositionBook) { self.positions = positions }

    private func isAgainst(_ order: WorkingOrder) -> Bool {
        let held = positions.position(order.request.symbol).quantity
        return held != .zero && (held > .zero) == (order.request.side == .sell)
    }

    /// Takes the place of an order.
    ///
    /// - Returns: whether it only makes the position smaller, whatever of those before it fills.
    mutating func take(_ order: WorkingOrder) -> Bool {
        guard isAgainst(order) else { return false }
        let symbol = order.request.symbol
        taken[symbol] += order.leavesQuantity
        return taken[symbol] <= positions.position(symbol).quantity.magnitude
    }

    /// An order that has not left takes no place.
    mutating func giveBack(_ order: WorkingOrder) {
        if isAgainst(order) { taken[order.request.symbol] -= order.leavesQuantity }
    }
}
