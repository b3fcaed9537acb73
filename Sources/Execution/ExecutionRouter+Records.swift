import Audit
import ExactJSON
import TradingModel

/// What the router writes into the audit trail, and when it is safe there.
extension ExecutionRouter {
    /// Written once, so that a successor of this process asks again for what it finds at the venue.
    func noteWish(_ order: WorkingOrder, _ reason: String, at now: Timestamp) {
        _ = write(.orderCancelSend, at: now) { json in
            json.beginObject()
            json.key("cid")
            json.orderID(order.id)
            json.key("symbol")
            json.string(order.request.symbol.name)
            json.key("reason")
            json.string(reason)
            json.endObject()
        }
    }

    func write(
        _ type: AuditLineType, at now: Timestamp, _ data: (inout JSONWriter) -> Void
    ) -> Bool {
        do {
            try audit.stage(type, at: now, data)
            return true
        } catch {
            onAuditFailure(error)
            return false
        }
    }

    func keepUp() {
        do {
            try audit.keepUp()
        } catch {
            onAuditFailure(error)
        }
    }

    func commit() -> Bool {
        do {
            try audit.commit()
            return true
        } catch {
            onAuditFailure(error)
            return false
        }
    }
}
