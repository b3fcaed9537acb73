import TradingModel

/// The pre-trade controls, in the order of `RiskReason`: a pure function of folded state.
///
/// Live, the first that fails is the reason and the rest is not evaluated; a dry run evaluates all. Whatever is missing or
/// does not fit refuses; a limit that is not configured is not evaluated. docs/risk-controls.md lists them.
public struct RiskEngine: Sendable {
    /// What is allowed now: the files' limits with what operators have changed since the session began.
    public internal(set) var limits: RiskLimits
    /// The kills that hold, as the event sequence says.
    public internal(set) var kills = KillLatches()
    /// Whether trading is armed, as the event sequence says.
    public internal(set) var isArmed = false
    /// Whether the broker takes orders, as the event sequence says; venues that say nothing of it are always there.
    public internal(set) var isBrokerUp = true
    /// Whether our books equal the broker's, as the event sequence says; the same.
    public internal(set) var isReconciled = true
    /// How good the clock is; `nil` where nobody has told.
    public internal(set) var clock: ClockReading?
    /// Result of session and day.
    public internal(set) var profit = ProfitState()
    /// Limits that operators have changed.
    public internal(set) var changes: LimitChanges
    /// Whether decisions can be made durable.
    var isAuditAvailable = true
    /// Always `nil`. A struct with an existential is passed by its address: without it the compiler copies the whole engine,
    /// 2 KB, for every call out of a mutating method, as for each decision.
    private let passedByAddress: (any Sendable)? = nil

    /// Whether an instrument trades at a time; `nil` where no hours are known.
    public typealias TradingTimes = @Sendable (SymbolID, Timestamp) -> Bool
    let isOpen: TradingTimes?

    /// What the controls need of every instrument in `limits`, without a lookup by name.
    var terms = InstrumentTable<InstrumentTerms?>(default: nil)
    /// Of the same, what exposures are valued by: the gross exposure looks at every instrument.
    var valuations = InstrumentTable<Valuation>(default: Valuation(multiplier: Money.one, rate: nil))
    /// Value of one unit of a currency in the base currency, for what is charged.
    var rates: [CurrencyCode: Price] = [:]
    /// Kinds of order that are allowed, a bit each.
    var allowedTypes: UInt8 = 0
    /// Times in force that are allowed, a bit each.
    var allowedTimes: UInt8 = 0
    var strategyLimits = StrategyTable<ScopedLimits>(default: ScopedLimits())
    let symbols: [SymbolID]
    var book = ExposureBook()
    var throttles = InstrumentTable<Throttle>(default: Throttle())
    var recent = InstrumentTable<RecentOrders>(default: RecentOrders())
    var lastTrades = InstrumentTable<LastTrade>(default: LastTrade())
    var parents = InstrumentTable<ParentOrder>(default: ParentOrder())
    var lastIDs = StrategyTable<ClientOrderID>(default: ClientOrderID(session: 0, number: 0))
    var repeats = StrategyTable<Int>(default: 0)
    var dailyOrders = StrategyTable<Int>(default: 0)
    var dailyTotal = 0
    var orderTokens = TokenBucket(rate: 0)
    var messageTokens = TokenBucket(rate: 0)
    /// When the day (UTC) of the newest decision ends.
    var dayEnd = Timestamp(nanoseconds: .min)

    /// An engine that knows no position, is not killed and not armed.
    ///
    /// - Parameter isOpen: whether an instrument trades at a time; without it, all always do.
    public init(limits: RiskLimits, isOpen: TradingTimes? = nil) {
        self.limits = limits
        self.isOpen = isOpen
        symbols = limits.instruments.map(\.symbol)
        changes = LimitChanges(base: limits)
        apply(limits)
        for symbol in symbols {
            book.prepare(symbol)
            throttles[symbol].prepare()
            recent[symbol].prepare()
            parents[symbol] = ParentOrder()
        }
    }

    /// Whether every order is stopped.
    public var isKilled: Bool { (kills.forAll?.level ?? .reduce) >= .halt }

    /// Makes what the controls look at of other limits; what was counted stays.
    mutating func apply(_ limits: RiskLimits) {
        self.limits = limits
        for instrument in limits.instruments {
            let own = InstrumentTerms(instrument, limits)
            terms[instrument.symbol] = own
            valuations[instrument.symbol] = own.valuation
            if book.keepsValues { book.count(instrument.symbol, by: own.valuation) }
        }
        rates = limits.ratesByCode
        allowedTypes = limits.allowedTypes.reduce(0) { $0 | 1 << $1.rawValue }
        allowedTimes = limits.timesInForce.reduce(0) { $0 | 1 << $1.rawValue }
        strategyLimits.fill(ScopedLimits())
        for (strategy, own) in limits.strategies { strategyLimits[strategy] = own }
        orderTokens.rate = limits.ordersPerSecond ?? 0
        messageTokens.rate = limits.messagesPerSecond ?? 0
    }

    // MARK: Verdict

    /// Judges a request; reserves nothing.
    ///
    /// - Parameters:
    ///   - now: time of the event that is being handled.
    ///   - isDryRun: evaluate every control even after one has failed.
    ///   - asked: quantity that the decision behind the request asked for in all; `nil` for an order by hand.
    ///   - quotes: newest best bid and ask of an instrument.
    public func evaluate(
        _ request: OrderRequest, now: Timestamp, isDryRun: Bool = false, asked: Quantity? = nil,
        quotes: some QuoteSource
    ) -> RiskDecision {
        var decision = RiskDecision(request: request, approved: false, reasons: [], limits: RiskChecks())
        judge(request, now: now, isDryRun: isDryRun, asked: asked, quotes: quotes, into: &decision)
        return decision
    }

    /// The same, into the room of a verdict that is no longer needed: a decision and its checks are larger than a kilobyte.
    ///
    /// - Returns: whether it is approved.
    @discardableResult
    public func judge(
        _ request: OrderRequest, now: Timestamp, isDryRun: Bool = false, asked: Quantity? = nil,
        quotes: some QuoteSource, into decision: inout RiskDecision
    ) -> Bool {
        verdict(
            request, now: now, isDryRun: isDryRun, asked: asked,
            isFeedWell: quotes.isTradable(request.symbol), &decision
        ) { quotes.reference($0) }
    }

    /// The same by quotes of this moment.
    public func evaluate(
        _ request: OrderRequest, now: Timestamp, isDryRun: Bool = false, asked: Quantity? = nil,
        quotes: (SymbolID) -> Tick?
    ) -> RiskDecision {
        var decision = RiskDecision(request: request, approved: false, reasons: [], limits: RiskChecks())
        _ = verdict(
            request, now: now, isDryRun: isDryRun, asked: asked, isFeedWell: true, &decision
        ) { symbol in
            quotes(symbol).map { ReferenceQuote($0, receivedAt: now) }
        }
        return decision
    }

    /// Judges what a change adds to an order.
    ///
    /// - Parameter worth: by how much it makes worth more what may fill, without multiplier, in the instrument's currency.
    func evaluate(
        _ difference: OrderRequest, worth: Money, now: Timestamp, isDryRun: Bool, quotes: some QuoteSource
    ) -> RiskDecision {
        var decision = RiskDecision(
            request: difference, approved: false, reasons: [], limits: RiskChecks())
        _ = verdict(
            difference, worth: worth, now: now, isDryRun: isDryRun, asked: nil,
            isFeedWell: quotes.isTradable(difference.symbol), &decision
        ) { quotes.reference($0) }
        return decision
    }

    private func verdict(
        _ asOrdered: OrderRequest, worth: Money? = nil, now: Timestamp, isDryRun: Bool, asked: Quantity?,
        isFeedWell: Bool, _ decision: inout RiskDecision, quotes: (SymbolID) -> ReferenceQuote?
    ) -> Bool {
        let quote = quotes(asOrdered.symbol)
        let reference = reference(quote, asOrdered.symbol, now: now)
        decision.begin(protected(asOrdered, reference))
        decision.reference = quote
        decision.trade = reference.trade
        let subject = subject(decision.request, worth, reference, isFeedWell, asked, now)
        decision.isReducing = subject.isReducing
        judgeAll(subject, quotes, isDryRun, &decision.limits)
        guard let failure = decision.limits.firstFailure else {
            decision.approved = true
            return true
        }
        decision.reasons = isDryRun ? Self.reasons(decision.limits) : [failure]
        return false
    }

    /// Every reason that an order fails for, once.
    private static func reasons(_ checks: RiskChecks) -> [RiskReason] {
        var reasons: [RiskReason] = []
        for check in checks where !check.passed && reasons.last != check.reason {
            reasons.append(check.reason)
        }
        return reasons
    }

    private func subject(
        _ request: OrderRequest, _ worth: Money?, _ reference: RiskReference, _ isFeedWell: Bool,
        _ asked: Quantity?, _ now: Timestamp
    ) -> Subject {
        let known = terms[request.symbol]
        let terms = known ?? InstrumentTerms(unknownUnder: limits)
        let exposure = book.exposures[request.symbol]
        return Subject(
            request: request, worth: worth, isKnown: known != nil, terms: terms, exposure: exposure,
            reference: reference,
            worstPrice: known == nil ? nil : Self.worstPrice(request, reference.price, terms),
            isReducing: isReducing(request), isFeedWell: isFeedWell,
            asked: asked, now: now)
    }

    /// What the controls look at.
    struct Subject {
        let request: OrderRequest
        /// What it adds to the value of what may fill; `nil` for its quantity at its price.
        let worth: Money?
        /// Whether anything is known of the instrument.
        let isKnown: Bool
        /// Of the instrument; of one that is not known what holds for all.
        let terms: InstrumentTerms
        let exposure: Exposure
        let reference: RiskReference
        /// The price the order is valued at; `nil` where there is no reference.
        let worstPrice: Price?
        let isReducing: Bool
        let isFeedWell: Bool
        let asked: Quantity?
        let now: Timestamp
    }

    // MARK: Views

    /// Where an instrument stands against its limits.
    public func view(_ symbol: SymbolID, now: Timestamp, quotes: (SymbolID) -> Tick?) -> RiskView {
        let exposure = book.exposures[symbol]
        return RiskView(
            isTradable: terms[symbol]?.isTradable == true, position: exposure.position,
            openBuys: exposure.openBuys, openSells: exposure.openSells,
            exposure: terms[symbol] == nil ? nil : held(symbol) { quotes($0).map { ReferenceQuote($0) } },
            acceptedInWindow: throttles[symbol].count(at: now),
            openOrders: Int(exposure.openOrders + exposure.openReducing))
    }

    /// Working and pending orders over all instruments.
    public var openOrders: Int { book.openOrders }

    /// Fills that no reservation was left for.
    public var drift: Int { book.drift }
}

extension RiskEngine.Subject {
    /// Whether the daemon made it to bring a position to zero.
    var isFlattening: Bool { request.flags.contains(.flatten) && isReducing }

    /// What is held may be closed, whatever the whitelist says now.
    var isAllowedInstrument: Bool { isKnown && (terms.isTradable || isReducing) }
}

extension RiskChecks {
    /// Adds a check that fails where something is on.
    mutating func flag(_ reason: RiskReason, isOn: Bool) {
        append(reason, mustBeOff: isOn)
    }
}

/// Where one instrument stands against its limits.
public struct RiskView: Sendable, Hashable {
    /// Whether it is on the whitelist and known.
    public let isTradable: Bool
    /// Signed quantity held.
    public let position: Quantity
    /// Leaves of working buys.
    public let openBuys: Quantity
    /// Leaves of working sells.
    public let openSells: Quantity
    /// Worst-case exposure in the base currency; `nil` without a price or an exchange rate.
    public let exposure: Money?
    /// Orders accepted in the last 60 s.
    public let acceptedInWindow: Int
    /// Working and pending orders.
    public let openOrders: Int
}

/// How good the clock is.
public struct ClockReading: Sendable, Hashable, BitwiseCopyable {
    /// Whether the kernel calls it synchronised.
    public var isSynchronised: Bool
    /// Nanoseconds by which it may be wrong.
    public var error: Int64

    /// A reading.
    public init(isSynchronised: Bool, error: Int64) {
        self.isSynchronised = isSynchronised
        self.error = error
    }
}
