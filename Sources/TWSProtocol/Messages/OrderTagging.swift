/// Who places or cancels an order, as CME wants to know.
public struct OrderTagging: FieldGroup, Hashable {
    /// Who does it, for the exchange.
    public var externalOperator = ""
    /// 1 by a person, 0 by a program.
    public var manualOrderIndicator: Int32?

    /// All fields unset.
    public init() {}

    /// Walks through the fields of an order.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.text(&externalOperator)
        fields.integer(&manualOrderIndicator)
    }

    /// Walks through the fields of a cancel.
    mutating func describeCancel<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.text(&externalOperator)
        fields.saidInteger(&manualOrderIndicator)
    }
}

/// What 187…189 have left of requests for quotes: fields that say nothing.
enum QuoteRequestRemains {
    /// The three fields of a cancel.
    static func describeCancel<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.emptyField()
        fields.emptyField()
        fields.constant(.max)
    }

    /// The two fields of an order.
    static func describeOrder<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.emptyField()
        fields.constant(.max)
    }
}
