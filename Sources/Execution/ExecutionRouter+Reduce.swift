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
            if isBookMissing && request.bracket != nil { continue }
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

extension ExecutionRouter {
    /// The same of all instruments, once the positions are known.
    mutating func keepReduceOnly(_ outbox: inout Outbox) {
        guard reduceOnlyOrders > 0 else { return }
        var symbols: ContiguousArray<SymbolID> = []
        for order in orders.working where !symbols.contains(order.request.symbol) {
            symbols.append(order.request.symbol)
        }
        for symbol in symbols { keepReduceOnly(symbol, besidesExitsOf: nil, &outbox) }
    }

    /// Cancels reduce-only orders that could turn a position which is smaller now: of those against it the oldest stay that
    /// fit whole together, the exits of one entry taking the room of the largest.
    ///
    /// - Parameter entry: whose exit has just filled: its other exit is being made smaller for that.
    mutating func keepReduceOnly(
        _ symbol: SymbolID, besidesExitsOf entry: ClientOrderID?, _ outbox: inout Outbox
    ) {
        guard !isBookMissing else { return }
        var rooms = Rooms(positions)
        for order in orders.working where order.request.symbol == symbol {
            let request = order.request
            guard request.flags.contains(.reduceOnly), !request.flags.contains(.flatten) else { continue }
            // An exit that is being changed or cancelled gives its place to those of other entries: what it fills all the same
            // is looked at when it does.
            if let bracket = request.bracket,
                bracket == entry || order.life.requests.modify != 0 || order.life.requests.cancel != 0
            {
                continue
            }
            let isWaiting = waiting.contains { $0.order.request.id == request.id }
            if rooms.take(order) || order.life.requests.cancel != 0 { continue }
            if isWaiting {
                rooms.giveBack(order)
                waiting.removeAll { $0.order.request.id == request.id }
                refuse(request, Self.smallerReason, &outbox)
            } else {
                cancel(order, Self.smallerReason, &outbox)
            }
        }
    }

    private static var smallerReason: String { OrderEvent.smallerReason }
}

/// What of each position is not yet spoken for by an order against it.
private struct Rooms {
    private let positions: PositionBook
    /// Leaves of the orders against each position, so far.
    private var taken = InstrumentTable<Quantity>(default: .zero)
    /// The largest exit so far of each entry.
    private var exits: ContiguousArray<(entry: ClientOrderID, leaves: Quantity)> = []

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
        taken[symbol] += place(of: order)
        return taken[symbol] <= positions.position(symbol).quantity.magnitude
    }

    /// What an order takes: of the exits of one entry, the largest alone.
    private mutating func place(of order: WorkingOrder) -> Quantity {
        guard let entry = order.request.bracket else { return order.leavesQuantity }
        guard let known = exits.firstIndex(where: { $0.entry == entry }) else {
            exits.append((entry, order.leavesQuantity))
            return order.leavesQuantity
        }
        let more = max(order.leavesQuantity - exits[known].leaves, .zero)
        exits[known].leaves += more
        return more
    }

    /// An order that has not left takes no place.
    mutating func giveBack(_ order: WorkingOrder) {
        if isAgainst(order) { taken[order.request.symbol] -= order.leavesQuantity }
    }
}
