import TradingModel

/// An order pegged to another contract; its fields exist for that type of order only.
public struct BenchmarkPeg: FieldGroup, Hashable {
    /// Which contract.
    public var referenceContractID: Int32 = 0
    /// Move against the reference.
    public var isChangeDecrease = false
    /// By how much the order moves.
    public var changeAmount: Price? = .zero
    /// When the reference has moved by this.
    public var referenceChangeAmount: Price? = .zero
    /// Where the reference is.
    public var referenceExchange = ""

    /// All fields unset.
    public init() {}

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.lenient(&referenceContractID)
        fields.lenient(&isChangeDecrease)
        fields.lenient(&changeAmount)
        fields.lenient(&referenceChangeAmount)
        fields.text(&referenceExchange)
    }
}

/// Terms of orders pegged to the best price or the middle.
public struct OrderPegs: Hashable, Sendable {
    /// Smallest trade.
    public var minimumTradeQuantity: Int32?
    /// Smallest size to compete with.
    public var minimumCompeteSize: Int32?
    /// By how much to better the best.
    public var competeAgainstBestOffset = CompetitionOffset.unset
    /// Distance from the middle when the spread is an even number of ticks.
    public var midOffsetAtWhole: Price?
    /// Distance from the middle when it is an odd number.
    public var midOffsetAtHalf: Price?

    /// All fields unset.
    public init() {}

    /// All of them, as reports have them.
    mutating func describeReport<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.lenient(&minimumTradeQuantity)
        fields.lenient(&minimumCompeteSize)
        fields.lenient(&competeAgainstBestOffset)
        fields.lenient(&midOffsetAtWhole)
        fields.lenient(&midOffsetAtHalf)
    }

    /// Those that an order of this type on this exchange has.
    mutating func describe<Coder: FieldCoder>(_ fields: inout Coder, type: String, exchange: String) {
        if exchange == "IBKRATS" { fields.lenient(&minimumTradeQuantity) }
        var hasOffsets = OrderType.isPeggedToMiddle(type)
        if OrderType.isPeggedToBest(type) {
            fields.lenient(&minimumCompeteSize)
            fields.lenient(&competeAgainstBestOffset)
            hasOffsets = competeAgainstBestOffset == .upToMid
        }
        guard hasOffsets else { return }
        fields.lenient(&midOffsetAtWhole)
        fields.lenient(&midOffsetAtHalf)
    }
}

/// Types of orders that have fields of their own; each has two spellings.
enum OrderType {
    static func isPeggedToBenchmark(_ type: String) -> Bool { type == "PEG BENCH" || type == "PEGBENCH" }

    static func isPeggedToBest(_ type: String) -> Bool { type == "PEG BEST" || type == "PEGBEST" }

    static func isPeggedToMiddle(_ type: String) -> Bool { type == "PEG MID" || type == "PEGMID" }
}
