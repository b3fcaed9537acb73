import Audit
import ControlPlane
import Dispatch
import ExactJSON
import Execution
import Messaging
import Platform
import Risk
import TradingModel

/// Lowering and ending kills: what is refused, what two persons need, and what is accepted with it.
extension KillSwitchMethods {
    /// Away from the control queue, and from the one that writes what is engaged: it waits for the bus and the disk.
    func release(_ call: RPCCall, _ reply: RPCReply) {
        // Looked at when the request comes: it may wait behind another, and who engages meanwhile is not released by it.
        let known = daemon.killSwitch.engagements
        daemon.queues.operators.async {
            do throws(RPCError) {
                reply.succeed(try released(call, known))
            } catch {
                reply.fail(error)
            }
        }
    }

    /// - Parameter arrival: engagements heard when the request came.
    private func released(_ call: RPCCall, _ arrival: UInt64) throws(RPCError) -> JSONValue {
        guard let reason = call.reason, reason.utf8.count >= 10 else {
            throw .invalidParams([
                ParameterIssue("reason", "a release needs a reason of at least 10 characters")
            ])
        }
        if let id = call.string("approve") { return try approved(id, call, reason, arrival) }
        let target = try KillTarget(call, daemon.settings, daemon.killSwitch.state.latches)
        // Who names his own engage has looked at nobody else's.
        let known = call.integer("generation").map { UInt64($0) } ?? arrival
        let generation = daemon.killSwitch.generation(of: target.scope)
        try refuseUnreleasable(target)
        try refuseDifferences(target, call)
        if call.bool("request") == true {
            return try requested(target, generation: generation, call, reason)
        }
        guard !daemon.needsTwoPersons else {
            throw .twoPersonNeeded(
                "two persons release: ask with --request, then another one approves with --approve ID")
        }
        return try release(
            target, since: known, by: call.actor, reason, accepts: call.bool("accept_positions") == true)
    }

    /// Keeps the wish of one person for another one.
    private func requested(
        _ target: KillTarget, generation: UInt64, _ call: RPCCall, _ reason: String
    ) throws(RPCError) -> JSONValue {
        let request = try daemon.twoPersons.ask(
            call, keeping: ["scope", "level", "reason", "accept_positions"], generation: generation)
        let isWritten = daemon.current?.session.note(.killSwitchReleaseRequest, waits: true) { json in
            json.beginObject()
            json.key("by")
            json.string(call.actor)
            json.key("reason")
            json.string(reason)
            json.key("scope")
            json.string(target.scope.text)
            json.key("level")
            if let level = target.level { json.string(level.name) } else { json.null() }
            json.key("request")
            json.string(request.id)
            json.endObject()
        }
        guard isWritten == true else { throw .conflict("the audit log has failed: nothing is asked for") }
        let expiry = UTCClock.now().advanced(by: Int64(TwoPersonRequests.lifetime))
        return ["request": .string(request.id), "expires": .string("\(expiry)")]
    }

    /// Carries out what another person has asked for; the request stays as long as it cannot be, unless a kill or a release of
    /// its scope has made it void.
    private func approved(
        _ id: String, _ call: RPCCall, _ reason: String, _ known: UInt64
    ) throws(RPCError) -> JSONValue {
        guard call["scope"] == nil, call["level"] == nil, call["request"] == nil,
            call["accept_positions"] == nil
        else {
            throw .invalidParams([ParameterIssue("approve", "the request says what is released")])
        }
        let flow = daemon.twoPersons
        let asked = try flow.asked(id, call, generation: generation)
        let target = try KillTarget(asked.call, daemon.settings, daemon.killSwitch.state.latches)
        try refuseUnreleasable(target)
        try refuseDifferences(target, asked.call)
        try flow.use(asked, generation: generation)
        return try release(
            target, since: known, by: call.actor,
            "\(reason) (asked for by uid:\(asked.request.uid): \(asked.call.reason ?? ""))",
            accepts: asked.call.bool("accept_positions") == true)
    }

    /// How often the scope of a request has been engaged or released.
    private func generation(_ request: TwoPersonRequests.Request) -> UInt64 {
        let text = request.parameters.first { $0.key == "scope" }?.value.stringValue ?? "all"
        return KillScope(text: text).map(daemon.killSwitch.generation) ?? 0
    }

    private func release(
        _ target: KillTarget, since known: UInt64, by actor: String, _ reason: String, accepts: Bool
    ) throws(RPCError) -> JSONValue {
        let change = daemon.killSwitch.release(
            target.scope, to: target.level, since: known, by: actor, reason: reason, at: UTCClock.now())
        guard change.hasChanged else {
            throw .conflict(
                change.isOvertaken
                    ? "a kill came meanwhile: still engaged"
                    : "the release could not be written: still engaged")
        }
        let accepted = accepts ? accept(by: actor, reason) : []
        _ = daemon.current?.session.commitCommands()
        var json = JSONWriter()
        json.beginObject()
        json.key("state")
        daemon.killSwitch.write(to: &json)
        json.key("changed")
        json.bool(true)
        json.key("accepted")
        json.beginArray()
        for text in accepted { json.string(text) }
        json.endArray()
        json.endObject()
        return try json.parsed()
    }

    /// Takes the broker's positions for right, once the release is done, and writes down which.
    ///
    /// - Returns: what differed.
    private func accept(by actor: String, _ reason: String) -> [String] {
        guard let running = daemon.current, let broker = running.broker else { return [] }
        let texts = broker.acceptPositions(by: actor, reason: reason).map(\.description)
        _ = running.session.note(.rpcCall, waits: true) { json in
            json.beginObject()
            json.key("by")
            json.string(actor)
            json.key("method")
            json.string("killswitch.release")
            json.key("reason")
            json.string(reason)
            json.key("accepted_positions")
            json.beginArray()
            for text in texts { json.string(text) }
            json.endArray()
            json.endObject()
        }
        return texts
    }

    /// Differences between our books and the broker's: nobody goes past them without saying so.
    private func refuseDifferences(_ target: KillTarget, _ call: RPCCall) throws(RPCError) {
        let broker = daemon.current?.broker
        let actor = daemon.killSwitch.state.latches.latch(target.scope)?.actor ?? ""
        let refusal = DifferenceRule(
            isWhole: target.scope == .all && target.level == nil, isDrift: actor == Trip.drift.actor,
            accepts: call.bool("accept_positions") == true, hasBroker: broker != nil,
            isConnected: broker?.isConnected ?? false,
            differences: broker?.book.reconciliation.drift.map(\.description) ?? [],
            unsettled: broker?.book.unsettledDifferences.map(\.description) ?? []
        ).refusal
        if let refusal { throw .conflict(refusal) }
    }

    /// What keeps a kill from being lowered or ended.
    private func refuseUnreleasable(_ target: KillTarget) throws(RPCError) {
        let state = daemon.killSwitch.state
        guard let latch = state.latches.latch(target.scope) else {
            throw .conflict(
                state.isEngaged
                    ? "nothing is killed for \(target.scope.text), but for "
                        + state.latches.latches.map(\.scope.text).joined(separator: ", ")
                    : "the kill switch is not engaged")
        }
        if let level = target.level, level >= latch.level {
            throw .conflict("\(target.scope.text) is at \(latch.level.name): release to a lower level")
        }
        // Without a session nobody would write the release down.
        guard let running = daemon.current else { throw .notReady("no session is at work") }
        if let outage = running.session.audit.outage {
            throw .conflict("the audit log has failed, restart the daemon first: \(outage)")
        }
        let unconfirmed = running.killOutcome(target.scope).unconfirmed.count
        guard unconfirmed == 0 else { throw .conflict("\(unconfirmed) orders are not confirmed cancelled") }
        guard running.isCompared else { throw .conflict("our books are not compared with the broker's") }
    }
}
