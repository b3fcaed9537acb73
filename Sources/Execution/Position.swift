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

    /// Books an execution; a part that closes realises profit against the mean cost of what is held.
    ///
    /// A negative quantity takes one back.
    mutating func book(_ side: Side, _ quantity: Quantity, at price: Price, multiplier: Quantity) {
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
    mutating func adopt(_ change: Quantity, at price: Price?, multiplier: Quantity) {
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

/// Positions of all instruments.
public struct PositionBook: Sendable {
    private var positions = InstrumentTable<Position>(default: Position())
    private let instruments: InstrumentTable<Instrument?>
    private let multipliers: InstrumentTable<Quantity>

    init(instruments: [Instrument]) {
        var table = InstrumentTable<Instrument?>(default: nil)
        for instrument in instruments { table[instrument.symbol] = instrument }
        self.instruments = table
        var multipliers = InstrumentTable<Quantity>(default: Money.one)
        for instrument in instruments { multipliers[instrument.symbol] = instrument.multiplier }
        self.multipliers = multipliers
    }

    /// Holding of one instrument.
    public func position(_ symbol: SymbolID) -> Position { positions[symbol] }

    /// Instruments that have been traded or taken over, by name.
    public var traded: [(symbol: SymbolID, position: Position)] {
        positions.byName.filter { $0.value.fills > 0 || $0.value.adopted != .zero }.map {
            ($0.symbol, $0.value)
        }
    }

    /// What is known of an instrument.
    public func instrument(_ symbol: SymbolID) -> Instrument? { instruments[symbol] }

    mutating func adopt(_ adopted: AdoptedPosition, at price: Price?) {
        positions[adopted.symbol].adopt(
            adopted.change, at: price, multiplier: multipliers[adopted.symbol])
    }

    mutating func book(_ report: OrderEvent, _ symbol: SymbolID) {
        positions[symbol].book(
            report.side, report.lastQuantity, at: report.lastPrice, multiplier: multipliers[symbol])
    }
}
