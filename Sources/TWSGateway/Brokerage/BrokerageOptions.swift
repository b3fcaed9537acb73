import Execution
import TradingModel

/// What a brokerage starts with.
public struct BrokerageOptions: Sendable {
    /// Names of the accounts, the first one the default; not empty.
    public var accounts: [String]
    /// What can be traded.
    public var instruments: [GatewayInstrument]
    /// Where orders and executions are kept over restarts; `nil` keeps them in memory alone.
    public var stateDirectory: String?
    /// What every account begins with, in the base currency; counts when there is no log yet.
    public var openingCash = Money(Price(rawValue: 1_000_000_000_000_000))
    /// What trading costs.
    public var commissions = CommissionSchedule()
    /// How orders fill.
    public var matching = MatchingOptions()
    /// The client that sees the orders and executions of all, besides client 0.
    public var masterClient: Int32?
    /// Whether a client that starts is told its open orders without asking.
    public var downloadsOpenOrders = false
    /// Most orders the log may hold; later ones are refused.
    public var mostOrders = 1_000_000
    /// Most bytes of the log; what would pass them does not happen.
    public var mostLogBytes: UInt64 = 1 << 32
    /// Whether every entry is on the disk, not only with the operating system, before a client is told.
    public var syncsLog = false

    /// Options.
    public init(accounts: [String], instruments: [GatewayInstrument], stateDirectory: String? = nil) {
        precondition(!accounts.isEmpty, "a brokerage has at least one account")
        self.accounts = accounts
        self.instruments = instruments
        self.stateDirectory = stateDirectory
    }
}

/// Why a brokerage cannot begin, or stopped.
public struct BrokerageError: Error, Equatable, Sendable, CustomStringConvertible {
    /// One line that names the place.
    public let description: String

    /// An error with its text.
    public init(_ description: String) { self.description = description }
}
