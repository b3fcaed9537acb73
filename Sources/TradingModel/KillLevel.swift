/// How far a kill goes. Where several apply, the strictest does.
/// Source: risk reference, "Kill-switch semantics".
public enum KillLevel: UInt8, Sendable, BitwiseCopyable, CaseIterable, Comparable {
    /// Only orders that make a position smaller, and cancels.
    case reduce
    /// No orders; what works is cancelled.
    case halt
    /// A halt after which positions are brought to zero. Commanded by operators, never by a trip.
    case flatten

    /// Lower-case name.
    public var name: StaticString {
        switch self {
        case .reduce: "reduce"
        case .halt: "halt"
        case .flatten: "flatten"
        }
    }

    /// The level of that name.
    public init?(name: String) {
        guard let level = Self.allCases.first(where: { $0.name.description == name }) else { return nil }
        self = level
    }

    /// By strictness.
    public static func < (left: KillLevel, right: KillLevel) -> Bool { left.rawValue < right.rawValue }
}

/// Whom a kill concerns.
public enum KillScope: Hashable, Sendable, BitwiseCopyable {
    /// Every order.
    case all
    /// Orders of one strategy.
    case strategy(StrategyID)
    /// Orders for one instrument.
    case symbol(SymbolID)

    /// `all`, `strategy:NAME` or `symbol:NAME`.
    public var text: String {
        switch self {
        case .all: "all"
        case .strategy(let strategy): "strategy:\(strategy.name)"
        case .symbol(let symbol): "symbol:\(symbol.name)"
        }
    }

    /// The scope that a text names; `nil` where it names none, or a name that cannot be one.
    public init?(text: String) {
        if text == "all" {
            self = .all
            return
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        switch parts[0] {
        case "strategy":
            let strategy = StrategyID(String(parts[1]))
            guard strategy != .manual else { return nil }
            self = .strategy(strategy)
        case "symbol":
            guard let symbol = SymbolID(String(parts[1])) else { return nil }
            self = .symbol(symbol)
        default: return nil
        }
    }

    /// Whether it concerns an order of `strategy` for `symbol`.
    public func contains(_ strategy: StrategyID, _ symbol: SymbolID) -> Bool {
        switch self {
        case .all: true
        case .strategy(let own): own == strategy
        case .symbol(let own): own == symbol
        }
    }
}
