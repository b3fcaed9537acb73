import TradingModel

/// Bars, gateway to client.
public struct HistoricalData: WireMessage, Hashable {
    /// 17.
    public static let messageID: MessageID = 17
    /// Request it answers.
    public var requestID: Int32 = 0
    /// Begin of the time asked for; below 196.
    public var start = ""
    /// End of the time asked for; below 196.
    public var end = ""
    /// Oldest first.
    public var bars: [HistoricalBar] = []

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&requestID)
        if !fields.has(.historicalDataEnd) { fields.text(&start) }
        if !fields.has(.historicalDataEnd) { fields.text(&end) }
        fields.list(&bars)
    }
}

/// A bar.
public struct HistoricalBar: FieldGroup, Hashable {
    /// Text or seconds since 1970, as asked for.
    public var date = ""
    /// First price.
    public var open: Price = .zero
    /// Highest price.
    public var high: Price = .zero
    /// Lowest price.
    public var low: Price = .zero
    /// Last price.
    public var close: Price = .zero
    /// Sum of the sizes; `nil` where there is none, or above 9.2e9.
    public var volume: Quantity?
    /// Price weighted by size; `nil` where there is none.
    public var averagePrice: Price?
    /// Number of trades; −1 where there is none.
    public var count: Int32 = 0

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.text(&date)
        fields.price(&open)
        fields.price(&high)
        fields.price(&low)
        fields.price(&close)
        fields.lenient(&volume)
        fields.lenient(&averagePrice)
        fields.lenient(&count)
    }
}

/// Bars are complete, gateway to client, from 196.
public struct HistoricalDataEnd: WireMessage, Hashable {
    /// 108.
    public static let messageID: MessageID = 108
    /// Request it answers.
    public var requestID: Int32 = 0
    /// Begin of the time asked for.
    public var start = ""
    /// End of the time asked for.
    public var end = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        guard fields.has(.historicalDataEnd) else { return fields.refuse(.version) }
        fields.integer(&requestID)
        fields.text(&start)
        fields.text(&end)
    }
}
