import Messaging
import Risk
import TradingModel

/// What operators ask for about working orders.
extension ExecutionRouter {
    /// Cancels what an operator wants gone. Orders that are over are none of it; what has not left does not leave.
    mutating func cancelWished(_ notice: SystemNotice, _ outbox: inout Outbox) {
        guard let wish = CancelWish(text: notice.detail) else { return }
        let reason = OrderEvent.wishedPrefix + notice.actor
        for order in orders.working where wish.contains(order.request) { end(order, reason, &outbox) }
    }

    /// Cancels an exit whose twin has taken out what it was for.
    public mutating func cancelExit(_ id: ClientOrderID, _ outbox: inout Outbox) {
        guard let order = orders.order(id), !order.life.isDone else { return }
        end(order, OrderEvent.twinReason, &outbox)
    }

    private mutating func end(_ order: WorkingOrder, _ reason: String, _ outbox: inout Outbox) {
        if waiting.contains(where: { $0.order.request.id == order.id }) {
            waiting.removeAll { $0.order.request.id == order.id }
            refuse(order.request, reason, &outbox)
        } else {
            cancel(order, reason, &outbox)
        }
    }
}
