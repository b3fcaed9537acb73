import Configuration
import ControlPlane
import ExactJSON
import Messaging
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

    /// Mode, arming, every check in its order and what blocks it.
    func write(_ running: RunningSession, to json: inout JSONWriter) {
        let session = running.session
        let checks = session.armingChecks(
            isBrokerConnected: running.broker?.isConnected ?? true,
            configHash: session.settings.decisionHash(sha256Hex))
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
        writeList("blocked_by", blockers(checks, session), to: &json)
        writeList("acknowledged", session.acknowledgedWarnings, to: &json)
        writeList("allowed", daemon.settings.profile.modes.map(\.rawValue), to: &json)
        json.endObject()
    }

    private func blockers(_ checks: [ArmingCheck], _ session: TradingSession) -> [String] {
        // A clock that is not right is a warning, too: it is named once.
        checks.filter { !$0.isPassed && !["warnings", "clock"].contains($0.name.description) }.map(\.note)
            + session.unreadWarnings.map(\.words)
    }

    private func writeList(_ key: StaticString, _ texts: [String], to json: inout JSONWriter) {
        json.key(key)
        json.beginArray()
        for text in texts { json.string(text) }
        json.endArray()
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
