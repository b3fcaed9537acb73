import TradingModel

/// Controls of how much: of one order, of a position, of the account.
extension RiskEngine {
    /// A position may be closed in one order, however large it is.
    func sizeCheck(_ subject: Subject) -> RiskCheck {
        let most = tighter(
            subject.terms.maxSize, strategyLimits[subject.request.strategy].maxSize)
        let allowed = subject.isReducing ? max(most, subject.exposure.position.magnitude) : most
        return RiskCheck(
            .sizeLimit, limit: .quantity(allowed), actual: .quantity(subject.request.quantity),
            passed: subject.request.quantity <= allowed)
    }

    func checkNotional(_ subject: Subject, _ checks: inout RiskChecks) {
        let own = strategyLimits[subject.request.strategy].maxOrderNotional
        guard let most = tightest(subject.terms.maxOrderNotional, own) else { return }
        let value = subject.worstPrice.flatMap { subject.terms.value(subject.request.quantity, $0) }
        checks.append(money(.notionalLimit, most, value, subject.isReducing))
    }

    func checkPosition(_ subject: Subject, _ checks: inout RiskChecks) {
        guard let most = subject.terms.maxPosition else { return }
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
        let most = subject.terms.maxExposure
        let own = exposure(subject)
        checks.append(money(.exposureLimit, most, own, subject.isReducing))
        guard let own, own <= most || subject.isReducing else { return }
        gross = self.gross(subject.request.symbol, own, quotes)
        checks.append(money(.exposureLimit, limits.maxGrossExposure, gross, subject.isReducing))
    }

    func checkOpenOrders(_ subject: Subject, _ checks: inout RiskChecks) {
        let own = Int(subject.isReducing ? subject.exposure.openReducing : subject.exposure.openOrders)
        if let most = subject.terms.maxOpenOrders {
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
    static func worstPrice(_ request: OrderRequest, _ reference: Price?, _ terms: InstrumentTerms) -> Price? {
        guard let reference else { return nil }
        if let limit = request.limitPrice { return max(limit, reference) }
        guard request.side == .buy else { return reference }
        return collar(.buy, max(request.stopPrice ?? reference, reference), terms).highest
    }

    /// Worst-case exposure with the request on top: every open order at its own price, the request at the worse of limit and
    /// reference for buys, the reference for sells.
    func exposure(_ subject: Subject) -> Money? {
        guard subject.isKnown, let reference = subject.reference.price else { return nil }
        let request = subject.request
        let price = request.side == .buy ? subject.worstPrice : reference
        guard let price else { return nil }
        return subject.terms.valuation.value(
            subject.exposure.worstValue(
                at: reference, adding: request.quantity,
                worth: subject.worth ?? Money(price, times: request.quantity), request.side))
    }

    /// What a unit of an order is worth at least, once it is approved: for one at any price the edge of the collar.
    func floor(_ request: OrderRequest, _ reference: Price?) -> Price {
        guard let reference else { return .zero }
        guard request.side == .buy, request.limitPrice == nil, let terms = terms[request.symbol]
        else { return reference }
        return Self.collar(.buy, max(request.stopPrice ?? reference, reference), terms).highest
    }
}
