import TradingModel

/// Controls of how much: of one order, of a position, of the account.
extension RiskEngine {
    /// A position may be closed in one order, however large it is.
    func sizeCheck(_ subject: Subject) -> RiskCheck {
        let most = tighter(
            subject.terms?.maxSize ?? limits.maxSize, strategyLimits[subject.request.strategy].maxSize)
        let allowed = subject.isReducing ? max(most, subject.exposure.position.magnitude) : most
        return RiskCheck(
            .sizeLimit, limit: .quantity(allowed), actual: .quantity(subject.request.quantity),
            passed: subject.request.quantity <= allowed)
    }

    func checkNotional(_ subject: Subject, _ checks: inout RiskChecks) {
        let own = strategyLimits[subject.request.strategy].maxOrderNotional
        let all = subject.terms?.maxOrderNotional ?? limits.maxOrderNotional
        guard let most = tightest(all, own) else { return }
        let value = worstPrice(subject).flatMap { subject.terms?.value(subject.request.quantity, $0) }
        checks.append(money(.notionalLimit, most, value, subject.isReducing))
    }

    func checkPosition(_ subject: Subject, _ checks: inout RiskChecks) {
        guard let most = subject.terms?.maxPosition else { return }
        let worst = subject.exposure.worstCase(adding: subject.request.quantity, subject.request.side)
        checks.append(
            RiskCheck(
                .positionLimit, limit: .quantity(most), actual: .quantity(worst),
                passed: worst <= most || subject.isReducing))
    }

    /// Per instrument, then gross.
    func checkExposure(
        _ subject: Subject, _ quotes: (SymbolID) -> ReferenceQuote?, _ gross: inout Money?,
        _ checks: inout RiskChecks
    ) {
        let most = subject.terms?.maxExposure ?? limits.maxExposure
        let own = exposure(subject)
        checks.append(money(.exposureLimit, most, own, subject.isReducing))
        guard let own, own <= most || subject.isReducing else { return }
        gross = self.gross(subject.request.symbol, own, quotes)
        checks.append(money(.exposureLimit, limits.maxGrossExposure, gross, subject.isReducing))
    }

    func checkOpenOrders(_ subject: Subject, _ checks: inout RiskChecks) {
        let own = Int(subject.isReducing ? subject.exposure.openReducing : subject.exposure.openOrders)
        if let most = subject.terms?.maxOpenOrders {
            checks.append(
                RiskCheck(.openOrdersLimit, limit: .count(most), actual: .count(own), passed: own < most))
        }
        guard let most = limits.maxOpenOrdersTotal else { return }
        let total = subject.isReducing ? book.openReducing : book.openOrders - book.openReducing
        checks.append(
            RiskCheck(.openOrdersLimit, limit: .count(most), actual: .count(total), passed: total < most))
    }

    /// The gross exposure must be covered by the account's funds, of which a loss takes away and a profit adds nothing: the
    /// result of all sessions since the settings said what the account has.
    func checkFunds(
        _ subject: Subject, _ quotes: (SymbolID) -> ReferenceQuote?, _ gross: Money?,
        _ checks: inout RiskChecks
    ) {
        guard let equity = limits.accountEquity else { return }
        let funds = equity + min(profit.lasting, .zero)
        let need = gross ?? exposure(subject).flatMap { self.gross(subject.request.symbol, $0, quotes) }
        checks.append(money(.buyingPower, funds, profit.isMissing ? nil : need, subject.isReducing))
    }

    /// Of the day, then from the peak. Reaching a limit breaches it.
    func checkLoss(_ subject: Subject, _ checks: inout RiskChecks) {
        if let most = limits.maxDayLoss { checks.append(loss(most, profit.dayLoss, subject)) }
        if let most = limits.maxDrawdown { checks.append(loss(most, profit.drawdown, subject)) }
    }

    private func loss(_ most: Money, _ actual: Money, _ subject: Subject) -> RiskCheck {
        RiskCheck(
            .lossLimit, limit: .money(most), actual: profit.isMissing ? .missing : .money(actual),
            passed: (actual < most && !profit.isMissing) || subject.isReducing)
    }

    /// An amount that may not pass a limit; one that is not known is not small.
    private func money(
        _ reason: RiskReason, _ most: Money, _ actual: Money?, _ isExempt: Bool
    ) -> RiskCheck {
        RiskCheck(
            reason, limit: .money(most), actual: actual.map(RiskCheck.Value.money) ?? .missing,
            passed: (actual.map { $0 <= most && !$0.isSaturated } ?? false) || isExempt)
    }

    // MARK: Values

    /// The price an order is valued at: the worse of limit and reference for a buy, the reference for a sell; for a stop
    /// without a limit the edge of the collar around its trigger.
    func worstPrice(_ subject: Subject) -> Price? {
        guard let reference = subject.reference.price else { return nil }
        guard subject.request.side == .buy else { return max(reference, subject.request.limitPrice ?? .zero) }
        if let limit = subject.request.limitPrice { return max(limit, reference) }
        guard let terms = subject.terms else { return nil }
        return Self.collar(.buy, max(subject.request.stopPrice ?? reference, reference), terms).highest
    }

    /// Worst-case exposure with the request on top: every open order at its own price, the request at the worse of limit and
    /// reference for buys, the reference for sells.
    func exposure(_ subject: Subject) -> Money? {
        guard let terms = subject.terms, let reference = subject.reference.price else { return nil }
        let request = subject.request
        let price = request.side == .buy ? worstPrice(subject) : reference
        guard let price else { return nil }
        return terms.valuation.value(
            subject.exposure.worstValue(at: reference, adding: request.quantity, at: price, request.side))
    }

    /// What is held elsewhere and cannot be valued is not known: then neither is the sum.
    func gross(_ symbol: SymbolID, _ own: Money, _ quotes: (SymbolID) -> ReferenceQuote?) -> Money? {
        var gross = own
        for place in symbols.indices where symbols[place] != symbol {
            guard book.worstCases[symbols[place]] > .zero else { continue }
            guard let held = value(symbols[place], quotes) else { return nil }
            gross += held
        }
        return gross
    }

    /// Worst-case exposure of an instrument at its newest quote, however old.
    func held(_ symbol: SymbolID, _ quotes: (SymbolID) -> ReferenceQuote?) -> Money? {
        book.exposures[symbol].worstCase > .zero ? value(symbol, quotes) : .zero
    }

    @inline(__always)
    private func value(_ symbol: SymbolID, _ quotes: (SymbolID) -> ReferenceQuote?) -> Money? {
        if let price = quotes(symbol)?.price { return value(symbol, at: price) }
        let last = lastTrades[symbol].price
        return last > .zero ? value(symbol, at: last) : nil
    }

    /// Where nothing works, which is most often so, one product says it.
    @inline(__always)
    private func value(_ symbol: SymbolID, at price: Price) -> Money? {
        guard book.exposures[symbol].hasValues else {
            return valuations[symbol].value(book.worstCases[symbol], price)
        }
        return valuations[symbol].value(book.exposures[symbol].worstValue(at: price))
    }

    /// What a unit of an order is worth at least, once it is approved: for one at any price the edge of the collar.
    func floor(_ decision: RiskDecision) -> Price {
        guard let reference = decision.referencePrice else { return .zero }
        let request = decision.request
        guard request.side == .buy, request.limitPrice == nil, let terms = terms[request.symbol]
        else { return reference }
        return Self.collar(.buy, max(request.stopPrice ?? reference, reference), terms).highest
    }
}
