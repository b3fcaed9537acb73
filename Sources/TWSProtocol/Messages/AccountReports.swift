import TradingModel

/// A value of an account, gateway to client.
public struct AccountValue: WireMessage, Hashable {
    /// 6.
    public static let messageID: MessageID = 6
    /// Which value.
    public var key = ""
    /// The value: not always a number.
    public var value = ""
    /// Its currency, or empty.
    public var currency = ""
    /// Of which account.
    public var account = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(2)
        fields.text(&key)
        fields.text(&value)
        fields.text(&currency)
        fields.text(&account)
    }
}

/// A position with its value, gateway to client.
public struct PortfolioValue: WireMessage, Hashable {
    /// 7.
    public static let messageID: MessageID = 7
    /// Of what; the exchange is not said.
    public var contract = Contract()
    /// How much; negative for short. `nil` when it is not said, which is not 0.
    public var position: Quantity?
    /// Price now. It informs, like all below but the account: read leniently.
    public var marketPrice: Money?
    /// Value now.
    public var marketValue: Money?
    /// What a unit cost, with commission and multiplier.
    public var averageCost: Money?
    /// Profit if it were closed now.
    public var unrealizedPnL: Money?
    /// Profit of what was closed.
    public var realizedPnL: Money?
    /// Whose.
    public var account = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(8)
        contract.describePortfolio(&fields)
        fields.quantity(&position)
        fields.lenient(&marketPrice)
        fields.lenient(&marketValue)
        fields.lenient(&averageCost)
        fields.lenient(&unrealizedPnL)
        fields.lenient(&realizedPnL)
        fields.text(&account)
    }
}

/// When the values of an account were updated, gateway to client.
public struct AccountUpdateTime: WireMessage, Hashable {
    /// 8.
    public static let messageID: MessageID = 8
    /// `HH:mm`.
    public var time = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
        fields.text(&time)
    }
}

/// The values of an account are complete, gateway to client.
public struct AccountDownloadEnd: WireMessage, Hashable {
    /// 54.
    public static let messageID: MessageID = 54
    /// Which account.
    public var account = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
        fields.text(&account)
    }
}

/// A position, gateway to client.
public struct PositionReport: WireMessage, Hashable {
    /// 61.
    public static let messageID: MessageID = 61
    /// Whose.
    public var account = ""
    /// Of what; the exchange is often empty.
    public var contract = Contract()
    /// How much; negative for short. `nil` when it is not said, which is not 0.
    public var position: Quantity?
    /// What a unit cost, with the multiplier of a future. It informs: read leniently.
    public var averageCost: Money?

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(3)
        fields.text(&account)
        contract.describeReport(&fields)
        fields.quantity(&position)
        fields.lenient(&averageCost)
    }
}

/// The positions are complete, gateway to client.
public struct PositionEnd: WireMessage, Hashable {
    /// 62.
    public static let messageID: MessageID = 62

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
    }
}

/// Profit and loss of an account, gateway to client; all of it informs and is read leniently.
public struct ProfitAndLoss: WireMessage, Hashable {
    /// 94.
    public static let messageID: MessageID = 94
    /// Request it answers.
    public var requestID: Int32 = 0
    /// Of today.
    public var daily: Money?
    /// If all were closed now.
    public var unrealized: Money?
    /// Of what was closed today.
    public var realized: Money?

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&requestID)
        fields.lenient(&daily)
        fields.lenient(&unrealized)
        fields.lenient(&realized)
    }
}
