import ExactJSON

/// What the lines of a log tell: orders and the state of the system.
public struct AuditTally: Equatable, Sendable {
    /// Orders by how far they came.
    public internal(set) var orders = AuditOrderTally()
    /// Stops by the kill switch.
    public internal(set) var killSwitchEngaged = 0
    /// Releases of it.
    public internal(set) var killSwitchReleased = 0
    /// Releases that another person had asked for.
    public internal(set) var releasedByTwo = 0
    /// Changes of mode.
    public internal(set) var modeChanges = 0
    /// Configurations loaded, each different from the one before.
    public internal(set) var configurationChanges = 0
    /// The first configuration's hash; `nil` when no line names one.
    public internal(set) var firstConfiguration: String?
    /// The last configuration's hash.
    public internal(set) var lastConfiguration: String?
    /// Torn tails set aside.
    public internal(set) var recoveries = 0
    /// Bytes of them.
    public internal(set) var tornBytes = 0
    /// Key rotations.
    public internal(set) var keyRotations = 0
    /// The key named by the last of them.
    public internal(set) var nextKey: String?
    private var releaseAskedBy: String?

    /// Nothing told.
    public init() {}

    mutating func take(_ view: AuditLineView, _ line: Span<UInt8>) {
        guard let type = view.type else { return }
        let data = line.extracting(view.data)
        switch type {
        case .orderIntent, .orderDeny, .orderSend, .orderAck, .orderFill, .orderCancel, .orderReject,
            .orderReplace, .orderReplaceReject, .orderExpire:
            orders.take(type, data)
        case .killSwitchEngage: killSwitchEngaged += 1
        case .killSwitchReleaseRequest: releaseAskedBy = Self.text("by", data)
        case .killSwitchRelease:
            killSwitchReleased += 1
            if let asked = releaseAskedBy, asked != Self.text("by", data) { releasedByTwo += 1 }
            releaseAskedBy = nil
        case .modeChange: modeChanges += 1
        case .logOpen, .sessionStart: take(configuration: Self.text("config", data))
        case .configLoad: take(configuration: Self.text("config", data) ?? Self.text("hash", data))
        case .logRecovered:
            recoveries += 1
            tornBytes += Self.parsed(data)?["bytes"]?.integerValue ?? 0
        case .keyRotate:
            keyRotations += 1
            nextKey = Self.text("vkey", data)
        default: break
        }
    }

    private mutating func take(configuration: String?) {
        guard let configuration else { return }
        if firstConfiguration == nil { firstConfiguration = configuration }
        if let last = lastConfiguration, last != configuration { configurationChanges += 1 }
        lastConfiguration = configuration
    }

    private static func text(_ key: String, _ data: Span<UInt8>) -> String? {
        parsed(data)?[key]?.stringValue
    }

    /// Lines that are parsed are few.
    private static func parsed(_ data: Span<UInt8>) -> JSONValue? {
        try? JSONParser.parse(data.withUnsafeBufferPointer { Array($0) })
    }
}
