/// Orders that an operator wants cancelled, as a notice `cancelRequested` tells it.
public enum CancelWish: Hashable, Sendable, BitwiseCopyable {
    /// One order.
    case order(ClientOrderID)
    /// Whatever works, narrowed down by instrument and strategy where they are told.
    case all(symbol: SymbolID?, strategy: StrategyID?)

    /// Whether it concerns an order.
    public func contains(_ request: OrderRequest) -> Bool {
        contains(request.id, request.symbol, request.strategy)
    }

    /// Whether it concerns the order of that id, instrument and strategy.
    public func contains(_ id: ClientOrderID, _ symbol: SymbolID, _ strategy: StrategyID) -> Bool {
        switch self {
        case .order(let own): own == id
        case .all(let ownSymbol, let ownStrategy):
            (ownSymbol == nil || ownSymbol == symbol) && (ownStrategy == nil || ownStrategy == strategy)
        }
    }

    /// The name of orders by hand where strategies are named.
    public static let manualName = "manual"

    /// One line that says it: `order=c-1-5`, `all=yes symbol=XAUUSD strategy=manual`.
    public var text: String {
        switch self {
        case .order(let id): "order=\(id)"
        case .all(let symbol, let strategy):
            WishText.line([
                ("all", "yes"), ("symbol", symbol?.name),
                ("strategy", strategy.map { $0 == .manual ? Self.manualName : $0.name }),
            ])
        }
    }

    /// Reads what `text` says; `nil` for anything else.
    public init?(text: String) {
        guard let members = WishText(text, keys: ["order", "all", "symbol", "strategy"]) else { return nil }
        if let order = members["order"] {
            guard members["all"] == nil, members["symbol"] == nil, members["strategy"] == nil,
                let id = ClientOrderID(order)
            else { return nil }
            self = .order(id)
            return
        }
        guard members["all"] == "yes", let symbol = members.optional("symbol", { SymbolID($0) }) else {
            return nil
        }
        let strategy = members["strategy"].map { $0 == Self.manualName ? .manual : StrategyID($0) }
        self = .all(symbol: symbol, strategy: strategy)
    }
}
