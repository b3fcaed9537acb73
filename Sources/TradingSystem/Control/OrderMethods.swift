import Audit
import Configuration
import ControlPlane
import ExactJSON
import Execution
import Messaging
import Risk
import TradingModel

/// Orders by hand: what an operator asks for is an event, which goes through risk and execution in its place in the sequence
/// and is repeated by a replay.
struct OrderMethods: Sendable {
    let daemon: Daemon

    /// The methods by name.
    var handlers: [String: RPCHandler] {
        [
            "order.submit": daemon.mutating(submit), "order.cancel": daemon.mutating(cancel),
            "order.modify": daemon.mutating(modify),
            "order.cancel_all": daemon.mutating(cancelAll), "order.list": .waiting(list),
            "order.show": .waiting(show),
        ]
    }

    func session() throws(RPCError) -> TradingSession {
        guard let running = daemon.current else { throw .notReady("no session is at work") }
        return running.session
    }

    // MARK: Submitting

    private func submit(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        let session = try session()
        let actor = call.actor
        let (abilities, newest, sequence) = session.bus.query {
            ($0.execution.abilities, $0.now, $0.sequence)
        }
        // Those of ours differ: what is asked for is delivered before the next is read.
        let token = try TicketReader.token(call) ?? "#\(sequence)"
        let ticket = try TicketReader(
            settings: session.settings, abilities: abilities, now: session.time(newest)
        ).ticket(call, token: token)
        if let known = session.bus.query({ $0.manual.entry(by: actor, token) }) {
            guard known.ticket == ticket else {
                throw .conflict("token '\(token)' was used for another order, \(known.id): nothing is sent")
            }
            return write(known, session, isRepeated: true, &json)
        }
        session.publish(
            SystemNotice(.orderRequested, actor: actor, reason: call.reason ?? "", detail: ticket.text))
        let isSafe = session.commitCommands()
        guard let entry = session.bus.query({ $0.manual.entry(by: actor, token) }) else {
            throw .notReady("the session is over: nothing is sent")
        }
        guard isSafe else {
            throw .conflict(
                "the audit log does not answer: tradectl orders show \(entry.id) tells what is known")
        }
        write(entry, session, isRepeated: false, &json)
    }

    private func write(
        _ entry: ManualOrders.Entry, _ session: TradingSession, isRepeated: Bool, _ json: inout JSONWriter
    ) {
        let order = session.bus.query(on: session.queues.execution) { $0.execution.orders.order(entry.id) }
        json.beginObject()
        json.key("order_id")
        json.orderID(entry.id)
        json.key("verdict")
        json.string(
            entry.verdict.map { $0.isApproved ? "approved" : "denied" } ?? "undecided" as StaticString)
        json.key("code")
        if let failure = entry.verdict?.failure { json.string(failure.reason.code) } else { json.null() }
        json.key("text")
        if let failure = entry.verdict?.failure { json.string(failure.text) } else { json.null() }
        json.key("token")
        json.string(entry.ticket.token)
        json.key("repeated")
        json.bool(isRepeated)
        json.key("order")
        if let order { order.write(to: &json) } else { json.null() }
        json.endObject()
    }

    // MARK: Cancelling

    private func cancel(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        let session = try session()
        let order = try order(call, session)
        guard !order.life.isDone else {
            throw .conflict("order \(order.id) is over: \(order.life.display.name)")
        }
        try publish(.order(order.id), call, session)
        let after = session.bus.query(on: session.queues.execution) { $0.execution.orders.order(order.id) }
        (after ?? order).write(to: &json)
    }

    private func cancelAll(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        let session = try session()
        let wish = CancelWish.all(
            symbol: try symbol(call, session),
            strategy: try session.settings.strategyNamed(call.string("strategy")))
        let asked = session.bus.query(on: session.queues.execution) { core in
            core.execution.orders.working.filter { wish.contains($0.request) }.map(\.id)
        }
        try publish(wish, call, session)
        let orders = session.bus.query(on: session.queues.execution) { core in
            asked.compactMap { core.execution.orders.order($0) }
        }
        json.beginObject()
        json.key("orders")
        json.beginArray()
        for order in orders { order.write(to: &json) }
        json.endArray()
        json.key("asked")
        json.integer(orders.count)
        json.key("still_open")
        json.integer(orders.count { !$0.life.isDone })
        json.endObject()
    }

    private func publish(_ wish: CancelWish, _ call: RPCCall, _ session: TradingSession) throws(RPCError) {
        session.publish(
            SystemNotice(.cancelRequested, actor: call.actor, reason: call.reason ?? "", detail: wish.text))
        // Asked for all the same: only what the trail has of it is in doubt.
        guard session.commitCommands() else {
            throw .conflict("the cancel is asked for, and the audit log does not answer")
        }
    }

    // MARK: Showing

    private func list(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        let session = try session()
        let symbol = try symbol(call, session)
        let strategy = try session.settings.strategyNamed(call.string("strategy"))
        let limit = call.integer("limit") ?? 1_000
        let showsAll = call.bool("all") == true
        let wish = CancelWish.all(symbol: symbol, strategy: strategy)
        let (working, finished) = session.bus.query(on: session.queues.execution) { core in
            (
                core.execution.orders.working.filter { wish.contains($0.request) },
                showsAll
                    ? core.execution.orders.newestFinished(limit: OrderTable.finishedKept, symbol: symbol)
                    : []
            )
        }
        let past = finished.filter { wish.contains($0.request) }
        json.beginObject()
        json.key("orders")
        json.beginArray()
        for order in (working + past).prefix(limit) { order.write(to: &json) }
        json.endArray()
        json.key("working")
        json.integer(working.count)
        json.key("finished")
        if showsAll { json.integer(past.count) } else { json.null() }
        json.endObject()
    }

    private func show(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        try order(call, try session()).write(to: &json)
    }

    // MARK: Reading

    func order(_ call: RPCCall, _ session: TradingSession) throws(RPCError) -> WorkingOrder {
        let text = try call.requiredString("order")
        guard let id = ClientOrderID(text) else {
            throw TicketReader.wrong("order", "must be c-SESSION-NUMBER")
        }
        guard
            let order = session.bus.query(
                on: session.queues.execution, { $0.execution.orders.order(id) })
        else {
            throw .notFound("no order \(id) among those of session \(session.number) that are remembered")
        }
        return order
    }

    private func symbol(_ call: RPCCall, _ session: TradingSession) throws(RPCError) -> SymbolID? {
        guard let name = call.string("symbol") else { return nil }
        guard let instrument = session.settings.instrument(named: name) else {
            throw .notFound("no instrument '\(name)' in the settings")
        }
        return instrument.symbol
    }
}

extension RiskCheck {
    /// What failed, for people.
    var text: String { "\(reason.code): limit \(limit.text), actual \(actual.text)" }
}
