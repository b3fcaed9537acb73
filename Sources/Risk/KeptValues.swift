import TradingModel

/// The worst-case values of instruments and their exact sum, kept as they change: the gross exposure of a decision is then
/// a subtraction, however many instruments there are.
///
/// Kept only where somebody tells every change of a price. No value is negative, so the order of adding does not matter; the
/// sum has more bits than any number of values can fill, so all that is added is taken away again.
struct KeptValues: Sendable {
    private struct Entry {
        /// What it is valued by; `nil` for an instrument that is not counted.
        var valuation: Valuation?
        /// The price it is valued at; zero where none is known.
        var price = Price.zero
        var value: UInt128 = 0
        /// Whether something is held or open that cannot be valued.
        var isUnknown = false

        /// - Returns: its value before and now, and by how much the number of instruments that cannot be valued changes.
        @inline(__always)
        mutating func value(_ exposure: Exposure) -> (old: UInt128, new: UInt128, unknown: Int) {
            guard let valuation else { return (value, value, 0) }
            let (old, wasUnknown) = (value, isUnknown)
            let worth = exposure.value(at: price, valuation)
            isUnknown = worth == nil
            value = UInt128(max(worth?.rawValue ?? 0, 0))
            return (old, value, (isUnknown ? 1 : 0) - (wasUnknown ? 1 : 0))
        }
    }

    /// Whether values are kept at all.
    private(set) var isKept = false
    private var entries = InstrumentTable<Entry>(default: Entry())
    /// Of all values, the lower 128 bits, and how often they have run over.
    private var sum: UInt128 = 0
    private var overruns = 0
    /// Instruments that cannot be valued.
    private var unknown = 0

    init() {}

    /// Begins to keep values: every instrument that is counted has to be valued next.
    mutating func begin() { isKept = true }

    /// Counts an instrument, or values it otherwise from here on.
    mutating func count(_ symbol: SymbolID, by valuation: Valuation) { entries[symbol].valuation = valuation }

    /// Notes the price of an instrument.
    ///
    /// - Parameter price: `nil` where none is known.
    /// - Returns: whether it is another one.
    mutating func note(_ price: Price?, of symbol: SymbolID) -> Bool {
        let price = price ?? .zero
        guard entries[symbol].price != price else { return false }
        entries[symbol].price = price
        return true
    }

    /// Values an instrument anew.
    mutating func value(_ symbol: SymbolID, _ exposure: Exposure) {
        let change = entries[symbol].value(exposure)
        unknown += change.unknown
        if change.new == change.old { return }
        take(change.old)
        add(change.new)
    }

    private mutating func add(_ value: UInt128) {
        let (new, isOver) = sum.addingReportingOverflow(value)
        sum = new
        if isOver { overruns += 1 }
    }

    private mutating func take(_ value: UInt128) {
        let (new, isOver) = sum.subtractingReportingOverflow(value)
        sum = new
        if isOver { overruns -= 1 }
    }

    /// Σ values of all instruments but one, clamped; `nil` where one of them is not known.
    func sum(without symbol: SymbolID) -> Money? {
        let own = entries[symbol]
        guard unknown == (own.isUnknown ? 1 : 0) else { return nil }
        let (rest, isOver) = sum.subtractingReportingOverflow(own.value)
        let isTooMuch = overruns > (isOver ? 1 : 0) || rest > UInt128(Int128.max)
        return Money(rawValue: isTooMuch ? .max : Int128(truncatingIfNeeded: rest))
    }
}

extension Exposure {
    /// The worst case at a price, in the base currency; `nil` where there is something and no price or exchange rate.
    ///
    /// - Parameter price: zero where none is known.
    @inline(__always)
    func value(at price: Price, _ valuation: Valuation) -> Money? {
        let worst = worstCase
        guard worst > .zero else { return .zero }
        guard price > .zero else { return nil }
        // Where nothing works, which is most often so, one product says it.
        guard hasValues else { return valuation.value(worst, price) }
        return valuation.value(worstValue(at: price))
    }
}
