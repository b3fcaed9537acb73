import TradingModel

/// What is known of a contract, gateway to client; several for one request when it was ambiguous.
///
/// Read leniently where it informs: all numbers but the contract's id and the increment.
public struct ContractData: WireMessage, Hashable {
    /// 10.
    public static let messageID: MessageID = 10
    /// Request it answers.
    public var requestID: Int32 = 0
    /// The contract. Its last trade date may hold three parts with blanks between: date, time, zone.
    public var contract = Contract()
    /// Last trade date alone; from 182.
    public var lastTradeDate = ""
    /// Name of the market.
    public var marketName = ""
    /// Smallest price increment anywhere; a `MarketRule` tells the one that holds.
    public var minTick = Price.zero
    /// Types of orders it takes, separated by commas.
    public var orderTypes = ""
    /// Exchanges it trades on, separated by commas.
    public var validExchanges = ""
    /// Prices are multiplied by this.
    public var priceMagnifier: Int32 = 1
    /// Contract of its underlying; 0 for none.
    public var underlyingContractID: Int32 = 0
    /// Its long name.
    public var longName = ""
    /// Month of a future, `YYYYMM`.
    public var contractMonth = ""
    /// Industry of the issuer.
    public var industry = ""
    /// Category of the issuer.
    public var category = ""
    /// Subcategory of the issuer.
    public var subcategory = ""
    /// Zone of the hours.
    public var timeZoneID = ""
    /// Such as `20250521:1700-20250522:1600;20250524:CLOSED`.
    public var tradingHours = ""
    /// The regular hours, in the same form.
    public var liquidHours = ""
    /// Rule for the economic value.
    public var evRule = ""
    /// Its multiplier.
    public var evMultiplier: Int32?
    /// Its numbers elsewhere, such as `ISIN`.
    public var securityIDs: [TagValue] = []
    /// Group of venues it belongs to.
    public var aggregationGroup: Int32?
    /// Symbol of its underlying.
    public var underlyingSymbol = ""
    /// Security type of its underlying.
    public var underlyingSecurityType = ""
    /// Numbers of `MarketRule`s, separated by commas, in the order of `validExchanges`.
    public var marketRuleIDs = ""
    /// When it really expires.
    public var realExpirationDate = ""
    /// Kind of stock, such as `COMMON` or `ETF`.
    public var stockType = ""
    /// Smallest order.
    public var minimumSize: Quantity?
    /// Increment of sizes.
    public var sizeIncrement: Quantity?
    /// Increment of sizes that is suggested.
    public var suggestedSizeIncrement: Quantity?
    /// What is known of a fund; from 179, for the security type `FUND` only.
    public var fund = FundData()
    /// Why it cannot be traded; from 186.
    public var ineligibilityReasons: [IneligibilityReason] = []

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&requestID)
        describeContract(&fields)
        describeTrading(&fields)
        describeIssuer(&fields)
        describeRules(&fields)
        if fields.has(.fundData), contract.securityType == FundData.securityType { fund.describe(&fields) }
        if fields.has(.ineligibilityReasons) { fields.list(&ineligibilityReasons) }
    }

    private mutating func describeContract<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.text(&contract.symbol)
        fields.text(&contract.securityType)
        fields.text(&contract.lastTradeDateOrContractMonth)
        if fields.has(.lastTradeDate) { fields.text(&lastTradeDate) }
        fields.lenient(&contract.strike)
        fields.text(&contract.right)
        fields.text(&contract.exchange)
        fields.text(&contract.currency)
        fields.text(&contract.localSymbol)
        fields.text(&marketName)
        fields.text(&contract.tradingClass)
        fields.integer(&contract.contractID)
    }

    private mutating func describeTrading<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.price(&minTick)
        fields.text(&contract.multiplier)
        fields.text(&orderTypes)
        fields.text(&validExchanges)
        fields.lenient(&priceMagnifier)
        fields.lenient(&underlyingContractID)
        fields.escapedText(&longName)
        fields.text(&contract.primaryExchange)
        fields.text(&contractMonth)
    }

    private mutating func describeIssuer<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.text(&industry)
        fields.text(&category)
        fields.text(&subcategory)
        fields.text(&timeZoneID)
        fields.text(&tradingHours)
        fields.text(&liquidHours)
        fields.text(&evRule)
        fields.lenient(&evMultiplier)
        fields.list(&securityIDs)
    }

    private mutating func describeRules<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.lenient(&aggregationGroup)
        fields.text(&underlyingSymbol)
        fields.text(&underlyingSecurityType)
        fields.text(&marketRuleIDs)
        fields.text(&realExpirationDate)
        fields.text(&stockType)
        fields.lenient(&minimumSize)
        fields.lenient(&sizeIncrement)
        fields.lenient(&suggestedSizeIncrement)
    }
}

/// Why a contract cannot be traded.
public struct IneligibilityReason: FieldGroup, Hashable {
    /// Identifies the reason.
    public var id = ""
    /// What a person reads.
    public var explanation = ""

    /// Both empty.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.text(&id)
        fields.text(&explanation)
    }
}
