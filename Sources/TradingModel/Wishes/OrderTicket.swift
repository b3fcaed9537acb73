/// An order that an operator wants, as a notice `orderRequested` tells it. Not yet checked, not yet approved.
public struct OrderTicket: Hashable, Sendable {
    /// Instrument.
    public var symbol: SymbolID
    /// Buy or sell.
    public var side: Side
    /// Kind.
    public var type: OrderType
    /// How much; positive.
    public var quantity: Quantity
    /// Limit, for limit and stop-limit orders.
    public var limitPrice: Price?
    /// Trigger, for stop and stop-limit orders.
    public var stopPrice: Price?
    /// How long it lives.
    public var timeInForce: TimeInForce
    /// When it ends, for `goodTillDate`.
    public var expiry: Timestamp?
    /// Special instructions.
    public var flags: OrderFlags
    /// In whose name.
    public var strategy: StrategyID
    /// Limit of the exit in profit; `nil` without one.
    public var takeProfit: Price?
    /// Trigger of the exit in loss; `nil` without one.
    public var stopLoss: Price?
    /// The caller's key for "send this once"; unique among his orders.
    public var token: String

    /// A ticket.
    public init(
        symbol: SymbolID, side: Side, type: OrderType, quantity: Quantity, limitPrice: Price? = nil,
        stopPrice: Price? = nil, timeInForce: TimeInForce = .day, expiry: Timestamp? = nil,
        flags: OrderFlags = [], strategy: StrategyID = .manual, takeProfit: Price? = nil,
        stopLoss: Price? = nil, token: String
    ) {
        self.symbol = symbol
        self.side = side
        self.type = type
        self.quantity = quantity
        self.limitPrice = limitPrice
        self.stopPrice = stopPrice
        self.timeInForce = timeInForce
        self.expiry = expiry
        self.flags = flags
        self.strategy = strategy
        self.takeProfit = takeProfit
        self.stopLoss = stopLoss
        self.token = token
    }

    /// Whether exits follow its fills.
    public var isBracket: Bool { takeProfit != nil || stopLoss != nil }

    /// The request it makes.
    public func request(_ id: ClientOrderID, trace: TraceContext) -> OrderRequest {
        OrderRequest(
            id: id, symbol: symbol, side: side, type: type, quantity: quantity, limitPrice: limitPrice,
            stopPrice: stopPrice, timeInForce: timeInForce, expiry: expiry, flags: flags, strategy: strategy,
            trace: trace)
    }
}

// MARK: As text

extension OrderTicket {
    private static let keys = [
        "symbol", "side", "type", "qty", "limit", "stop", "tif", "until", "flags", "strategy", "take_profit",
        "stop_loss", "token",
    ]
    private static let flagNames: [(OrderFlags, String)] = [
        (.reduceOnly, "reduce_only"), (.postOnly, "post_only"), (.outsideRegularHours, "outside_rth"),
    ]

    /// One line that says all of it: `symbol=XAUUSD side=buy type=limit qty=2 limit=4000.1 tif=DAY token=a1`.
    public var text: String {
        let names = Self.flagNames.filter { flags.contains($0.0) }.map(\.1)
        return WishText.line([
            ("symbol", symbol.name), ("side", "\(side.name)"), ("type", "\(type.name)"),
            ("qty", "\(quantity)"),
            ("limit", limitPrice.map { "\($0)" }), ("stop", stopPrice.map { "\($0)" }),
            ("tif", "\(timeInForce.name)"), ("until", expiry.map { "\($0)" }),
            ("flags", names.isEmpty ? nil : names.joined(separator: ",")),
            ("strategy", strategy == .manual ? nil : strategy.name),
            ("take_profit", takeProfit.map { "\($0)" }), ("stop_loss", stopLoss.map { "\($0)" }),
            ("token", token),
        ])
    }

    /// Reads what `text` says; `nil` for anything else.
    public init?(text: String) {
        guard let members = WishText(text, keys: Self.keys),
            let symbol = members["symbol"].flatMap({ SymbolID($0) }),
            let side: Side = members.named("side", \.name),
            let type: OrderType = members.named("type", \.name),
            let quantity = members["qty"].flatMap({ try? Quantity($0) }),
            let timeInForce: TimeInForce = members.named("tif", \.name),
            let limit = members.optional("limit", WishText.price),
            let stop = members.optional("stop", WishText.price),
            let expiry = members.optional("until", { Timestamp(rfc3339: $0) }),
            let flags = members.optional("flags", Self.flags),
            let takeProfit = members.optional("take_profit", WishText.price),
            let stopLoss = members.optional("stop_loss", WishText.price), let token = members["token"]
        else { return nil }
        self.init(
            symbol: symbol, side: side, type: type, quantity: quantity, limitPrice: limit, stopPrice: stop,
            timeInForce: timeInForce, expiry: expiry, flags: flags ?? [],
            strategy: members["strategy"].map { StrategyID($0) } ?? .manual, takeProfit: takeProfit,
            stopLoss: stopLoss, token: token)
    }

    private static func flags(_ text: String) -> OrderFlags? {
        var flags = OrderFlags()
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let flag = flagNames.first(where: { $0.1 == name })?.0 else { return nil }
            flags.insert(flag)
        }
        return flags
    }
}
