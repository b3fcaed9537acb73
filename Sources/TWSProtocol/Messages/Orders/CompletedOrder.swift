import TradingModel

/// An order that is done, gateway to client. It has neither an order id nor a client: the permanent id and
/// the reference tell which one it is.
///
/// Read leniently where it informs; see `Order`.
public struct CompletedOrder: WireMessage, Hashable {
    /// 101.
    public static let messageID: MessageID = 101
    /// Id over time and clients.
    public var permanentID: Int64 = 0
    /// What was traded; the primary exchange is not said.
    public var contract = Contract()
    /// What was to be done with it.
    public var order = Order()
    /// How it ended; see `known`.
    public var status = ""
    /// When it would have been cancelled.
    public var autoCancelDate = ""
    /// Filled in all; unset when the gateway does not say.
    public var filledQuantity: Quantity?
    /// Future that a reference price came from. It informs.
    public var referenceFuturesContractID: Int32 = 0
    /// Whose shares.
    public var shareholder = ""
    /// Whether it went to the best price where it could. It informs.
    public var isRoutedToBestPrice = false
    /// Permanent id of the order it hung on; 0 for none. It informs.
    public var parentPermanentID: Int64? = 0
    /// When it ended, as a text.
    public var completedTime = ""
    /// How it ended, as a text for people: `Cancelled by Trader`, `Filled Size: 100` …
    public var completedStatus = ""
    /// Who placed it; from 198.
    public var submitter = ""

    /// All fields unset.
    public init() {}

    /// The status, if it is one of the vocabulary.
    public var known: GatewayOrderStatus? { GatewayOrderStatus(rawValue: status) }

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        contract.describeReport(&fields)
        order.describeCore(&fields)
        order.describeOwner(&fields)
        fields.permanentID(&permanentID)
        order.describeReportedModes(&fields)
        order.describeReportedAllocation(&fields)
        order.box.describePrices(&fields)
        order.describeSizes(&fields)
        order.describeParts(&fields)
        order.describeReportedStrategies(&fields)
        fields.text(&status)
        order.describeConditions(&fields)
        order.describeTriggers(&fields)
        describeEnd(&fields)
        order.pegs.describeReport(&fields)
        order.clearing.describeCustomer(&fields)
        if fields.has(.submitter) { fields.text(&submitter) }
    }

    private mutating func describeEnd<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.text(&autoCancelDate)
        fields.quantity(&filledQuantity)
        fields.lenient(&referenceFuturesContractID)
        fields.lenient(&order.cancelsParent)
        fields.text(&shareholder)
        fields.lenient(&order.isImbalanceOnly)
        fields.lenient(&isRoutedToBestPrice)
        fields.lenient(&parentPermanentID)
        fields.text(&completedTime)
        fields.text(&completedStatus)
    }
}

/// The fields of an order, in the order of `CompletedOrder`.
extension Order {
    fileprivate mutating func describeSizes<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.lenient(&displaySize)
        fields.lenient(&sweepsToFill)
        fields.lenient(&isAllOrNone)
        fields.lenient(&minimumQuantity)
        fields.lenient(&oneCancelsAll.type)
        fields.lenient(&triggerMethod)
    }

    fileprivate mutating func describeParts<Coder: FieldCoder>(_ fields: inout Coder) {
        volatility.describe(&fields, isCompleted: true)
        trail.describe(&fields)
        fields.text(&combination.description)
        combination.describeLists(&fields)
        scale.describe(&fields)
        hedge.describe(&fields)
    }

    fileprivate mutating func describeTriggers<Coder: FieldCoder>(_ fields: inout Coder) {
        // The second time; this one counts.
        fields.lenient(&trail.stopPrice)
        fields.lenient(&adjustment.limitPriceOffset)
        fields.lenient(&cashQuantity)
        fields.lenient(&hedge.usesNoAutomaticPrice)
        fields.lenient(&isContainer)
    }
}
