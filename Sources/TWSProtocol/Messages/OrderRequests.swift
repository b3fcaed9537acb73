/// Cancels an order, client to gateway.
public struct CancelOrder: WireMessage, Hashable {
    /// 4.
    public static let messageID: MessageID = 4
    /// Which order of this client.
    public var orderID: Int32 = 0
    /// When a person did it; normally empty.
    public var manualCancelTime = ""
    /// Who does it; from 192.
    public var tagging = OrderTagging()

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        if !fields.has(.tagging) { fields.constant(1) }
        fields.integer(&orderID)
        fields.text(&manualCancelTime)
        if fields.has(.quoteRequests), !fields.has(.withoutQuoteRequests) {
            QuoteRequestRemains.describeCancel(&fields)
        }
        if fields.has(.tagging) { tagging.describeCancel(&fields) }
    }
}

/// Cancels all orders of all clients, client to gateway.
public struct GlobalCancel: WireMessage, Hashable {
    /// 58.
    public static let messageID: MessageID = 58
    /// Who does it; from 192.
    public var tagging = OrderTagging()

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        guard fields.has(.tagging) else { return fields.constant(1) }
        tagging.describeCancel(&fields)
    }
}

/// Asks for the open orders of this client, client to gateway; answered by `OpenOrder`, `OrderStatusReport`
/// and `OpenOrderEnd`.
public struct RequestOpenOrders: WireMessage, Hashable {
    /// 5.
    public static let messageID: MessageID = 5

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
    }
}

/// Asks for the open orders of all clients, once, client to gateway; answered like `RequestOpenOrders`.
public struct RequestAllOpenOrders: WireMessage, Hashable {
    /// 16.
    public static let messageID: MessageID = 16

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
    }
}

/// Binds orders that are entered by hand, client to gateway; client 0 only.
public struct RequestAutoOpenOrders: WireMessage, Hashable {
    /// 15.
    public static let messageID: MessageID = 15
    /// From now on, or no longer.
    public var isBinding = false

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
        fields.flag(&isBinding)
    }
}

/// Asks for orders that are done, client to gateway; answered by `CompletedOrder` and `CompletedOrdersEnd`.
public struct RequestCompletedOrders: WireMessage, Hashable {
    /// 99.
    public static let messageID: MessageID = 99
    /// Leave out those entered by hand.
    public var isAPIOnly = false

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.flag(&isAPIOnly)
    }
}

/// Asks for executions, client to gateway; answered by `ExecutionReport`, `CommissionReport` and
/// `ExecutionReportsEnd`.
public struct RequestExecutions: WireMessage, Hashable {
    /// 7.
    public static let messageID: MessageID = 7
    /// Number of the request.
    public var requestID: Int32 = 0
    /// Of which client; 0 any.
    public var clientID: Int32 = 0
    /// Of which account; empty any.
    public var account = ""
    /// Since when, `yyyyMMdd HH:mm:ss zone`; empty any.
    public var time = ""
    /// Of which symbol; empty any.
    public var symbol = ""
    /// Of which kind; empty any.
    public var securityType = ""
    /// On which exchange; empty any.
    public var exchange = ""
    /// `BUY`, `SELL` or empty.
    public var side = ""
    /// Of the last so many days; from 200.
    public var lastDays: Int32?
    /// Of these days; from 200.
    public var dates: [ExecutionDate] = []

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(3)
        fields.integer(&requestID)
        fields.integer(&clientID)
        fields.text(&account)
        fields.text(&time)
        fields.text(&symbol)
        fields.text(&securityType)
        fields.text(&exchange)
        fields.text(&side)
        if fields.has(.executionDays) { fields.saidInteger(&lastDays) }
        if fields.has(.executionDays) { fields.list(&dates) }
    }
}
