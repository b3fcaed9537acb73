import Configuration
import ControlPlane
import ExactJSON
import Execution
import Messaging
import Risk
import TradingModel

/// Arming: what blocks it, and what an operator has read.
struct ArmingMethods: Sendable {
    let daemon: Daemon

    /// Every method by name.
    var handlers: [String: RPCHandler] { ["mode.ack_warnings": daemon.mutating(acknowledge)] }

    private func acknowledge(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        guard let running = daemon.current else { throw .notReady("no session is at work") }
        guard let reason = call.reason, reason.utf8.count >= 10 else {
            throw .invalidParams([
                ParameterIssue("reason", "an acknowledgement needs a reason of at least 10 characters")
            ])
        }
        let session = running.session
        guard !session.unreadWarnings.isEmpty else { throw .conflict("no start-up warning is open") }
        guard let warnings = session.acknowledgeWarnings(by: call.actor, reason: reason) else {
            throw .conflict("the audit log has failed: nothing is acknowledged")
        }
        if warnings.isEmpty, let warning = session.unreadWarnings.first { throw .conflict(warning.words) }
        write(running, to: &json)
    }

    /// Arms where every check passes, and names what blocks where one does not.
    func arm(_ running: RunningSession, by actor: String, reason: String) throws(RPCError) {
        let session = running.session
        if daemon.killSwitch.isHalted { throw .killSwitchEngaged("release the kill switch first") }
        do throws(ArmingRefusal) {
            try session.arm(
                by: actor, reason: reason, { running.brokerStanding },
                configHash: session.settings.decisionHash(sha256Hex))
        } catch {
            switch error {
            case .blocked(let blockers):
                throw .conflict("arming is blocked: \(blockers.joined(separator: "; "))")
            case .state(let state): throw .conflict("cannot arm while \(state.rawValue)")
            }
        }
        guard session.commitCommands() else { throw .conflict("the audit log has failed: nothing is sent") }
    }

    /// Mode, arming, every check in its order and what blocks it.
    func write(_ running: RunningSession, to json: inout JSONWriter) {
        let session = running.session
        let checks = session.armingChecks(
            { running.brokerStanding }, configHash: session.settings.decisionHash(sha256Hex))
        json.beginObject()
        json.key("profile")
        json.string(daemon.settings.profile.rawValue)
        json.key("mode")
        json.string(session.mode.rawValue)
        json.key("state")
        json.string(session.state.rawValue)
        json.key("armed")
        json.bool(session.state == .running)
        json.key("checks")
        json.beginArray()
        for check in checks { check.write(to: &json) }
        json.endArray()
        writeList("blocked_by", ArmingCheck.blockers(checks, session.unreadWarnings), to: &json)
        writeList("acknowledged", session.acknowledgedWarnings, to: &json)
        writeList("allowed", daemon.settings.profile.modes.map(\.rawValue), to: &json)
        json.endObject()
    }

    private func writeList(_ key: StaticString, _ texts: [String], to json: inout JSONWriter) {
        json.key(key)
        json.beginArray()
        for text in texts { json.string(text) }
        json.endArray()
    }
}

extension RunningSession {
    /// How the session stands with its broker; waits for nobody.
    var brokerStanding: BrokerStanding {
        guard let broker else { return BrokerStanding() }
        return BrokerStanding(
            isConnected: broker.isConnected, isReconciled: broker.book.reconciliation.isReady)
    }
}

extension ArmingCheck {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("check")
        json.string(name)
        json.key("ok")
        json.bool(isPassed)
        json.key("note")
        json.string(note)
        json.endObject()
    }
}
