import TradingModel

/// An order that is sent in steps of price.
public struct OrderScale: Hashable, Sendable {
    /// Size of the first step.
    public var initialLevelSize: Int32?
    /// Size of the others.
    public var subsequentLevelSize: Int32?
    /// Between steps; the fields up to `isPercentRandom` exist only if it is above 0.
    public var priceIncrement: Price?
    /// By how much the starting price moves.
    public var priceAdjustValue: Price?
    /// How often, in seconds.
    public var priceAdjustInterval: Int32?
    /// Of the orders that take profit.
    public var profitOffset: Price?
    /// Refill what was sold again.
    public var isAutoReset = false
    /// Position at the begin.
    public var initialPosition: Int32?
    /// Filled at the begin.
    public var initialFillQuantity: Int32?
    /// Vary the sizes.
    public var isPercentRandom = false
    /// The steps as a table; orders only.
    public var table = ""

    /// All fields unset.
    public init() {}

    /// Three fields, and seven more when there are steps.
    mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.lenient(&initialLevelSize)
        fields.lenient(&subsequentLevelSize)
        // It decides which fields follow: what cannot be kept must not be read as if there were none.
        fields.price(&priceIncrement)
        guard let priceIncrement, priceIncrement > .zero else { return }
        fields.lenient(&priceAdjustValue)
        fields.lenient(&priceAdjustInterval)
        fields.lenient(&profitOffset)
        fields.lenient(&isAutoReset)
        fields.lenient(&initialPosition)
        fields.lenient(&initialFillQuantity)
        fields.lenient(&isPercentRandom)
    }
}

/// An order that hedges its parent.
public struct OrderHedge: Hashable, Sendable {
    /// `D` delta, `B` beta, `F` currency, `P` pair; empty for none.
    public var type = ""
    /// `beta=X` or `ratio=Y`; exists only with a type.
    public var parameter = ""
    /// Do not find the price by itself.
    public var usesNoAutomaticPrice = false

    /// All fields unset.
    public init() {}

    /// One field, and one more when there is a hedge.
    mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.text(&type)
        if !type.isEmpty { fields.text(&parameter) }
    }
}

/// An algorithm that works the order.
public struct OrderAlgorithm: Hashable, Sendable {
    /// Its name; empty for none.
    public var strategy = ""
    /// Exist only with a strategy.
    public var parameters: [TagValue] = []
    /// Number of an own algorithm; orders only.
    public var id = ""

    /// All fields unset.
    public init() {}

    /// One field, and a list when there is a strategy.
    mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.text(&strategy)
        if !strategy.isEmpty { fields.list(&parameters) }
    }
}
