import TradingModel

/// How our books stand against the broker's.
public struct BrokerReconciliation: Hashable, Sendable {
    /// When they were last compared; `nil` before the first time.
    public internal(set) var lastAt: Timestamp?
    /// Open orders that were there when the session began and are not its own: of earlier sessions or of hands at our
    /// client id, by number.
    public internal(set) var foundAtStart: [BrokerFinding] = []
    /// What was taken over: from earlier sessions, behind that what was accepted after a difference.
    public internal(set) var adopted: [AdoptedPosition] = []
    /// Differences that nothing explains; empty while the books are equal.
    public internal(set) var drift: [BrokerDrift] = []
    /// Whether the broker takes orders and the books are equal, as published on the bus.
    public internal(set) var isReady = false

    /// Never compared.
    public init() {}
}

/// Something at the broker that this session has not made.
public enum BrokerFinding: Hashable, Sendable, CustomStringConvertible {
    /// An order that is open; the text is the reference it bears.
    case openOrder(orderID: Int32, reference: String, text: String)

    /// One line for people.
    public var description: String {
        switch self {
        case .openOrder(let orderID, let reference, let text):
            "open order \(orderID) (\(reference.isEmpty ? "no reference" : reference)): \(text)"
        }
    }
}

/// A position that differs from what our executions add up to.
public struct BrokerDrift: Hashable, Sendable, CustomStringConvertible {
    /// The instrument.
    public var symbol: SymbolID
    /// What was taken over, and our executions since.
    public var expected: Quantity
    /// What the broker says.
    public var actual: Quantity

    /// A difference.
    public init(symbol: SymbolID, expected: Quantity, actual: Quantity) {
        self.symbol = symbol
        self.expected = expected
        self.actual = actual
    }

    /// One line for people.
    public var description: String {
        "\(symbol.name): the broker holds \(actual), our executions make \(expected)"
    }
}
