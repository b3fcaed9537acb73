import Audit
import Configuration
import ControlPlane
import ExactJSON
import Execution
import Messaging
import Platform
import TradingModel

/// The methods of the books: what agrees with the broker's, what does not, and of which orders nobody knows.
struct ReconciliationMethods: Sendable {
    let daemon: Daemon

    /// Every method by name.
    var handlers: [String: RPCHandler] {
        [
            "order.unresolved": .waiting(unresolved), "recon.show": .waiting(show),
            "recon.accept": daemon.mutating(accept),
        ]
    }

    private func running() throws(RPCError) -> RunningSession {
        guard let running = daemon.current else { throw .notReady("no session is at work") }
        return running
    }

    private func broker() throws(RPCError) -> BrokerLink {
        guard let broker = try running().broker else {
            throw .conflict("there is no broker in this mode: our books are the venue's own")
        }
        return broker
    }

    // MARK: Orders in doubt

    private func unresolved(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        let running = try running()
        let (orders, session) = (
            running.session.bus.query { $0.execution.orders.unresolved }, running.session.number
        )
        json.beginObject()
        json.key("count")
        json.integer(orders.count)
        json.key("orders")
        json.beginArray()
        for order in orders { write(order, session, running.broker, to: &json) }
        json.endArray()
        json.endObject()
    }

    private func write(
        _ order: WorkingOrder, _ session: UInt32, _ broker: BrokerLink?, to json: inout JSONWriter
    ) {
        let known = broker?.book.suspicion(of: order.id)
        json.beginObject()
        json.key("order")
        json.orderID(order.id)
        json.key("symbol")
        json.string(order.request.symbol.name)
        json.key("side")
        json.string(order.request.side.name)
        json.key("qty")
        json.quantity(order.quantity)
        json.key("filled_qty")
        json.quantity(order.filledQuantity)
        json.key("limit_price")
        json.price(order.request.limitPrice)
        json.key("strategy")
        json.string(order.request.strategy.name)
        json.key("sent_at")
        json.timestamp(order.sentAt)
        json.key("since")
        if let since = order.life.unresolvedSince { json.timestamp(since) } else { json.null() }
        json.key("broker_id")
        if let number = known?.orderID { json.integer(number) } else { json.null() }
        json.key("earlier_session")
        json.bool(order.id.session < session)
        json.key("why")
        json.string(Self.why(order, known?.text ?? ""))
        json.endObject()
    }

    private static func why(_ order: WorkingOrder, _ suspicion: String) -> String {
        let reason =
            order.life.unresolvedSince == nil
            ? "the broker holds it and does not say why"
            : "sent, and never answered: the connection or the process was lost"
        return suspicion.isEmpty ? reason : "\(reason) (\(suspicion))"
    }

    // MARK: Books

    private func show(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        write(try broker(), to: &json)
    }

    private func write(_ broker: BrokerLink, to json: inout JSONWriter) {
        let view = broker.book.view
        json.beginObject()
        json.key("compared_at")
        if let time = view.comparedAt { json.timestamp(time) } else { json.null() }
        json.key("equal")
        json.bool(view.isEqual)
        json.key("ready")
        json.bool(view.isReady)
        json.key("comparisons")
        json.integer(view.round)
        json.key("differences")
        json.beginArray()
        for difference in view.differences { difference.write(to: &json) }
        json.endArray()
        json.key("restored")
        json.beginArray()
        for order in view.restored { order.write(to: &json) }
        json.endArray()
        json.key("external")
        json.beginArray()
        for finding in view.external { json.string(finding.description) }
        json.endArray()
        json.key("concluded")
        json.integer(view.concluded)
        json.key("late_fills")
        json.integer(view.lateFills)
        json.key("awaited")
        json.beginArray()
        for text in view.awaited { json.string(text) }
        json.endArray()
        json.endObject()
    }

    // MARK: Accepting

    private func accept(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        guard let reason = call.reason, reason.utf8.count >= 10 else {
            throw .invalidParams([
                ParameterIssue("reason", "accepting positions needs a reason of at least 10 characters")
            ])
        }
        if let id = call.string("approve") { return try approve(id, call, reason, &json) }
        let target = try PositionTarget(call)
        let broker = try broker()
        try refuse(target, broker)
        if call.bool("request") == true { return try request(target, call, reason, &json) }
        guard !daemon.needsTwoPersons else {
            throw .twoPersonNeeded(
                "two persons accept positions: ask with --request, then another one approves with --approve ID"
            )
        }
        try take(target, broker, by: call.actor, reason, &json)
    }

    private func request(
        _ target: PositionTarget, _ call: RPCCall, _ reason: String, _ json: inout JSONWriter
    ) throws(RPCError) {
        let request = try daemon.twoPersons.ask(call, keeping: ["symbols", "all", "reason"])
        let isWritten = try note(call, reason) { json in
            json.key("request")
            json.string(request.id)
            json.key("symbols")
            json.string(target.text)
        }
        guard isWritten else { throw .conflict("the audit log has failed: nothing is asked for") }
        json.beginObject()
        json.key("request")
        json.string(request.id)
        json.key("expires")
        json.string("\(UTCClock.now().advanced(by: Int64(TwoPersonRequests.lifetime)))")
        json.endObject()
    }

    private func approve(
        _ id: String, _ call: RPCCall, _ reason: String, _ json: inout JSONWriter
    ) throws(RPCError) {
        guard call["symbols"] == nil, call["all"] == nil, call["request"] == nil else {
            throw .invalidParams([ParameterIssue("approve", "the request says what is accepted")])
        }
        let asked = try daemon.twoPersons.asked(id, call)
        let target = try PositionTarget(asked.call)
        let broker = try broker()
        try refuse(target, broker)
        try daemon.twoPersons.use(asked)
        try take(
            target, broker, by: call.actor,
            "\(reason) (asked for by uid:\(asked.request.uid): \(asked.call.reason ?? ""))", &json)
    }

    /// The rule of `killswitch.release` with `accept_positions`, and something that differs among what is named.
    private func refuse(_ target: PositionTarget, _ broker: BrokerLink) throws(RPCError) {
        let unsettled = broker.book.unsettledDifferences.filter { target.contains($0.symbol) }
        let refusal = DifferenceRule(
            isWhole: true, isDrift: false, accepts: true, hasBroker: true, isConnected: broker.isConnected,
            differences: [], unsettled: unsettled.map(\.description)
        ).refusal
        if let refusal { throw .conflict(refusal) }
        guard broker.book.acceptableDifferences.contains(where: { target.contains($0.symbol) }) else {
            throw .conflict("nothing differs there that could be accepted: tradectl recon show")
        }
        if let outage = try running().session.audit.outage {
            throw .conflict("the audit log has failed, restart the daemon first: \(outage)")
        }
    }

    private func take(
        _ target: PositionTarget, _ broker: BrokerLink, by actor: String, _ reason: String,
        _ json: inout JSONWriter
    ) throws(RPCError) {
        let accepted = broker.acceptPositions(by: actor, reason: reason, in: target.symbols)
        _ = try running().session.note(.rpcCall, waits: true) { json in
            json.beginObject()
            json.key("by")
            json.string(actor)
            json.key("method")
            json.string("recon.accept" as StaticString)
            json.key("reason")
            json.string(reason)
            json.key("accepted_positions")
            json.beginArray()
            for drift in accepted { json.string(drift.description) }
            json.endArray()
            json.endObject()
        }
        _ = try running().session.commitCommands()
        json.beginObject()
        json.key("accepted")
        json.beginArray()
        for drift in accepted { json.string(drift.description) }
        json.endArray()
        json.key("books")
        write(broker, to: &json)
        json.endObject()
    }

    private func note(
        _ call: RPCCall, _ reason: String, _ members: (inout JSONWriter) -> Void
    ) throws(RPCError) -> Bool {
        try running().session.note(.rpcCall, waits: true) { json in
            json.beginObject()
            json.key("by")
            json.string(call.actor)
            json.key("method")
            json.string("recon.accept" as StaticString)
            json.key("reason")
            json.string(reason)
            members(&json)
            json.endObject()
        }
    }
}

/// Whose positions are to be taken over: those of named instruments, or all that differ.
struct PositionTarget: Sendable {
    /// `nil` for all.
    let symbols: Set<SymbolID>?
    /// For people.
    let text: String

    init(_ call: RPCCall) throws(RPCError) {
        let names = (call.string("symbols") ?? "").split(separator: ",").map(String.init)
        let isAll = call.bool("all") == true
        guard isAll != !names.isEmpty else {
            throw .invalidParams([ParameterIssue("symbols", "either instruments, or all")])
        }
        var symbols: Set<SymbolID> = []
        for name in names {
            guard let symbol = SymbolID.known(name) else { throw .notFound("symbol \(name)") }
            symbols.insert(symbol)
        }
        self.symbols = isAll ? nil : symbols
        text = isAll ? "all" : names.joined(separator: ",")
    }

    func contains(_ symbol: SymbolID) -> Bool { symbols.map { $0.contains(symbol) } ?? true }
}

extension BrokerBooksView.Difference {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("symbol")
        json.string(drift.symbol.name)
        json.key("ours")
        json.quantity(drift.expected)
        json.key("broker")
        json.quantity(drift.actual)
        json.key("acceptable")
        json.bool(isAcceptable)
        json.endObject()
    }
}

extension BrokerBooksView.Restored {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("order")
        json.orderID(id)
        json.key("broker_id")
        if let orderID { json.integer(orderID) } else { json.null() }
        json.key("state")
        json.string(state)
        json.endObject()
    }
}
