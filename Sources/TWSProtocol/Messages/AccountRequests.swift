/// Subscribes to an account, or ends that, client to gateway; answered by `AccountValue`, `PortfolioValue`,
/// `AccountUpdateTime` and `AccountDownloadEnd`.
public struct RequestAccountUpdates: WireMessage, Hashable {
    /// 6.
    public static let messageID: MessageID = 6
    /// From now on, or no longer.
    public var isSubscribing = false
    /// Which account; one at a time.
    public var account = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(2)
        fields.flag(&isSubscribing)
        fields.text(&account)
    }
}

/// Subscribes to the positions of all accounts, client to gateway; answered by `PositionReport` and
/// `PositionEnd`.
public struct RequestPositions: WireMessage, Hashable {
    /// 61.
    public static let messageID: MessageID = 61

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
    }
}

/// Ends positions, client to gateway.
public struct CancelPositions: WireMessage, Hashable {
    /// 64.
    public static let messageID: MessageID = 64

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
    }
}

/// Subscribes to values of accounts, client to gateway; answered by `AccountSummaryValue` and
/// `AccountSummaryEnd`.
public struct RequestAccountSummary: WireMessage, Hashable {
    /// 62.
    public static let messageID: MessageID = 62
    /// Number of the request.
    public var requestID: Int32 = 0
    /// `All`, or a group of accounts.
    public var group = ""
    /// Which values, separated by commas.
    public var tags = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
        fields.integer(&requestID)
        fields.text(&group)
        fields.text(&tags)
    }
}

/// Ends the summary, client to gateway.
public struct CancelAccountSummary: WireMessage, Hashable {
    /// 63.
    public static let messageID: MessageID = 63
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

/// Subscribes to an account or model, client to gateway; answered by `AccountUpdateMulti` and
/// `AccountUpdateMultiEnd`.
public struct RequestAccountUpdatesMulti: WireMessage, Hashable {
    /// 76.
    public static let messageID: MessageID = 76
    /// Number of the request.
    public var requestID: Int32 = 0
    /// Which account.
    public var account = ""
    /// Which model; normally empty.
    public var modelCode = ""
    /// Only the ledger and the net liquidation value.
    public var isLedgerAndValueOnly = false

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
        fields.integer(&requestID)
        fields.text(&account)
        fields.text(&modelCode)
        fields.flag(&isLedgerAndValueOnly)
    }
}

/// Ends that subscription, client to gateway.
public struct CancelAccountUpdatesMulti: WireMessage, Hashable {
    /// 77.
    public static let messageID: MessageID = 77
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

/// Subscribes to profit and loss, client to gateway; answered by `ProfitAndLoss`.
public struct RequestPnL: WireMessage, Hashable {
    /// 92.
    public static let messageID: MessageID = 92
    /// Number of the request.
    public var requestID: Int32 = 0
    /// Of which account.
    public var account = ""
    /// Of which model; normally empty.
    public var modelCode = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&requestID)
        fields.text(&account)
        fields.text(&modelCode)
    }
}

/// Ends profit and loss, client to gateway.
public struct CancelPnL: WireMessage, Hashable {
    /// 93.
    public static let messageID: MessageID = 93
    /// Number of the request.
    public var requestID: Int32 = 0

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&requestID)
    }
}
