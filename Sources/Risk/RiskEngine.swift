import TradingModel

/// The pre-trade controls, in the order of evaluation: a pure function of folded state.
///
/// Order: `audit_unavailable` → `kill_switch` → `mode` → `symbol` → `invalid_quantity` → `invalid_price` →
/// `no_reference` → `size_limit` → `price_collar` → `exposure_limit` → `throttle_exceeded` → approve. The
/// first that fails is the reason. Whatever is missing or does not fit refuses.
public struct RiskEngine: Sendable {
    /// What is allowed.
    public let limits: RiskLimits
    /// Whether the kill switch is engaged, as the event sequence says.
    public internal(set) var isKilled = false
    /// Whether trading is armed, as the event sequence says.
    public internal(set) var isArmed = false
    /// Whether decisions can be made durable.
    var isAuditAvailable = true

    private let instruments: InstrumentTable<Instrument?>
    private var book = ExposureBook()
    private var throttles: InstrumentTable<Throttle>

    /// An engine that knows no position, is not killed and not armed.
    public init(limits: RiskLimits) {
        self.limits = limits
        var table = InstrumentTable<Instrument?>(default: nil)
        for instrument in limits.instruments { table[instrument.symbol] = instrument }
        instruments = table
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
        var checks: [RiskCheck] = []
        checks.reserveCapacity(RiskReason.allCases.count + 1)
        for control in Self.order {
            let first = checks.count
            judge(control, request, now, quotes, &checks)
            if !isDryRun && checks[first...].contains(where: { !$0.passed }) { break }
        }
        var reasons: [RiskReason] = []
        for check in checks where !check.passed && (isDryRun || reasons.isEmpty) {
            reasons.append(check.reason)
        }
        return RiskDecision(request: request, approved: reasons.isEmpty, reasons: reasons, limits: checks)
    }

    /// The product's decision tree; the order is part of the contract.
    static let order: [RiskReason] = [
        .auditUnavailable, .killSwitch, .mode, .symbol, .invalidQuantity, .invalidPrice, .noReference,
        .sizeLimit, .priceCollar, .exposureLimit, .throttleExceeded,
    ]

    /// Adds what one control finds: one check, or two where a limit has two scopes.
    private func judge(
        _ control: RiskReason, _ request: OrderRequest, _ now: Timestamp, _ quotes: (SymbolID) -> Tick?,
        _ checks: inout [RiskCheck]
    ) {
        switch control {
        case .auditUnavailable: checks.append(Self.flag(control, isOn: !isAuditAvailable))
        case .killSwitch: checks.append(Self.flag(control, isOn: isKilled))
        case .mode: checks.append(Self.flag(control, isOn: !isArmed))
        case .symbol: checks.append(Self.flag(control, isOn: !isTradable(request.symbol)))
        case .invalidQuantity: checks.append(quantityCheck(request))
        case .invalidPrice: checks.append(priceCheck(request))
        case .noReference: checks.append(referenceCheck(request, quotes))
        case .sizeLimit: checks.append(sizeCheck(request))
        case .priceCollar: checks.append(collarCheck(request, quotes))
        case .exposureLimit: exposureChecks(request, quotes, &checks)
        case .throttleExceeded: checks.append(throttleCheck(request, now))
        }
    }

    private static func flag(_ reason: RiskReason, isOn: Bool) -> RiskCheck {
        RiskCheck(reason, limit: .flag(false), actual: .flag(isOn), passed: !isOn)
    }

    private func isTradable(_ symbol: SymbolID) -> Bool {
        limits.whitelist.contains(symbol) && instruments[symbol] != nil
    }

    private func quantityCheck(_ request: OrderRequest) -> RiskCheck {
        let lot = instruments[request.symbol]?.lotSize
        let passed = lot.map { request.quantity > .zero && request.quantity.isMultiple(of: $0) } ?? false
        return RiskCheck(
            .invalidQuantity, limit: lot.map(RiskCheck.Value.quantity) ?? .missing,
            actual: .quantity(request.quantity), passed: passed)
    }

    /// Every price an order carries must be positive and on the grid, and it must carry those its type needs.
    private func priceCheck(_ request: OrderRequest) -> RiskCheck {
        let tick = instruments[request.symbol]?.tickSize
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

    private func referenceCheck(_ request: OrderRequest, _ quotes: (SymbolID) -> Tick?) -> RiskCheck {
        let reference = Self.reference(quotes(request.symbol))
        return RiskCheck(
            .noReference, limit: .flag(true), actual: reference.map(RiskCheck.Value.price) ?? .missing,
            passed: reference != nil)
    }

    private func collarCheck(_ request: OrderRequest, _ quotes: (SymbolID) -> Tick?) -> RiskCheck {
        guard let tick = instruments[request.symbol]?.tickSize,
            let reference = Self.reference(quotes(request.symbol))
        else { return RiskCheck(.priceCollar, limit: .missing, actual: .missing, passed: false) }
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
        _ request: OrderRequest, _ quotes: (SymbolID) -> Tick?, _ checks: inout [RiskCheck]
    ) {
        guard let own = exposure(request, quotes) else {
            checks.append(
                RiskCheck(.exposureLimit, limit: .money(limits.maxExposure), actual: .missing, passed: false))
            return
        }
        checks.append(
            RiskCheck(
                .exposureLimit, limit: .money(limits.maxExposure), actual: .money(own),
                passed: own <= limits.maxExposure))
        checks.append(grossCheck(request, own, quotes))
    }

    /// What is held elsewhere and cannot be valued refuses: an exposure that is not known is not small.
    private func grossCheck(
        _ request: OrderRequest, _ own: Money, _ quotes: (SymbolID) -> Tick?
    ) -> RiskCheck {
        var gross = own
        for instrument in limits.instruments where instrument.symbol != request.symbol {
            guard let held = held(instrument, quotes) else {
                return RiskCheck(
                    .exposureLimit, limit: .money(limits.maxGrossExposure), actual: .missing, passed: false)
            }
            gross += held
        }
        return RiskCheck(
            .exposureLimit, limit: .money(limits.maxGrossExposure), actual: .money(gross),
            passed: gross <= limits.maxGrossExposure)
    }

    private func throttleCheck(_ request: OrderRequest, _ now: Timestamp) -> RiskCheck {
        let accepted = throttles[request.symbol].count(at: now)
        return RiskCheck(
            .throttleExceeded, limit: .count(limits.throttleMax), actual: .count(accepted),
            passed: accepted < limits.throttleMax)
    }

    // MARK: Exposure

    /// Mid of a quote that is neither crossed nor locked.
    static func reference(_ quote: Tick?) -> Price? {
        guard let quote, quote.bid > .zero, quote.ask > quote.bid else { return nil }
        let mid = (Int128(quote.bid.rawValue) + Int128(quote.ask.rawValue)) / 2
        return Price(rawValue: Int64(mid))
    }

    /// Worst-case exposure with `request` on top; the price is the worse of limit and reference for buys, the
    /// reference for sells.
    private func exposure(_ request: OrderRequest, _ quotes: (SymbolID) -> Tick?) -> Money? {
        guard let instrument = instruments[request.symbol],
            let reference = Self.reference(quotes(request.symbol))
        else { return nil }
        let price = request.side == .buy ? max(request.limitPrice ?? reference, reference) : reference
        let quantity = book.exposures[request.symbol].worstCase(adding: request.quantity, request.side)
        return value(quantity, price, instrument)
    }

    private func held(_ instrument: Instrument, _ quotes: (SymbolID) -> Tick?) -> Money? {
        let quantity = book.exposures[instrument.symbol].worstCase
        guard quantity > .zero else { return .zero }
        return Self.reference(quotes(instrument.symbol)).flatMap { value(quantity, $0, instrument) }
    }

    /// Notional in the base currency; `nil` without an exchange rate.
    private func value(_ quantity: Quantity, _ price: Price, _ instrument: Instrument) -> Money? {
        guard let rate = limits.exchangeRates[instrument.currency] else { return nil }
        return Money(price, times: quantity, multiplier: instrument.multiplier)
            .scaled(by: Int128(rate.rawValue), over: 1_000_000_000)
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
        case .killSwitchEngaged: isKilled = true
        case .killSwitchReleased:
            isKilled = false
            isArmed = false
        case .armed: isArmed = !isKilled
        case .disarmed, .sessionStop: isArmed = false
        case .sessionStart, .auditDurable: break
        }
    }

    // MARK: Views

    /// Where an instrument stands against its limits.
    public func view(_ symbol: SymbolID, now: Timestamp, quotes: (SymbolID) -> Tick?) -> RiskView {
        let exposure = book.exposures[symbol]
        return RiskView(
            isTradable: isTradable(symbol), position: exposure.position, openBuys: exposure.openBuys,
            openSells: exposure.openSells, exposure: instruments[symbol].flatMap { held($0, quotes) },
            acceptedInWindow: throttles[symbol].count(at: now))
    }

    /// Working and pending orders over all instruments.
    public var openOrders: Int { book.openOrders }
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
