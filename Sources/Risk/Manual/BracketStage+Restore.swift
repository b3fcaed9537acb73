import TradingModel

/// Brackets of an earlier session, made of the orders that are restored: an entry tells the prices of its exits, an exit its
/// entry. Entries come first, as their ids are lower.
extension BracketStage {
    /// Takes over an order of an earlier session, where it belongs to a bracket.
    ///
    /// Nothing follows before the broker has been heard: until then `retry` has something to do for each of them.
    ///
    /// - Parameter kills: what holds by now: it has ended what was not sent.
    mutating func restore(_ order: RestoredOrder, _ kills: KillLatches) {
        if order.takeProfit != nil || order.stopLoss != nil { return restore(entry: order, kills) }
        guard let entry = order.request.bracket,
            let place = brackets.firstIndex(where: { $0.entry.id == entry }),
            let leg = brackets[place].legs.firstIndex(where: {
                $0.takesProfit == (order.request.type == .limit)
            }), !brackets[place].legs[leg].has(order.id)
        else { return }
        brackets[place].restore(order, as: leg)
    }

    private mutating func restore(entry order: RestoredOrder, _ kills: KillLatches) {
        guard !brackets.contains(where: { $0.entry.id == order.id }) else { return }
        var bracket = Bracket(order.request, takeProfit: order.takeProfit, stopLoss: order.stopLoss)
        bracket.entered = order.filled
        bracket.isEntryOpen = order.end == nil
        for leg in bracket.legs.indices { bracket.legs[leg].refusedAt = bracket.open }
        let level = kills.level(order.request.strategy, order.request.symbol)
        bracket.wasGivenUp = order.areExitsGivenUp || (level ?? .reduce) >= .halt
        brackets.append(bracket)
    }
}

extension Bracket {
    /// Takes over an exit of an earlier session, the newest of its leg so far.
    fileprivate mutating func restore(_ order: RestoredOrder, as leg: Int) {
        if order.request.exitRound != round {
            round = order.request.exitRound
            isRoundSpent = false
        }
        if order.filled != .zero { isRoundSpent = true }
        // The position had no room for one: nor for what was not sent.
        if order.end != nil, order.cancelReason == OrderEvent.smallerReason { wasGivenUp = true }
        legs[leg].restore(order)
        if order.end == .filled { doneRound = round }
        followGroup()
        for leg in legs.indices { legs[leg].refusedAt = open }
    }
}

extension Bracket.Leg {
    fileprivate mutating func restore(_ order: RestoredOrder) {
        if let id { former.append(id) }
        id = order.id
        round = order.request.exitRound
        quantity = order.quantity
        filledBefore = filled
        filled += order.filled
        let isOurs = order.cancelReason == OrderEvent.twinReason
        switch order.end {
        // What was sent and never answered is pending: the broker is asked what it is.
        case nil:
            state = isOurs ? .cancelling : order.isAcknowledged ? .working : .pending
            isEndWished = order.cancelReason != nil
        case .filled?: end(isFollowed: true, byVenue: false)
        // One that never left is sent, unless somebody wanted that; one that our own cancel has ended is followed by another.
        case let status?:
            let isNobodysWish = order.cancelReason == nil
            end(
                isFollowed: isOurs || status == .rejected && !order.isAcknowledged && isNobodysWish,
                byVenue: (status == .cancelled || status == .rejected && order.isAcknowledged)
                    && isNobodysWish)
        }
    }
}
