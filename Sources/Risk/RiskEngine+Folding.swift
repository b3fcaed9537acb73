import TradingModel

/// What the controls know: made of decisions, reports, notices and quotes, in the order of the events.
extension RiskEngine {
    /// Lets time pass: limits that were changed for a while are as they were again.
    mutating func advance(to now: Timestamp) {
        profit.advance(to: now)
        guard let limits = changes.expire(at: now) else { return }
        apply(limits)
    }

    /// Judges a request and, where it is approved, reserves it: one step, for whoever keeps no record of it.
    public mutating func decide(
        _ request: OrderRequest, now: Timestamp, asked: Quantity? = nil, quotes: some QuoteSource
    ) -> RiskDecision {
        var decision = RiskDecision(request: request, approved: false, reasons: [], limits: RiskChecks())
        decide(request, now: now, asked: asked, quotes: quotes, into: &decision)
        return decision
    }

    /// The same, into the room of a verdict that is no longer needed.
    ///
    /// - Returns: whether it is approved.
    @discardableResult
    public mutating func decide(
        _ request: OrderRequest, now: Timestamp, asked: Quantity? = nil, quotes: some QuoteSource,
        into decision: inout RiskDecision
    ) -> Bool {
        advance(to: now)
        value(request.symbol, by: quotes)
        guard judge(request, now: now, asked: asked, quotes: quotes, into: &decision) else {
            note(request)
            return false
        }
        reserve(
            decision.request, at: floor(decision.request, decision.referencePrice), now: now, asked: asked)
        return true
    }

    /// Remembers an order that was decided on: its id is used up, whatever the verdict.
    mutating func note(_ request: OrderRequest) {
        lastIDs[request.strategy] = max(lastIDs[request.strategy], request.id)
    }

    /// Reserves what an approved request may lead to, at what it was judged by, and counts it.
    mutating func reserve(_ decision: RiskDecision, now: Timestamp, asked: Quantity? = nil) {
        reserve(
            decision.request, at: floor(decision.request, decision.referencePrice), now: now, asked: asked)
    }

    /// The same of an order that is worth at least `floor` a unit.
    mutating func reserve(
        _ request: OrderRequest, at floor: Price = .zero, now: Timestamp, asked: Quantity? = nil
    ) {
        let isReducing = isReducing(request)
        book.reserve(request, at: floor, isReducing: isReducing)
        note(request)
        count(now: now, messages: 1)
        // It was a message whatever becomes of it; a reducing one does not use up what keeps others back.
        if !isReducing { throttles[request.symbol].accept(at: now) }
        if let window = limits.duplicateWindow {
            recent[request.symbol].accept(request, at: now, within: window)
        }
        if now >= dayEnd { beginDay(now) }
        if !isReducing {
            dailyTotal += 1
            dailyOrders[request.strategy] += 1
            repeats[request.strategy] += 1
        }
        guard asked != nil else { return }
        if parents[request.symbol].signal != request.signalSequence {
            parents[request.symbol] = ParentOrder(signal: request.signalSequence)
        }
        parents[request.symbol].approved += request.quantity
    }

    /// Whether an order only makes the position smaller, whatever of what is open fills.
    func isReducing(_ request: OrderRequest) -> Bool {
        let exposure = book.exposures[request.symbol]
        guard let entry = request.bracket else {
            return exposure.isReducing(request.quantity, request.side)
        }
        return exposure.isReducing(
            exit: request.quantity, request.side,
            leaves: book.reservations.leaves(
                of: request.symbol, request.side, with: request.quantity, of: entry))
    }

    /// Counts messages to the venue.
    private mutating func count(now: Timestamp, messages: Int) {
        if limits.ordersPerSecond != nil { orderTokens.take(at: now) }
        if limits.messagesPerSecond != nil { messageTokens.take(at: now) }
    }

    /// Counts a cancel: nothing holds it back, and it takes its place among all messages.
    mutating func noteCancel(now: Timestamp) {
        if limits.messagesPerSecond != nil { messageTokens.take(at: now) }
    }

    /// Counts the cancels that a kill leads to: of what works in its scope, but for what carries out a flatten that holds.
    private mutating func noteCancels(of scope: KillScope, now: Timestamp) {
        guard limits.messagesPerSecond != nil, !kills.isEmpty else { return }
        for place in book.reservations.indices {
            let order = book.reservations[place]
            guard scope.contains(order.strategy, order.symbol),
                let level = kills.level(order.strategy, order.symbol), level >= .halt,
                level == .halt || !order.isFlattening
            else { continue }
            noteCancel(now: now)
        }
    }

    /// Counts the cancels that an operator asks for.
    private mutating func noteCancels(wishedBy notice: SystemNotice, now: Timestamp) {
        guard limits.messagesPerSecond != nil, let wish = CancelWish(text: notice.detail) else { return }
        for place in book.reservations.indices {
            let order = book.reservations[place]
            if wish.contains(order.id, order.symbol, order.strategy) { noteCancel(now: now) }
        }
    }

    private mutating func beginDay(_ now: Timestamp) {
        dayEnd = now.floored(to: ProfitState.day).advanced(by: ProfitState.day)
        dailyTotal = 0
        dailyOrders.fill(0)
    }

    /// Folds a report of the venue.
    public mutating func fold(_ report: OrderEvent, _ symbol: SymbolID) {
        switch report.report {
        case .replace:
            confirm(
                ModifyRequest(
                    id: report.id, quantity: report.quantity, limitPrice: report.limitPrice,
                    stopPrice: report.stopPrice))
        case .replaceReject: refuseModify(report.id)
        case .ack, .fill, .cancel, .reject, .expire, .commission: break
        }
        let before = book.exposures[symbol].position
        book.fold(report, symbol)
        let isFill = report.lastQuantity != .zero
        // A fill that the book has known already must not be paid twice.
        if isFill && book.exposures[symbol].position == before { return }
        if isFill {
            profit.book(symbol, report.side, report.lastQuantity, at: report.lastPrice, terms[symbol])
        }
        if report.commissionCurrency != .none {
            profit.charge(report.commission, rate: rates[report.commissionCurrency])
        }
    }

    /// Folds a print.
    mutating func fold(_ trade: Trade, _ symbol: SymbolID, at time: Timestamp) {
        lastTrades[symbol] = LastTrade(price: trade.price, time: time)
    }

    /// Folds how good the clock is.
    public mutating func fold(_ reading: ClockReading) { clock = reading }

    /// Marks what is held at a quote.
    mutating func mark(_ symbol: SymbolID, _ quote: Tick?) { mark(symbol, at: Self.middle(quote)) }

    /// The same, at its middle; `nil` where it is crossed or locked, or there is none.
    mutating func mark(_ symbol: SymbolID, at middle: Price?) {
        guard let middle else { return }
        profit.mark(symbol, middle, terms[symbol])
    }

    /// Whether a quote of that instrument matters between decisions.
    func followsQuotes(of symbol: SymbolID) -> Bool { profit.position(symbol) != .zero }

    /// Folds operator commands and life cycle.
    public mutating func fold(_ notice: SystemNotice, at time: Timestamp = .zero) {
        switch notice.kind {
        case .killSwitchEngaged:
            kills.engage(
                KillLatch(
                    notice.level ?? .halt, notice.scope, actor: notice.actor, reason: notice.reason,
                    since: time))
            noteCancels(of: notice.scope, now: time)
        case .killSwitchReleased:
            kills.release(notice.scope, to: notice.level)
            isArmed = false
        case .armed: isArmed = !isKilled
        case .disarmed, .sessionStop: isArmed = false
        case .brokerLost:
            isBrokerUp = false
            book.doubtUnanswered()
        case .brokerUnreconciled:
            isBrokerUp = true
            isReconciled = false
        case .brokerReady:
            isBrokerUp = true
            isReconciled = true
            // Those that were lost with the connection are sent again.
            noteCancels(of: .all, now: time)
        case .limitsChanged: fold(change: notice, at: time)
        case .tripCleared: clearRepeats(notice)
        case .clockRead:
            if let read = ClockObservation(notice) {
                clock = ClockReading(isSynchronised: read.isSynchronised, error: read.error)
            }
        case .positionAdopted: if let adopted = AdoptedPosition(notice) { adopt(adopted) }
        case .orderRestored: if let order = RestoredOrder(notice), order.end == nil { restore(order) }
        case .orderUnresolved: if let id = ClientOrderID(notice.detail) { book.doubt(id) }
        case .cancelRequested: noteCancels(wishedBy: notice, now: time)
        case .sessionStart, .auditDurable, .budgetCarried, .orderRequested, .modifyRequested, .faultRaised,
            .faultCleared, .shadowBegan, .shadowEnded:
            break
        }
    }

    /// The controls as they are, for a book that is simulated while the broker takes no orders.
    public func forSimulation() -> RiskEngine {
        var engine = self
        engine.isBrokerUp = true
        engine.isReconciled = true
        engine.book.dismissDoubts()
        return engine
    }

    /// Counts a position from now on; its result follows with the next price.
    private mutating func adopt(_ adopted: AdoptedPosition) {
        book.adopt(adopted.symbol, adopted.change)
        profit.adopt(adopted, terms[adopted.symbol])
    }

    /// Reserves what an order of an earlier session may still lead to. What it used up of the rates is carried by itself.
    private mutating func restore(_ order: RestoredOrder) {
        book.restore(order)
        note(order.request)
    }

    /// The trip that counts a strategy's orders begins anew.
    private mutating func clearRepeats(_ notice: SystemNotice) {
        guard TripClearing(notice)?.trip == .repetition else { return }
        switch notice.scope {
        case .all: repeats.fill(0)
        case .strategy(let strategy): repeats[strategy] = 0
        case .symbol: break
        }
    }

    /// Whether a change may be made now: one that was free when it was commanded may be a loosening by its turn, as others
    /// may have come before it.
    func allows(_ assignment: LimitAssignment, at time: Timestamp) -> Bool {
        !assignment.mustTighten || !changes.isLoosening(assignment, at: time)
    }

    /// One that cannot be understood, or may not be made any more, changes nothing.
    private mutating func fold(change notice: SystemNotice, at time: Timestamp) {
        guard let assignment = LimitAssignment(text: notice.detail), allows(assignment, at: time)
        else { return }
        apply(changes.make(assignment, by: notice.actor, at: time))
    }
}
