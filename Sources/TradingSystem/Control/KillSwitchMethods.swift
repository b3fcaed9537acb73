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
}

extension RPCCall {
    /// The caller as audit lines and latches name him.
    var actor: String { "uid:\(caller.peer.uid)" }
}
