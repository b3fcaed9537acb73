import TradingModel

/// A leg of a combination, as orders name it.
public struct ComboLeg: FieldGroup, Hashable {
    /// Which contract.
    public var contractID: Int32 = 0
    /// How many of it.
    public var ratio: Int32 = 0
    /// `BUY` or `SELL`.
    public var action = ""
    /// Where.
    public var exchange = ""
    /// 0 same as the order, 1 open, 2 close, 3 unknown.
    public var openClose: Int32 = 0
    /// Where the shares come from: 0, or 1 the clearing broker, 2 elsewhere.
    public var shortSaleSlot: Int32 = 0
    /// Where elsewhere.
    public var designatedLocation = ""
    /// Exemption from rules of short sales; −1 none.
    public var exemptCode: Int32 = -1

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&contractID)
        fields.integer(&ratio)
        fields.text(&action)
        fields.text(&exchange)
        fields.lenient(&openClose)
        fields.lenient(&shortSaleSlot)
        fields.text(&designatedLocation)
        fields.lenient(&exemptCode)
    }
}

/// The price of a leg, in the order of the legs.
public struct OrderComboLeg: FieldGroup, Hashable {
    /// The price, if the leg has its own.
    public var price: Price?

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.lenient(&price)
    }
}

/// What an order says of a combination.
public struct OrderCombination: Hashable, Sendable {
    /// The legs as a text; reports only.
    public var description = ""
    /// The legs.
    public var legs: [ComboLeg] = []
    /// Their prices, if they have any.
    public var legPrices: [OrderComboLeg] = []
    /// How the parts are routed.
    public var routingParameters: [TagValue] = []
    /// Of an exchange for physicals; reports only.
    public var basisPoints: Money?
    /// What those are; reports only.
    public var basisPointsType: Int32?

    /// All fields unset.
    public init() {}

    /// The lists, which an order has for a `BAG` only and a report always.
    mutating func describeLists<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.list(&legs)
        fields.list(&legPrices)
        fields.list(&routingParameters)
    }
}
