import TradingModel

/// How an order stands, gateway to client; repeats, and comes in any order with the others.
public struct OrderStatusReport: WireMessage, Hashable {
    /// 3.
    public static let messageID: MessageID = 3
    /// Which order of `clientID`; 0 or below for one entered by hand.
    public var orderID: Int32 = 0
    /// As on the wire; see `known`.
    public var status = ""
    /// Filled so far; the truth is in the executions. `nil` when it is not said.
    public var filled: Quantity?
    /// Still open. `nil` when it is not said.
    public var remaining: Quantity?
    /// Average of the fills. It informs: read leniently.
    public var averageFillPrice: Price?
    /// Id over time and clients; 0 while there is none.
    public var permanentID: Int64 = 0
    /// Order it hangs on. It informs: read leniently.
    public var parentID: Int32 = 0
    /// Price of the last fill. It informs: read leniently.
    public var lastFillPrice: Price?
    /// Whose order.
    public var clientID: Int32 = 0
    /// Such as `locate`.
    public var whyHeld = ""
    /// Price it is capped at. It informs: read leniently.
    public var marketCapPrice: Price?

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&orderID)
        fields.text(&status)
        fields.quantity(&filled)
        fields.quantity(&remaining)
        fields.lenient(&averageFillPrice)
        fields.permanentID(&permanentID)
        fields.lenient(&parentID)
        fields.lenient(&lastFillPrice)
        fields.integer(&clientID)
        fields.text(&whyHeld)
        fields.lenient(&marketCapPrice)
    }

    /// The status, if it is one of the vocabulary.
    public var known: GatewayOrderStatus? { GatewayOrderStatus(rawValue: status) }
}

/// The open orders are complete, gateway to client; says not of which request.
public struct OpenOrderEnd: WireMessage, Hashable {
    /// 53.
    public static let messageID: MessageID = 53

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
    }
}

/// An order entered by hand got an id, gateway to client.
public struct OrderBound: WireMessage, Hashable {
    /// 100.
    public static let messageID: MessageID = 100
    /// Which order.
    public var permanentID: Int64 = 0
    /// Whose it is now.
    public var clientID: Int32 = 0
    /// Its id there.
    public var orderID: Int32 = 0

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.permanentID(&permanentID)
        fields.integer(&clientID)
        fields.integer(&orderID)
    }
}

/// The orders that are done are complete, gateway to client.
public struct CompletedOrdersEnd: WireMessage, Hashable {
    /// 102.
    public static let messageID: MessageID = 102

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_: inout Coder) {}
}
