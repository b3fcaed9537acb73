import TradingModel

/// What the simulated venue and its broker charge for executions, in the instrument's currency.
public struct SimFees: Sendable, Equatable, BitwiseCopyable {
    /// For each unit of quantity.
    public var perUnit: Price
    /// Of the notional, in basis points, where the order met a resting one or the shown book.
    public var takerBasisPoints: Price
    /// Of the notional, in basis points, where the order was resting; negative where the venue pays for it.
    public var makerBasisPoints: Price
    /// The least for an order that has filled in part or in full.
    public var minimum: Price

    /// Charges; none by default.
    public init(
        perUnit: Price = .zero, takerBasisPoints: Price = .zero, makerBasisPoints: Price = .zero,
        minimum: Price = .zero
    ) {
        self.perUnit = perUnit
        self.takerBasisPoints = takerBasisPoints
        self.makerBasisPoints = makerBasisPoints
        self.minimum = minimum
    }

    /// Whether nothing is charged.
    var isNone: Bool { self == SimFees() }

    /// What one execution costs by itself, exact to 1e-18, half to even.
    func charge(_ fill: MatchingFill, multiplier: Quantity) -> Money {
        let rate = fill.isMaker ? makerBasisPoints : takerBasisPoints
        let notional = Money(fill.price, times: fill.quantity, multiplier: multiplier).magnitude
        return Money(perUnit, times: fill.quantity)
            + notional.scaled(by: Int128(rate.rawValue), over: 10_000_000_000_000)
    }

    /// What an order has cost by its executions so far.
    ///
    /// - Parameter sum: Σ `charge` of its executions.
    func total(_ sum: Money) -> Money { minimum > .zero ? max(sum, Money(minimum)) : sum }
}
