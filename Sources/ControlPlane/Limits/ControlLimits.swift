/// Every bound of the control plane. The defaults fit a workstation and a server alike.
public struct ControlLimits: Equatable, Sendable {
    /// Connections at a time.
    public var clients = 32
    /// Further connections, for callers who may engage the kill switch.
    public var reservedClients = 4
    /// Connections of one user among `clients`.
    public var clientsPerUser = 8
    /// Bytes of a request line without its line end.
    public var requestBytes = 65_536
    /// Bytes of an answer.
    public var answerBytes = 4 << 20
    /// Bytes waiting for a client before its further requests wait too.
    public var outputBytes = 262_144
    /// Arrays and objects inside each other.
    public var depth = 32
    /// Requests in a batch.
    public var batch = 32
    /// Deferred calls of one client without answer.
    public var inFlight = 16
    /// Queries of one user that may wait and have not run yet; each of a batch counts.
    public var waiting = 64
    /// Requests a second of one user, and how many it may save up; engaging is exempt.
    public var requestsPerSecond = 100
    /// Requests of one client served before the others have a turn.
    public var requestsPerTurn = 16
    /// Time without a request after which a connection is closed.
    public var idle: Duration = .seconds(300)
    /// Time from the first byte of a request to its line end.
    public var requestArrival: Duration = .seconds(5)
    /// Time in which a client must take at least some of what waits for it.
    public var write: Duration = .seconds(5)
    /// Time that `stop` leaves for answers in flight.
    public var stop: Duration = .seconds(2)
    /// Answers to mutating calls kept by `request_id`.
    public var rememberedRequests = 1_024
    /// How long they are kept.
    public var requestMemory: Duration = .seconds(86_400)

    /// The defaults.
    public init() {}
}

extension Duration {
    /// Whole nanoseconds; 0 for a negative duration, the maximum for one over 584 years.
    var clampedNanoseconds: UInt64 {
        guard components.seconds >= 0, components.attoseconds >= 0 else { return 0 }
        let (seconds, overflow) = UInt64(components.seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (total, carried) = seconds.addingReportingOverflow(UInt64(components.attoseconds) / 1_000_000_000)
        return overflow || carried ? .max : total
    }
}
