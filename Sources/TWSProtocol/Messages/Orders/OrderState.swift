import TradingModel

/// How an order stands: its status and, for a what-if, what it would do to the account.
///
/// Margins stay the texts that they are on the wire: they can exceed every fixed-point type here, and
/// `1.7976931348623157E308` means that there is none.
public struct OrderState: FieldGroup, Hashable {
    /// As on the wire; see `known`.
    public var status = ""
    /// Initial margin.
    public var initialMargin = MarginChange()
    /// Maintenance margin.
    public var maintenanceMargin = MarginChange()
    /// Equity with the value of loans.
    public var equityWithLoan = MarginChange()
    /// Commission and fees. It informs, like all below: read leniently.
    public var commission: Money?
    /// At least so much.
    public var minimumCommission: Money?
    /// At most so much.
    public var maximumCommission: Money?
    /// Their currency.
    public var commissionCurrency = ""
    /// What came with 195.
    public var preview = OrderPreview()
    /// What a person should know.
    public var warning = ""

    /// All fields unset.
    public init() {}

    /// The status, if it is one of the vocabulary.
    public var known: GatewayOrderStatus? { GatewayOrderStatus(rawValue: status) }

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.text(&status)
        for part in [\MarginChange.before, \.change, \.after] {
            fields.text(&initialMargin[keyPath: part])
            fields.text(&maintenanceMargin[keyPath: part])
            fields.text(&equityWithLoan[keyPath: part])
        }
        fields.lenient(&commission)
        fields.lenient(&minimumCommission)
        fields.lenient(&maximumCommission)
        fields.text(&commissionCurrency)
        if fields.has(.fullPreview) { preview.describe(&fields) }
        fields.text(&warning)
    }
}

/// A value before an order, by how much it would change, and after; numbers as texts.
public struct MarginChange: Hashable, Sendable {
    /// Before.
    public var before = ""
    /// The difference.
    public var change = ""
    /// After.
    public var after = ""

    /// All unset.
    public init() {}
}

/// What 195 added to the answer to a what-if.
public struct OrderPreview: FieldGroup, Hashable {
    /// Currency of the margins.
    public var marginCurrency = ""
    /// Initial margin outside regular trading hours.
    public var initialMargin = MarginChange()
    /// Maintenance margin outside regular trading hours.
    public var maintenanceMargin = MarginChange()
    /// Equity with the value of loans outside regular trading hours.
    public var equityWithLoan = MarginChange()
    /// A size that would do. It informs: read leniently.
    public var suggestedSize: Quantity?
    /// Why it would be rejected.
    public var rejectionReason = ""
    /// How it would be shared out.
    public var allocations: [OrderAllocation] = []

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.text(&marginCurrency)
        for part in [\MarginChange.before, \.change, \.after] {
            fields.text(&initialMargin[keyPath: part])
            fields.text(&maintenanceMargin[keyPath: part])
            fields.text(&equityWithLoan[keyPath: part])
        }
        fields.lenient(&suggestedSize)
        fields.text(&rejectionReason)
        fields.list(&allocations)
    }
}

/// What an order would do to the position of one account; all of it informs and is read leniently.
public struct OrderAllocation: FieldGroup, Hashable {
    /// Which account.
    public var account = ""
    /// Position now.
    public var position: Quantity?
    /// Position wanted.
    public var positionDesired: Quantity?
    /// Position after the order.
    public var positionAfter: Quantity?
    /// How much of the order it should get.
    public var desiredQuantity: Quantity?
    /// How much of the order it may get.
    public var allowedQuantity: Quantity?
    /// Whether those are amounts of money.
    public var isMonetary = false

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.text(&account)
        fields.lenient(&position)
        fields.lenient(&positionDesired)
        fields.lenient(&positionAfter)
        fields.lenient(&desiredQuantity)
        fields.lenient(&allowedQuantity)
        fields.lenient(&isMonetary)
    }
}
