/// What is known of a fund; numbers are texts on the wire.
public struct FundData: FieldGroup, Hashable {
    /// The security type of funds.
    public static let securityType = "FUND"

    /// Its name.
    public var name = ""
    /// Its family.
    public var family = ""
    /// Its type.
    public var type = ""
    /// Charge for buying.
    public var frontLoad = ""
    /// Charge for selling.
    public var backLoad = ""
    /// How long that is charged.
    public var backLoadTimeInterval = ""
    /// Fee for the management.
    public var managementFee = ""
    /// Whether it is closed.
    public var isClosed = false
    /// Whether it is closed for new investors.
    public var isClosedForNewInvestors = false
    /// Whether it is closed for new money.
    public var isClosedForNewMoney = false
    /// Amount to give notice of.
    public var notifyAmount = ""
    /// Smallest first purchase.
    public var minimumInitialPurchase = ""
    /// Smallest further purchase.
    public var minimumSubsequentPurchase = ""
    /// States in which it may be sold.
    public var blueSkyStates = ""
    /// Territories in which it may be sold.
    public var blueSkyTerritories = ""
    /// What happens to what it earns, as a letter.
    public var distributionPolicy = ""
    /// What it invests in, as a number.
    public var assetType = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.text(&name)
        fields.text(&family)
        fields.text(&type)
        fields.text(&frontLoad)
        fields.text(&backLoad)
        fields.text(&backLoadTimeInterval)
        fields.text(&managementFee)
        fields.lenient(&isClosed)
        fields.lenient(&isClosedForNewInvestors)
        fields.lenient(&isClosedForNewMoney)
        fields.text(&notifyAmount)
        fields.text(&minimumInitialPurchase)
        fields.text(&minimumSubsequentPurchase)
        fields.text(&blueSkyStates)
        fields.text(&blueSkyTerritories)
        fields.text(&distributionPolicy)
        fields.text(&assetType)
    }
}
