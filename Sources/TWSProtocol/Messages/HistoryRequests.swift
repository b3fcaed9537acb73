/// Asks for bars, client to gateway; answered by `HistoricalData`.
public struct RequestHistoricalData: WireMessage, Hashable {
    /// 20.
    public static let messageID: MessageID = 20
    /// Number of the request.
    public var requestID: Int32 = 0
    /// Of what.
    public var contract = Contract()
    /// Contracts that have expired as well.
    public var includesExpired = false
    /// `yyyyMMdd HH:mm:ss zone`, or empty for now.
    public var endTime = ""
    /// Such as `1 min`.
    public var barSize = ""
    /// Such as `1 D`.
    public var duration = ""
    /// Regular trading hours only.
    public var usesRegularHours = false
    /// `TRADES`, `MIDPOINT`, `BID`, `ASK` …
    public var whatToShow = ""
    /// 1 text, 2 seconds since 1970.
    public var dateFormat: Int32 = 1
    /// Its legs; sent for a `BAG` only.
    public var legs: [RequestLeg] = []
    /// Go on with new bars; they come as message 90, which no set here knows.
    public var keepsUpToDate = false
    /// `tag=value;` repeated; normally empty.
    public var options = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&requestID)
        contract.describe(&fields)
        fields.flag(&includesExpired)
        fields.text(&endTime)
        fields.text(&barSize)
        fields.text(&duration)
        fields.flag(&usesRegularHours)
        fields.text(&whatToShow)
        fields.integer(&dateFormat)
        if contract.securityType == Contract.combination { fields.list(&legs) }
        fields.flag(&keepsUpToDate)
        fields.text(&options)
    }
}

/// Ends bars, client to gateway.
public struct CancelHistoricalData: WireMessage, Hashable {
    /// 25.
    public static let messageID: MessageID = 25
    /// Number of the request.
    public var requestID: Int32 = 0

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
        fields.integer(&requestID)
    }
}

/// Asks for past ticks, client to gateway; answered by `HistoricalTicks` and the like.
public struct RequestHistoricalTicks: WireMessage, Hashable {
    /// 96.
    public static let messageID: MessageID = 96
    /// Number of the request.
    public var requestID: Int32 = 0
    /// Of what.
    public var contract = Contract()
    /// Contracts that have expired as well.
    public var includesExpired = false
    /// `yyyyMMdd HH:mm:ss zone`; this or `endTime`.
    public var startTime = ""
    /// `yyyyMMdd HH:mm:ss zone`.
    public var endTime = ""
    /// At most 1000.
    public var numberOfTicks: Int32 = 0
    /// `TRADES`, `BID_ASK` or `MIDPOINT`.
    public var whatToShow = ""
    /// Regular trading hours only.
    public var usesRegularHours = false
    /// Leave out changes of sizes alone.
    public var ignoresSize = false
    /// `tag=value;` repeated; normally empty.
    public var options = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&requestID)
        contract.describe(&fields)
        fields.flag(&includesExpired)
        fields.text(&startTime)
        fields.text(&endTime)
        fields.integer(&numberOfTicks)
        fields.text(&whatToShow)
        fields.flag(&usesRegularHours)
        fields.flag(&ignoresSize)
        fields.text(&options)
    }
}
