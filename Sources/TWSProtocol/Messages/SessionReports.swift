/// An error, a warning or a notice, gateway to client.
public struct ErrorMessage: WireMessage, Hashable {
    /// 4.
    public static let messageID: MessageID = 4
    /// Request or order it concerns; −1 for none.
    public var id: Int32 = 0
    /// Its number; what it means is a matter of a table, not of a range.
    public var code: Int32 = 0
    /// What a person reads; may be in any language.
    public var text = ""
    /// JSON with the reasons of a rejection; normally empty.
    public var advancedRejection = ""
    /// When, milliseconds since 1970 UTC; from 194. It informs: read leniently.
    public var time: Int64?

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        if !fields.has(.errorTime) { fields.constant(2) }
        fields.integer(&id)
        fields.integer(&code)
        fields.escapedText(&text)
        fields.escapedText(&advancedRejection)
        if fields.has(.errorTime) { fields.lenient(&time) }
    }
}

/// The accounts of the login, gateway to client.
public struct ManagedAccounts: WireMessage, Hashable {
    /// 15.
    public static let messageID: MessageID = 15
    /// Separated by commas; may end with one.
    public var accounts = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
        fields.text(&accounts)
    }

    /// The accounts, one by one.
    public var list: [Substring] { accounts.split(separator: ",") }
}

/// The lowest order id to use, gateway to client.
public struct NextValidID: WireMessage, Hashable {
    /// 9.
    public static let messageID: MessageID = 9
    /// The id.
    public var orderID: Int32 = 0

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
        fields.integer(&orderID)
    }
}

/// The time, gateway to client.
public struct CurrentTime: WireMessage, Hashable {
    /// 49.
    public static let messageID: MessageID = 49
    /// Seconds since 1970 UTC.
    public var seconds: Int64 = 0

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
        fields.integer(&seconds)
    }
}

/// The time, gateway to client, from 197.
public struct CurrentTimeInMilliseconds: WireMessage, Hashable {
    /// 109.
    public static let messageID: MessageID = 109
    /// Milliseconds since 1970 UTC.
    public var milliseconds: Int64 = 0

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        guard fields.has(.currentTimeInMilliseconds) else { return fields.refuse(.version) }
        fields.integer(&milliseconds)
    }
}

/// Who the user is, gateway to client.
public struct UserInfo: WireMessage, Hashable {
    /// 107.
    public static let messageID: MessageID = 107
    /// Request it answers.
    public var requestID: Int32 = 0
    /// Brand of the login.
    public var whiteBrandingID = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&requestID)
        fields.text(&whiteBrandingID)
    }
}

/// A change of an advisor's settings is done, gateway to client.
public struct ReplaceAdvisorEnd: WireMessage, Hashable {
    /// 103.
    public static let messageID: MessageID = 103
    /// Request it answers.
    public var requestID: Int32 = 0
    /// What a person reads.
    public var text = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&requestID)
        fields.text(&text)
    }
}
