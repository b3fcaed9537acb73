import TradingModel

extension Settings {
    /// Outside systems (`providers`).
    public struct Providers: Sendable, Equatable {
        /// The TWS or IB Gateway.
        public internal(set) var ibkr = IBKR()
    }

    /// The TWS or IB Gateway (`providers.ibkr`).
    public struct IBKR: Sendable, Equatable {
        /// Where the account's servers are: decides the daily reset window.
        public enum Region: String, CaseIterable, Sendable {
            /// No window is assumed.
            case none
            /// 00:15–01:45 New York.
            case northAmerica = "north_america"
            /// 06:25–07:45 Zurich.
            case europe
            /// 04:45–06:05 and 20:15–21:15 Hong Kong.
            case asiaPacific = "asia_pacific"
        }

        /// Host name or address.
        public internal(set) var host = "127.0.0.1"
        /// TCP port: by custom 7496 and 4001 are live, 7497 and 4002 paper.
        public internal(set) var port: UInt16 = 7497
        /// The API client's number; two clients may not share one.
        public internal(set) var clientID: Int32 = 1
        /// The account orders go to; `nil`: the gateway's only one.
        public internal(set) var account: String?
        /// Highest server version offered; 178…200.
        public internal(set) var highestServerVersion: Int32 = 200
        /// Messages a second over everything.
        public internal(set) var requestsPerSecond = 45
        /// Level 1 subscriptions at a time.
        public internal(set) var marketDataLines = 100
        /// Distinct instruments with depth at a time.
        public internal(set) var depthInstruments = 3
        /// Tick-by-tick subscriptions at a time.
        public internal(set) var tickByTickStreams = 5
        /// How long a step of connecting and reconciling may take, nanoseconds.
        public internal(set) var stepTimeout: Int64 = 10_000_000_000
        /// Silence after which the gateway is asked for a sign of life, and how long it has to give one, nanoseconds.
        public internal(set) var heartbeat: Int64 = 5_000_000_000
        /// See `Region`.
        public internal(set) var region = Region.none
        /// Whether orders may trade outside regular hours.
        public internal(set) var tradesOutsideHours = false
        /// What IBKR calls our instruments, by our name.
        public internal(set) var contracts: [String: ContractData] = [:]
    }

    /// What IBKR calls one of our instruments, and which streams are wanted of it (`providers.ibkr.contracts.<NAME>`).
    public struct ContractData: Sendable, Equatable {
        /// Where best bid and ask come from.
        public enum Quotes: String, CaseIterable, Sendable {
            /// Every change, snapshots of level 1 as fallback.
            case tickByTick = "tick_by_tick"
            /// Snapshots of level 1.
            case level1
            /// The top of the ladder.
            case depth
        }

        /// Which prints are wanted.
        public enum Trades: String, CaseIterable, Sendable {
            /// All, also those that are not reported to the public tape.
            case allLast = "all_last"
            /// Those that are reported.
            case last
            /// None.
            case off
        }

        /// Symbol of the underlying; `nil`: our name.
        public internal(set) var symbol: String?
        /// `CMDTY`, `CASH`, `FUT`, `STK` …
        public internal(set) var securityType = "CMDTY"
        /// Where requests and orders go.
        public internal(set) var exchange = "SMART"
        /// Where a stock is listed.
        public internal(set) var primaryExchange: String?
        /// Currency of the price.
        public internal(set) var currency = "USD"
        /// Symbol on its exchange.
        public internal(set) var localSymbol: String?
        /// `YYYYMM` or `YYYYMMDD` of a future.
        public internal(set) var expiry: String?
        /// Class of its trading.
        public internal(set) var tradingClass: String?
        /// IBKR's number of it; 0 lets it be found.
        public internal(set) var contractID: Int32 = 0
        /// Where best bid and ask come from.
        public internal(set) var quotes = Quotes.tickByTick
        /// Which prints are wanted.
        public internal(set) var trades = Trades.allLast
        /// Rows of the ladder; 0: no ladder.
        public internal(set) var depthRows: Int32 = 10
        /// Whether the ladder gathers all venues.
        public internal(set) var isSmartDepth = false
    }

    /// What holds for every feed (`feed`).
    public struct Feed: Sendable, Equatable {
        /// What becomes of prints that are not reported to the public tape.
        public enum UnreportedTrades: String, CaseIterable, Sendable {
            /// In volume, with unknown aggressor.
            case volumeOnly = "volume_only"
            /// Left out.
            case drop
            /// As any other.
            case full
        }

        /// Silence after which quotes and ladder of an instrument in session are stale, nanoseconds.
        public internal(set) var staleAfter: Int64 = 2_000_000_000
        /// The same for prints; 0: never.
        public internal(set) var tradesStaleAfter: Int64 = 0
        /// Wait before a stream is asked for again, nanoseconds.
        public internal(set) var retryAfter: Int64 = 30_000_000_000
        /// What becomes of prints that are not reported.
        public internal(set) var unreportedTrades = UnreportedTrades.volumeOnly
        /// Trading hours by instrument, for feeds that do not tell them.
        public internal(set) var hours: [String: String] = [:]
    }
}
