import TradingModel

/// Which reference prices have moved too far in too short a time: of the instruments that may be traded.
///
/// A gap without quotes changes nothing: a price holds until the next one, and what comes after the gap is a move from it.
/// Only hours in which an instrument does not trade part what was before from what is after.
/// Source: risk reference, "Collar, exactly": RTS 6 Art 15(1), price collars over a period.
struct VelocityWatch: Sendable {
    /// Basis points; 0 while nothing is watched.
    private let limit: Int64
    private let window: Int64
    /// Nanoseconds of a bucket.
    private let length: Int64
    /// Instruments that are watched, sorted by name.
    let symbols: [SymbolID]
    /// Where each is in `moves`; negative for those that are not watched.
    private var places = InstrumentTable<Int32>(default: -1)
    private var moves: ContiguousArray<PriceMoves>

    init(_ limits: TripLimits, _ instruments: Set<SymbolID>) {
        limit = Int64(limits.velocityBps)
        window = limits.velocityWindow
        // Rounded up: never less than the window.
        let parts = Int64(PriceMoves.buckets - 1)
        length = max(1, window / parts + (window % parts > 0 ? 1 : 0))
        symbols = limit > 0 ? instruments.sorted { $0.name < $1.name } : []
        moves = ContiguousArray(repeating: PriceMoves(), count: symbols.count)
        for (place, symbol) in symbols.enumerated() { places[symbol] = Int32(place) }
    }

    /// Whether anything is watched.
    var isOn: Bool { limit > 0 }

    /// Whether an instrument is watched.
    @inline(__always)
    func watches(_ symbol: SymbolID) -> Bool { places[symbol] >= 0 }

    /// Notes a reference price.
    ///
    /// - Parameter isOpen: whether an instrument trades at a time; `nil`: it always does.
    /// - Returns: whether it has moved too far.
    @inline(__always)
    mutating func note(
        _ price: Price, of symbol: SymbolID, at now: Timestamp, isOpen: RiskEngine.TradingTimes?
    ) -> Bool {
        let place = Int(places[symbol])
        guard place >= 0, price > .zero else { return false }
        if now.since(moves[place].heard) > window { part(place, at: now, isOpen) }
        moves[place].note(price.rawValue, at: now, length: length, limit: limit)
        return moves[place].isBeyond
    }

    /// Looks at whether an instrument trades, in one gap.
    private static let looks: Int64 = 64

    /// After a gap: a price of an earlier session is none to move from.
    @inline(never)
    private mutating func part(_ place: Int, at now: Timestamp, _ isOpen: RiskEngine.TradingTimes?) {
        guard let isOpen, moves[place].newest != 0 else { return }
        let step = max(window, now.since(moves[place].heard) / Self.looks)
        var time = now.advanced(by: -window)
        while time > moves[place].heard {
            guard isOpen(symbols[place], time) else {
                moves[place] = PriceMoves()
                return
            }
            time = time.advanced(by: -step)
        }
    }

    /// How far the price of an instrument has moved, in 1e-9 of a basis point, negative for a fall, and whether that is too
    /// far; `nil` before its first price and where it is not watched.
    func move(_ symbol: SymbolID, at now: Timestamp) -> (distance: Int64, isBeyond: Bool)? {
        let place = Int(places[symbol])
        guard place >= 0, moves[place].newest != 0 else { return nil }
        var move = moves[place]
        move.advance(to: now, length: length, limit: limit)
        return (move.distance, move.isBeyond)
    }

    /// Lets prices move from where they are.
    mutating func clear(_ scope: KillScope) {
        for (place, symbol) in symbols.enumerated() where scope == .all || scope == .symbol(symbol) {
            moves[place].forget(limit: limit)
        }
    }
}
