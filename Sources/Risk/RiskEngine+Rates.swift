import TradingModel

/// Orders of a strategy that were accepted since an operator cleared the count, over all sessions.
struct Repeats: Sendable, Hashable, BitwiseCopyable {
    var done = 0
    /// How many there may be; `nil` where nothing limits them.
    var limit: Int?

    /// Whether there may be no more.
    var isExhausted: Bool { limit.map { done >= $0 } ?? false }
}

/// Controls of how often: they spend a budget, so that they come last.
extension RiskEngine {
    /// What a flatten sends is the same again whenever the one before has not filled, and there is never more than one.
    func checkDuplicate(_ subject: Subject, _ checks: inout RiskChecks) {
        guard let window = limits.duplicateWindow else { return }
        let request = subject.request
        checks.flag(
            .duplicateOrder,
            isOn: !subject.isFlattening
                && recent[request.symbol].contains(request, at: subject.now, within: window))
    }

    /// An order of ours on the other side that could fill this one.
    func checkSelfCross(_ subject: Subject, _ checks: inout RiskChecks) {
        guard limits.refusesSelfCross else { return }
        // Most often nothing works on the other side, and no order has to be looked at.
        let isBuy = subject.request.side == .buy
        let opposite = isBuy ? subject.exposure.openSells : subject.exposure.openBuys
        checks.flag(.selfCross, isOn: opposite > .zero && crossesAny(subject))
    }

    @inline(never)
    private func crossesAny(_ subject: Subject) -> Bool {
        let request = subject.request
        for place in book.reservations.indices {
            let own = book.reservations[place]
            guard own.symbol == request.symbol, own.side != request.side else { continue }
            // A stop that waits keeps nobody from leaving.
            if own.trigger != nil && subject.isReducing { continue }
            if Self.crosses(request, own, at: subject.reference.price) { return true }
        }
        return false
    }

    /// Whether an order may trade with one of ours on the other side. What has no limit trades with any; what waits for a
    /// trigger is compared from there.
    private static func crosses(_ request: OrderRequest, _ own: Reservation, at reference: Price?) -> Bool {
        switch (request.stopPrice, own.waitingTrigger(at: reference)) {
        case (.some, .some):
            // They lie on either side of the market.
            return false
        case (nil, .some(let trigger)):
            guard let limit = request.limitPrice else { return false }
            return meets(limit, own.side, trigger, own.limit)
        case (.some(let trigger), nil):
            guard let limit = own.limit else { return true }
            return meets(limit, request.side, trigger, request.limitPrice)
        case (nil, nil):
            guard let limit = request.limitPrice, let theirs = own.limit else { return true }
            return request.side == .buy ? limit >= theirs : limit <= theirs
        }
    }

    /// Whether a stop may trade with an order that waits at a price: from its trigger to its limit. Before the market comes
    /// to the trigger of a sell, a buy that waits above it has traded.
    private static func meets(_ waiting: Price, _ side: Side, _ trigger: Price, _ limit: Price?) -> Bool {
        side == .sell
            ? waiting <= trigger && (limit.map { waiting >= $0 } ?? true)
            : waiting >= trigger && (limit.map { waiting <= $0 } ?? true)
    }

    func checkThrottle(_ subject: Subject, _ checks: inout RiskChecks) {
        let most = subject.terms.throttleMax
        let accepted = throttles[subject.request.symbol].count(at: subject.now)
        checks.append(
            RiskCheck(
                .throttleExceeded, limit: .count(most), actual: .count(accepted),
                passed: accepted < most || subject.isReducing))
    }

    /// Orders and changes, then all messages: some of both are kept for reducing orders.
    func checkRates(_ subject: Subject, _ checks: inout RiskChecks) {
        if limits.ordersPerSecond != nil { checks.append(rate(orderTokens, subject)) }
        if limits.messagesPerSecond != nil { checks.append(rate(messageTokens, subject)) }
    }

    private func rate(_ tokens: TokenBucket, _ subject: Subject) -> RiskCheck {
        let kept = subject.isReducing ? 0 : tokens.rate * limits.reserveForReducing / 100
        let used = tokens.rate - tokens.available(at: subject.now)
        let most = tokens.rate - kept
        return RiskCheck(.rateLimit, limit: .count(most), actual: .count(used), passed: used < most)
    }

    func checkRepeats(_ subject: Subject, _ checks: inout RiskChecks) {
        let repeats = repeats(of: subject.request.strategy)
        guard let most = repeats.limit else { return }
        checks.append(
            RiskCheck(
                .repeatLimit, limit: .count(most), actual: .count(repeats.done),
                passed: repeats.done < most || subject.isReducing))
    }

    /// Orders of a strategy that count against its limit; orders by hand are nobody's.
    func repeats(of strategy: StrategyID) -> Repeats {
        guard strategy != .manual else { return Repeats() }
        return Repeats(
            done: repeats[strategy], limit: tightest(limits.maxRepeats, strategyLimits[strategy].maxRepeats))
    }

    /// Of the strategy, where it has a limit of its own, then of all.
    func checkDay(_ subject: Subject, _ checks: inout RiskChecks) {
        let isNewDay = subject.now >= dayEnd
        let strategy = subject.request.strategy
        if let most = strategyLimits[strategy].maxDailyOrders {
            checks.append(day(most, isNewDay ? 0 : dailyOrders[strategy], subject))
        }
        if let most = limits.maxDailyOrders { checks.append(day(most, isNewDay ? 0 : dailyTotal, subject)) }
    }

    private func day(_ most: Int, _ actual: Int, _ subject: Subject) -> RiskCheck {
        RiskCheck(
            .dailyOrdersLimit, limit: .count(most), actual: .count(actual),
            passed: actual < most || subject.isReducing)
    }

    /// One signal never leads to more than it asked for, in however many orders.
    func checkParent(_ subject: Subject, _ checks: inout RiskChecks) {
        guard let asked = subject.asked else { return }
        let signal = subject.request.signalSequence
        let parent = parents[subject.request.symbol]
        // What an older signal has already led to is no longer known: nothing more may follow from it.
        let approved: Quantity =
            signal == parent.signal ? parent.approved : signal < parent.signal ? asked : .zero
        let sum = approved + subject.request.quantity
        checks.append(
            RiskCheck(
                .childExceedsParent, limit: .quantity(asked), actual: .quantity(sum), passed: sum <= asked))
    }
}
