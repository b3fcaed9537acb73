/// What the audit and the log want to know of the control plane; told on the control queue.
public enum ControlObservation: Equatable, Sendable {
    /// A connection was taken.
    case connected(Caller)
    /// A connection was refused or closed in favour of another; the reason in words.
    case turnedAway(Peer, String)
    /// A call was refused by role.
    case unauthorised(Caller, method: String)
    /// A mutating notification was dropped.
    case droppedNotification(Caller, method: String)
    /// A mutating call passed every check and is about to run.
    case mutating(Caller, method: String, reason: String?)
}

/// What a daemon says about itself in `rpc.hello`.
public struct DaemonIdentity: Sendable {
    /// Version of the program.
    public let version: String
    /// The profile it runs under.
    public let profile: DaemonProfile
    /// The mode it is in at the moment: `sim`, `ibkr`, `replay`; called on the control queue.
    public let mode: @Sendable () -> String

    /// The version of the control interface, raised only for incompatible changes.
    public static let api = 1

    /// An identity.
    public init(version: String, profile: DaemonProfile, mode: @escaping @Sendable () -> String) {
        self.version = version
        self.profile = profile
        self.mode = mode
    }
}
