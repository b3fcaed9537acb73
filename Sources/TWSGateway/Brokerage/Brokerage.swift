import TWSProtocol
import TradingModel

/// What a brokerage starts with.
public struct BrokerageOptions: Sendable {
    /// Names of the accounts, the first one the default; not empty.
    public var accounts: [String]
    /// What can be traded.
    public var instruments: [GatewayInstrument]
    /// Where orders and executions are kept over restarts; `nil` keeps them in memory alone.
    public var stateDirectory: String?

    /// Options.
    public init(accounts: [String], instruments: [GatewayInstrument], stateDirectory: String? = nil) {
        precondition(!accounts.isEmpty, "a brokerage has at least one account")
        self.accounts = accounts
        self.instruments = instruments
        self.stateDirectory = stateDirectory
    }
}

/// Why a brokerage cannot begin.
public struct BrokerageError: Error, Equatable, Sendable, CustomStringConvertible {
    /// One line that names the place.
    public let description: String

    /// An error with its text.
    public init(_ description: String) { self.description = description }
}

/// Orders, executions, positions and accounts of the simulated gateway.
///
/// Pure but for its log: it is told everything, the time included, and answers through the outbox.
public struct Brokerage: Sendable {
    private let options: BrokerageOptions

    /// A brokerage, with what its state directory holds.
    public init(options: BrokerageOptions) throws(BrokerageError) { self.options = options }

    /// A client has started: its accounts and its next order id are told, then its open orders.
    public mutating func sessionReady(
        _ session: SessionID, client: Int32, at time: Timestamp, _ outbox: inout GatewayOutbox
    ) {
        var accounts = ManagedAccounts()
        accounts.accounts = options.accounts.joined(separator: ",")
        outbox.send(accounts, to: session)
        var identifier = NextValidID()
        identifier.orderID = 1
        outbox.send(identifier, to: session)
    }

    /// A session that was ready has ended.
    public mutating func sessionEnded(_ session: SessionID) {}

    /// Answers a request that concerns orders, executions, positions or accounts.
    ///
    /// - Returns: whether it is one of those.
    public mutating func handle(
        _ request: ClientMessage, from session: SessionID, at time: Timestamp, _ outbox: inout GatewayOutbox
    ) -> Bool { false }

    /// The market of an instrument has changed.
    public mutating func marketChanged(
        _ event: MarketEvent, at time: Timestamp, _ outbox: inout GatewayOutbox
    ) {}

    /// Does something wrong on purpose, now or with the next order it fits.
    public mutating func inject(_ fault: OrderFault, at time: Timestamp, _ outbox: inout GatewayOutbox) {}
}
