/// Asks for level 1, client to gateway.
public struct RequestMarketData: WireMessage, Hashable {
    /// 1.
    public static let messageID: MessageID = 1
    /// Number of the request.
    public var requestID: Int32 = 0
    /// Of what.
    public var contract = Contract()
    /// Its legs; sent for a `BAG` only.
    public var legs: [RequestLeg] = []
    /// What it is delta neutral to.
    public var deltaNeutralContract: DeltaNeutralContract?
    /// Ids of further ticks, separated by commas.
    public var genericTicks = ""
    /// Once instead of a stream.
    public var isSnapshot = false
    /// Once, from all venues: **costs money**.
    public var isRegulatorySnapshot = false
    /// `tag=value;` repeated; normally empty.
    public var options = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.beStrict()
        fields.constant(11)
        fields.integer(&requestID)
        contract.describe(&fields)
        if contract.securityType == Contract.combination { fields.list(&legs) }
        fields.optional(&deltaNeutralContract)
        fields.text(&genericTicks)
        fields.flag(&isSnapshot)
        fields.flag(&isRegulatorySnapshot)
        fields.text(&options)
    }
}

/// Ends level 1, client to gateway.
public struct CancelMarketData: WireMessage, Hashable {
    /// 2.
    public static let messageID: MessageID = 2
    /// Number of the request.
    public var requestID: Int32 = 0

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(2)
        fields.integer(&requestID)
    }
}

/// Which data later requests for level 1 get, client to gateway; answered per request by `MarketDataTypeNotice`.
public struct RequestMarketDataType: WireMessage, Hashable {
    /// 59.
    public static let messageID: MessageID = 59
    /// 1 live, 2 frozen, 3 delayed, 4 delayed and frozen.
    public var marketDataType: Int32 = 1

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
        fields.integer(&marketDataType)
    }
}

/// Asks for the letters of exchanges, client to gateway; answered by `SmartComponents`.
public struct RequestSmartComponents: WireMessage, Hashable {
    /// 83.
    public static let messageID: MessageID = 83
    /// Number of the request.
    public var requestID: Int32 = 0
    /// As in `TickRequestParameters`.
    public var bboExchange = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&requestID)
        fields.text(&bboExchange)
    }
}

/// Asks for price increments, client to gateway; answered by `MarketRule`.
public struct RequestMarketRule: WireMessage, Hashable {
    /// 91.
    public static let messageID: MessageID = 91
    /// As in `ContractData`.
    public var marketRuleID: Int32 = 0

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&marketRuleID)
    }
}
