import Audit
import ExactJSON
import Messaging
import TradingModel

/// Orders of earlier sessions, and orders in doubt.
extension ExecutionRouter {
    /// Takes an order of an earlier session for one of ours. What a kill wants gone, or was to be cancelled before, is
    /// cancelled as soon as the venue can be told.
    mutating func restore(_ notice: SystemNotice, _ event: MarketEvent, _ outbox: inout Outbox) {
        guard let restored = RestoredOrder(notice), orders.order(restored.id) == nil else { return }
        let order = WorkingOrder(restored, at: event.receivedAt)
        orders.restore(order)
        _ = write(.orderRestore, at: event.receivedAt) { json in
            json.beginObject()
            json.key("cid")
            json.orderID(restored.id)
            json.key("restored")
            restored.write(to: &json)
            json.key("by")
            json.string(notice.actor)
            json.key("reason")
            json.string(notice.reason)
            json.key("event_seq")
            json.integer(event.sequence)
            json.endObject()
        }
        guard restored.end == nil else { return }
        if order.request.flags.contains(.reduceOnly) { reduceOnlyOrders += 1 }
        if isCondemned(order.request) {
            cancelKilled(order, &outbox)
        } else if let reason = restored.cancelReason {
            cancel(order, reason, &outbox)
        }
    }

    /// The venue has an order and does not say what it is: neither refused nor at work.
    mutating func doubt(_ notice: SystemNotice, _ event: MarketEvent) {
        guard let id = ClientOrderID(notice.detail), let order = orders.order(id) else { return }
        orders.note(.held(.unresolved), of: id)
        _ = write(.orderUnresolved, at: event.receivedAt) { json in
            json.beginObject()
            json.key("cid")
            json.orderID(id)
            json.key("symbol")
            json.string(order.request.symbol.name)
            json.key("reason")
            json.string(notice.reason)
            json.key("event_seq")
            json.integer(event.sequence)
            json.endObject()
        }
    }
}
