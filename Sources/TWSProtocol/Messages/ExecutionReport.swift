import TradingModel

/// A fill, gateway to client.
public struct ExecutionReport: WireMessage, Hashable {
    /// 11.
    public static let messageID: MessageID = 11
    /// Request it answers; −1 for a fill just now.
    public var requestID: Int32 = -1
    /// Which order of `clientID`.
    public var orderID: Int32 = 0
    /// Of what; the primary exchange is not said.
    public var contract = Contract()
    /// Identifies it; the part behind the last dot counts corrections.
    public var executionID = ""
    /// `yyyyMMdd HH:mm:ss`, mostly with a zone behind.
    public var time = ""
    /// Whose.
    public var account = ""
    /// Where.
    public var exchange = ""
    /// `BOT` or `SLD`.
    public var side = ""
    /// How much.
    public var shares: Quantity = .zero
    /// At which price.
    public var price: Price = .zero
    /// Which order, over time and clients.
    public var permanentID: Int64 = 0
    /// Whose order.
    public var clientID: Int32 = 0
    /// Not 0 when the broker closed the position. It informs: read leniently.
    public var liquidation: Int32 = 0
    /// Filled so far. It informs: read leniently.
    public var cumulativeQuantity: Quantity?
    /// Average of the fills. It informs: read leniently.
    public var averagePrice: Price?
    /// What the client wrote into the order.
    public var orderReference = ""
    /// Rule for the economic value.
    public var evRule = ""
    /// Its multiplier. It informs: read leniently.
    public var evMultiplier: Double?
    /// Model.
    public var modelCode = ""
    /// 1 added, 2 removed, 3 routed out. It informs: read leniently.
    public var lastLiquidity: Int32 = 0
    /// Whether the price may still change. It informs: read leniently.
    public var isPriceRevisionPending = false
    /// Who placed the order; from 198.
    public var submitter = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&requestID)
        fields.integer(&orderID)
        contract.describeReport(&fields)
        fields.text(&executionID)
        fields.text(&time)
        fields.text(&account)
        fields.text(&exchange)
        fields.text(&side)
        fields.quantity(&shares)
        fields.price(&price)
        fields.permanentID(&permanentID)
        fields.integer(&clientID)
        fields.lenient(&liquidation)
        fields.lenient(&cumulativeQuantity)
        fields.lenient(&averagePrice)
        fields.text(&orderReference)
        fields.text(&evRule)
        fields.lenient(&evMultiplier)
        fields.text(&modelCode)
        fields.lenient(&lastLiquidity)
        fields.lenient(&isPriceRevisionPending)
        if fields.has(.submitter) { fields.text(&submitter) }
    }
}

/// The executions asked for are complete, gateway to client.
public struct ExecutionReportsEnd: WireMessage, Hashable {
    /// 55.
    public static let messageID: MessageID = 55
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

/// What a fill cost, gateway to client; may come before the fill.
public struct CommissionReport: WireMessage, Hashable {
    /// 59.
    public static let messageID: MessageID = 59
    /// Which fill.
    public var executionID = ""
    /// Commission and fees. It informs: read leniently.
    public var commission: Money?
    /// Its currency.
    public var currency = ""
    /// Profit of the position it closed. It informs: read leniently.
    public var realizedPnL: Money?
    /// Of bonds. It informs: read leniently.
    public var yield: Double?
    /// `yyyyMMdd`, of bonds. It informs: read leniently.
    public var yieldRedemptionDate: Int32?

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
        fields.text(&executionID)
        fields.lenient(&commission)
        fields.text(&currency)
        fields.lenient(&realizedPnL)
        fields.lenient(&yield)
        fields.lenient(&yieldRedemptionDate)
    }
}
