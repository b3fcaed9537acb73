import TradingModel

/// Controls of state and shape: whether such an order may be sent at all.
extension RiskEngine {
    /// At `reduce` reducing orders pass; above it only those with which the daemon itself brings positions to zero.
    func isKilled(_ subject: Subject) -> Bool {
        guard let level = kills.level(subject.request.strategy, subject.request.symbol) else { return false }
        return stops(level, subject)
    }

    private func stops(_ level: KillLevel, _ subject: Subject) -> Bool {
        switch level {
        case .reduce: !subject.isReducing
        case .halt: true
        case .flatten: !isFlattening(subject)
        }
    }

    /// Whether an order of the same instrument and side may have arrived or not: a new one could double it. One that only
    /// reduces cannot, as what the other may fill is reserved.
    func isInDoubt(_ subject: Subject) -> Bool {
        subject.exposure.unresolved(subject.request.side) > 0 && !subject.isReducing
    }

    /// Whether it carries out an operator's order to flatten, which holds.
    func isFlattening(_ subject: Subject) -> Bool {
        subject.isFlattening && !kills.isEmpty
            && kills.level(subject.request.strategy, subject.request.symbol) == .flatten
    }

    /// Reducing orders are exempt: what a latch of the instrument keeps from them, `kill_switch` has said already, where the
    /// strictest of all that hold counts. Asked once more by itself, it would hold back a flatten of everything.
    func isHalted(_ subject: Subject) -> Bool {
        guard !subject.isReducing else { return false }
        guard subject.isFeedWell else { return true }
        return !kills.isEmpty && kills.latch(.symbol(subject.request.symbol)) != nil
    }

    func checkClock(_ subject: Subject, _ checks: inout RiskChecks) {
        guard let most = limits.maxClockError, clock != nil || limits.needsClockReading else { return }
        // What nobody has told yet is as bad as a clock that is not synchronised.
        let error = clock.flatMap { $0.isSynchronised ? $0.error : nil }
        checks.append(
            RiskCheck(
                .clock, limit: .count(Int(most)), actual: error.map { .count(Int($0)) } ?? .missing,
                passed: error.map { $0 <= most } ?? false || subject.isReducing))
    }

    func checkSession(_ subject: Subject, _ checks: inout RiskChecks) {
        guard let isOpen else { return }
        let mayClose = subject.isReducing && limits.reducesOutsideSessions
        checks.flag(.session, isOn: !isOpen(subject.request.symbol, subject.now) && !mayClose)
    }

    /// The kind is allowed, and who says that it only reduces is right.
    func isAllowedKind(_ subject: Subject) -> Bool {
        let request = subject.request
        let mustReduce = request.flags.contains(.reduceOnly) || request.flags.contains(.flatten)
        guard subject.isReducing || !mustReduce else { return false }
        // One that was asked for as a market order is a limit by now, where that is the rule.
        let type: OrderType = request.flags.contains(.protected) ? .market : request.type
        let isDenied = limits.marketOrders == .deny && (type == .market || type == .stop)
        return !isDenied && allowedTypes & 1 << type.rawValue != 0
            && isAllowedTime(subject)
    }

    /// What becomes of a market order, and what flattens, is good for no longer than it has to be, whatever is asked of others.
    private func isAllowedTime(_ subject: Subject) -> Bool {
        subject.isFlattening || subject.request.flags.contains(.protected)
            || allowedTimes & 1 << subject.request.timeInForce.rawValue != 0
    }

    /// Ids ascend for each strategy, and for the daemon and its operators together: one that is not above the last has been
    /// seen.
    func isKnown(_ request: OrderRequest) -> Bool {
        request.id <= lastIDs[request.strategy] || book.reservations.place(of: request.id) != nil
    }

    func quantityCheck(_ subject: Subject) -> RiskCheck {
        let request = subject.request
        let lot = subject.isKnown ? subject.terms.lotSize : nil
        let passed = lot.map { request.quantity > .zero && request.quantity.isMultiple(of: $0) } ?? false
        return RiskCheck(
            .invalidQuantity, limit: lot.map(RiskCheck.Value.quantity) ?? .missing,
            actual: .quantity(request.quantity), passed: passed)
    }

    /// Every price an order carries must be positive and on the grid, and it must carry those its type needs.
    func priceCheck(_ subject: Subject) -> RiskCheck {
        let request = subject.request
        let tick = subject.isKnown ? subject.terms.tickSize : nil
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

    func referenceCheck(_ subject: Subject) -> RiskCheck {
        RiskCheck(
            .noReference, limit: .flag(true),
            actual: subject.reference.price.map(RiskCheck.Value.price) ?? .missing,
            passed: subject.reference.price != nil)
    }

    /// A stale reference is good enough for a reducing limit order: its price is still held against the collar.
    func checkAge(_ subject: Subject, _ checks: inout RiskChecks) {
        let reference = subject.reference
        guard limits.maxReferenceAge != nil || limits.maxReferenceSpreadBps != nil, reference.price != nil
        else { return }
        let isExempt = subject.isReducing && subject.request.type == .limit
        let passed = !reference.isStale || isExempt
        if let spread = reference.wideSpread, let most = limits.maxReferenceSpreadBps {
            checks.append(
                RiskCheck(.staleReference, limit: .count(most), actual: .count(spread), passed: passed))
        } else {
            checks.append(
                RiskCheck(
                    .staleReference, limit: limits.maxReferenceAge.map { .count(Int($0)) } ?? .missing,
                    actual: .count(Int(reference.age)), passed: passed))
        }
    }

    /// Any sum that has met the end of its range, or a result that is not known.
    func isFaulty(_ subject: Subject) -> Bool {
        subject.exposure.isSaturated || (profit.isUnknown && !subject.isReducing)
    }

    // MARK: Prices

    /// A market order as it is sent where the rule is to protect it: a limit at the edge of the collar.
    func protected(_ request: OrderRequest, _ reference: RiskReference) -> OrderRequest {
        guard request.type == .market, limits.marketOrders == .protect, request.limitPrice == nil,
            request.stopPrice == nil, let price = reference.price, let terms = terms[request.symbol]
        else { return request }
        var request = request
        request.type = .limit
        request.limitPrice = Self.collar(request.side, price, terms).edge(request.side)
        request.flags.insert(.protected)
        // As a market order would not, what does not fill at once does not stay.
        request.timeInForce = .immediateOrCancel
        return request
    }

    static func collar(_ side: Side, _ reference: Price, _ terms: InstrumentTerms) -> PriceCollar {
        PriceCollar(
            side: side, reference: reference, tick: terms.tickSize, collarBps: terms.collarBps,
            passiveBandBps: terms.passiveBandBps)
    }

    /// A limit within the collar around the reference; a trigger beyond the reference within the wide band, and the limit
    /// behind it within the collar around the trigger.
    ///
    /// The stop-loss of an entry may have met its trigger already, where the entry's fill is known late: it closes at once what
    /// it would have closed by then.
    func collarCheck(_ subject: Subject) -> RiskCheck {
        let request = subject.request
        guard subject.isKnown, let reference = subject.reference.price else {
            return RiskCheck(.priceCollar, limit: .missing, actual: .missing, passed: false)
        }
        let collar = Self.collar(request.side, reference, subject.terms)
        guard let stop = request.stopPrice else {
            return RiskCheck(
                .priceCollar, limit: .price(collar.edge(request.side)),
                actual: request.limitPrice.map(RiskCheck.Value.price) ?? .missing,
                passed: request.limitPrice.map(collar.contains) ?? true)
        }
        // The wide band lies on the other side's passive side: where this side's triggers are.
        let band = Self.collar(request.side.opposite, reference, subject.terms)
        let isBeyond = request.side == .buy ? stop > reference : stop < reference
        let farthest = request.side == .buy ? band.highest : band.lowest
        let isNear = request.side == .buy ? stop <= farthest : stop >= farthest
        guard (isBeyond || isLateStopLoss(subject)) && isNear else {
            return RiskCheck(.priceCollar, limit: .price(farthest), actual: .price(stop), passed: false)
        }
        let leg = Self.collar(request.side, stop, subject.terms)
        return RiskCheck(
            .priceCollar, limit: .price(request.limitPrice == nil ? farthest : leg.edge(request.side)),
            actual: .price(request.limitPrice ?? stop),
            passed: request.limitPrice.map(leg.contains) ?? true)
    }

    private func isLateStopLoss(_ subject: Subject) -> Bool {
        subject.request.type == .stop && subject.request.bracket != nil && subject.isReducing
    }
}

extension PriceCollar {
    /// The farthest price at which an order of that side may still trade.
    func edge(_ side: Side) -> Price { side == .buy ? highest : lowest }
}

extension OrderRequest {
    /// The limit, else the stop price.
    var firstPrice: Price? { limitPrice ?? stopPrice }

    /// Whether `isGood` holds for every price it carries.
    func allPrices(_ isGood: (Price) -> Bool) -> Bool {
        (limitPrice.map(isGood) ?? true) && (stopPrice.map(isGood) ?? true)
    }
}
