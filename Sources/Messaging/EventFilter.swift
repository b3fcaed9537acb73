import TradingModel

/// Which events a subscriber or tap wants: types and symbols, each a set or the wildcard `*`.
public struct EventFilter: Sendable, Hashable {
    private let types: UInt32
    private let symbol: SymbolID?

    /// Every event: `*`.
    public static let all = EventFilter(types: nil, symbol: nil)

    /// Events of those types and that symbol.
    ///
    /// - Parameters:
    ///   - types: `nil` for every type.
    ///   - symbol: `nil` for every symbol and for events without one.
    public init(types: [EventType]?, symbol: SymbolID? = nil) {
        self.types = types.map { $0.reduce(0) { $0 | 1 << UInt32($1.rawValue) } } ?? .max
        self.symbol = symbol
    }

    /// Whether it wants events of that type.
    @inline(__always)
    func wants(_ type: EventType) -> Bool { types & 1 << UInt32(type.rawValue) != 0 }

    /// Whether it wants that event.
    @inline(__always)
    func wants(_ event: MarketEvent) -> Bool {
        wants(event.eventType) && (symbol == nil || symbol == event.symbol)
    }
}
