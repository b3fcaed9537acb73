import TradingModel

/// An order priced by volatility.
public struct OrderVolatility: Hashable, Sendable {
    /// In percent; a value on any order but `VOL` is refused.
    public var volatility: Double?
    /// 1 daily, 2 annual.
    public var type: Int32?
    /// The order that hedges it.
    public var deltaNeutral = DeltaNeutralOrder()
    /// Follow the price of the underlying.
    public var isContinuouslyUpdated = false
    /// 1 average of bid and ask, 2 one of them.
    public var referencePriceType: Int32?

    /// All fields unset.
    public init() {}

    /// Six fields, and `deltaNeutral`'s own.
    mutating func describe<Coder: FieldCoder>(_ fields: inout Coder, isCompleted: Bool = false) {
        fields.lenient(&volatility)
        fields.lenient(&type)
        deltaNeutral.describe(&fields, isCompleted: isCompleted)
        fields.lenient(&isContinuouslyUpdated)
        fields.lenient(&referencePriceType)
    }
}

/// An order that keeps another one delta neutral.
public struct DeltaNeutralOrder: Hashable, Sendable {
    /// Its type; the others but the price exist only if this is not empty. A gateway says `None` for none, which is not empty.
    public var orderType = ""
    /// Its auxiliary price.
    public var auxiliaryPrice: Price?
    /// Which contract.
    public var contractID: Int32 = 0
    /// Who settles; not in completed orders.
    public var settlingFirm = ""
    /// Who it is for; not in completed orders.
    public var clearingAccount = ""
    /// Who clears; not in completed orders.
    public var clearingIntent = ""
    /// `O`, `C` or `?`; not in completed orders.
    public var openClose = ""
    /// Whether it sells short.
    public var isShortSale = false
    /// Where the shares come from.
    public var shortSaleSlot: Int32 = 0
    /// Where elsewhere.
    public var designatedLocation = ""

    /// All fields unset.
    public init() {}

    /// Two fields, and eight more when it has a type; four in a completed order.
    mutating func describe<Coder: FieldCoder>(_ fields: inout Coder, isCompleted: Bool) {
        fields.text(&orderType)
        fields.lenient(&auxiliaryPrice)
        guard !orderType.isEmpty else { return }
        fields.lenient(&contractID)
        if !isCompleted { describeClearing(&fields) }
        fields.lenient(&isShortSale)
        fields.lenient(&shortSaleSlot)
        fields.text(&designatedLocation)
    }

    private mutating func describeClearing<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.text(&settlingFirm)
        fields.text(&clearingAccount)
        fields.text(&clearingIntent)
        fields.text(&openClose)
    }
}

/// Terms of orders for options: of the exchange BOX, pegged to the stock, or by volatility.
public struct OrderBox: Hashable, Sendable {
    /// 0 none, 1 match, 2 improvement, 3 transparent; not in completed orders.
    public var auctionStrategy: Int32 = 0
    /// Where an auction begins.
    public var startingPrice: Price?
    /// Price of the stock that the prices belong to.
    public var stockReferencePrice: Price?
    /// Delta of the option.
    public var delta: Double?
    /// Below it, the order is cancelled.
    public var stockRangeLower: Price?
    /// Above it, the order is cancelled.
    public var stockRangeUpper: Price?

    /// All fields unset.
    public init() {}

    /// The five prices.
    mutating func describePrices<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.lenient(&startingPrice)
        fields.lenient(&stockReferencePrice)
        fields.lenient(&delta)
        fields.lenient(&stockRangeLower)
        fields.lenient(&stockRangeUpper)
    }
}
