/// An order that is open, or was just now, gateway to client; also the answer to a what-if.
///
/// Read leniently where it informs; see `Order`.
public struct OpenOrder: WireMessage, Hashable {
    /// 5.
    public static let messageID: MessageID = 5
    /// Which order of `clientID`; 0 for one entered by hand, negative for one entered by hand and bound.
    public var orderID: Int32 = 0
    /// Whose order.
    public var clientID: Int32 = 0
    /// Id over time and clients; 0 while there is none.
    public var permanentID: Int64 = 0
    /// What is traded; the primary exchange is not said.
    public var contract = Contract()
    /// What is to be done with it.
    public var order = Order()
    /// How it stands.
    public var state = OrderState()
    /// Shares allocated, as the gateway notes it for itself.
    public var sharesAllocation = ""
    /// Who placed it; from 198.
    public var submitter = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&orderID)
        contract.describeReport(&fields)
        order.describeCore(&fields)
        order.describeOwner(&fields)
        fields.integer(&clientID)
        fields.permanentID(&permanentID)
        order.describeReportedModes(&fields)
        fields.text(&sharesAllocation)
        order.describeReportedAllocation(&fields)
        order.describePricing(&fields)
        order.describeSizes(&fields)
        order.describeParts(&fields)
        order.describeReportedStrategies(&fields)
        fields.flag(&order.isWhatIf)
        state.describe(&fields)
        order.describeConditions(&fields)
        order.describeTriggers(&fields)
        order.describeManagement(&fields)
        order.describeAdditions(&fields)
        if fields.has(.submitter) { fields.text(&submitter) }
        if fields.has(.imbalanceOnly) { fields.lenient(&order.isImbalanceOnly) }
    }
}

/// The fields of an order, in the order of `OpenOrder`.
extension Order {
    fileprivate mutating func describePricing<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.lenient(&box.auctionStrategy)
        box.describePrices(&fields)
    }

    fileprivate mutating func describeSizes<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.lenient(&displaySize)
        fields.lenient(&isBlockOrder)
        fields.lenient(&sweepsToFill)
        fields.lenient(&isAllOrNone)
        fields.lenient(&minimumQuantity)
        fields.lenient(&oneCancelsAll.type)
        fields.lenient(&isElectronicTradeOnly)
        fields.lenient(&isFirmQuoteOnly)
        fields.lenient(&bestPriceCap)
        fields.lenient(&parentID)
        fields.lenient(&triggerMethod)
    }

    fileprivate mutating func describeParts<Coder: FieldCoder>(_ fields: inout Coder) {
        volatility.describe(&fields)
        trail.describe(&fields)
        fields.lenient(&combination.basisPoints)
        fields.lenient(&combination.basisPointsType)
        fields.text(&combination.description)
        combination.describeLists(&fields)
        scale.describe(&fields)
        hedge.describe(&fields)
        fields.lenient(&optsOutOfSmartRouting)
    }

    fileprivate mutating func describeTriggers<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.text(&adjustment.orderType)
        fields.lenient(&adjustment.triggerPrice)
        // The second time; this one counts.
        fields.lenient(&trail.stopPrice)
        fields.lenient(&adjustment.limitPriceOffset)
        fields.lenient(&adjustment.stopPrice)
        fields.lenient(&adjustment.stopLimitPrice)
        fields.lenient(&adjustment.trailingAmount)
        fields.lenient(&adjustment.trailingUnit)
    }

    fileprivate mutating func describeManagement<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.text(&softDollarTier.name)
        fields.text(&softDollarTier.value)
        fields.text(&softDollarTier.displayName)
        fields.lenient(&cashQuantity)
        fields.lenient(&hedge.usesNoAutomaticPrice)
        fields.lenient(&isContainer)
        fields.lenient(&isDiscretionaryUpToLimit)
        // Here it is never unset.
        var isManaged = priceManagement == 1
        fields.lenient(&isManaged)
        priceManagement = isManaged ? 1 : 0
        fields.lenient(&duration)
        fields.lenient(&postToATS)
        fields.lenient(&cancelsParent)
        pegs.describeReport(&fields)
    }

    fileprivate mutating func describeAdditions<Coder: FieldCoder>(_ fields: inout Coder) {
        clearing.describeCustomer(&fields)
        if fields.has(.bondAccruedInterest) { fields.text(&bondAccruedInterest) }
        if fields.has(.includeOvernight) { fields.lenient(&includesOvernight) }
        guard fields.has(.taggingInOpenOrder) else { return }
        fields.text(&tagging.externalOperator)
        fields.lenient(&tagging.manualOrderIndicator)
    }
}
