import Audit
import Configuration
import ControlPlane
import Dispatch
import ExactJSON
import Execution
import Messaging
import Platform
import Risk
import TradingModel

/// The methods of the kill switch.
///
/// Engaging latches on the control queue and does everything else elsewhere: neither the disk nor the venue, nor another
/// caller who waits for them, stands between a request and the latch.
struct KillSwitchMethods: Sendable {
    let daemon: Daemon

    /// Every method by name.
    var handlers: [String: RPCHandler] {
        [
            "killswitch.engage": .deferred(engage), "killswitch.release": .deferred(release),
            "killswitch.status": .writer(status),
        ]
    }

    private func status(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        daemon.killSwitch.write(to: &json)
    }

    // MARK: Engage

    /// Nanoseconds that a venue has to confirm cancels before an operator is told that they are not confirmed.
    private static let confirmationTime: UInt64 = 5_000_000_000
    /// Nanoseconds that positions have to become zero before an operator is told what is left.
    private static let flatteningTime: UInt64 = 8_000_000_000

    /// The latch first, then everything else: nothing that may hang stands before it.
    private func engage(_ call: RPCCall, _ reply: RPCReply) {
        do throws(RPCError) {
            let target = try KillTarget(call, daemon.settings, daemon.killSwitch.state.latches)
            let isUnflattenable = Self.isUnflattenable(target)
            let latch = KillLatch(
                isUnflattenable ? .halt : target.level ?? .halt, target.scope, actor: call.actor,
                reason: call.reason ?? "",
                since: UTCClock.now())
            let (hasChanged, generation) = daemon.killSwitch.counted(latch)
            let latchedAt = MonotonicClock.now()
            reply.notify("killswitch.latched", Self.latched(daemon.killSwitch.state, latch, hasChanged))
            daemon.queues.killState.async {
                let isPersisted = daemon.killSwitch.persistPending()
                if isUnflattenable { return reply.fail(Self.unflattenable) }
                daemon.queues.confirmations.async {
                    conclude(
                        latch, at: latchedAt, generation, hasChanged: hasChanged, isPersisted: isPersisted,
                        call, reply)
                }
            }
        } catch {
            reply.fail(error)
        }
    }

    /// Positions belong to instruments, not to strategies: what can be done is done.
    private static func isUnflattenable(_ target: KillTarget) -> Bool {
        guard target.level == .flatten, case .strategy = target.scope else { return false }
        return true
    }

    private static let unflattenable = RPCError.invalidParams([
        ParameterIssue(
            "scope",
            "the strategy is halted, but positions are not kept by strategy: flatten a symbol or all")
    ])

    /// Waits for the venue, then tells what became of the orders. Only what is delivered and durable is told.
    private func conclude(
        _ latch: KillLatch, at latchedAt: UInt64, _ generation: UInt64, hasChanged: Bool, isPersisted: Bool,
        _ call: RPCCall, _ reply: RPCReply
    ) {
        if !hasChanged { leaveTrace(latch, call) }
        let running = daemon.current
        _ = running?.waitForKill(latch.scope, atMost: Self.confirmationTime)
        let zeroAt = MonotonicClock.now()
        if latch.level == .flatten {
            running?.session.waitForFlatness(latch.scope, atMost: Self.flatteningTime)
        }
        let isAudited = running?.session.commitCommands() ?? false
        var json = JSONWriter()
        json.beginObject()
        // What holds now: somebody may have released it since.
        let held = daemon.killSwitch.state.latches.latch(latch.scope)
        json.key("engaged")
        json.bool(held != nil)
        json.key("scope")
        json.string(latch.scope.text)
        json.key("level")
        if let held { json.string(held.level.name) } else { json.null() }
        json.key("state")
        daemon.killSwitch.write(to: &json)
        json.key("changed")
        json.bool(hasChanged)
        json.key("generation")
        json.integer(generation)
        json.key("persisted")
        json.bool(isPersisted)
        json.key("audited")
        json.bool(isAudited)
        (running?.killOutcome(latch.scope) ?? KillOutcome()).write(to: &json)
        write(running?.session.stageClock, latchedAt, zeroAt, hasChanged: hasChanged, to: &json)
        json.endObject()
        do throws(RPCError) { reply.succeed(try json.parsed()) } catch { reply.fail(error) }
    }

    /// The moments of this kill by the monotonic clock, for who measures on the same machine: latched in memory, seen by risk,
    /// cancels handed over, zero confirmed.
    private func write(
        _ clock: StageClock?, _ latchedAt: UInt64, _ zeroAt: UInt64, hasChanged: Bool,
        to json: inout JSONWriter
    ) {
        json.key("monotonic_ns")
        guard hasChanged, let clock else { return json.null() }
        json.beginObject()
        let moments: [(StaticString, UInt64)] = [
            ("latched", latchedAt), ("seen", clock.killSeenAt), ("cancels_sent", clock.killCancelledAt),
            ("zero", zeroAt),
        ]
        for (name, time) in moments {
            json.key(name)
            json.integer(time)
        }
        json.endObject()
    }

    /// An engage that changes nothing has no event of its own: it leaves its trace all the same, and what was given up
    /// while flattening is tried again.
    private func leaveTrace(_ latch: KillLatch, _ call: RPCCall) {
        let isRepeated =
            latch.level == .flatten
            && daemon.killSwitch.whileLatched(latch.scope, at: .flatten) {
                daemon.current?.session.repeatKill(latch)
            }
        if !isRepeated { daemon.record(.rpcCall, call.caller, call.method, reason: call.reason) }
    }

    private static func latched(
        _ state: KillSwitchState, _ latch: KillLatch, _ hasChanged: Bool
    ) -> JSONValue {
        let level = state.latches.latch(latch.scope)?.level ?? latch.level
        return [
            "scope": .string(latch.scope.text), "level": .string(level.name.description),
            "changed": .bool(hasChanged),
        ]
    }

    // MARK: Release

    /// Away from the control queue, and from the one that writes what is engaged: it waits for the bus and the disk.
    private func release(_ call: RPCCall, _ reply: RPCReply) {
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

/// Whether a release may go past differences between our books and the broker's.
struct DifferenceRule: Sendable {
    /// Whether the kill of everything is ended, not lowered.
    var isWhole: Bool
    /// Whether the kill is there because of differences.
    var isDrift: Bool
    /// Whether the broker's positions are to be taken for right.
    var accepts: Bool
    var hasBroker: Bool
    var isConnected: Bool
    /// What differs now, in words.
    var differences: [String]
    /// What differs in another way than it was told, so that it may still be on its way, in words.
    var unsettled: [String] = []

    /// Why it may not; `nil` where it may.
    var refusal: String? {
        if accepts {
            guard hasBroker else { return "there is no broker whose positions could be accepted" }
            guard isWhole else { return "positions are accepted with the end of a kill of everything alone" }
            guard isConnected else { return "positions are accepted while the broker is connected alone" }
            guard unsettled.isEmpty else {
                return "what differs is not settled yet: \(unsettled.joined(separator: "; ")); look again"
            }
            return nil
        }
        // Whoever has raised a kill by drift, to flatten say, has not settled what differs.
        guard isDrift || isWhole, !differences.isEmpty else { return nil }
        return
            "our books still differ from the broker's: \(differences.joined(separator: "; ")); find out why, "
            + "then --accept-positions takes the broker's for right"
    }
}

/// What a call wants killed or released.
struct KillTarget {
    let scope: KillScope
    /// `nil` where none was named.
    let level: KillLevel?

    /// - Throws: `invalidParams` for a scope that means nobody: a slip must not look like a kill.
    ///
    /// - Parameter latches: what holds: that may be named though the settings do not know it any more.
    init(
        _ call: RPCCall, _ settings: Settings, _ latches: KillLatches = KillLatches()
    ) throws(RPCError) {
        level = call.string("level").flatMap { KillLevel(name: $0) }
        let text = call.string("scope") ?? "all"
        guard let scope = KillScope(text: text),
            latches.latch(scope) != nil || Self.isKnown(scope, settings)
        else {
            throw .invalidParams([
                ParameterIssue(
                    "scope", "none of all, symbol:NAME and strategy:NAME with a name of the settings")
            ])
        }
        self.scope = scope
    }

    private static func isKnown(_ scope: KillScope, _ settings: Settings) -> Bool {
        switch scope {
        case .all: true
        case .strategy(let strategy): strategy.name == settings.strategy.name
        case .symbol(let symbol):
            settings.instruments[symbol.name] != nil || settings.symbols.contains(symbol.name)
                || settings.risk.whitelist.contains(symbol.name)
        }
    }
}

extension RPCCall {
    /// The caller as audit lines and latches name him.
    var actor: String { "uid:\(caller.peer.uid)" }
}
