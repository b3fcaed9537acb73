import Audit
import Configuration
import ExactJSON
import Logging
import Messaging
import Platform
import Risk
import Telemetry
import TradingModel

/// What has to hold before a session may be armed, in the order in which it is looked at.
///
/// Source: risk reference, "Start-up arming".
struct ArmingCheck: Sendable, Hashable {
    let name: StaticString
    let isPassed: Bool
    /// What was found; where it fails, what blocks.
    let note: String

    init(_ name: StaticString, _ isPassed: Bool, _ note: String = "") {
        self.name = name
        self.isPassed = isPassed
        self.note = note
    }

    static func == (left: ArmingCheck, right: ArmingCheck) -> Bool {
        left.name.description == right.name.description && left.isPassed == right.isPassed
            && left.note == right.note
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(name.description)
        hasher.combine(isPassed)
        hasher.combine(note)
    }
}

extension TradingSession {
    /// Warnings that are open, acknowledged or not, in the order in which they were found.
    var openWarnings: [StartUpWarning] {
        fixedWarnings
            + gate.withLock { [$0.clockWarning].compactMap(\.self) + $0.standingWarnings + $0.brokerWarnings }
    }

    /// Warnings that keep the session from being armed.
    var unreadWarnings: [StartUpWarning] {
        let open = openWarnings
        return gate.withLock { gate in open.filter { gate.acknowledged[$0] == nil } }
    }

    /// Warnings that somebody has acknowledged, with his name.
    var acknowledgedWarnings: [String] {
        let open = openWarnings
        return gate.withLock { gate in
            open.compactMap { warning in gate.acknowledged[warning].map { "\(warning.text) (by \($0))" } }
        }
    }

    /// What keeps the session from being armed as long as it lives.
    var fixedWarnings: [StartUpWarning] {
        let warnings = settings.warnings.map { StartUpWarning(.settings, $0) }
        guard mode == .ibkr && settings.profile == .dev else { return warnings }
        return warnings + [StartUpWarning(.profile, "profile dev never trades in mode ibkr: use paper")]
    }

    /// Every check in its order.
    ///
    /// - Parameters:
    ///   - isBrokerReady: whether the broker takes orders; true where there is none.
    ///   - hash: of the settings.
    func armingChecks(isBrokerConnected: Bool, configHash hash: String) -> [ArmingCheck] {
        let kills = killSwitch.state, outage = audit.outage
        let unread = unreadWarnings
        return [
            ArmingCheck("configuration", true, "hash \(hash.prefix(12))"),
            ArmingCheck(
                "audit", outage == nil,
                outage.map { "the audit log has failed: \($0)" } ?? "verified, \(audit.head.sequence) lines"),
            ArmingCheck("kill_switch", !kills.isHalted, kills.isHalted ? "kill switch engaged" : ""),
            clockCheck(unread),
            ArmingCheck(
                "broker", isBrokerConnected, isBrokerConnected ? "" : "the broker is not connected"),
            ArmingCheck(
                "reconciled", isReconciled,
                isReconciled ? "" : "our books are not compared with the broker's yet"),
            ArmingCheck("warnings", unread.isEmpty, unread.isEmpty ? "" : "\(unread.count) not acknowledged"),
        ]
    }

    private func clockCheck(_ unread: [StartUpWarning]) -> ArmingCheck {
        guard watchesClock else { return ArmingCheck("clock", true, "not looked at") }
        let warning = gate.withLock { $0.clockWarning }
        guard let warning else { return ArmingCheck("clock", true) }
        let isRead = !unread.contains(warning)
        return ArmingCheck("clock", isRead, isRead ? "\(warning.text), acknowledged" : warning.text)
    }

    /// Acknowledges the warnings that are open now, as long as this session lives; those that cannot be stay.
    ///
    /// - Returns: what was acknowledged now; `nil` where that could not be written down, and nothing is.
    func acknowledgeWarnings(by actor: String, reason: String) -> [StartUpWarning]? {
        let warnings = unreadWarnings.filter { $0.kind.obstacle == nil }
        guard !warnings.isEmpty else { return [] }
        let isWritten = note(.warningAck, waits: true) { json in
            json.beginObject()
            json.key("by")
            json.string(actor)
            json.key("reason")
            json.string(reason)
            json.key("warnings")
            json.beginArray()
            for warning in warnings { json.string(warning.text) }
            json.endArray()
            json.endObject()
        }
        guard isWritten else { return nil }
        let texts = warnings.map(\.text).joined(separator: "; ")
        log.record(
            .warningsAcknowledged, ["actor": "\(actor)", "reason": "\(reason)", "warnings": "\(texts)"])
        gate.withLock { gate in
            for warning in warnings { gate.acknowledged[warning] = actor }
        }
        return warnings
    }
}
