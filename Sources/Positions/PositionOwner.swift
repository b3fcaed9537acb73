import TradingModel

/// Whose part of a position it is.
public enum PositionOwner: Hashable, Sendable, BitwiseCopyable {
    /// Of that strategy, or of operators (`manual`).
    case strategy(StrategyID)
    /// Of nobody: taken over without an execution of the session.
    case adopted
    /// Of executions whose order is not remembered any more.
    case unassigned

    /// The strategy's name; the others in parentheses.
    public var name: String {
        switch self {
        case .strategy(.manual): "(manual)"
        case .strategy(let strategy): strategy.name
        case .adopted: "(adopted)"
        case .unassigned: "(unassigned)"
        }
    }

    /// The owner of that name.
    public init(name: String) {
        switch name {
        case "(manual)": self = .strategy(.manual)
        case "(adopted)": self = .adopted
        case "(unassigned)": self = .unassigned
        default: self = .strategy(StrategyID(name))
        }
    }
}
