import TWSProtocol
import TradingModel

/// How to reach a gateway and how to behave towards it.
public struct ClientOptions: Sendable, Equatable {
    /// Address or name.
    public var host: String
    /// TCP port.
    public var port: UInt16
    /// Our client id; the same for ever, also after 326.
    public var clientID: Int32
    /// Server versions offered, within 178…200.
    public var lowestVersion = ServerVersion.lowest
    /// See `lowestVersion`.
    public var highestVersion = ServerVersion.highest
    /// Messages a second over everything; the gateway allows 50 with 100 market data lines.
    public var requestsPerSecond = 45
    /// Level 1 subscriptions at a time.
    public var marketDataLines = 100
    /// Distinct instruments with depth at a time.
    public var depthInstruments = 3
    /// Tick-by-tick subscriptions at a time.
    public var tickByTickStreams = 5
    /// Least time between two tick-by-tick requests of one instrument, ns.
    public var tickByTickInterval: Int64 = 15_000_000_000
    /// How long connect, handshake, start and each reconciliation may take, ns.
    public var stepTimeout: Int64 = 10_000_000_000
    /// Silence after which the gateway is asked for its time, ns.
    public var heartbeatAfter: Int64 = 5_000_000_000
    /// How long it may take to answer, ns.
    public var heartbeatTimeout: Int64 = 5_000_000_000
    /// Waits between attempts, ns; the last for ever.
    public var backoff: [Int64] = [1, 2, 5, 10, 30].map { $0 * 1_000_000_000 }
    /// Where the servers of the account are: decides when a reset is expected.
    public var region = GatewayRegion.none
    /// File of the order-id high-water mark.
    public var orderIDFile: String
    /// Instruments to resolve, in the order of their priority.
    public var contracts: [WantedContract]

    /// Options with the defaults above.
    public init(
        host: String, port: UInt16, clientID: Int32, orderIDFile: String, contracts: [WantedContract]
    ) {
        self.host = host
        self.port = port
        self.clientID = clientID
        self.orderIDFile = orderIDFile
        self.contracts = contracts
    }

    /// An instrument of ours and what IBKR calls it.
    public struct WantedContract: Sendable, Equatable {
        /// Ours.
        public var symbol: SymbolID
        /// As much as the settings know.
        public var contract: Contract

        /// A pair.
        public init(symbol: SymbolID, contract: Contract) {
            self.symbol = symbol
            self.contract = contract
        }
    }
}
