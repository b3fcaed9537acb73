import TradingModel

/// Which events of a journal are wanted; what is left out is counted.
struct JournalSelection {
    /// Types wanted, as a mask by `EventType.rawValue`.
    let types: UInt32
    /// Instruments wanted; `nil` for all.
    let symbols: Set<SymbolID>?
    /// Events read.
    private(set) var rows = 0
    /// Events of instruments that are not wanted.
    private(set) var filtered = 0
    /// Events of types that are not wanted.
    private(set) var skipped = EventCounts()

    /// What is wanted; `nil` for all.
    init(types: Set<EventType>?, symbols: Set<SymbolID>?) {
        self.types = types.map { $0.reduce(0) { $0 | 1 << UInt32($1.rawValue) } } ?? .max
        self.symbols = symbols
    }

    /// Whether every quote, print and row operation is wanted.
    var takesEveryQuote: Bool {
        let quotes: [EventType] = [.tick, .trade, .domDelta]
        return symbols == nil && quotes.allSatisfy { types & 1 << UInt32($0.rawValue) != 0 }
    }

    /// Counts events that were read.
    mutating func count(_ events: Int) { rows &+= events }

    /// Whether an event is wanted; counts it when not.
    mutating func wants(_ type: EventType, _ symbol: SymbolID) -> Bool {
        if types & 1 << UInt32(type.rawValue) == 0 {
            skipped[type] += 1
            return false
        }
        guard let symbols, symbol != .none, !symbols.contains(symbol) else { return true }
        filtered += 1
        return false
    }

    /// Everything counted so far.
    var statistics: LoaderStatistics {
        var statistics = LoaderStatistics()
        statistics.rows = rows
        statistics.filtered = filtered
        for type in EventType.allCases where skipped[type] > 0 {
            statistics.skipped[type.name.description] = skipped[type]
        }
        return statistics
    }
}
