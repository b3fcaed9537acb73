/// Places an order, or changes one: the same again with another price, quantity or time in force, client to gateway.
///
/// All fields are read strictly: a gateway must not guess what a client wants.
public struct PlaceOrder: WireMessage, Hashable {
    /// 3.
    public static let messageID: MessageID = 3
    /// Its id among the orders of this client, above all that were used before.
    public var orderID: Int32 = 0
    /// What is traded.
    public var contract = Contract()
    /// `ISIN`, `CUSIP`, `FIGI` …; normally empty.
    public var securityIDType = ""
    /// Number of that type.
    public var securityID = ""
    /// What is to be done with it.
    public var order = Order()

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.beStrict()
        fields.integer(&orderID)
        contract.describe(&fields)
        fields.text(&securityIDType)
        fields.text(&securityID)
        order.describeTerms(&fields)
        if contract.securityType == Contract.combination { order.combination.describeLists(&fields) }
        order.describeAllocation(&fields)
        order.describePricing(&fields)
        order.describeStrategies(&fields)
        order.describeTriggers(&fields)
        order.describeModes(&fields)
        order.pegs.describe(&fields, type: order.orderType, exchange: contract.exchange)
        order.describeAdditions(&fields)
    }
}

/// The fields of an order, in the order of `PlaceOrder`.
extension Order {
    fileprivate mutating func describeTerms<Coder: FieldCoder>(_ fields: inout Coder) {
        describeCore(&fields)
        fields.text(&oneCancelsAll.group)
        fields.text(&account)
        fields.text(&clearing.openClose)
        fields.integer(&clearing.origin)
        fields.text(&reference)
        fields.flag(&transmits)
        fields.integer(&parentID)
        fields.flag(&isBlockOrder)
        fields.flag(&sweepsToFill)
        fields.integer(&displaySize)
        fields.integer(&triggerMethod)
        fields.flag(&isOutsideRegularHours)
        fields.flag(&isHidden)
    }

    fileprivate mutating func describeAllocation<Coder: FieldCoder>(_ fields: inout Coder) {
        // Where shares were once allocated.
        fields.emptyField()
        fields.price(&discretionaryAmount)
        fields.text(&goodAfterTime)
        fields.text(&goodTillDate)
        advisor.describe(&fields)
        fields.text(&advisor.modelCode)
        shortSale.describe(&fields)
        fields.integer(&oneCancelsAll.type)
        fields.text(&clearing.rule80A)
        fields.text(&clearing.settlingFirm)
        fields.flag(&isAllOrNone)
        fields.integer(&minimumQuantity)
        fields.number(&percentOffset)
        fields.flag(&isElectronicTradeOnly)
        fields.flag(&isFirmQuoteOnly)
        fields.price(&bestPriceCap)
    }

    fileprivate mutating func describePricing<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&box.auctionStrategy)
        box.describePrices(&fields)
        fields.flag(&overridesPercentageConstraints)
        volatility.describe(&fields)
        trail.describe(&fields)
        scale.describe(&fields)
        fields.text(&scale.table)
        fields.text(&activeStartTime)
        fields.text(&activeStopTime)
    }

    fileprivate mutating func describeStrategies<Coder: FieldCoder>(_ fields: inout Coder) {
        hedge.describe(&fields)
        fields.flag(&optsOutOfSmartRouting)
        clearing.describe(&fields)
        fields.flag(&isNotHeld)
        fields.optional(&deltaNeutralContract)
        algorithm.describe(&fields)
        fields.text(&algorithm.id)
        fields.flag(&isWhatIf)
        fields.text(&options)
        fields.flag(&isSolicited)
        fields.flag(&randomizesSize)
        fields.flag(&randomizesPrice)
        if OrderType.isPeggedToBenchmark(orderType) { benchmark.describe(&fields) }
    }

    fileprivate mutating func describeTriggers<Coder: FieldCoder>(_ fields: inout Coder) {
        conditions.describe(&fields)
        fields.text(&adjustment.orderType)
        fields.price(&adjustment.triggerPrice)
        fields.price(&adjustment.limitPriceOffset)
        fields.price(&adjustment.stopPrice)
        fields.price(&adjustment.stopLimitPrice)
        fields.price(&adjustment.trailingAmount)
        fields.integer(&adjustment.trailingUnit)
    }

    fileprivate mutating func describeModes<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.text(&tagging.externalOperator)
        fields.text(&softDollarTier.name)
        fields.text(&softDollarTier.value)
        fields.money(&cashQuantity)
        decision.describe(&fields)
        fields.flag(&hedge.usesNoAutomaticPrice)
        fields.flag(&isContainer)
        fields.flag(&isDiscretionaryUpToLimit)
        fields.integer(&priceManagement)
        fields.integer(&duration)
        fields.integer(&postToATS)
        fields.flag(&cancelsParent)
        fields.text(&advancedErrorOverride)
        fields.text(&manualOrderTime)
    }

    fileprivate mutating func describeAdditions<Coder: FieldCoder>(_ fields: inout Coder) {
        clearing.describeCustomer(&fields)
        if fields.has(.quoteRequests), !fields.has(.withoutQuoteRequests) {
            QuoteRequestRemains.describeOrder(&fields)
        }
        if fields.has(.includeOvernight) { fields.flag(&includesOvernight) }
        if fields.has(.tagging) { fields.integer(&tagging.manualOrderIndicator) }
        if fields.has(.imbalanceOnly) { fields.flag(&isImbalanceOnly) }
    }
}
