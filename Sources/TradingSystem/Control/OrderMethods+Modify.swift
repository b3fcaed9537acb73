import Configuration
import ControlPlane
import ExactJSON
import Execution
import Messaging
import Risk
import TradingModel

extension OrderMethods {
    /// `order.modify`: other terms of a working order.
    func modify(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        let session = try session()
        let actor = call.actor
        let order = try order(call, session)
        let token = try TicketReader.token(call) ?? "#\(session.bus.query { $0.sequence })"
        let wish = try wish(call, order, session, token: token)
        if let known = session.bus.query({ $0.changes.entry(by: actor, token) }) {
            guard known.wish == wish else {
                throw .conflict("token '\(token)' was used for another change: nothing is changed")
            }
            return try write(known, order, session, isRepeated: true, &json)
        }
        session.publish(
            SystemNotice(.modifyRequested, actor: actor, reason: call.reason ?? "", detail: wish.text))
        let isSafe = session.commitCommands()
        guard let entry = session.bus.query({ $0.changes.entry(by: actor, token) }) else {
            throw .notReady("the session is over: nothing is changed")
        }
        guard isSafe else {
            throw .conflict(
                "the audit log does not answer: tradectl orders show \(order.id) tells what is known")
        }
        try write(entry, order, session, isRepeated: false, &json)
    }

    private func wish(
        _ call: RPCCall, _ order: WorkingOrder, _ session: TradingSession, token: String
    ) throws(RPCError) -> ChangeWish {
        guard let instrument = session.settings.instrument(named: order.request.symbol.name) else {
            throw .notFound("no instrument '\(order.request.symbol.name)' in the settings")
        }
        let reader = TicketReader(
            settings: session.settings, abilities: session.bus.query { $0.execution.abilities }, now: .zero)
        return ChangeWish(
            id: order.id,
            quantity: call.string("quantity") == nil ? nil : try reader.quantity(call, instrument),
            limitPrice: try reader.price("limit", call, instrument),
            stopPrice: try reader.price("stop", call, instrument), token: token)
    }

    private func write(
        _ entry: ManualChanges.Entry, _ before: WorkingOrder, _ session: TradingSession, isRepeated: Bool,
        _ json: inout JSONWriter
    ) throws(RPCError) {
        if case .refused(let text) = entry.verdict { throw .conflict("order \(before.id): \(text)") }
        let after = session.bus.query(on: session.queues.execution) { $0.execution.orders.order(before.id) }
        json.beginObject()
        json.key("order_id")
        json.orderID(before.id)
        json.key("verdict")
        switch entry.verdict {
        case .denied(let failure):
            json.string("denied")
            json.key("code")
            if let failure { json.string(failure.reason.code) } else { json.null() }
            json.key("text")
            if let failure { json.string(failure.text) } else { json.null() }
        case .approved, .refused:
            json.string("approved")
            json.key("code")
            json.null()
            json.key("text")
            json.null()
        }
        json.key("token")
        json.string(entry.wish.token)
        json.key("repeated")
        json.bool(isRepeated)
        json.key("order")
        (after ?? before).write(to: &json)
        json.endObject()
    }
}
