import ExactJSON
import TradingModel

/// Every kill that holds, and who changed the switch last.
public struct KillSwitchState: Sendable, Hashable {
    /// What holds, one latch a scope.
    public var latches: KillLatches
    /// Who made the newest change, e.g. `uid:1000`; empty before the first.
    public var actor: String
    /// Why, in the actor's words; may be empty.
    public var reason: String
    /// When.
    public var changedAt: Timestamp

    /// A state.
    public init(
        _ latches: KillLatches = KillLatches(), actor: String = "", reason: String = "",
        changedAt: Timestamp = .zero
    ) {
        self.latches = latches
        self.actor = actor
        self.reason = reason
        self.changedAt = changedAt
    }

    /// A single latch, set by its actor.
    init(_ latch: KillLatch) {
        self.init(actor: latch.actor, reason: latch.reason, changedAt: latch.since)
        latches.engage(latch)
    }

    /// Whether anything holds.
    public var isEngaged: Bool { !latches.isEmpty }
    /// Whether no order of anybody may be sent.
    public var isHalted: Bool { (latches.forAll?.level ?? .reduce) >= .halt }
}

/// One change of the kill switch, as its listeners hear of it.
public struct KillSwitchEvent: Sendable, Hashable {
    /// The latch of the scope as it holds now; `nil` when it was taken away.
    public let latch: KillLatch?
    /// Whether it was set or raised, not lowered or taken away.
    public let isEngagement: Bool
    /// Whom it concerns.
    public let scope: KillScope
    /// Who changed it.
    public let actor: String
    /// Why, in the actor's words; may be empty.
    public let reason: String
    /// When.
    public let time: Timestamp
    /// Whether the sequence of events has told it already: a control that trips there.
    public let isSequenced: Bool
    /// The whole state after it.
    public let state: KillSwitchState
}

/// What an engage or release did.
public struct KillSwitchChange: Sendable, Hashable {
    /// The state now.
    public let state: KillSwitchState
    /// Whether the call changed it.
    public let hasChanged: Bool
    /// Whether the state is on disk; an engaged latch holds even when it is not.
    public let isPersisted: Bool
    /// Whether a release did nothing because somebody engaged meanwhile, be it what held already.
    public let isOvertaken: Bool
}

/// The file of the kill switch: what is in it, and what that means.
///
/// `{"v":"tradingd.killswitch/2","latches":[{"scope":…,"level":…,"by":…,"reason":…,"at":…}],"by":…,"reason":…,"at":…}`
enum KillSwitchFile {
    /// Version written.
    static let format = "tradingd.killswitch/2"
    /// The version before scopes and levels: `{"v":…,"engaged":…,"by":…,"reason":…,"at":…}`. Still read.
    private static let formatWithoutScopes = "tradingd.killswitch/1"
    /// Bytes read at most: a latch for each instrument and strategy, with reasons of a kilobyte.
    static let longest = 1 << 20

    static func encode(_ state: KillSwitchState) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("v")
        json.string(format)
        json.key("latches")
        json.beginArray()
        for latch in state.latches.latches { latch.write(to: &json) }
        json.endArray()
        write(by: state.actor, state.reason, at: state.changedAt, to: &json)
        json.endObject()
        json.newline()
        return json.bytes
    }

    /// The state in a file; `nil` where the version is unknown or anything is missing.
    static func decode(_ json: JSONValue) -> KillSwitchState? {
        guard let actor = json["by"]?.stringValue, let reason = json["reason"]?.stringValue,
            let time = json["at"]?.stringValue.flatMap({ Timestamp(rfc3339: $0) })
        else { return nil }
        var state = KillSwitchState(actor: actor, reason: reason, changedAt: time)
        switch json["v"]?.stringValue {
        case format:
            guard let latches = json["latches"]?.arrayValue else { return nil }
            for entry in latches {
                guard let latch = KillLatch(entry) else { return nil }
                state.latches.engage(latch)
            }
        case formatWithoutScopes:
            guard let isEngaged = json["engaged"]?.boolValue else { return nil }
            if isEngaged { state.latches.engage(KillLatch(.halt, actor: actor, reason: reason, since: time)) }
        default: return nil
        }
        return state
    }

    /// A state that cannot be known is a halt of everything.
    static func doubt(_ reason: String) -> KillSwitchState {
        KillSwitchState(KillLatch(.halt, actor: "startup", reason: reason, since: .zero))
    }

    fileprivate static func write(
        by actor: String, _ reason: String, at time: Timestamp, to json: inout JSONWriter
    ) {
        json.key("by")
        json.string(actor)
        json.key("reason")
        json.string(reason)
        json.key("at")
        json.timestamp(time)
    }
}

extension KillLatch {
    /// Writes `{scope level by reason at}`.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("scope")
        json.string(scope.text)
        json.key("level")
        json.string(level.name)
        KillSwitchFile.write(by: actor, reason, at: since, to: &json)
        json.endObject()
    }

    fileprivate init?(_ json: JSONValue) {
        guard let scope = json["scope"]?.stringValue.flatMap({ KillScope(text: $0) }),
            let level = json["level"]?.stringValue.flatMap({ KillLevel(name: $0) }),
            let actor = json["by"]?.stringValue, let reason = json["reason"]?.stringValue,
            let since = json["at"]?.stringValue.flatMap({ Timestamp(rfc3339: $0) })
        else { return nil }
        self.init(level, scope, actor: actor, reason: reason, since: since)
    }
}
