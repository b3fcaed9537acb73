import TradingModel

/// The pre-trade controls, in the order of evaluation: a pure function of folded state.
///
/// Order: `audit_unavailable` → `kill_switch` → `mode` → `broker_unavailable` → `symbol` → `invalid_quantity` →
/// `invalid_price` → `no_reference` → `size_limit` → `price_collar` → `exposure_limit` → `throttle_exceeded` → approve.
/// The first that fails is the reason. Whatever is missing or does not fit refuses.
public struct RiskEngine: Sendable {
    /// What is allowed.
    public let limits: RiskLimits
    /// The kills that hold, as the event sequence says.
    public internal(set) var kills = KillLatches()
    /// Whether the kill switch lets no order of anybody pass, as the event sequence says.
    public var isKilled: Bool { (kills.forAll?.level ?? .reduce) >= .halt }
    /// Whether trading is armed, as the event sequence says.
    public internal(set) var isArmed = false
    /// Whether the broker takes orders and its books equal ours, as the event sequence says; venues that say nothing of it
    /// are always there.
    public internal(set) var isBrokerAvailable = true
    /// Whether decisions can be made durable.
    var isAuditAvailable = true

    /// What the controls need of every instrument in `limits`, without a lookup by name.
    private let terms: InstrumentTable<InstrumentTerms?>
    private let symbols: [SymbolID]
    private var book = ExposureBook()
    private var throttles: InstrumentTable<Throttle>

    /// An engine that knows no position, is not killed and not armed.
    public init(limits: RiskLimits) {
        self.limits = limits
        var table = InstrumentTable<InstrumentTerms?>(default: nil)
        for instrument in limits.instruments {
            table[instrument.symbol] = InstrumentTerms(instrument, limits)
        }
        terms = table
        symbols = limits.instruments.map(\.symbol)
        throttles = InstrumentTable(default: Throttle())
    }

    // MARK: Verdict

    /// Judges a request; reserves nothing.
    ///
    /// - Parameters:
    ///   - now: time of the event that is being handled.
    ///   - isDryRun: evaluate every control even after one has failed.
    ///   - quotes: newest best bid and ask of an instrument.
    public func evaluate(
        _ request: OrderRequest, now: Timestamp, isDryRun: Bool = false, quotes: (SymbolID) -> Tick?
    ) -> RiskDecision {
        var decision = RiskDecision(request: request, approved: false, reasons: [], limits: [])
        let subject = Subject(
            request: request, terms: terms[request.symbol], reference: Self.reference(quotes(request.symbol)),
            now: now)
        for index in Self.order.indices {
            judge(Self.order[index], subject, quotes, &decision.limits)
            if !isDryRun && !decision.limits.allPassed { break }
        }
        decision.approved = decision.limits.allPassed
        if isDryRun {
            decision.reasons = decision.limits.filter { !$0.passed }.map(\.reason)
        } else if let reason = decision.limits.firstFailure {
            decision.reasons = [reason]
        }
        return decision
    }

    /// What the controls look at.
    private struct Subject {
        let request: OrderRequest
        let terms: InstrumentTerms?
        let reference: Price?
        let now: Timestamp
    }

    /// The product's decision tree; the order is part of the contract.
    static let order: InlineArray<12, RiskReason> = [
        .auditUnavailable, .killSwitch, .mode, .brokerUnavailable, .symbol, .invalidQuantity, .invalidPrice,
        .noReference, .sizeLimit, .priceCollar, .exposureLimit, .throttleExceeded,
    ]

    /// Adds what one control finds: one check, or two where a limit has two scopes.
    private func judge(
        _ control: RiskReason, _ subject: Subject, _ quotes: (SymbolID) -> Tick?, _ checks: inout RiskChecks
    ) {
        switch control {
        case .auditUnavailable: checks.append(Self.flag(control, isOn: !isAuditAvailable))
        case .killSwitch: checks.append(Self.flag(control, isOn: isKilled(subject.request)))
        case .mode: checks.append(Self.flag(control, isOn: !isArmed && !isFlattening(subject.request)))
        case .brokerUnavailable: checks.append(Self.flag(control, isOn: !isBrokerAvailable))
        case .symbol: checks.append(Self.flag(control, isOn: subject.terms?.isTradable != true))
        case .invalidQuantity: checks.append(quantityCheck(subject))
        case .invalidPrice: checks.append(priceCheck(subject))
        case .noReference: checks.append(referenceCheck(subject))
        case .sizeLimit: checks.append(sizeCheck(subject.request))
        case .priceCollar: checks.append(collarCheck(subject))
        // What only shrinks a position an operator wants gone must not fail on its being too large.
        case .exposureLimit where isFlattening(subject.request): break
        case .throttleExceeded where isFlattening(subject.request): break
        case .exposureLimit: exposureChecks(subject, quotes, &checks)
        case .throttleExceeded: checks.append(throttleCheck(subject))
        }
    }

    /// Whether a kill stands against an order: at `reduce` what only shrinks a position passes, at `flatten` what flattens.
    private func isKilled(_ request: OrderRequest) -> Bool {
        switch kills.level(request.strategy, request.symbol) {
        case nil: false
        case .reduce: !isReducing(request)
        case .halt, .flatten: !isFlattening(request)
        }
    }

    /// Whether every fill of it makes the position smaller, whatever of the working orders fills before.
    private func isReducing(_ request: OrderRequest) -> Bool {
        book.exposures[request.symbol].isReducing(request.quantity, request.side)
    }

    /// Whether it carries out an operator's order to flatten, which holds.
    private func isFlattening(_ request: OrderRequest) -> Bool {
        request.flags.contains(.flatten) && isReducing(request)
            && kills.level(request.strategy, request.symbol) == .flatten
    }

    private static func flag(_ reason: RiskReason, isOn: Bool) -> RiskCheck {
        RiskCheck(reason, limit: .flag(false), actual: .flag(isOn), passed: !isOn)
    }

    private func quantityCheck(_ subject: Subject) -> RiskCheck {
        let request = subject.request
        let lot = subject.terms?.lotSize
        let passed = lot.map { request.quantity > .zero && request.quantity.isMultiple(of: $0) } ?? false
        return RiskCheck(
            .invalidQuantity, limit: lot.map(RiskCheck.Value.quantity) ?? .missing,
            actual: .quantity(request.quantity), passed: passed)
    }

    /// Every price an order carries must be positive and on the grid, and it must carry those its type needs.
    private func priceCheck(_ subject: Subject) -> RiskCheck {
        let request = subject.request
        let tick = subject.terms?.tickSize
        let needsLimit = request.type == .limit || request.type == .stopLimit
        let needsStop = request.type == .stop || request.type == .stopLimit
        let isComplete = needsLimit == (request.limitPrice != nil) && needsStop == (request.stopPrice != nil)
        let isOnGrid =
            tick.map { tick in
                request.allPrices { $0 > .zero && $0.isMultiple(of: tick) }
            } ?? false
        return RiskCheck(
            .invalidPrice, limit: tick.map(RiskCheck.Value.price) ?? .missing,
            actual: request.firstPrice.map(RiskCheck.Value.price) ?? .missing, passed: isComplete && isOnGrid)
    }

    private func sizeCheck(_ request: OrderRequest) -> RiskCheck {
        RiskCheck(
            .sizeLimit, limit: .quantity(limits.maxSize), actual: .quantity(request.quantity),
            passed: request.quantity <= limits.maxSize)
    }

    private func referenceCheck(_ subject: Subject) -> RiskCheck {
        RiskCheck(
            .noReference, limit: .flag(true),
            actual: subject.reference.map(RiskCheck.Value.price) ?? .missing, passed: subject.reference != nil
        )
    }

    private func collarCheck(_ subject: Subject) -> RiskCheck {
        guard let tick = subject.terms?.tickSize, let reference = subject.reference else {
            return RiskCheck(.priceCollar, limit: .missing, actual: .missing, passed: false)
        }
        let request = subject.request
        let collar = PriceCollar(
            side: request.side, reference: reference, tick: tick, collarBps: limits.priceCollarBps,
            passiveBandBps: limits.passiveBandBps)
        let edge = request.side == .buy ? collar.highest : collar.lowest
        return RiskCheck(
            .priceCollar, limit: .price(edge),
            actual: request.firstPrice.map(RiskCheck.Value.price) ?? .missing,
            passed: request.allPrices { collar.contains($0) })
    }

    /// Per instrument, then gross.
    private func exposureChecks(
        _ subject: Subject, _ quotes: (SymbolID) -> Tick?, _ checks: inout RiskChecks
    ) {
        guard let own = exposure(subject) else {
            checks.append(
                RiskCheck(.exposureLimit, limit: .money(limits.maxExposure), actual: .missing, passed: false))
            return
        }
        checks.append(
            RiskCheck(
                .exposureLimit, limit: .money(limits.maxExposure), actual: .money(own),
                passed: own <= limits.maxExposure))
        checks.append(grossCheck(subject.request.symbol, own, quotes))
    }

    /// What is held elsewhere and cannot be valued refuses: an exposure that is not known is not small.
    private func grossCheck(
        _ symbol: SymbolID, _ own: Money, _ quotes: (SymbolID) -> Tick?
    ) -> RiskCheck {
        var gross = own
        for other in symbols where other != symbol {
            guard let held = held(other, quotes) else {
                return RiskCheck(
                    .exposureLimit, limit: .money(limits.maxGrossExposure), actual: .missing, passed: false)
            }
            gross += held
        }
        return RiskCheck(
            .exposureLimit, limit: .money(limits.maxGrossExposure), actual: .money(gross),
            passed: gross <= limits.maxGrossExposure)
    }

    private func throttleCheck(_ subject: Subject) -> RiskCheck {
        let accepted = throttles[subject.request.symbol].count(at: subject.now)
        return RiskCheck(
            .throttleExceeded, limit: .count(limits.throttleMax), actual: .count(accepted),
            passed: accepted < limits.throttleMax)
    }

    // MARK: Exposure

    /// Mid of a quote that is neither crossed nor locked.
    static func reference(_ quote: Tick?) -> Price? { quote.flatMap { ReferenceQuote($0).price } }

    /// Worst-case exposure with `request` on top; the price is the worse of limit and reference for buys, the
    /// reference for sells.
    private func exposure(_ subject: Subject) -> Money? {
        guard let terms = subject.terms, let reference = subject.reference else { return nil }
        let request = subject.request
        let price = request.side == .buy ? max(request.limitPrice ?? reference, reference) : reference
        let quantity = book.exposures[request.symbol].worstCase(adding: request.quantity, request.side)
        return terms.value(quantity, price)
    }

    private func held(_ symbol: SymbolID, _ quotes: (SymbolID) -> Tick?) -> Money? {
        let quantity = book.exposures[symbol].worstCase
        guard quantity > .zero else { return .zero }
        return Self.reference(quotes(symbol)).flatMap { price in
            terms[symbol].flatMap { $0.value(quantity, price) }
        }
    }

    // MARK: Folding

    /// Reserves what an approved request may lead to and counts it in the throttle.
    mutating func reserve(_ request: OrderRequest, now: Timestamp) {
        book.reserve(request)
        throttles[request.symbol].accept(at: now)
    }

    /// Folds a report of the venue.
    mutating func fold(_ report: OrderEvent, _ symbol: SymbolID) { book.fold(report, symbol) }

    /// Folds operator commands and life cycle.
    mutating func fold(_ notice: SystemNotice) {
        switch notice.kind {
        case .killSwitchEngaged: kills.engage(KillLatch(notice))
        case .killSwitchReleased:
            kills.release(notice.scope, to: notice.level)
            isArmed = false
        case .armed: isArmed = !isKilled
        case .disarmed, .sessionStop: isArmed = false
        case .brokerLost, .brokerUnreconciled: isBrokerAvailable = false
        case .brokerReady: isBrokerAvailable = true
        case .sessionStart, .auditDurable, .limitsChanged, .tripCleared, .clockRead: break
        }
    }

    // MARK: Views

    /// Where an instrument stands against its limits.
    public func view(_ symbol: SymbolID, now: Timestamp, quotes: (SymbolID) -> Tick?) -> RiskView {
        let exposure = book.exposures[symbol]
        return RiskView(
            isTradable: terms[symbol]?.isTradable == true, position: exposure.position,
            openBuys: exposure.openBuys, openSells: exposure.openSells,
            exposure: terms[symbol] == nil ? nil : held(symbol, quotes),
            acceptedInWindow: throttles[symbol].count(at: now))
    }

    /// Working and pending orders over all instruments.
    public var openOrders: Int { book.openOrders }
}

/// What the controls need of one instrument, as plain numbers.
struct InstrumentTerms: Sendable, Hashable, BitwiseCopyable {
    let tickSize: Price
    let lotSize: Quantity
    let multiplier: Quantity
    /// Value of one unit of the instrument's currency in the base currency; `nil` when no rate is known.
    let rate: Price?
    /// Whether it is on the whitelist.
    let isTradable: Bool

    init(_ instrument: Instrument, _ limits: RiskLimits) {
        tickSize = instrument.tickSize
        lotSize = instrument.lotSize
        multiplier = instrument.multiplier
        rate = limits.exchangeRates[instrument.currency]
        isTradable = limits.whitelist.contains(instrument.symbol)
    }

    /// Notional in the base currency; `nil` without an exchange rate.
    func value(_ quantity: Quantity, _ price: Price) -> Money? {
        guard let rate else { return nil }
        return Money(price, times: quantity, multiplier: multiplier)
            .scaled(by: Int128(rate.rawValue), over: 1_000_000_000)
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
}

extension OrderRequest {
    /// The limit, else the stop price.
    fileprivate var firstPrice: Price? { limitPrice ?? stopPrice }

    /// Whether `isGood` holds for every price it carries.
    fileprivate func allPrices(_ isGood: (Price) -> Bool) -> Bool {
        (limitPrice.map(isGood) ?? true) && (stopPrice.map(isGood) ?? true)
    }
}
