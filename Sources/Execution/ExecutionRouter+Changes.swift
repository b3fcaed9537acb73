import Messaging
import Risk
import TradingModel

/// Changes of working orders: asked for once, sent when their record is safe, answered by the venue.
extension ExecutionRouter {
    /// Why an order cannot be changed so, whatever risk says; `nil` where it can. One change at a time.
    public func objection(to wish: ChangeWish) -> String? {
        guard let order = orders.order(wish.id) else { return "no such order" }
        if order.life.isDone { return "the order is over: \(order.life.display.name)" }
        if waiting.contains(where: { $0.order.request.id == wish.id }) { return "the order has not left yet" }
        if order.life.requests.cancel != 0 { return "the order is being cancelled" }
        if order.life.requests.modify != 0 { return "another change is under way" }
        guard wish.quantity != nil || wish.limitPrice != nil || wish.stopPrice != nil else {
            return "nothing is to be changed"
        }
        if let quantity = wish.quantity, quantity <= order.filledQuantity {
            return "\(order.filledQuantity) have filled already"
        }
        if wish.limitPrice != nil && order.limitPrice == nil { return "the order has no limit" }
        if wish.stopPrice != nil && order.stopPrice == nil { return "the order has no trigger" }
        if wish.stopPrice != nil && order.life.isTriggered { return "its trigger was met" }
        return nil
    }

    /// Hands on a change that risk has approved.
    public mutating func change(_ change: ApprovedChange, _ outbox: inout Outbox) {
        guard let order = orders.order(change.id), !order.life.isDone else { return }
        orders.note(.modifyRequested(order.life.requests.nextModify, change.quantity), of: change.id)
        switch handOver {
        case .afterCommit:
            guard commit() else { return refuse(change, "audit log unavailable", &outbox) }
            venue.replace(order, change, &outbox)
        case .withBatch: venue.replace(order, change, &outbox)
        case .afterNotice: waitingChanges.append((change, outbox.now))
        }
    }

    /// Sends the changes whose records are safe.
    mutating func sendChanges(upTo sequence: UInt64, _ outbox: inout Outbox) {
        guard !waitingChanges.isEmpty else { return }
        let ready = waitingChanges.prefix { $0.change.order.decisionSequence <= sequence }
        waitingChanges.removeFirst(ready.count)
        for (change, since) in ready {
            guard let order = orders.order(change.id), !order.life.isDone else { continue }
            if outbox.now.since(since) > Self.longestWait {
                refuse(change, "its record took too long to reach the disk", &outbox)
            } else {
                venue.replace(order, change, &outbox)
            }
        }
    }

    /// Gives up the changes that wait, of orders in a scope.
    mutating func refuseChanges(_ reason: String, in scope: KillScope, _ outbox: inout Outbox) {
        for (change, _) in waitingChanges where scope.contains(change.order.request) {
            refuse(change, reason, &outbox)
        }
        waitingChanges.removeAll { scope.contains($0.change.order.request) }
    }

    /// The order stays as it was, by a report of our own.
    private func refuse(_ change: ApprovedChange, _ reason: String, _ outbox: inout Outbox) {
        guard let order = orders.order(change.id) else { return }
        outbox.publish(
            .orderEvent(
                OrderEvent(
                    id: change.id, venueOrderID: order.venueOrderID, report: .replaceReject,
                    status: order.filledQuantity > .zero ? .partiallyFilled : .accepted,
                    side: order.request.side, quantity: order.quantity, filledQuantity: order.filledQuantity,
                    averagePrice: order.averagePrice, leavesQuantity: order.leavesQuantity,
                    reason: WorkingOrder.unsentPrefix + reason)),
            symbol: order.request.symbol, source: .execution, trace: order.request.trace)
    }
}

extension WorkingOrder {
    /// The request as it works now, with all changes.
    public var current: OrderRequest {
        var current = request
        current.quantity = quantity
        current.limitPrice = limitPrice
        current.stopPrice = stopPrice
        return current
    }
}
