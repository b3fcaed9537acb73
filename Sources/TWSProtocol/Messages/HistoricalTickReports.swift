import TradingModel

/// Past middles, gateway to client.
public struct HistoricalTicks: WireMessage, Hashable {
    /// 96.
    public static let messageID: MessageID = 96
    /// Request it answers.
    public var requestID: Int32 = 0
    /// Oldest first.
    public var ticks: [HistoricalTick] = []
    /// Whether these are the last.
    public var isDone = false

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&requestID)
        fields.list(&ticks)
        fields.flag(&isDone)
    }
}

/// A past middle.
public struct HistoricalTick: FieldGroup, Hashable {
    /// Seconds since 1970 UTC.
    public var time: Int64 = 0
    /// The middle.
    public var price: Price = .zero
    /// Says nothing.
    public var size: Quantity?

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&time)
        fields.constant(0)
        fields.price(&price)
        fields.lenient(&size)
    }
}

/// Past quotes, gateway to client.
public struct HistoricalBidAskTicks: WireMessage, Hashable {
    /// 97.
    public static let messageID: MessageID = 97
    /// Request it answers.
    public var requestID: Int32 = 0
    /// Oldest first.
    public var ticks: [HistoricalBidAskTick] = []
    /// Whether these are the last.
    public var isDone = false

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&requestID)
        fields.list(&ticks)
        fields.flag(&isDone)
    }
}

/// A past quote.
public struct HistoricalBidAskTick: FieldGroup, Hashable {
    /// Seconds since 1970 UTC.
    public var time: Int64 = 0
    /// Bit 0 ask past high, bit 1 bid past low: the other way round than in `TickByTick`.
    public var mask: Int32 = 0
    /// Best bid.
    public var bid: Price = .zero
    /// Best ask.
    public var ask: Price = .zero
    /// Size at the bid.
    public var bidSize: Quantity = .zero
    /// Size at the ask.
    public var askSize: Quantity = .zero

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&time)
        fields.integer(&mask)
        fields.price(&bid)
        fields.price(&ask)
        fields.quantity(&bidSize)
        fields.quantity(&askSize)
    }
}

/// Past trades, gateway to client.
public struct HistoricalLastTicks: WireMessage, Hashable {
    /// 98.
    public static let messageID: MessageID = 98
    /// Request it answers.
    public var requestID: Int32 = 0
    /// Oldest first.
    public var ticks: [HistoricalLastTick] = []
    /// Whether these are the last.
    public var isDone = false

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&requestID)
        fields.list(&ticks)
        fields.flag(&isDone)
    }
}

/// A past trade.
public struct HistoricalLastTick: FieldGroup, Hashable {
    /// Seconds since 1970 UTC.
    public var time: Int64 = 0
    /// Bit 0 past limit, bit 1 unreported.
    public var mask: Int32 = 0
    /// Price.
    public var price: Price = .zero
    /// Size.
    public var size: Quantity = .zero
    /// Where it traded.
    public var exchange: ShortText = ShortText()
    /// Conditions of the trade.
    public var conditions: ShortText = ShortText()

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&time)
        fields.integer(&mask)
        fields.price(&price)
        fields.quantity(&size)
        fields.text(&exchange)
        fields.text(&conditions)
    }
}
