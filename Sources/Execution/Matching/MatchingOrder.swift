import TradingModel

/// Number of an order in a matching engine: given by the caller, unique among the orders that are alive there.
public typealias MatchingOrderID = UInt64

/// An order as a matching engine takes it.
public struct MatchingOrder: Hashable, Sendable, BitwiseCopyable {
    /// The caller's number of it.
    public var id: MatchingOrderID
    /// Buy or sell.
    public var side: Side
    /// Kind.
    public var type: OrderType
    /// How much, over its whole life; positive.
    public var quantity: Quantity
    /// Limit; must be there for limit and stop-limit orders, means nothing for the others.
    public var limitPrice: Price?
    /// Trigger; must be there for stop and stop-limit orders, means nothing for the others.
    public var stopPrice: Price?
    /// How long it lives; the end of a day is told by a cancel.
    public var timeInForce: TimeInForce

    /// An order.
    public init(
        id: MatchingOrderID, side: Side, type: OrderType, quantity: Quantity, limitPrice: Price? = nil,
        stopPrice: Price? = nil, timeInForce: TimeInForce = .day
    ) {
        self.id = id
        self.side = side
        self.type = type
        self.quantity = quantity
        self.limitPrice = limitPrice
        self.stopPrice = stopPrice
        self.timeInForce = timeInForce
    }

    /// Whether a stop price starts it.
    public var isStop: Bool { type == .stop || type == .stopLimit }
    /// Whether a limit bounds it once it works.
    public var isLimit: Bool { type == .limit || type == .stopLimit }
}

/// An order that is alive in a matching engine, and what has become of it.
public struct MatchingEntry: Hashable, Sendable, BitwiseCopyable {
    /// The order as it was submitted or last replaced.
    public internal(set) var order: MatchingOrder
    /// Filled so far; less than the order's quantity.
    public internal(set) var filled = Quantity.zero
    /// Whether its stop price has been reached; always false for orders without one.
    public internal(set) var isTriggered = false
    /// The engine's number of its taking the place where it stands; ascends within orders of one price. 0 before.
    var arrival: UInt64 = 0

    init(_ order: MatchingOrder) { self.order = order }

    /// What may still fill; positive while it is alive.
    public var leaves: Quantity { order.quantity - filled }
    /// Whether it still waits for its stop price.
    public var waitsForTrigger: Bool { order.isStop && !isTriggered }

    /// What bounds its fills; `nil` for one that trades at any price.
    var limit: Price? { order.isLimit ? order.limitPrice : nil }

    /// Whether it may trade at `price`.
    func allows(_ price: Price) -> Bool {
        guard let limit else { return true }
        return order.side == .buy ? price <= limit : price >= limit
    }

    /// Whether these prices start it: an ask or print at or above a buy stop, a bid or print at or below a sell stop.
    func isTriggered(ask: Price?, bid: Price?) -> Bool {
        guard let stop = order.stopPrice else { return false }
        switch order.side {
        case .buy: return ask.map { $0 >= stop } ?? false
        case .sell: return bid.map { $0 <= stop } ?? false
        }
    }
}
