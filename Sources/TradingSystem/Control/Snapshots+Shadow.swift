import ExactJSON
import Execution
import Messaging
import Positions
import TradingModel

/// What is simulated in place of orders, beside what is real.
extension Snapshots {
    /// Writes `shadow`, every part of it marked as simulated; nothing where the settings want none.
    func writeShadow(to json: inout JSONWriter) {
        let stage = session.bus.query(on: session.queues.execution) { $0.shadow }
        guard stage.isEnabled else { return }
        json.key("shadow")
        json.beginObject()
        json.key("simulated")
        json.bool(true)
        json.key("active")
        json.bool(stage.isActive)
        json.key("since")
        if stage.since > .zero { json.timestamp(stage.since) } else { json.null() }
        json.key("reason")
        json.string(stage.reason)
        stage.tally.write(to: &json)
        json.key("working")
        json.beginArray()
        for order in stage.working { order.writeSimulated(to: &json) }
        json.endArray()
        json.key("positions")
        json.beginArray()
        for (symbol, position) in stage.positions.traded {
            json.beginObject()
            json.key("symbol")
            json.string(symbol.name)
            json.key("position")
            json.quantity(position.quantity)
            json.key("fills")
            json.integer(position.fills)
            json.key("realized_pnl")
            json.money(position.realized)
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }
}

extension ShadowTally {
    fileprivate func write(to json: inout JSONWriter) {
        json.key("times")
        json.integer(times)
        json.key("sent")
        json.integer(sent)
        json.key("denied")
        json.integer(denied)
        json.key("fills")
        json.integer(self[.fill])
    }
}

extension OrderRequest {
    fileprivate func writeSimulated(to json: inout JSONWriter) {
        json.beginObject()
        json.key("simulated")
        json.bool(true)
        json.key("order_id")
        json.orderID(id)
        json.key("symbol")
        json.string(symbol.name)
        json.key("side")
        json.string(side.name)
        json.key("qty")
        json.quantity(quantity)
        json.key("price")
        json.price(limitPrice)
        json.endObject()
    }
}
