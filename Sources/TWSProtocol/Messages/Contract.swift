import TradingModel

/// What is traded, as IBKR names it.
public struct Contract: FieldGroup, Hashable {
    /// The security type of a combination, the one kind with legs.
    public static let combination = "BAG"

    /// IBKR's number of it; 0 if not known.
    public var contractID: Int32 = 0
    /// Symbol of the underlying, such as `XAUUSD`, `EUR`, `GC`.
    public var symbol = ""
    /// `STK`, `CASH`, `CMDTY`, `FUT`, `BAG` …
    public var securityType = ""
    /// `YYYYMM` or `YYYYMMDD`; empty where it does not expire.
    public var lastTradeDateOrContractMonth = ""
    /// Strike of an option.
    public var strike: Price?
    /// `C` or `P` of an option; a gateway also says `?`.
    public var right = ""
    /// Units of the underlying per contract, as text.
    public var multiplier = ""
    /// Where orders and requests go: `SMART`, `IDEALPRO`, `COMEX` …
    public var exchange = ""
    /// Where it is listed; tells contracts on `SMART` apart.
    public var primaryExchange = ""
    /// Currency of its price.
    public var currency = ""
    /// Symbol on its exchange, such as `EUR.USD`.
    public var localSymbol = ""
    /// Class of its trading.
    public var tradingClass = ""

    /// All fields unset.
    public init() {}

    /// The twelve fields of a request.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&contractID)
        fields.text(&symbol)
        fields.text(&securityType)
        fields.text(&lastTradeDateOrContractMonth)
        fields.price(&strike)
        fields.text(&right)
        fields.text(&multiplier)
        fields.text(&exchange)
        fields.text(&primaryExchange)
        fields.text(&currency)
        fields.text(&localSymbol)
        fields.text(&tradingClass)
    }

    /// The eleven fields of a report, which does not name the primary exchange; the strike informs, so it is
    /// read leniently.
    mutating func describeReport<Coder: FieldCoder>(_ fields: inout Coder) {
        describeBegin(&fields)
        fields.text(&exchange)
        describeEnd(&fields)
    }

    /// The eleven fields of a position with its value, which names the primary exchange alone.
    mutating func describePortfolio<Coder: FieldCoder>(_ fields: inout Coder) {
        describeBegin(&fields)
        fields.text(&primaryExchange)
        describeEnd(&fields)
    }

    private mutating func describeBegin<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&contractID)
        fields.text(&symbol)
        fields.text(&securityType)
        fields.text(&lastTradeDateOrContractMonth)
        fields.lenient(&strike)
        fields.text(&right)
        fields.text(&multiplier)
    }

    private mutating func describeEnd<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.text(&currency)
        fields.text(&localSymbol)
        fields.text(&tradingClass)
    }
}
