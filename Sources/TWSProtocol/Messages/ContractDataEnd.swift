/// All matches of a request for contract data have been sent, gateway to client.
public struct ContractDataEnd: WireMessage, Hashable {
    /// 52.
    public static let messageID: MessageID = 52
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
