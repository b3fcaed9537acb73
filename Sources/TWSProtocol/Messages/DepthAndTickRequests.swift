/// Asks for depth, client to gateway.
public struct RequestMarketDepth: WireMessage, Hashable {
    /// 10.
    public static let messageID: MessageID = 10
    /// Number of the request.
    public var requestID: Int32 = 0
    /// Of what.
    public var contract = Contract()
    /// How many rows per side.
    public var rows: Int32 = 0
    /// Of all venues together.
    public var isSmartDepth = false
    /// `tag=value;` repeated; normally empty.
    public var options = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(5)
        fields.integer(&requestID)
        contract.describe(&fields)
        fields.integer(&rows)
        fields.flag(&isSmartDepth)
        fields.text(&options)
    }
}

/// Ends depth, client to gateway.
public struct CancelMarketDepth: WireMessage, Hashable {
    /// 11.
    public static let messageID: MessageID = 11
    /// Number of the request.
    public var requestID: Int32 = 0
    /// Must be what the request said.
    public var isSmartDepth = false

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
        fields.integer(&requestID)
        fields.flag(&isSmartDepth)
    }
}

/// Asks which venues have depth, client to gateway; answered by `DepthExchanges`.
public struct RequestDepthExchanges: WireMessage, Hashable {
    /// 82.
    public static let messageID: MessageID = 82

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_: inout Coder) {}
}

/// Asks for every tick, client to gateway.
public struct RequestTickByTick: WireMessage, Hashable {
    /// 97.
    public static let messageID: MessageID = 97
    /// Number of the request.
    public var requestID: Int32 = 0
    /// Of what.
    public var contract = Contract()
    /// `Last`, `AllLast`, `BidAsk` or `MidPoint`, exactly so.
    public var tickType = ""
    /// 0 only the stream; else so many past ticks first.
    public var numberOfTicks: Int32 = 0
    /// Leave out changes of sizes alone.
    public var ignoresSize = false

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&requestID)
        contract.describe(&fields)
        fields.text(&tickType)
        fields.integer(&numberOfTicks)
        fields.flag(&ignoresSize)
    }
}

/// Ends tick by tick, client to gateway.
public struct CancelTickByTick: WireMessage, Hashable {
    /// 98.
    public static let messageID: MessageID = 98
    /// Number of the request.
    public var requestID: Int32 = 0

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&requestID)
    }
}
