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
    case orderCommission = "order.commission"
    case orderCancelSend = "order.cancel.send"
    case orderRestore = "order.restore"
    case orderUnresolved = "order.unresolved"
    case orderReplaceReject = "order.replace.reject"
    case orderExpire = "order.expire"
    case orderRequest = "order.request"
    case orderCancelRequest = "order.cancel.request"
    case orderReplaceRequest = "order.replace.request"
    // What was simulated in place of orders.
    case shadowBegin = "shadow.begin"
    case shadowOrder = "shadow.order"
    case shadowEnd = "shadow.end"
    // Limits and stops.
    case riskLimitChange = "risk.limit.change"
    case riskOverride = "risk.override"
    case riskTrip = "risk.trip"
    case riskUse = "risk.use"
    case killSwitchEngage = "killswitch.engage"
    case killSwitchReleaseRequest = "killswitch.release.request"
    case killSwitchRelease = "killswitch.release"
    // Agreement with the venue, the clock, the key, faults, the recorder.
    case reconciliationOK = "recon.ok"
    case reconciliationDrift = "recon.drift"
    case positionAdopt = "position.adopt"
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

    /// All cases, made once: `allCases` makes a new array each time.
    static let all = allCases
    private static let names = all.map { Array($0.rawValue.utf8) }
    /// Positions in `all` by hash of the name, −1 where there is none; half of the places are free at least.
    private static let places: [Int16] = {
        var places = [Int16](repeating: -1, count: 256)
        precondition(all.count <= 128, "the table of types is too small")
        for (index, name) in names.enumerated() {
            var place = hash(name.span)
            while places[place] >= 0 { place = (place + 1) & 255 }
            places[place] = Int16(index)
        }
        return places
    }()

    /// FNV-1a, folded to a byte.
    private static func hash(_ name: Span<UInt8>) -> Int {
        var hash: UInt32 = 2_166_136_261
        for index in name.indices { hash = (hash ^ UInt32(name[index])) &* 16_777_619 }
        return Int((hash ^ hash >> 16) & 255)
    }

    /// Position in `allCases` of the type with that name, found without allocating.
    static func index(named name: Span<UInt8>) -> Int? {
        var place = hash(name)
        while places[place] >= 0 {
            let index = Int(places[place])
            if isEqual(names[index], name) { return index }
            place = (place + 1) & 255
        }
        return nil
    }

    private static func isEqual(_ name: [UInt8], _ other: Span<UInt8>) -> Bool {
        guard name.count == other.count else { return false }
        for index in name.indices where name[index] != other[index] { return false }
        return true
    }
}
