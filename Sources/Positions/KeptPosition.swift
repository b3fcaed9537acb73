import TradingModel

/// All that a position is, for who keeps it over a restart.
public struct KeptPosition: Sendable, Hashable {
    /// See `Position`.
    public var quantity: Quantity
    /// See `Position`.
    public var cost: Money
    /// See `Position`.
    public var realized: Money
    /// See `Position`.
    public var fills: Int
    /// See `Position`.
    public var traded: Volume
    /// See `Position`.
    public var adopted: Quantity
    /// See `Position`.
    public var lacksPrice: Bool

    /// Those values.
    public init(
        quantity: Quantity, cost: Money, realized: Money, fills: Int, traded: Volume, adopted: Quantity,
        lacksPrice: Bool
    ) {
        self.quantity = quantity
        self.cost = cost
        self.realized = realized
        self.fills = fills
        self.traded = traded
        self.adopted = adopted
        self.lacksPrice = lacksPrice
    }
}
