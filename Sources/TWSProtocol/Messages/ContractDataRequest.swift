/// Asks what is known of a contract, client to gateway; answered by `ContractData`, once per match, and
/// `ContractDataEnd`.
public struct RequestContractData: WireMessage, Hashable {
    /// 9.
    public static let messageID: MessageID = 9
    /// Number of the request.
    public var requestID: Int32 = 0
    /// Of what; the less is said, the more matches.
    public var contract = Contract()
    /// Contracts that have expired as well.
    public var includesExpired = false
    /// `ISIN`, `CUSIP`, `FIGI` …; normally empty.
    public var securityIDType = ""
    /// Number of that type.
    public var securityID = ""
    /// Number of an issuer of bonds.
    public var issuerID = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(8)
        fields.integer(&requestID)
        contract.describe(&fields)
        fields.flag(&includesExpired)
        fields.text(&securityIDType)
        fields.text(&securityID)
        fields.text(&issuerID)
    }
}
