import Audit
import Configuration
import ControlPlane
import ExactJSON
import Messaging
import OrderFlow
import Platform
import Risk
import TradingModel

/// The handlers that show the limits, try an order against them, and change them.
///
/// A change is an event: risk sees it in its place in the sequence, the audit trail holds it, a replay repeats it. Nothing of
/// it outlives the session.
struct RiskMethods: Sendable {
    let daemon: Daemon

    /// The methods by name.
    var handlers: [String: RPCHandler] {
        [
            "risk.show": .waiting(show), "risk.check": .waiting(check), "risk.set": daemon.mutating(set),
            "risk.override": daemon.mutating(override),
        ]
    }

    private func session() throws(RPCError) -> TradingSession {
        guard let running = daemon.current else { throw .notReady("no session is at work") }
        return running.session
    }

    // MARK: Showing

    private func show(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        let session = try session()
        let rows = session.bus.query(on: session.queues.risk) { core in
            LimitRow.all(core.risk.engine, now: core.now) { core.engines.top($0) }
        }
        json.beginObject()
        json.key("limits")
        json.beginArray()
        for row in rows { row.write(owner: session.settings.risk.owners[row.key.rawValue], to: &json) }
        json.endArray()
        json.key("waiting")
        json.beginArray()
        for request in daemon.requests.pending where handlers[request.method] != nil {
            json.beginObject()
            json.key("id")
            json.string(request.id)
            json.key("by")
            json.string("uid:\(request.uid)")
            json.key("method")
            json.string(request.method)
            for member in request.parameters {
                guard let text = member.value.stringValue else { continue }
                json.key(dynamic: member.key)
                json.string(text)
            }
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }

    // MARK: Trying

    /// Every control, nothing reserved, nothing spent.
    private func check(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        let session = try session()
        let order = try TriedOrder(call).request
        let (decision, now, sequence) = session.bus.query(on: session.queues.risk) { core in
            (
                core.risk.tried(order, now: core.now, quotes: core.engines), core.now, core.sequence
            )
        }
        json.beginObject()
        json.key("approved")
        json.bool(decision.approved)
        json.key("reasons")
        json.beginArray()
        for reason in decision.reasons { json.string(reason.code) }
        json.endArray()
        json.key("record")
        decision.writeRecord(
            sequence: sequence, at: now, configHash: session.settings.decisionHash(sha256Hex),
            to: &json)
        json.endObject()
    }

    // MARK: Changing

    private func set(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        try change(call, &json) { (_, _) throws(RPCError) in nil }
    }

    private func override(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        try change(call, &json) { (parameters, now) throws(RPCError) in
            guard let seconds = parameters.integer("seconds") else {
                throw .invalidParams([ParameterIssue("seconds", "missing")])
            }
            return now.advanced(by: Int64(seconds) * 1_000_000_000)
        }
    }

    /// Asks for a change, approves one that another asked for, or makes one that needs no second person.
    private func change(
        _ call: RPCCall, _ json: inout JSONWriter,
        until: (RPCCall, Timestamp) throws(RPCError) -> Timestamp?
    ) throws(RPCError) {
        let session = try session()
        if let id = call.string("approve") {
            // What the second person adds is the approval, never another value.
            let flow = daemon.twoPersons
            let asked = try flow.asked(id, call)
            let assignment = try assignment(asked.call, session, until)
            try flow.use(asked)
            return try make(
                assignment, by: asked.actors, reason: asked.call.reason ?? call.reason ?? "", session, &json)
        }
        let assignment = try assignment(call, session, until)
        if call.bool("request") == true { return try ask(call, &json) }
        let (changes, time) = session.bus.query { ($0.risk.engine.changes, $0.now) }
        let isNeeded = daemon.needsTwoPersons
        guard !Self.needsSecondPerson(assignment, changes, session.time(time), isNeeded: isNeeded) else {
            throw .twoPersonNeeded(
                "a looser limit needs two persons: ask with --request, and another approves with --approve ID"
            )
        }
        var alone = assignment
        alone.mustTighten = isNeeded
        try make(
            alone, by: "uid:\(call.caller.peer.uid)", reason: call.reason ?? "", session, &json)
    }

    /// Whether one person alone may not make a change: one that lets orders pass, now or later, that would be refused without
    /// it.
    ///
    /// - Parameter isNeeded: whether anything needs two persons.
    static func needsSecondPerson(
        _ assignment: LimitAssignment, _ changes: LimitChanges, _ now: Timestamp, isNeeded: Bool
    ) -> Bool {
        isNeeded && changes.isLoosening(assignment, at: now)
    }

    private func ask(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        guard call.reason != nil else {
            throw .invalidParams([ParameterIssue("reason", "a request needs one")])
        }
        let request = try daemon.twoPersons.ask(
            call, keeping: ["limit", "value", "seconds", "reason"])
        daemon.record(.rpcCall, call.caller, call.method, reason: call.reason)
        json.beginObject()
        json.key("request")
        json.string(request.id)
        json.key("seconds")
        json.integer(TwoPersonRequests.lifetime / 1_000_000_000)
        json.endObject()
    }

    private func assignment(
        _ call: RPCCall, _ session: TradingSession,
        _ until: (RPCCall, Timestamp) throws(RPCError) -> Timestamp?
    ) throws(RPCError) -> LimitAssignment {
        let name = try call.requiredString("limit")
        guard let (key, scope) = LimitAssignment.limit(named: name.hasPrefix("risk.") ? name : "risk." + name)
        else {
            throw .invalidParams([
                ParameterIssue(
                    "limit",
                    "no limit that can be changed is called that, or its instrument or strategy is not of this session"
                )
            ])
        }
        guard let value = key.value(of: try call.requiredString("value")) else {
            throw .invalidParams([ParameterIssue("value", "no positive value of \(key.rawValue)")])
        }
        let (newest, limits) = session.bus.query { ($0.now, $0.risk.engine.limits) }
        let strategies = Set([StrategyID.known(session.settings.strategy.name)].compactMap { $0 })
        let assignment = LimitAssignment(
            key, scope, value: value, until: try until(call, session.time(newest)))
        let trips = TripLimits(session.settings.risk)
        if let fault = assignment.fault(limits, trips: trips, strategies: strategies) {
            throw .invalidParams([ParameterIssue(fault.member, fault.text)])
        }
        return assignment
    }

    private func make(
        _ assignment: LimitAssignment, by actor: String, reason: String, _ session: TradingSession,
        _ json: inout JSONWriter
    ) throws(RPCError) {
        session.publish(
            SystemNotice(.limitsChanged, actor: actor, reason: reason, detail: assignment.text))
        guard session.commitCommands() else { throw .conflict("the audit log has failed: nothing is sent") }
        // Others may have come before it since it was looked at; one that has ended already has done what it could.
        let isMade =
            !assignment.mustTighten
            || session.bus.query { core in
                let newest = core.risk.engine.changes.newest(assignment.key, assignment.scope)
                return newest.map { $0.assignment == assignment } ?? false
            }
        guard isMade else {
            throw .conflict("another change came first, and this one would loosen it: nothing is changed")
        }
        json.beginObject()
        json.key("limit")
        json.string(assignment.name)
        json.key("value")
        json.string(assignment.value.text)
        json.key("until")
        if let until = assignment.until { json.timestamp(until) } else { json.null() }
        json.key("by")
        json.string(actor)
        json.endObject()
    }
}

extension TradingSession {
    /// What time it is for the controls, which is that of the newest event or, live, of now.
    func time(_ newest: Timestamp) -> Timestamp {
        usesEventTime && newest > .zero ? newest : max(newest, UTCClock.now())
    }

    /// Sequences what an operator has commanded.
    func publish(_ notice: SystemNotice) {
        let time = usesEventTime ? Timestamp.zero : UTCClock.now()
        bus.publishUrgent(
            MarketEvent(
                timestamp: time, receivedAt: time, symbol: .none, source: .operator_,
                payload: .system(notice)))
    }
}

/// An order that somebody wants to try.
private struct TriedOrder {
    let request: OrderRequest

    init(_ call: RPCCall) throws(RPCError) {
        guard let symbol = SymbolID.known(try call.requiredString("symbol")) else {
            throw .notFound("no such symbol")
        }
        let limit = try Self.price("limit", call)
        let stop = try Self.price("stop", call)
        let type: OrderType =
            switch (limit != nil, stop != nil) {
            case (true, true): .stopLimit
            case (true, false): .limit
            case (false, true): .stop
            case (false, false): .market
            }
        guard let quantity = try? Quantity(try call.requiredString("quantity")) else {
            throw .invalidParams([ParameterIssue("quantity", "must be a decimal number")])
        }
        // A name that nobody has given an order under has used nothing up: it is looked up, never made.
        guard let strategy = call.string("strategy").map({ StrategyID.known($0) }) ?? .manual else {
            throw .notFound("no such strategy")
        }
        request = OrderRequest(
            // Above every id there will be: it is not an order.
            id: ClientOrderID(session: .max, number: .max), symbol: symbol,
            side: call.string("side") == "sell" ? .sell : .buy, type: type, quantity: quantity,
            limitPrice: limit, stopPrice: stop, flags: call.bool("reduce_only") == true ? .reduceOnly : [],
            strategy: strategy)
    }

    private static func price(_ name: String, _ call: RPCCall) throws(RPCError) -> Price? {
        guard let text = call.string(name) else { return nil }
        guard let price = try? Price(text) else {
            throw .invalidParams([ParameterIssue(name, "must be a decimal number")])
        }
        return price
    }
}

/// A limit as an operator sees it.
private struct LimitRow: Sendable {
    let key: LimitKey
    let name: String
    let value: RiskCheck.Value?
    let use: RiskCheck.Value?
    let change: LimitChanges.Change?

    /// Those of all orders, then those of instruments and strategies by name.
    static func all(
        _ engine: RiskEngine, now: Timestamp, quotes: (SymbolID) -> Tick?
    ) -> [LimitRow] {
        var scopes: [KillScope] = [.all]
        scopes += engine.limits.symbols.keys.sorted { $0.name < $1.name }.map { .symbol($0) }
        scopes += engine.limits.strategies.keys.sorted { $0.name < $1.name }.map { .strategy($0) }
        return scopes.flatMap { scope in
            LimitKey.allCases.compactMap { key -> LimitRow? in
                let value = engine.limits[key, scope]
                guard value != nil || scope == .all else { return nil }
                return LimitRow(
                    key: key,
                    name: LimitAssignment(key, scope, value: value ?? .missing).name, value: value,
                    use: engine.use(of: key, scope, now: now, quotes: quotes),
                    change: engine.changes.newest(key, scope))
            }
        }
    }

    func write(owner: String?, to json: inout JSONWriter) {
        json.beginObject()
        json.key("limit")
        json.string(name)
        json.key("value")
        if let value { value.writeText(to: &json) } else { json.null() }
        json.key("use")
        if let use { use.writeText(to: &json) } else { json.null() }
        json.key("owner")
        if let owner { json.string(owner) } else { json.null() }
        json.key("changed_by")
        if let change { json.string(change.actor) } else { json.null() }
        json.key("changed_at")
        if let change { json.timestamp(change.time) } else { json.null() }
        json.key("until")
        if let until = change?.assignment.until { json.timestamp(until) } else { json.null() }
        json.endObject()
    }
}
