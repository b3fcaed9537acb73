import Audit
import Configuration
import ControlPlane
import Dispatch
import ExactJSON
import Execution
import Messaging
import Platform
import Risk
import Telemetry
import TradingModel

/// The handlers of the control plane. What may wait for the bus or the disk runs on the operators' queue, one after the
/// other, and what takes long on the life-cycle queue: nothing that may hang stands before an engage.
struct ControlMethods: Sendable {
    let daemon: Daemon

    /// Every method by name.
    var handlers: [String: RPCHandler] {
        [
            "status": .waiting(status), "health": .waiting(health), "version": .writer(version),
            "metrics": .waiting(metrics),
            "snapshot.dom": snapshot { $0.dom }, "snapshot.delta": snapshot { $0.delta },
            "snapshot.tape": snapshot { $0.tape }, "snapshot.footprint": snapshot { $0.footprint },
            "snapshot.orders": snapshot { $0.orders }, "snapshot.positions": snapshot { $0.positions },
            "snapshot.risk": snapshot { $0.risk }, "snapshot.config": snapshot { $0.config },
            "why": .waiting { (call, json) throws(RPCError) in
                try Explanations(session: try session().session).why(call, &json)
            },
            "mode.show": .waiting(modeShow), "mode.arm": daemon.mutating(arm),
            "mode.disarm": daemon.mutating(disarm),
            "mode.switch": .deferred(switchMode),
        ].merging(LogMethods(daemon: daemon).handlers) { own, _ in own }
            .merging(KillSwitchMethods(daemon: daemon).handlers) { own, _ in own }
            .merging(RiskMethods(daemon: daemon).handlers) { own, _ in own }
            .merging(BlotterMethods(daemon: daemon).handlers) { own, _ in own }
            .merging(TripMethods(daemon: daemon).handlers) { own, _ in own }
            .merging(OrderMethods(daemon: daemon).handlers) { own, _ in own }
            .merging(ArmingMethods(daemon: daemon).handlers) { own, _ in own }
            .merging(ReconciliationMethods(daemon: daemon).handlers) { own, _ in own }
            .merging(FaultMethods(daemon: daemon).handlers) { own, _ in own }
    }

    private typealias View = @Sendable (RPCCall, inout JSONWriter) throws(RPCError) -> Void

    private func snapshot(_ view: @escaping @Sendable (Snapshots) -> View) -> RPCHandler {
        .waiting { (call, json) throws(RPCError) in
            try view(Snapshots(session: try session().session))(call, &json)
        }
    }

    private func session() throws(RPCError) -> RunningSession {
        guard let session = daemon.current else { throw .notReady("no session is at work") }
        return session
    }

    private func actor(_ call: RPCCall) -> String { "uid:\(call.caller.peer.uid)" }

    // MARK: Status

    private func status(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        let running = try session()
        let session = running.session
        let view = session.bus.query { core in
            (
                sequence: core.sequence, now: core.now, tally: core.tally, killed: core.risk.engine.isKilled,
                armed: core.risk.engine.isArmed, faults: core.faults.held,
                streams: StreamReport(core.engines),
                summary: SessionSummary(core, session: session)
            )
        }
        json.beginObject()
        json.key("version")
        json.string(ProductVersion.current)
        json.key("profile")
        json.string(daemon.settings.profile.rawValue)
        json.key("mode")
        json.string(session.mode.rawValue)
        json.key("state")
        json.string(session.state.rawValue)
        json.key("armed")
        json.bool(view.armed && !view.killed)
        json.key("killswitch")
        daemon.killSwitch.write(to: &json)
        json.key("two_person")
        json.bool(daemon.needsTwoPersons)
        json.key("session")
        json.integer(session.number)
        json.key("started_at")
        json.timestamp(daemon.startedAt)
        json.key("sequence")
        json.integer(view.sequence)
        json.key("event_time")
        if view.now > .zero { json.timestamp(view.now) } else { json.null() }
        json.key("input")
        running.statistics.write(to: &json)
        json.key("streams")
        view.streams.write(to: &json)
        if let broker = running.broker {
            json.key("gateway")
            broker.write(to: &json)
        }
        view.summary.writeActivity(to: &json)
        json.key("faults")
        json.beginArray()
        for fault in view.faults { json.string("\(fault.fault.code) \(fault.subject)") }
        json.endArray()
        Snapshots(session: session).writeShadow(to: &json)
        json.key("pnl")
        view.summary.writeProfit(to: &json)
        json.key("audit")
        writeAudit(session, to: &json)
        json.key("blotter")
        if let blotter = running.blotter { blotter.write(to: &json) } else { json.null() }
        json.key("warnings")
        json.beginArray()
        for warning in session.unreadWarnings { json.string(warning.words) }
        for warning in session.acknowledgedWarnings { json.string("acknowledged: \(warning)") }
        json.endArray()
        json.endObject()
    }

    private func writeAudit(_ session: TradingSession, to json: inout JSONWriter) {
        json.beginObject()
        json.key("directory")
        json.string(session.paths.audit)
        json.key("lines")
        json.integer(session.audit.head.sequence)
        json.key("ok")
        json.bool(session.audit.outage == nil)
        json.key("outage")
        if let outage = session.audit.outage { json.string("\(outage)") } else { json.null() }
        json.endObject()
    }

    private func health(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        let running = try session()
        let session = running.session
        let checks: [(StaticString, Bool)] = [
            ("bus", session.bus.query { _ in true }), ("audit", session.audit.outage == nil),
            ("feed", running.isFeedWell), ("killswitch", daemon.killSwitch.isPersisted),
            ("session", session.state == .running || session.state == .disarmed || session.state == .halted),
            ("broker", running.broker?.book.reconciliation.isReady ?? true),
        ]
        json.beginObject()
        json.key("ok")
        json.bool(checks.allSatisfy(\.1))
        json.key("checks")
        json.beginObject()
        for (name, verdict) in checks {
            json.key(name)
            json.bool(verdict)
        }
        json.endObject()
        json.endObject()
    }

    private func version(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        json.beginObject()
        json.key("version")
        json.string(ProductVersion.current)
        json.key("api")
        json.integer(DaemonIdentity.api)
        json.endObject()
    }

    private func metrics(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        daemon.sessionMetrics.refresh(try session(), daemon.killSwitch)
        daemon.metrics.write(to: &json)
    }

    // MARK: Mode

    private func modeShow(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        writeMode(try session(), to: &json)
    }

    private func writeMode(_ running: RunningSession, to json: inout JSONWriter) {
        ArmingMethods(daemon: daemon).write(running, to: &json)
    }

    private func arm(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        let running = try session()
        try ArmingMethods(daemon: daemon).arm(running, by: actor(call), reason: call.reason ?? "")
        writeMode(running, to: &json)
    }

    private func disarm(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        let running = try session(), session = running.session
        guard session.disarm(by: actor(call), reason: call.reason ?? "") else {
            throw .conflict("cannot disarm while \(session.state.rawValue)")
        }
        _ = session.commitCommands()
        writeMode(running, to: &json)
    }

    private func switchMode(_ call: RPCCall, _ reply: RPCReply) {
        // By way of the operators' queue: behind the line that says who has called.
        daemon.queues.operators.async {
            daemon.queues.lifeCycle.async { switched(call, reply) }
        }
    }

    private func switched(_ call: RPCCall, _ reply: RPCReply) {
        do throws(RPCError) {
            let running = try ModeSwitch(daemon: daemon).run(call, by: actor(call))
            var json = JSONWriter()
            writeMode(running, to: &json)
            reply.succeed(try json.parsed())
        } catch {
            reply.fail(error)
        }
    }
}

extension Daemon {
    /// A method that changes something and may wait for the bus or the disk: behind it may be one who wants to stop trading.
    func mutating(
        _ body: @escaping @Sendable (RPCCall, inout JSONWriter) throws(RPCError) -> Void
    ) -> RPCHandler {
        .deferred { [queues] call, reply in
            queues.operators.async {
                do throws(RPCError) {
                    var json = JSONWriter()
                    try body(call, &json)
                    reply.succeed(try json.parsed())
                } catch {
                    reply.fail(error)
                }
            }
        }
    }
}

extension JSONWriter {
    /// What was written, as a tree.
    func parsed() throws(RPCError) -> JSONValue {
        do throws(JSONError) {
            return try JSONParser.parse(bytes)
        } catch {
            throw .internalError(reference: "json: \(error)")
        }
    }
}
