/// Begins the session, client to gateway: the first message after the handshake.
public struct StartAPI: WireMessage, Hashable {
    /// 71.
    public static let messageID: MessageID = 71
    /// Number of the client, from 0; orders belong to it.
    public var clientID: Int32 = 0
    /// Nothing known.
    public var optionalCapabilities = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(2)
        fields.integer(&clientID)
        fields.text(&optionalCapabilities)
    }
}

/// How much the gateway logs, client to gateway.
public struct SetServerLogLevel: WireMessage, Hashable {
    /// 14.
    public static let messageID: MessageID = 14
    /// 1 system … 5 detail.
    public var level: Int32 = 0

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
        fields.integer(&level)
    }
}

/// Asks for the accounts, client to gateway; answered by `ManagedAccounts`.
public struct RequestManagedAccounts: WireMessage, Hashable {
    /// 17.
    public static let messageID: MessageID = 17

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
    }
}

/// Asks for the next order id, client to gateway; answered by `NextValidID`.
public struct RequestIDs: WireMessage, Hashable {
    /// 8.
    public static let messageID: MessageID = 8
    /// Not looked at.
    public var count: Int32 = 1

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
        fields.integer(&count)
    }
}

/// Asks for the time in seconds, client to gateway; answered by `CurrentTime`.
public struct RequestCurrentTime: WireMessage, Hashable {
    /// 49.
    public static let messageID: MessageID = 49

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
    }
}

/// Asks for the time in milliseconds, client to gateway, from 197; answered by `CurrentTimeInMilliseconds`.
public struct RequestCurrentTimeInMilliseconds: WireMessage, Hashable {
    /// 105.
    public static let messageID: MessageID = 105

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        guard fields.has(.currentTimeInMilliseconds) else { return fields.refuse(.version) }
    }
}

/// Asks who the user is, client to gateway; answered by `UserInfo`.
public struct RequestUserInfo: WireMessage, Hashable {
    /// 104.
    public static let messageID: MessageID = 104
    /// Number of the request.
    public var requestID: Int32 = 0

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&requestID)
    }
}
