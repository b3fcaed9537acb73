import Audit
import ExactJSON
import TradingModel

/// What is used up, from the lines of the audit trail: the newest `risk.use`, and what was written after it.
///
/// Source of the rules: the folds of `RiskEngine`, `ProfitState` and `LossWatch`; a test holds both against each other.
public struct BudgetFold: Sendable {
    /// The type of line that tells everything: nothing before the newest one is needed.
    public static let beginning: StaticString = "risk.use"

    private var use: BudgetUse
    private var profit = ProfitState()
    private var losses = LossWatch(TripLimits())
    private var executions = ExecutionMemory()
    private let rates: [CurrencyCode: Price]
    private let symbols: [SymbolID]
    private let keepsPositions: Bool
    /// What the settings say that the account has.
    private let equity: Money?
    private var terms = InstrumentTable<InstrumentTerms?>(default: nil)
    /// Time of the newest line.
    private var newest = Timestamp(nanoseconds: .min)
    /// Lines that should tell something and cannot be understood.
    public private(set) var misunderstood = 0

    /// Nothing is used up.
    ///
    /// - Parameters:
    ///   - limits: their instruments and rates value what was traded.
    ///   - keepsPositions: whether the venue keeps positions from one session to the next, as a broker does.
    public init(limits: RiskLimits, keepsPositions: Bool = false) {
        use = BudgetUse(at: .zero)
        self.keepsPositions = keepsPositions
        rates = limits.ratesByCode
        symbols = limits.instruments.map(\.symbol)
        equity = limits.accountEquity
        for instrument in limits.instruments {
            terms[instrument.symbol] = InstrumentTerms(instrument, limits)
        }
    }

    /// Folds a line; those of other types tell nothing.
    public mutating func fold(_ type: AuditLineType?, at time: Timestamp, _ data: [UInt8]) {
        let isFirst = newest.nanoseconds == .min
        newest = max(newest, time)
        if isFirst { restart(BudgetUse(at: time)) }
        switch type {
        case .riskUse, .orderIntent, .orderFill, .orderCommission, .riskTrip, .positionAdopt,
            .killSwitchRelease:
            break
        case .sessionStart:
            // The books of a session at the simulated venue begin empty, and every venue counts executions anew.
            if !keepsPositions { profit.release() }
            executions = ExecutionMemory()
            return
        default: return
        }
        guard let json = try? JSONParser.parse(data) else {
            misunderstood += 1
            return
        }
        let isUnderstood =
            switch type {
            case .riskUse: fold(use: json)
            case .orderIntent: fold(intent: json, at: time)
            case .orderFill: fold(fill: json, at: time)
            case .orderCommission: fold(commission: json, at: time)
            case .positionAdopt: fold(adoption: json, at: time)
            case .killSwitchRelease: fold(release: json)
            default: fold(trip: json, at: time)
            }
        if !isUnderstood { misunderstood += 1 }
    }

    private mutating func restart(_ use: BudgetUse) {
        self.use = use
        profit = ProfitState()
        profit.carry(use)
        losses = LossWatch(TripLimits())
        losses.carry(dayLoss: use.tripDayLoss, drawdown: use.tripDrawdown, day: use.day)
        for holding in use.holdings {
            profit.adopt(holding.adoption, terms[holding.symbol])
        }
    }

    private mutating func fold(use json: JSONValue) -> Bool {
        guard let use = BudgetUse(json) else { return false }
        restart(use)
        return true
    }

    private mutating func fold(intent json: JSONValue, at time: Timestamp) -> Bool {
        guard let symbol = json["symbol"]?.stringValue.flatMap({ SymbolID($0) }),
            let name = json["strategy"]?.stringValue
        else { return false }
        advance(to: time)
        if profit.position(symbol) != .zero,
            let mark = json["ref"]?.stringValue.flatMap({ try? Price($0) })
        {
            profit.mark(symbol, mark, terms[symbol])
            losses.note(profit.total, at: time)
        }
        guard json["reducing"]?.boolValue != true else { return true }
        use.forget(upTo: time.advanced(by: -Throttle.window))
        use.accept(symbol, at: time)
        use.dailyOrders += 1
        use[StrategyID(name)].dailyOrders += 1
        use[StrategyID(name)].repeats += 1
        return true
    }

    private mutating func fold(fill json: JSONValue, at time: Timestamp) -> Bool {
        guard let symbol = json["symbol"]?.stringValue.flatMap({ SymbolID($0) }),
            let side = json["side"]?.stringValue, side == "BUY" || side == "SELL",
            let quantity = json["last_qty"]?.stringValue.flatMap({ try? Quantity($0) }),
            let price = json["last_price"]?.stringValue.flatMap({ try? Price($0) }),
            let execution = json["exec_id"]?.integerValue.flatMap({ UInt64(exactly: $0) })
        else { return false }
        guard quantity != .zero, !executions.isRepeat(execution, quantity) else { return true }
        advance(to: time)
        profit.book(symbol, side == "BUY" ? .buy : .sell, quantity, at: price, terms[symbol])
        let isUnderstood = json["commission"] == nil || charge(json)
        losses.note(profit.total, at: time)
        return isUnderstood
    }

    private mutating func fold(commission json: JSONValue, at time: Timestamp) -> Bool {
        advance(to: time)
        defer { losses.note(profit.total, at: time) }
        return charge(json)
    }

    private mutating func charge(_ json: JSONValue) -> Bool {
        guard let amount = json["commission"]?.stringValue.flatMap({ Money(text: $0) }),
            let currency = json["currency"]?.stringValue.flatMap({ CurrencyCode($0) })
        else { return false }
        profit.charge(amount, rate: rates[currency])
        return true
    }

    /// What an earlier session held is known from its own lines.
    private mutating func fold(adoption json: JSONValue, at time: Timestamp) -> Bool {
        guard let symbol = json["symbol"]?.stringValue.flatMap({ SymbolID($0) }),
            let change = json["change"]?.stringValue.flatMap({ try? Quantity($0) }), change != .zero,
            let origin = json["origin"]?.stringValue
        else { return false }
        guard origin == "accepted" else { return true }
        advance(to: time)
        let price = json["avg_price"]?.stringValue.flatMap { try? Price($0) }
        profit.adopt(AdoptedPosition(symbol, change, averagePrice: price), terms[symbol])
        losses.note(profit.total, at: time)
        return true
    }

    /// A trip has tripped, or an operator has cleared it.
    private mutating func fold(trip json: JSONValue, at time: Timestamp) -> Bool {
        guard let trip = json["trip"]?.stringValue.flatMap({ Trip(name: $0) }),
            let scope = json["scope"]?.stringValue
        else { return false }
        switch json["state"]?.stringValue {
        case "tripped": return fold(tripped: trip, scope, json, at: time)
        case "cleared": clear(trip, scope)
        default: break
        }
        return true
    }

    private mutating func fold(
        tripped trip: Trip, _ scope: String, _ json: JSONValue, at time: Timestamp
    ) -> Bool {
        guard let scope = KillScope(text: scope) else { return false }
        let level = json["level"]?.stringValue.flatMap { KillLevel(name: $0) } ?? trip.rule.level
        let reason = json["reason"]?.stringValue ?? ""
        use.tripped.note(TripRecord(trip: trip, scope: scope, level: level, since: time, reason: reason))
        return true
    }

    /// What a release leaves no kill for has ended: what still holds has tripped again behind it.
    private mutating func fold(release json: JSONValue) -> Bool {
        guard let scope = json["scope"]?.stringValue.flatMap({ KillScope(text: $0) }) else { return false }
        let left = json["level"]?.stringValue.flatMap { KillLevel(name: $0) }
        use.tripped.removeAll { record in
            record.scope == scope && (left.map { $0 < record.level } ?? true)
        }
        return true
    }

    private mutating func clear(_ trip: Trip, _ scope: String) {
        use.tripped.removeAll { $0.trip == trip && (scope == KillScope.all.text || scope == $0.scope.text) }
        switch trip {
        case .dayLoss, .drawdown: losses.clear(trip)
        case .repetition:
            for place in use.strategies.indices {
                let own = KillScope.strategy(use.strategies[place].strategy).text
                if scope == KillScope.all.text || scope == own { use.strategies[place].repeats = 0 }
            }
        default: break
        }
    }

    private mutating func advance(to time: Timestamp) {
        profit.advance(to: time)
        use.advance(to: time)
    }

    /// What a session that begins `now` goes on with.
    ///
    /// Acceptances count for what is left of their 60 s. Where the clock went back, or nobody can say how much time has
    /// passed, those of the last 60 s of the log count for a full 60 s from now.
    /// - Parameter isClockGood: whether the clock can be believed.
    public func carried(at now: Timestamp, isClockGood: Bool) -> BudgetUse {
        guard newest.nanoseconds > .min else { return BudgetUse(at: now) }
        let isDoubtful = now < newest || !isClockGood
        let latest = max(now, newest)
        var carried = use
        carried.advance(to: latest)
        carried.forget(upTo: (isDoubtful ? newest : now).advanced(by: -Throttle.window))
        for place in carried.symbols.indices where isDoubtful {
            let count = carried.symbols[place].accepted.reduce(0) { $0 + $1.count }
            carried.symbols[place].accepted = [BudgetUse.Acceptance(time: now, count: count)]
        }
        let isSameDay = newest.floored(to: ProfitState.day) == carried.day
        var profit = profit
        profit.advance(to: latest)
        carried.time = now
        carried.dayLoss = profit.dayLoss
        carried.drawdown = isSameDay ? profit.drawdown : .zero
        carried.tripDayLoss = losses.dayLoss(at: latest)
        carried.tripDrawdown = isSameDay ? losses.drawdown : .zero
        // Who says anew what the account has knows what was lost.
        let isSameAccount = use.funds.map { $0.equity == equity } ?? true
        carried.funds = BudgetUse.Funds(equity: equity, result: isSameAccount ? profit.lasting : .zero)
        carried.isResultUnknown = isSameDay && (use.isResultUnknown || profit.isUnknown)
        carried.holdings =
            keepsPositions
            ? symbols.filter { profit.position($0) != .zero }.sorted { $0.name < $1.name }.map(profit.holding)
            : []
        return carried
    }
}
