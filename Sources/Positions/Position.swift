import TradingModel

/// Holding of one instrument: always the sum of its executions and of what was taken over.
public struct Position: Sendable, Hashable {
    /// Signed quantity.
    public private(set) var quantity = Quantity.zero
    /// Σ price · signed quantity · multiplier of what is held, in the instrument's currency.
    public private(set) var cost = Money.zero
    /// Profit of what was closed, in the instrument's currency.
    public private(set) var realized = Money.zero
    /// Number of executions.
    public private(set) var fills = 0
    /// Quantity traded, both sides.
    public private(set) var traded = Volume.zero
    /// Signed quantity that was taken over: of no execution of this session, and of no strategy.
    public private(set) var adopted = Quantity.zero
    /// Whether nobody has told a price of it yet: the first one that is booked then stands for what it cost.
    public private(set) var lacksPrice = false

    /// Nothing held.
    public init() {}

    /// As it was kept.
    public init(_ kept: KeptPosition) {
        quantity = kept.quantity
        cost = kept.cost
        realized = kept.realized
        fills = kept.fills
        traded = kept.traded
        adopted = kept.adopted
        lacksPrice = kept.lacksPrice
    }

    /// What has to be kept of it.
    public var kept: KeptPosition {
        KeptPosition(
            quantity: quantity, cost: cost, realized: realized, fills: fills, traded: traded,
            adopted: adopted, lacksPrice: lacksPrice)
    }

    /// What was paid in all, less what was received, in the instrument's currency: what makes the result at any price.
    public var outlay: Money { cost - realized }

    /// Books an execution; a part that closes realises profit against the mean cost of what is held.
    ///
    /// A negative quantity takes one back.
    public mutating func book(_ side: Side, _ quantity: Quantity, at price: Price, multiplier: Quantity) {
        guard quantity >= .zero else {
            return takeBack(side, quantity.magnitude, at: price, multiplier: multiplier)
        }
        let signed = side == .buy ? quantity : -quantity
        if lacksPrice { settlePrice(price, multiplier: multiplier) }
        let isClosing = (self.quantity > .zero) != (side == .buy) && self.quantity != .zero
        let closed = isClosing ? min(quantity, self.quantity.magnitude) : .zero
        let opened = quantity - closed
        if closed > .zero { close(closed, at: price, multiplier: multiplier) }
        if opened > .zero {
            cost += Money(price, times: side == .buy ? opened : -opened, multiplier: multiplier)
        }
        self.quantity += signed
        fills += 1
        traded += quantity
    }

    /// Takes over a change that no execution explains. What it closes leaves at its mean cost: nobody knows what was earned.
    ///
    /// - Parameter price: of a unit; `nil` where none is known.
    public mutating func adopt(_ change: Quantity, at price: Price?, multiplier: Quantity) {
        adopted += change
        let isClosing = (quantity > .zero) != (change > .zero) && quantity != .zero
        let closed = isClosing ? min(change.magnitude, quantity.magnitude) : .zero
        if closed > .zero {
            cost -= cost.scaled(by: Int128(closed.rawValue), over: Int128(quantity.magnitude.rawValue))
        }
        let opened = change > .zero ? change - closed : change + closed
        let price = price ?? (isClosing || lacksPrice ? nil : knownMean(multiplier))
        quantity += change
        if quantity == .zero { lacksPrice = false }
        guard opened != .zero else { return }
        if let price {
            cost += Money(price, times: opened, multiplier: multiplier)
        } else {
            lacksPrice = true
        }
    }

    /// Takes over a share of what a whole has taken over: by how much the whole's quantity and outlay have changed. What is
    /// left when nothing is held any more had been earned.
    mutating func share(_ change: Quantity, _ outlay: Money, lacksPrice: Bool) {
        adopted += change
        quantity += change
        cost += outlay
        self.lacksPrice = lacksPrice && quantity != .zero
        guard quantity == .zero, !self.lacksPrice else { return }
        realized -= cost
        cost = .zero
    }

    private func knownMean(_ multiplier: Quantity) -> Price? {
        quantity == .zero ? nil : averagePrice(multiplier: multiplier)
    }

    private mutating func settlePrice(_ price: Price, multiplier: Quantity) {
        lacksPrice = false
        cost = Money(price, times: quantity, multiplier: multiplier)
    }

    /// Takes an execution back at its own price. Realised and unrealised profit together are what they would be without it;
    /// how they share it is exact for one that had opened, while one that had closed leaves its profit in the cost.
    private mutating func takeBack(
        _ side: Side, _ quantity: Quantity, at price: Price, multiplier: Quantity
    ) {
        let signed = side == .buy ? quantity : -quantity
        cost -= Money(price, times: signed, multiplier: multiplier)
        self.quantity -= signed
        fills -= 1
        traded -= quantity
        guard self.quantity == .zero else { return }
        // Nothing held costs nothing: what is left over had been earned.
        realized -= cost
        cost = .zero
    }

    private mutating func close(_ closed: Quantity, at price: Price, multiplier: Quantity) {
        let released = cost.scaled(by: Int128(closed.rawValue), over: Int128(quantity.magnitude.rawValue))
        let proceeds = Money(price, times: quantity > .zero ? closed : -closed, multiplier: multiplier)
        realized += proceeds - released
        cost -= released
    }

    /// Mean price of what is held to 1e-9, half to even; zero when flat.
    public func averagePrice(multiplier: Quantity) -> Price {
        guard quantity != .zero, !lacksPrice else { return .zero }
        let perUnit = cost.magnitude.scaled(
            by: 1_000_000_000, over: Int128(quantity.magnitude.rawValue) * Int128(multiplier.rawValue))
        return Price(rawValue: Int64(clamping: perUnit.rawValue))
    }

    /// Profit of what is held if closed at `mark`, in the instrument's currency.
    public func unrealized(mark: Price, multiplier: Quantity) -> Money {
        lacksPrice ? .zero : Money(mark, times: quantity, multiplier: multiplier) - cost
    }
}
