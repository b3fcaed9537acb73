/// x
public struct PlaceOrder: WireMessage {
    public static let messageID: MessageID = 3; public init() {}
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {}
}
public struct OpenOrder: WireMessage {
    public static let messageID: MessageID = 5; public init() {}
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {}
}
public struct CompletedOrder: WireMessage {
    public static let messageID: MessageID = 101; public init() {}
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {}
}
public struct ContractData: WireMessage {
    public static let messageID: MessageID = 10; public init() {}
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {}
}
