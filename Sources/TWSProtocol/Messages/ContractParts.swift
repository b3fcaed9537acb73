import TradingModel

/// A leg of a combination, as requests for data name it.
public struct RequestLeg: FieldGroup, Hashable {
    /// Which contract.
    public var contractID: Int32 = 0
    /// How many of it.
    public var ratio: Int32 = 0
    /// `BUY` or `SELL`.
    public var action = ""
    /// Where.
    public var exchange = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&contractID)
        fields.integer(&ratio)
        fields.text(&action)
        fields.text(&exchange)
    }
}

/// What a combination is delta neutral to.
public struct DeltaNeutralContract: FieldGroup, Hashable {
    /// Which contract.
    public var contractID: Int32 = 0
    /// Its delta.
    public var delta: Double? = 0
    /// Its price.
    public var price: Price? = .zero

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&contractID)
        fields.lenient(&delta)
        fields.lenient(&price)
    }
}

/// A tag with its value.
public struct TagValue: FieldGroup, Hashable {
    /// The tag.
    public var tag = ""
    /// The value.
    public var value = ""

    /// Both empty.
    public init() {}

    /// A tag with its value.
    public init(_ tag: String, _ value: String) {
        self.tag = tag
        self.value = value
    }

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.text(&tag)
        fields.text(&value)
    }
}

/// A day to ask executions of.
public struct ExecutionDate: FieldGroup, Hashable, ExpressibleByIntegerLiteral {
    /// As `yyyyMMdd`.
    public var day: Int32 = 0

    /// No day.
    public init() {}

    /// The day `yyyyMMdd`.
    public init(integerLiteral value: Int32) { day = value }

    /// Walks through the field.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) { fields.integer(&day) }
}
