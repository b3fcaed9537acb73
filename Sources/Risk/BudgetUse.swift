import TradingModel

/// What has been used up of the limits that a day, a minute or an operator's word gives back, at one moment.
///
/// It outlives a session: the audit trail tells it (`risk.use`), and the next session begins with it.
public struct BudgetUse: Sendable, Hashable {
    /// What a strategy has used up.
    public struct OfStrategy: Sendable, Hashable {
        /// Which; `manual` for orders by hand.
        public var strategy: StrategyID
        /// Orders accepted on `day`.
        public var dailyOrders = 0
        /// Orders accepted since the trip `repeat` was cleared.
        public var repeats = 0
    }

    /// Orders accepted for an instrument at one time.
    public struct Acceptance: Sendable, Hashable {
        /// When.
        public var time: Timestamp
        /// How many.
        public var count: Int
    }

    /// What is still in the throttle of an instrument.
    public struct OfSymbol: Sendable, Hashable {
        /// Which.
        public var symbol: SymbolID
        /// The oldest first.
        public var accepted: [Acceptance]
    }

    /// A position, valued last at a price. The simulated venue forgets it with the session, a broker keeps it.
    public struct Holding: Sendable, Hashable {
        /// Of what.
        public var symbol: SymbolID
        /// Signed.
        public var position: Quantity
        /// The price; zero where none was known.
        public var mark: Price
        /// What a unit of it cost, at the mean; zero where that is not known.
        public var averagePrice: Price = .zero
    }

    /// What the account's funds have lost or gained since the settings said what they are.
    public struct Funds: Sendable, Hashable {
        /// What the settings say; `nil` where they say nothing.
        public var equity: Money?
        /// The result since then, over all sessions.
        public var result: Money
    }

    /// The moment.
    public var time: Timestamp
    /// Beginning of the day (UTC) that the figures of a day belong to.
    public var day: Timestamp
    /// Orders accepted on that day.
    public var dailyOrders = 0
    /// By strategy, in the order of their names.
    public var strategies: [OfStrategy] = []
    /// By instrument, in the order of their names.
    public var symbols: [OfSymbol] = []
    /// Loss of the day; negative for a gain.
    public var dayLoss = Money.zero
    /// Fall from the best result.
    public var drawdown = Money.zero
    /// Loss of the day as the trips count it: from where an operator has cleared it last.
    public var tripDayLoss = Money.zero
    /// Fall from the best result as the trips count it.
    public var tripDrawdown = Money.zero
    /// What `buying_power` goes by; `nil` where an earlier version has told the rest.
    public var funds: Funds?
    /// Whether something was traded whose value is not known, so that the results lack it.
    public var isResultUnknown = false
    /// Trips that have tripped, in that order, and are neither cleared nor released.
    public var tripped: [TripRecord] = []
    /// What the session held, in the order of names; the results have it at these prices. Where a session begins: what it
    /// takes over.
    public var holdings: [Holding] = []

    /// What a notice `budgetCarried` says instead of what is used up: an operator goes on without what is not known of it.
    public static let acknowledgement = "acknowledged"

    /// Nothing.
    public init(at time: Timestamp) {
        self.time = time
        day = time.floored(to: ProfitState.day)
    }

    /// The figures of a strategy, made now where it has none.
    subscript(strategy: StrategyID) -> OfStrategy {
        get { strategies.first { $0.strategy == strategy } ?? OfStrategy(strategy: strategy) }
        set {
            if let place = strategies.firstIndex(where: { $0.strategy == strategy }) {
                strategies[place] = newValue
            } else {
                strategies.append(newValue)
                strategies.sort { $0.strategy.name < $1.strategy.name }
            }
        }
    }

    /// Enters an accepted order into the throttle of its instrument.
    mutating func accept(_ symbol: SymbolID, at time: Timestamp) {
        let place: Int
        if let known = symbols.firstIndex(where: { $0.symbol == symbol }) {
            place = known
        } else {
            let name = symbol.name
            place = symbols.firstIndex { $0.symbol.name > name } ?? symbols.count
            symbols.insert(OfSymbol(symbol: symbol, accepted: []), at: place)
        }
        if let last = symbols[place].accepted.indices.last, symbols[place].accepted[last].time >= time {
            symbols[place].accepted[last].count += 1
        } else {
            symbols[place].accepted.append(Acceptance(time: time, count: 1))
        }
    }

    /// A new day (UTC) begins: what was used of the old one does not count any more.
    mutating func advance(to now: Timestamp) {
        guard now >= day.advanced(by: ProfitState.day) else { return }
        day = now.floored(to: ProfitState.day)
        dailyOrders = 0
        for place in strategies.indices { strategies[place].dailyOrders = 0 }
    }

    /// Forgets acceptances up to `start`.
    mutating func forget(upTo start: Timestamp) {
        for place in symbols.indices { symbols[place].accepted.removeAll { $0.time <= start } }
        symbols.removeAll { $0.accepted.isEmpty }
    }
}

extension RiskEngine {
    /// Goes on from what earlier sessions have used up.
    mutating func carry(_ use: BudgetUse) {
        dayEnd = use.day.advanced(by: ProfitState.day)
        dailyTotal = use.dailyOrders
        for own in use.strategies {
            dailyOrders[own.strategy] = own.dailyOrders
            repeats[own.strategy] = own.repeats
        }
        for own in use.symbols {
            for acceptance in own.accepted {
                for _ in 0..<acceptance.count { throttles[own.symbol].accept(at: acceptance.time) }
            }
        }
        profit.carry(use)
    }

    /// What is used up, but for what the trips count.
    func use(at now: Timestamp, strategies: some Sequence<StrategyID>) -> BudgetUse {
        var use = BudgetUse(at: now)
        use.dailyOrders = now >= dayEnd ? 0 : dailyTotal
        for strategy in strategies {
            let today = now >= dayEnd ? 0 : dailyOrders[strategy]
            guard today != 0 || repeats[strategy] != 0 else { continue }
            use[strategy] = BudgetUse.OfStrategy(
                strategy: strategy, dailyOrders: today, repeats: repeats[strategy])
        }
        for symbol in symbols {
            for time in throttles[symbol].accepted(at: now) { use.accept(symbol, at: time) }
        }
        use.dayLoss = profit.dayLoss
        use.drawdown = profit.drawdown
        use.funds = BudgetUse.Funds(equity: changes.base.accountEquity, result: profit.lasting)
        use.isResultUnknown = profit.isUnknown || profit.doubt != .none
        use.holdings = symbols.filter { profit.position($0) != .zero }.sorted { $0.name < $1.name }.map {
            profit.holding($0)
        }
        return use
    }
}

extension BudgetUse.Holding {
    /// What a session begins with.
    public var adoption: AdoptedPosition {
        AdoptedPosition(carried: symbol, position, averagePrice: averagePrice, mark: mark)
    }
}
