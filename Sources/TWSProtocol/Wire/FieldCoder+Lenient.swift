import TradingModel

/// Only a reader can meet what cannot be read; for the others, a field that informs is a field like any other.
extension FieldCoder {
    /// Nothing.
    public mutating func beStrict() {}

    /// As `integer`.
    public mutating func lenient(_ value: inout Int32) { integer(&value) }

    /// As `integer`.
    public mutating func lenient(_ value: inout Int32?) { integer(&value) }

    /// As `integer`.
    public mutating func lenient(_ value: inout Int64?) { integer(&value) }

    /// As `flag`.
    public mutating func lenient(_ value: inout Bool) { flag(&value) }

    /// As `price`.
    public mutating func lenient(_ value: inout Price?) { price(&value) }

    /// As `money`.
    public mutating func lenient(_ value: inout Money?) { money(&value) }

    /// As `quantity`.
    public mutating func lenient(_ value: inout Quantity?) { quantity(&value) }

    /// As `number`.
    public mutating func lenient(_ value: inout Double?) { number(&value) }

    /// As `competition`.
    public mutating func lenient(_ value: inout CompetitionOffset) { competition(&value) }
}
