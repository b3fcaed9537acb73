import TradingModel

/// A change of a working order.
public struct ModifyRequest: Sendable, Hashable, BitwiseCopyable {
    /// The order.
    public var id: ClientOrderID
    /// Its whole quantity afterwards, what has filled included.
    public var quantity: Quantity
    /// Its limit afterwards; `nil` for an order without one.
    public var limitPrice: Price?
    /// Its trigger afterwards; `nil` where it stays.
    public var stopPrice: Price?

    /// A change.
    public init(id: ClientOrderID, quantity: Quantity, limitPrice: Price?, stopPrice: Price? = nil) {
        self.id = id
        self.quantity = quantity
        self.limitPrice = limitPrice
        self.stopPrice = stopPrice
    }
}

/// Changes of working orders, judged by their difference. Cancels are not judged: they are never refused.
extension RiskEngine {
    /// Judges a change; reserves nothing.
    ///
    /// One that neither asks for more nor trades at worse prices is refused only where the broker is down. Any other, also one
    /// that moves a trigger, is judged as a new order of the difference, at the new price.
    /// - Parameter request: the order as it was approved.
    public func evaluate(
        _ modify: ModifyRequest, of request: OrderRequest, now: Timestamp, isDryRun: Bool = false,
        quotes: some QuoteSource
    ) -> RiskDecision {
        guard let place = book.reservations.place(of: modify.id), modify.id == request.id else {
            return refusal(request, .duplicateID)
        }
        let reservation = book.reservations[place]
        let more = modify.quantity - reservation.reserved
        let isAggressive = reservation.isWorse(modify.limitPrice)
        let movesTrigger = modify.stopPrice != nil && modify.stopPrice != reservation.trigger
        guard more > .zero || isAggressive || movesTrigger else { return lowering(request, modify) }
        var difference = request
        // The id is not a new one; what is judged is what is added to the order.
        difference.id = ClientOrderID(session: .max, number: .max)
        difference.limitPrice = modify.limitPrice
        difference.stopPrice = modify.stopPrice ?? request.stopPrice
        difference.quantity = max(more, .zero)
        var worth = worth(modify, reservation, difference, now, quotes)
        var view = self
        if more > .zero && request.bracket == nil {
            worth -= Money(rawValue: reservation.value)
        } else {
            // A worse price alone adds no quantity: it is judged with what may still fill, which is reserved already.
            // Nor is that of an exit, which is held against the position, and shares it with its twin.
            difference.quantity = max(modify.quantity, reservation.reserved) - reservation.filled
            view.book.releaseUnsent(modify.id)
        }
        var decision = view.evaluate(
            difference, worth: worth, now: now, isDryRun: isDryRun, quotes: quotes)
        decision.request = request
        decision.request.quantity = modify.quantity
        decision.request.limitPrice = modify.limitPrice
        decision.request.stopPrice = modify.stopPrice ?? request.stopPrice
        return decision
    }

    /// What all that may still fill is worth once the change is reserved: until the venue has confirmed it, at the worst of the
    /// prices that the order works at or has been judged by.
    private func worth(
        _ modify: ModifyRequest, _ reservation: Reservation, _ difference: OrderRequest, _ now: Timestamp,
        _ quotes: some QuoteSource
    ) -> Money {
        let symbol = difference.symbol
        let reference = reference(quotes.reference(symbol), symbol, now: now).price
        var after = reservation
        after.beginReplace(
            modify.quantity, limit: modify.limitPrice, at: floor(difference, reference))
        return Money(rawValue: after.value)
    }

    /// Reserves what an approved change may lead to, before it leaves.
    ///
    /// - Parameter floor: what a unit of it is worth at least.
    public mutating func reserve(_ modify: ModifyRequest, at floor: Price = .zero, now: Timestamp) {
        if let place = book.reservations.place(of: modify.id) {
            let reservation = book.reservations[place]
            // Asking for more is an order of its own for the throttle; asking for less is none.
            if modify.quantity > reservation.reserved && !reservation.isReducing {
                throttles[reservation.symbol].accept(at: now)
            }
        }
        book.beginReplace(modify.id, modify.quantity, limit: modify.limitPrice, at: floor)
        if limits.ordersPerSecond != nil { orderTokens.take(at: now) }
        if limits.messagesPerSecond != nil { messageTokens.take(at: now) }
    }

    /// Judges a change and, where it is approved, reserves it: one step, as for an order.
    ///
    /// - Parameter request: the order as it was approved.
    public mutating func decide(
        _ modify: ModifyRequest, of request: OrderRequest, now: Timestamp, quotes: some QuoteSource
    ) -> RiskDecision {
        advance(to: now)
        value(request.symbol, by: quotes)
        let decision = evaluate(modify, of: request, now: now, quotes: quotes)
        if decision.approved {
            reserve(modify, at: floor(decision.request, decision.referencePrice), now: now)
        }
        return decision
    }

    /// The venue works the order as `change` has it, which need not be the newest: less is reserved once all are answered.
    public mutating func confirm(_ change: ModifyRequest) {
        book.confirmReplace(change.id, change.quantity, limit: change.limitPrice, stop: change.stopPrice)
    }

    /// The venue has refused a change: the order stays as it was.
    public mutating func refuseModify(_ id: ClientOrderID) { book.refuseReplace(id) }

    private func lowering(_ request: OrderRequest, _ modify: ModifyRequest) -> RiskDecision {
        var changed = request
        changed.quantity = modify.quantity
        changed.limitPrice = modify.limitPrice
        changed.stopPrice = modify.stopPrice ?? request.stopPrice
        var checks = RiskChecks()
        checks.flag(.brokerDown, isOn: !isBrokerUp)
        return RiskDecision(
            request: changed, approved: isBrokerUp, reasons: isBrokerUp ? [] : [.brokerDown], limits: checks)
    }

    private func refusal(_ request: OrderRequest, _ reason: RiskReason) -> RiskDecision {
        var checks = RiskChecks()
        checks.flag(reason, isOn: true)
        return RiskDecision(request: request, approved: false, reasons: [reason], limits: checks)
    }
}
