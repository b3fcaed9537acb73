import TradingModel

/// How much of a limit is used, for operators.
extension RiskEngine {
    /// The largest use over all instruments, or that of one; `nil` for limits of a single order, and where it is not known.
    public func use(
        of key: LimitKey, _ scope: KillScope, now: Timestamp, quotes: (SymbolID) -> Tick?
    ) -> RiskCheck.Value? {
        switch scope {
        case .strategy(let strategy): use(of: key, strategy, isNewDay: now >= dayEnd)
        case .symbol(let symbol): use(of: key, [symbol], now, quotes)
        case .all: total(of: key, now, quotes) ?? use(of: key, symbols, now, quotes)
        }
    }

    private func use(of key: LimitKey, _ strategy: StrategyID, isNewDay: Bool) -> RiskCheck.Value? {
        switch key {
        case .maxRepeats: .count(repeats[strategy])
        case .maxDailyOrders: .count(isNewDay ? 0 : dailyOrders[strategy])
        default: nil
        }
    }

    private func use(
        of key: LimitKey, _ symbols: [SymbolID], _ now: Timestamp, _ quotes: (SymbolID) -> Tick?
    ) -> RiskCheck.Value? {
        let views = symbols.map { view($0, now: now, quotes: quotes) }
        switch key {
        case .maxPosition:
            return symbols.map { book.exposures[$0].worstCase }.max().map { .quantity($0) }
        case .maxExposure:
            guard !views.contains(where: { $0.exposure == nil }) else { return nil }
            return views.compactMap(\.exposure).max().map { .money($0) }
        case .throttleMax: return views.map(\.acceptedInWindow).max().map { .count($0) }
        case .maxOpenOrders: return views.map(\.openOrders).max().map { .count($0) }
        default: return nil
        }
    }

    private func total(
        of key: LimitKey, _ now: Timestamp, _ quotes: (SymbolID) -> Tick?
    ) -> RiskCheck.Value? {
        switch key {
        case .maxGrossExposure, .accountEquity:
            grossAnew(.none, .zero) { quotes($0).map { ReferenceQuote($0) } }.map { .money($0) }
        case .maxOpenOrdersTotal: .count(openOrders)
        case .maxDayLoss: profit.isMissing ? nil : .money(profit.dayLoss)
        case .maxDrawdown: profit.isMissing ? nil : .money(profit.drawdown)
        case .maxDailyOrders: .count(now >= dayEnd ? 0 : dailyTotal)
        default: nil
        }
    }
}

extension RiskStage {
    /// What every control says of an order that nobody sends: nothing is reserved, nothing spent, nothing written.
    public func tried(_ request: OrderRequest, now: Timestamp, quotes: some QuoteSource) -> RiskDecision {
        var engine = engine
        engine.advance(to: now)
        return engine.evaluate(request, now: now, isDryRun: true, quotes: quotes)
    }
}
