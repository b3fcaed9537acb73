import TradingModel

/// How the session stands: a copy, at most a tenth of a second old.
public struct ClientStatus: Hashable, Sendable {
    /// A farm of IBKR.
    public struct Farm: Hashable, Sendable {
        /// What it delivers.
        public var kind: GatewayCode.Farm
        /// Its name, such as `usfarm`; may be empty.
        public var name: String
        /// How it is.
        public var state: GatewayCode.FarmState
    }

    /// Where the session stands.
    public var state = SessionState.idle
    /// Since when, UTC by the client's anchored clock.
    public var since = Timestamp.zero
    /// Why, in words.
    public var reason = ""
    /// The version that was agreed; `nil` without a session.
    public var serverVersion: Int32?
    /// What the gateway said in the handshake; free text.
    public var connectionTime = ""
    /// Accounts of the login, as far as told.
    public var accounts: [String] = []
    /// Tries to connect so far.
    public var attempts = 0
    /// Sockets lost and attempts in vain since a session was live.
    public var failures = 0
    /// Why the last socket or attempt came to an end; empty while none has.
    public var lastFailure = ""
    /// When it is tried again, UTC; `nil` while no attempt waits.
    public var nextAttempt: Timestamp?
    /// Where the gateway is in its own life.
    public var phase = GatewayPhase.unknown
    /// Whether IBKR resets its servers at this time, by the region of the options.
    public var isInResetWindow = false
    /// Farms, in the order in which they were told of.
    public var farms: [Farm] = []
    /// Contracts that are resolved in this session.
    public var resolvedContracts = 0
    /// Every stream that is wanted.
    public var streams: [StreamLine] = []
    /// How long the gateway took to say something when it was last asked for its time, ns; `nil` while it never was, which
    /// happens only after a silence.
    public var roundTrip: UInt64?
    /// What happened so far.
    public var counters = ClientCounters()

    /// Nothing has happened.
    public init() {}
}

/// What happened since the client was made.
public struct ClientCounters: Hashable, Sendable {
    /// Bytes received.
    public var bytes: UInt64 = 0
    /// Tick-by-tick messages of open streams.
    public var tickByTick: UInt64 = 0
    /// Depth messages of open streams.
    public var depth: UInt64 = 0
    /// Level 1 prices and sizes of open streams.
    public var level1: UInt64 = 0
    /// Other messages that are known.
    public var others: UInt64 = 0
    /// Messages of streams that are not open any more.
    public var late: UInt64 = 0
    /// Messages of numbers that are not known, and frames without content.
    public var unknown: UInt64 = 0
    /// Messages that could not be read.
    public var discarded: UInt64 = 0
    /// Error messages, notices included.
    public var errors: UInt64 = 0
    /// Messages handed to the socket.
    public var sent: UInt64 = 0
    /// Messages that had to wait for the pace of requests, for those ahead of them, or for the socket.
    public var waited: UInt64 = 0
    /// Sessions that were live.
    public var liveSessions = 0
    /// Reconciliations that came to their end.
    public var reconciliations = 0
    /// Times the gateway lost IBKR.
    public var linkLosses = 0
    /// Orders, changes and cancels that never left.
    public var unsent = 0
    /// Notes that were not told because there were too many.
    public var lostNotes: UInt64 = 0

    /// Nothing has happened.
    public init() {}
}
