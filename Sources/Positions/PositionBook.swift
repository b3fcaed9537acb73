import TradingModel

/// One owner's part of the position in one instrument.
public struct OwnedPosition: Sendable {
    /// Of what.
    public let symbol: SymbolID
    /// Whose.
    public let owner: PositionOwner
    /// The holding and its result.
    public internal(set) var position: Position
    /// What it has cost to trade it.
    public internal(set) var commissions = CommissionTotals()
    /// Place of the next one of the same instrument; −1 for none.
    var next: Int32 = -1
}

/// Positions of all instruments, and whose parts they are.
///
/// The whole of an instrument is the truth, by which limits go. The parts sum to it exactly: in quantity, and in result at any
/// price, since what the parts of the owners leave over is the part that was adopted.
public struct PositionBook: Sendable {
    private var positions = InstrumentTable<Position>(default: Position())
    private var parts: ContiguousArray<OwnedPosition> = []
    /// Place of the first part of an instrument; −1 for none.
    private var first = InstrumentTable<Int32>(default: -1)
    private let instruments: InstrumentTable<Instrument?>
    private let multipliers: InstrumentTable<Quantity>

    /// An empty book of those instruments; others are booked with a multiplier of 1.
    public init(instruments: [Instrument]) {
        var table = InstrumentTable<Instrument?>(default: nil)
        for instrument in instruments { table[instrument.symbol] = instrument }
        self.instruments = table
        var multipliers = InstrumentTable<Quantity>(default: Money.one)
        for instrument in instruments { multipliers[instrument.symbol] = instrument.multiplier }
        self.multipliers = multipliers
        parts.reserveCapacity(64)
    }

    /// Holding of one instrument.
    public func position(_ symbol: SymbolID) -> Position { positions[symbol] }

    /// Instruments that have been traded or taken over, by name.
    public var traded: [(symbol: SymbolID, position: Position)] {
        positions.byName.filter { $0.value.fills > 0 || $0.value.adopted != .zero }.map {
            ($0.symbol, $0.value)
        }
    }

    /// The parts of one instrument, the newest first.
    public func parts(of symbol: SymbolID) -> [OwnedPosition] {
        var found: [OwnedPosition] = []
        var place = first[symbol]
        while place >= 0 {
            found.append(parts[Int(place)])
            place = parts[Int(place)].next
        }
        return found
    }

    /// All parts, by instrument and owner.
    public var owned: [OwnedPosition] {
        parts.sorted { ($0.symbol.name, $0.owner.name) < ($1.symbol.name, $1.owner.name) }
    }

    /// What is known of an instrument.
    public func instrument(_ symbol: SymbolID) -> Instrument? { instruments[symbol] }

    /// Units of the underlying that a contract stands for; 1 for one that is not known.
    public func multiplier(_ symbol: SymbolID) -> Quantity { multipliers[symbol] }

    /// Takes over a change that no execution explains; it is nobody's.
    public mutating func adopt(_ adopted: AdoptedPosition, at price: Price?) {
        let symbol = adopted.symbol
        let before = positions[symbol].outlay
        positions[symbol].adopt(adopted.change, at: price, multiplier: multipliers[symbol])
        let change = positions[symbol].outlay - before
        let lacksPrice = positions[symbol].lacksPrice
        parts[place(of: .adopted, symbol)].position.share(
            adopted.change, change, lacksPrice: lacksPrice)
    }

    /// Books a fill, or one that is taken back.
    public mutating func book(_ report: OrderEvent, _ symbol: SymbolID, for owner: PositionOwner) {
        book(report.side, report.lastQuantity, at: report.lastPrice, symbol, for: owner)
    }

    /// Books an execution; a negative quantity takes one back.
    public mutating func book(
        _ side: Side, _ quantity: Quantity, at price: Price, _ symbol: SymbolID, for owner: PositionOwner
    ) {
        let multiplier = multipliers[symbol]
        let before = positions[symbol].outlay
        positions[symbol].book(side, quantity, at: price, multiplier: multiplier)
        let place = place(of: owner, symbol)
        let ownBefore = parts[place].position.outlay
        parts[place].position.book(side, quantity, at: price, multiplier: multiplier)
        let own = parts[place].position.outlay - ownBefore
        // The first price of what was adopted without one is what that had cost.
        let rest = positions[symbol].outlay - before - own
        guard rest != .zero else { return }
        let lacksPrice = positions[symbol].lacksPrice
        parts[self.place(of: .adopted, symbol)].position.share(.zero, rest, lacksPrice: lacksPrice)
    }

    /// Counts what an execution cost.
    public mutating func charge(
        _ amount: Money, _ currency: CurrencyCode, _ symbol: SymbolID, to owner: PositionOwner
    ) {
        parts[place(of: owner, symbol)].commissions.add(amount, currency)
    }

    /// Puts a part back as it was kept.
    public mutating func restore(_ kept: KeptPosition, _ symbol: SymbolID, of owner: PositionOwner) {
        parts[place(of: owner, symbol)].position = Position(kept)
    }

    /// Puts the whole of an instrument back as it was kept.
    public mutating func restore(_ kept: KeptPosition, whole symbol: SymbolID) {
        positions[symbol] = Position(kept)
    }

    private mutating func place(of owner: PositionOwner, _ symbol: SymbolID) -> Int {
        var place = first[symbol]
        while place >= 0 {
            if parts[Int(place)].owner == owner { return Int(place) }
            place = parts[Int(place)].next
        }
        parts.append(OwnedPosition(symbol: symbol, owner: owner, position: Position(), next: first[symbol]))
        first[symbol] = Int32(parts.count - 1)
        return parts.count - 1
    }
}
