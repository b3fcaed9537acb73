/// Orders that end each other.
public struct OneCancelsAll: Hashable, Sendable {
    /// Name of the group; empty for none.
    public var group = ""
    /// 1 cancel with block, 2 reduce with block, 3 reduce.
    public var type: Int32 = 0

    /// All fields unset.
    public init() {}
}

/// How an advisor shares an order out.
public struct AdvisorAllocation: Hashable, Sendable {
    /// Group of accounts.
    public var group = ""
    /// How.
    public var method = ""
    /// How much.
    public var percentage = ""
    /// Model.
    public var modelCode = ""

    /// All fields unset.
    public init() {}

    /// Three fields; the fourth stands elsewhere in some messages.
    mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.text(&group)
        fields.text(&method)
        fields.text(&percentage)
    }
}

/// A sale of shares that are not held; institutions only.
public struct OrderShortSale: FieldGroup, Hashable {
    /// Where the shares come from: 0, or 1 the clearing broker, 2 elsewhere.
    public var slot: Int32 = 0
    /// Where elsewhere.
    public var designatedLocation = ""
    /// Exemption from rules of short sales; −1 none.
    public var exemptCode: Int32 = -1

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.lenient(&slot)
        fields.text(&designatedLocation)
        fields.lenient(&exemptCode)
    }
}

/// For whom an order is, and who settles it.
public struct OrderClearing: Hashable, Sendable {
    /// `O` or `C`; institutions only. A gateway also says `?`.
    public var openClose = ""
    /// 0 customer, 1 firm.
    public var origin: Int32 = 0
    /// Kind of customer, for the exchange.
    public var rule80A = ""
    /// Who settles.
    public var settlingFirm = ""
    /// Who it is for.
    public var account = ""
    /// `IB`, `Away` or `PTA`; empty for the default.
    public var intent = ""
    /// Who it is for, as the exchange wants to know; from 183.
    public var customerAccount = ""
    /// Whether that is a professional; from 184.
    public var isProfessionalCustomer = false

    /// All fields unset.
    public init() {}

    /// Account and intent.
    mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.text(&account)
        fields.text(&intent)
    }

    /// What came with 183 and 184.
    mutating func describeCustomer<Coder: FieldCoder>(_ fields: inout Coder) {
        if fields.has(.customerAccount) { fields.text(&customerAccount) }
        if fields.has(.professionalCustomer) { fields.lenient(&isProfessionalCustomer) }
    }
}

/// Who decided and who executes, for MiFID II; orders only.
public struct OrderDecision: FieldGroup, Hashable {
    /// The person who decided.
    public var decisionMaker = ""
    /// The algorithm that decided.
    public var decisionAlgorithm = ""
    /// The person who executes.
    public var executionTrader = ""
    /// The algorithm that executes.
    public var executionAlgorithm = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.text(&decisionMaker)
        fields.text(&decisionAlgorithm)
        fields.text(&executionTrader)
        fields.text(&executionAlgorithm)
    }
}

/// How research is paid for.
public struct SoftDollarTier: Hashable, Sendable {
    /// Its name.
    public var name = ""
    /// Its value.
    public var value = ""
    /// What a person reads; reports only.
    public var displayName = ""

    /// All fields unset.
    public init() {}
}
