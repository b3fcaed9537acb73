/// A value of the summary, gateway to client.
public struct AccountSummaryValue: WireMessage, Hashable {
    /// 63.
    public static let messageID: MessageID = 63
    /// Request it answers.
    public var requestID: Int32 = 0
    /// Of which account.
    public var account = ""
    /// Which value.
    public var tag = ""
    /// The value: not always a number.
    public var value = ""
    /// Its currency, or empty.
    public var currency = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
        fields.integer(&requestID)
        fields.text(&account)
        fields.text(&tag)
        fields.text(&value)
        fields.text(&currency)
    }
}

/// The summary is complete, gateway to client.
public struct AccountSummaryEnd: WireMessage, Hashable {
    /// 64.
    public static let messageID: MessageID = 64
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

/// A value of an account or model, gateway to client.
public struct AccountUpdateMulti: WireMessage, Hashable {
    /// 73.
    public static let messageID: MessageID = 73
    /// Request it answers.
    public var requestID: Int32 = 0
    /// Of which account.
    public var account = ""
    /// Of which model.
    public var modelCode = ""
    /// Which value.
    public var key = ""
    /// The value: not always a number.
    public var value = ""
    /// Its currency, or empty.
    public var currency = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
        fields.integer(&requestID)
        fields.text(&account)
        fields.text(&modelCode)
        fields.text(&key)
        fields.text(&value)
        fields.text(&currency)
    }
}

/// Those values are complete, gateway to client.
public struct AccountUpdateMultiEnd: WireMessage, Hashable {
    /// 74.
    public static let messageID: MessageID = 74
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
