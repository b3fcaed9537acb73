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

extension ArmingCheck {
    /// What blocks, in words.
    static func blockers(_ checks: [ArmingCheck], _ unread: [StartUpWarning]) -> [String] {
        // A clock that is not right is a warning, too: it is named once.
        checks.filter { !$0.isPassed && !["warnings", "clock"].contains($0.name.description) }.map(\.note)
            + unread.map(\.words)
    }
}

/// How a session stands with its broker.
struct BrokerStanding: Sendable {
    /// Whether the broker can be reached; true where there is none.
    var isConnected = true
    /// Whether it takes orders and our books equal its own now; true where there is none.
    var isReconciled = true
}

/// Why a session is not armed.
enum ArmingRefusal: Error, Equatable {
    /// What blocks, in words.
    case blocked([String])
    /// It is not the time for it.
    case state(LifeCycle)
}

extension TradingSession {
    /// Warnings that keep the session from being armed, in the order in which they were found.
    var unreadWarnings: [StartUpWarning] { gate.withLock(unread) }

    private func unread(_ gate: inout Gate) -> [StartUpWarning] {
        open(gate).filter { gate.acknowledged[$0] == nil }
    }

    private func open(_ gate: Gate) -> [StartUpWarning] {
        fixedWarnings + [gate.clockWarning].compactMap(\.self) + gate.standingWarnings + gate.brokerWarnings
    }

    /// Warnings that somebody has acknowledged, with his name.
    var acknowledgedWarnings: [String] {
        gate.withLock { gate in
            open(gate).compactMap { warning in
                gate.acknowledged[warning].map { "\(warning.text) (by \($0))" }
            }
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
    ///   - broker: how the session stands with its broker; asked under the gate, and must not wait.
    ///   - hash: of the settings.
    func armingChecks(_ broker: () -> BrokerStanding, configHash hash: String) -> [ArmingCheck] {
        gate.withLock { armingChecks(&$0, broker(), configHash: hash) }
    }

    private func armingChecks(
        _ gate: inout Gate, _ broker: BrokerStanding, configHash hash: String
    ) -> [ArmingCheck] {
        let isHalted = killSwitch.isHalted, outage = audit.outage
        let unread = unread(&gate)
        let books =
            !gate.isReconciled
            ? "our books are not compared with the broker's yet"
            : broker.isReconciled ? "" : "our books are not equal to the broker's now"
        return [
            ArmingCheck("configuration", true, "hash \(hash.prefix(12))"),
            ArmingCheck(
                "audit", outage == nil,
                outage.map { "the audit log has failed: \($0)" } ?? "verified, \(audit.head.sequence) lines"),
            ArmingCheck("kill_switch", !isHalted, isHalted ? "kill switch engaged" : ""),
            clockCheck(gate, unread),
            ArmingCheck(
                "broker", broker.isConnected, broker.isConnected ? "" : "the broker is not connected"),
            ArmingCheck("reconciled", books.isEmpty, books),
            ArmingCheck("warnings", unread.isEmpty, unread.isEmpty ? "" : "\(unread.count) not acknowledged"),
        ]
    }

    private func clockCheck(_ gate: Gate, _ unread: [StartUpWarning]) -> ArmingCheck {
        guard watchesClock else { return ArmingCheck("clock", true, "not looked at") }
        guard let warning = gate.clockWarning else { return ArmingCheck("clock", true) }
        let isRead = !unread.contains(warning)
        return ArmingCheck("clock", isRead, isRead ? "\(warning.text), acknowledged" : warning.text)
    }

    /// Allows trading where every check passes at that moment.
    ///
    /// - Throws: what keeps it from that.
    func arm(
        by actor: String, reason: String, _ broker: () -> BrokerStanding, configHash hash: String
    ) throws(ArmingRefusal) {
        try gate.withLock { gate throws(ArmingRefusal) in
            let failed = armingChecks(&gate, broker(), configHash: hash).filter { !$0.isPassed }
            guard failed.isEmpty else {
                throw .blocked(ArmingCheck.blockers(failed, unread(&gate)))
            }
            guard let next = gate.state.after(.arm) else { throw .state(gate.state) }
            gate.state = next
            publish(.armed, actor: actor, reason: reason, at: usesEventTime ? .zero : UTCClock.now())
        }
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
        if warnings.contains(where: { $0.kind == .budget }) {
            publish(
                SystemNotice(
                    .budgetCarried, actor: actor, reason: reason, detail: BudgetUse.acknowledgement),
                at: usesEventTime ? .zero : UTCClock.now())
        }
        return warnings
    }
}
