/// Finds out whether a silent gateway is still there.
struct Heartbeat {
    /// What is to be done.
    enum Verdict: Equatable {
        /// It speaks, or has time to answer.
        case well
        /// It has been silent: ask it something.
        case ask
        /// It did not answer: the connection is half open.
        case dead
    }

    private let after: UInt64
    private let timeout: UInt64
    private var lastHeard: UInt64 = 0
    private var askedAt: UInt64?
    /// How long it took the gateway to say something when it was last asked, ns; `nil` while it never was.
    private(set) var roundTrip: UInt64?

    init(_ options: ClientOptions) {
        after = UInt64(clamping: options.heartbeatAfter)
        timeout = UInt64(clamping: options.heartbeatTimeout)
    }

    /// Somebody else is there now: what the one before was asked has no answer.
    mutating func begin(_ now: UInt64) {
        lastHeard = now
        askedAt = nil
    }

    /// Bytes have come: whatever they say, somebody is there.
    @inline(__always)
    mutating func heard(_ now: UInt64) {
        lastHeard = now
        guard let asked = askedAt else { return }
        roundTrip = now &- asked
        askedAt = nil
    }

    /// - Returns: `ask` once for each silence.
    mutating func check(_ now: UInt64) -> Verdict {
        if isDead(now) { return .dead }
        guard askedAt == nil, now >= lastHeard &+ after else { return .well }
        askedAt = now
        return .ask
    }

    /// Whether the time for an answer is over.
    func isDead(_ now: UInt64) -> Bool {
        guard let askedAt else { return false }
        return now >= askedAt &+ timeout
    }
}
