import TradingModel

/// A tick of level 1 that is a number, gateway to client.
public struct TickGeneric: WireMessage, Hashable {
    /// 45.
    public static let messageID: MessageID = 45
    /// Request it answers.
    public var requestID: Int32 = 0
    /// Which one: 49 halted …
    public var tickType: Int32 = 0
    /// The number.
    public var value: Double = 0

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(6)
        fields.integer(&requestID)
        fields.integer(&tickType)
        fields.number(&value)
    }
}

/// A tick of level 1 that is a text, gateway to client.
public struct TickString: WireMessage, Hashable {
    /// 46.
    public static let messageID: MessageID = 46
    /// Request it answers.
    public var requestID: Int32 = 0
    /// Which one: 45 time of the last trade, 48 trades …
    public var tickType: Int32 = 0
    /// The text.
    public var value = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(6)
        fields.integer(&requestID)
        fields.integer(&tickType)
        fields.text(&value)
    }
}

/// A snapshot of level 1 is complete, gateway to client.
public struct TickSnapshotEnd: WireMessage, Hashable {
    /// 57.
    public static let messageID: MessageID = 57
    /// Request it answers.
    public var requestID: Int32 = 0

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
        fields.integer(&requestID)
    }
}

/// Which data a request for level 1 gets from now on, gateway to client.
public struct MarketDataTypeNotice: WireMessage, Hashable {
    /// 58.
    public static let messageID: MessageID = 58
    /// Request it answers.
    public var requestID: Int32 = 0
    /// 1 live, 2 frozen, 3 delayed, 4 delayed and frozen.
    public var marketDataType: Int32 = 0

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
        fields.integer(&requestID)
        fields.integer(&marketDataType)
    }
}

/// What goes with a request for level 1, gateway to client.
public struct TickRequestParameters: WireMessage, Hashable {
    /// 81.
    public static let messageID: MessageID = 81
    /// Request it answers.
    public var requestID: Int32 = 0
    /// Smallest price increment. It informs: read leniently.
    public var minTick: Price?
    /// For `RequestSmartComponents`.
    public var bboExchange = ""
    /// Which snapshots are allowed. It informs: read leniently.
    public var snapshotPermissions: Int32 = 0

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&requestID)
        fields.lenient(&minTick)
        fields.text(&bboExchange)
        fields.lenient(&snapshotPermissions)
    }
}

/// A request for level 1 is to be made for another contract, gateway to client.
public struct RerouteMarketData: WireMessage, Hashable {
    /// 91.
    public static let messageID: MessageID = 91
    /// Request it answers.
    public var requestID: Int32 = 0
    /// Which contract.
    public var contractID: Int32 = 0
    /// Where.
    public var exchange = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&requestID)
        fields.integer(&contractID)
        fields.text(&exchange)
    }
}

/// A request for depth is to be made for another contract, gateway to client.
public struct RerouteMarketDepth: WireMessage, Hashable {
    /// 92.
    public static let messageID: MessageID = 92
    /// Request it answers.
    public var requestID: Int32 = 0
    /// Which contract.
    public var contractID: Int32 = 0
    /// Where.
    public var exchange = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&requestID)
        fields.integer(&contractID)
        fields.text(&exchange)
    }
}
