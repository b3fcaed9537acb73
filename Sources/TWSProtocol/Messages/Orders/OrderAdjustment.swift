import TradingModel

/// What a stop order becomes once a price is reached.
public struct OrderAdjustment: Hashable, Sendable {
    /// The new type; a gateway says `None` for none.
    public var orderType = ""
    /// The price.
    public var triggerPrice: Price?
    /// Of a trailing stop with a limit.
    public var limitPriceOffset: Price?
    /// The new stop.
    public var stopPrice: Price?
    /// The new limit.
    public var stopLimitPrice: Price?
    /// The new distance.
    public var trailingAmount: Price?
    /// 0 an amount, 1 percent.
    public var trailingUnit: Int32 = 0

    /// All fields unset.
    public init() {}
}

/// How far behind the price a stop follows.
public struct OrderTrail: FieldGroup, Hashable {
    /// The stop to begin with.
    public var stopPrice: Price?
    /// The distance in percent.
    public var percent: Double?

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.lenient(&stopPrice)
        fields.lenient(&percent)
    }
}
