import TradingModel

/// A price is reached.
public struct PriceTest: FieldGroup, Hashable {
    /// At or above, instead of at or below.
    public var isMore = false
    /// The price.
    public var price: Price? = .zero
    /// Of which contract.
    public var contractID: Int32 = 0
    /// Where.
    public var exchange = ""
    /// Which price: 0 the default, 1 bid or ask twice, 2 last, 3 last twice, 4 bid or ask, 7 last or bid or
    /// ask, 8 middle.
    public var triggerMethod: Int32 = 0

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.lenient(&isMore)
        fields.lenient(&price)
        fields.lenient(&contractID)
        fields.text(&exchange)
        fields.lenient(&triggerMethod)
    }
}

/// A time is reached.
public struct TimeTest: FieldGroup, Hashable {
    /// At or above, instead of at or below.
    public var isMore = false
    /// `yyyyMMdd HH:mm:ss zone`.
    public var time = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.lenient(&isMore)
        fields.text(&time)
    }
}

/// A cushion of margin is reached.
public struct MarginTest: FieldGroup, Hashable {
    /// At or above, instead of at or below.
    public var isMore = false
    /// In percent; plain digits on the wire, as clients take whole numbers only.
    public var percent = Quantity.zero

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.lenient(&isMore)
        var number: Quantity? = percent
        fields.lenient(&number)
        percent = number ?? .zero
    }
}

/// There is a fill.
public struct ExecutionTest: FieldGroup, Hashable {
    /// Of what kind.
    public var securityType = ""
    /// Where.
    public var exchange = ""
    /// Of which symbol.
    public var symbol = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.text(&securityType)
        fields.text(&exchange)
        fields.text(&symbol)
    }
}

/// A volume is reached.
public struct VolumeTest: FieldGroup, Hashable {
    /// At or above, instead of at or below.
    public var isMore = false
    /// The volume.
    public var volume: Int64 = 0
    /// Of which contract.
    public var contractID: Int32 = 0
    /// Where.
    public var exchange = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.lenient(&isMore)
        var number: Int64? = volume
        fields.lenient(&number)
        volume = number ?? 0
        fields.lenient(&contractID)
        fields.text(&exchange)
    }
}

/// A price has changed since the last close.
public struct PercentChangeTest: FieldGroup, Hashable {
    /// At or above, instead of at or below.
    public var isMore = false
    /// In percent.
    public var changePercent: Double? = 0
    /// Of which contract.
    public var contractID: Int32 = 0
    /// Where.
    public var exchange = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.lenient(&isMore)
        fields.lenient(&changePercent)
        fields.lenient(&contractID)
        fields.text(&exchange)
    }
}
