/// Where the gateway is in its own life, as far as can be seen from here.
public enum GatewayPhase: String, Hashable, Sendable, CaseIterable {
    /// Nobody has tried, or nobody wants to.
    case unknown
    /// It talks with us, and it has IBKR.
    case reachable
    /// It talks with us, but has lost IBKR.
    case linkDown = "link_down"
    /// It is down as after its daily restart: it let us in not long ago.
    case restarting
    /// Its port is open, but it does not let us in: most often somebody has to log in there.
    case loginPending = "login_pending"
    /// It speaks, but not with us: our client id is in use, there is no common version, or it refuses what we need.
    case refusing
    /// It is down, and IBKR resets its servers at this time.
    case resetting
    /// Nobody is there.
    case unreachable

    /// How long after a session a closed port looks like a restart, ns.
    static let restartTime: UInt64 = 300_000_000_000

    /// What is seen from here.
    struct Facts {
        var state: SessionState
        /// Whether the gateway has told us that it lost IBKR.
        var isLinkDown: Bool
        var lastFailure: SessionFailure?
        /// Monotonic ns when a session that was up lost its socket.
        var lastUp: UInt64?
        /// Whether IBKR resets its servers now.
        var isInResetWindow: Bool
        /// Monotonic ns.
        var now: UInt64
    }

    init(_ facts: Facts) {
        switch facts.state {
        case .idle, .stopped: self = .unknown
        case .ready, .reconciling, .live: self = .reachable
        case .lost where facts.isLinkDown: self = facts.isInResetWindow ? .resetting : .linkDown
        case .connecting, .handshake, .starting, .lost, .backoff: self = Self.down(facts)
        }
    }

    private static func down(_ facts: Facts) -> GatewayPhase {
        guard let failure = facts.lastFailure else { return .unknown }
        if facts.isInResetWindow { return .resetting }
        let wasUp = facts.lastUp.map { facts.now < $0 &+ restartTime } ?? false
        switch failure {
        case .version, .clientIDInUse, .booksRefused: return .refusing
        case .timeout(.handshake), .timeout(.starting), .greeting: return .loginPending
        // Closed again and again without a session between: the port is open, the door is not.
        case .closed, .reset: return wasUp ? .restarting : .loginPending
        case .refused, .portChanged, .system, .silent: return wasUp ? .restarting : .unreachable
        case .timeout, .frame: return wasUp ? .restarting : .unreachable
        case .address: return .unreachable
        }
    }
}
