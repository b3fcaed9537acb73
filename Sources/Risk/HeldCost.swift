import TradingModel

/// What was paid for what is held of an instrument, without its multiplier; what is closed leaves at the mean.
///
/// It informs: no control depends on it.
struct HeldCost: Sendable, BitwiseCopyable {
    private var quantity = Quantity.zero
    private var cost = Money.zero

    /// Nothing held.
    init() {}

    /// Books a signed change.
    mutating func book(_ change: Quantity, at price: Price) {
        let isClosing = quantity != .zero && (quantity > .zero) != (change > .zero)
        let closed = isClosing ? min(change.magnitude, quantity.magnitude) : .zero
        if closed > .zero {
            cost -= cost.scaled(by: Int128(closed.rawValue), over: Int128(quantity.magnitude.rawValue))
        }
        let opened = change.magnitude - closed
        cost += Money(price, times: change > .zero ? opened : -opened)
        quantity += change
    }

    /// What was booked without a price has this one.
    mutating func price(_ change: Quantity, at price: Price) { cost += Money(price, times: change) }

    /// Mean price to 1e-9; zero when flat or not known.
    var mean: Price {
        guard quantity != .zero else { return .zero }
        let mean = cost.magnitude.scaled(by: 1, over: Int128(quantity.magnitude.rawValue))
        return Price(rawValue: Int64(clamping: mean.rawValue))
    }
}
