import TradingModel

/// Which venues have depth, gateway to client.
public struct DepthExchanges: WireMessage, Hashable {
    /// 80.
    public static let messageID: MessageID = 80
    /// One row per venue and kind.
    public var exchanges: [DepthExchange] = []

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.list(&exchanges)
    }
}

/// A venue that has depth.
public struct DepthExchange: FieldGroup, Hashable {
    /// The venue.
    public var exchange = ""
    /// Of what kind.
    public var securityType = ""
    /// Where that is listed.
    public var listingExchange = ""
    /// `Deep`, or `Deep2` with market makers.
    public var serviceDataType = ""
    /// Group of venues it belongs to. It informs: read leniently.
    public var aggregationGroup: Int32?

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.text(&exchange)
        fields.text(&securityType)
        fields.text(&listingExchange)
        fields.text(&serviceDataType)
        fields.lenient(&aggregationGroup)
    }
}

/// Letters of exchanges in ticks of level 1, gateway to client.
public struct SmartComponents: WireMessage, Hashable {
    /// 82.
    public static let messageID: MessageID = 82
    /// Request it answers.
    public var requestID: Int32 = 0
    /// One row per exchange.
    public var components: [SmartComponent] = []

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&requestID)
        fields.list(&components)
    }
}

/// An exchange behind `SMART`.
public struct SmartComponent: FieldGroup, Hashable {
    /// Bit that stands for it.
    public var bit: Int32 = 0
    /// The exchange.
    public var exchange = ""
    /// Letter that stands for it.
    public var letter = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&bit)
        fields.text(&exchange)
        fields.text(&letter)
    }
}

/// Price increments, gateway to client.
public struct MarketRule: WireMessage, Hashable {
    /// 93.
    public static let messageID: MessageID = 93
    /// Which rule.
    public var marketRuleID: Int32 = 0
    /// From the lowest edge up.
    public var increments: [PriceIncrement] = []

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&marketRuleID)
        fields.list(&increments)
    }
}

/// An increment that holds from a price on.
public struct PriceIncrement: FieldGroup, Hashable {
    /// The price.
    public var lowEdge: Price = .zero
    /// The increment.
    public var increment: Price = .zero

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.price(&lowEdge)
        fields.price(&increment)
    }
}
