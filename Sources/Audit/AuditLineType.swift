/// What an audit line records: a closed list that only grows.
///
/// The raw value is the `type` written in the line. A code, once written by a release, keeps its meaning.
public enum AuditLineType: String, CaseIterable, Sendable {
    // The log itself.
    case logOpen = "log.open"
    case logCheckpoint = "log.checkpoint"
    case logRecovered = "log.recovered"
    case segmentOpen = "segment.open"
    case segmentClose = "segment.close"
    // The process, its settings and its mode.
    case sessionStart = "session.start"
    case sessionStop = "session.stop"
    case sessionReady = "session.ready"
    case configLoad = "config.load"
    case configReject = "config.reject"
    case modeChange = "mode.change"
    case modeArm = "mode.arm"
    case modeDisarm = "mode.disarm"
    case warningAck = "warning.ack"
    // Who asked for what.
    case authDeny = "auth.deny"
    case rpcCall = "rpc.call"
    // The life of an order.
    case orderIntent = "order.intent"
    case orderDeny = "order.deny"
    case orderSend = "order.send"
    case orderAck = "order.ack"
    case orderFill = "order.fill"
    case orderCancel = "order.cancel"
    case orderReject = "order.reject"
    case orderReplace = "order.replace"
    // Limits and stops.
    case riskLimitChange = "risk.limit.change"
    case riskOverride = "risk.override"
    case riskTrip = "risk.trip"
    case killSwitchEngage = "killswitch.engage"
    case killSwitchReleaseRequest = "killswitch.release.request"
    case killSwitchRelease = "killswitch.release"
    // Agreement with the venue, the clock, the key, faults, the recorder.
    case reconciliationOK = "recon.ok"
    case reconciliationDrift = "recon.drift"
    case clockStep = "clock.step"
    case keyRotate = "key.rotate"
    case faultRaise = "fault.raise"
    case faultClear = "fault.clear"
    case recorderOpen = "recorder.open"
    case recorderClose = "recorder.close"

    /// Written by the log alone; `AuditLog.append` refuses them.
    public var isReserved: Bool {
        switch self {
        case .logOpen, .logCheckpoint, .logRecovered, .segmentOpen, .segmentClose: true
        default: false
        }
    }

    private static let names = allCases.map { Array($0.rawValue.utf8) }

    /// Position in `allCases` of the type with that name, found without allocating.
    static func index(named name: Span<UInt8>) -> Int? {
        names.firstIndex { candidate in
            guard candidate.count == name.count else { return false }
            for position in candidate.indices where candidate[position] != name[position] { return false }
            return true
        }
    }
}
