import TWSProtocol
import TradingModel

/// How the simulated gateway behaves.
public struct GatewayOptions: Sendable {
    /// Server versions it speaks; within 178...200.
    public var versions: ClosedRange<ServerVersion> = .lowest ... .highest
    /// Accounts of the login, the first one the default; not empty.
    public var accounts = ["DU1234567"]
    /// What can be asked for and traded.
    public var instruments: [GatewayInstrument]
    /// Where orders and executions are kept over restarts; `nil` keeps them in memory alone.
    public var stateDirectory: String?
    /// Bounds of what clients may do.
    public var limits = GatewayLimits()
    /// Local symbols of instruments without a market data subscription: live data of them is refused.
    public var unsubscribed: Set<String> = []
    /// Whether the feed begins only when a client first asks for market data; it misses nothing then.
    public var marketWaitsForRequest = false

    /// A gateway that knows `instruments`.
    public init(instruments: [GatewayInstrument]) { self.instruments = instruments }
}

/// Bounds of what clients may do, as a real gateway has them.
///
/// Source: reference of the TWS socket protocol, "limits and pacing".
public struct GatewayLimits: Sendable, Equatable {
    /// Sessions at a time.
    public var sessions = 32
    /// Level 1 subscriptions at a time, of all clients together (101 beyond).
    public var marketDataLines = 100
    /// Different instruments with depth at a time (309 beyond).
    public var depthInstruments = 3
    /// Depth subscriptions of one session at a time, of whichever instruments (309 beyond).
    public var depthSubscriptions = 200
    /// Tick-by-tick subscriptions at a time (10190 beyond).
    public var tickByTick = 5
    /// Requests a second of one client (100 beyond, the third offence ends the session); `nil` for no limit.
    public var requestsPerSecond: Int?
    /// Most rows of a depth subscription.
    public var depthRows = 60
    /// How long greeting and start may take, each, in nanoseconds.
    public var handshake: Int64 = 10_000_000_000
    /// How long a snapshot waits for a market that has said nothing, in nanoseconds.
    public var snapshot: Int64 = 11_000_000_000
    /// Bytes that may wait for a client that takes nothing; beyond, it is disconnected after `outputPatience`.
    public var outputBytes = 8 << 20
    /// Bytes that may wait for any client; beyond, it is disconnected at once.
    public var outputBytesAtMost = 256 << 20
    /// How long a client may take nothing while more than `outputBytes` wait, in nanoseconds.
    public var outputPatience: Int64 = 5_000_000_000
    /// How long a client whose session is to end may take nothing of what it is still owed, in nanoseconds.
    public var farewell: Int64 = 10_000_000_000

    /// The bounds of a login with 100 market data lines.
    public init() {}
}
