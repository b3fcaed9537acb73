import TradingModel

/// What `IBKREvents` asks for and how patient it is.
public struct IBKREventsOptions: Sendable, Equatable {
    /// Instruments in the order of their priority: where lines are short, the first get them.
    public var instruments: [InstrumentWishes]
    /// What becomes of prints that IBKR marks as unreported.
    public var unreportedTrades = UnreportedTrades.volumeOnly
    /// Whether prints of the tick-by-tick stream get the aggressor that `AggressorRule` infers; otherwise all are `unknown`.
    public var infersAggressor = true
    /// Silence after which quotes and depth are stale while the session is open, ns; also how long tick by tick may be
    /// silent while level 1 moves.
    public var staleAfter: Int64 = 2_000_000_000
    /// Silence after which trades are stale while quotes flow, ns; 0: never.
    public var tradesStaleAfter: Int64 = 0
    /// How long the first data of a stream may take once it is asked for, ns.
    public var firstDataGrace: Int64 = 10_000_000_000
    /// How long data may take to come again once a link or farm is well, ns.
    public var resumeGrace: Int64 = 5_000_000_000
    /// How often what was refused, ended or is silent is asked for again.
    public var retries = RetrySchedule()

    /// Options with the defaults above.
    public init(instruments: [InstrumentWishes]) { self.instruments = instruments }
}

/// What is wanted of one instrument.
public struct InstrumentWishes: Sendable, Equatable {
    /// Where quotes come from.
    public enum Quotes: String, Sendable, CaseIterable {
        /// Every change; level 1 while that is not to be had.
        case tickByTick = "tick_by_tick"
        /// Conflated.
        case level1
        /// The ladder is the quote; level 1 while there is no ladder.
        case off
    }

    /// Where prints come from.
    public enum Trades: String, Sendable, CaseIterable {
        /// Every print, with combinations, derivatively priced and average price trades.
        case allLast = "all_last"
        /// Every print without those.
        case last
        /// The rises of the day volume of level 1.
        case level1
        /// None.
        case off
    }

    /// The instrument.
    public var symbol: SymbolID
    /// Where quotes come from.
    public var quotes = Quotes.tickByTick
    /// Where prints come from.
    public var trades = Trades.allLast
    /// Rows a side of the ladder, 1…64; 0: no depth.
    public var depthRows = 10
    /// Whether the ladder joins the venues behind `SMART`: one price in several rows, and bids above asks, are then normal.
    public var isSmartDepth = false
    /// Whether a level 1 line is kept beside tick by tick: it shows when that is silent, and stands in at once. Costs one
    /// of the market data lines; without it the line is opened when it is needed.
    public var keepsLevel1 = true
    /// Hours the instrument trades; `nil`: those of its contract.
    public var hours: TradingCalendar?

    /// Wishes with the defaults above.
    public init(symbol: SymbolID) { self.symbol = symbol }
}

/// What becomes of prints that IBKR marks as unreported: odd lots, combinations, derivative trades.
public enum UnreportedTrades: String, Sendable, CaseIterable {
    /// They count as volume, their aggressor stays unknown.
    case volumeOnly = "volume_only"
    /// They are counted and left out.
    case drop
    /// They are like any other.
    case full
}

/// Waits before a stream is asked for again.
public struct RetrySchedule: Sendable, Equatable {
    /// Wait after the first failure, ns; it doubles with each further one.
    public var first: Int64 = 30_000_000_000
    /// Longest wait, ns.
    public var longest: Int64 = 600_000_000_000
    /// Wait after 10197: another session of the user has the data, ns; doubles as well.
    public var competing: Int64 = 120_000_000_000
    /// A stream that has flowed so long begins anew with `first`, ns.
    public var forgivenAfter: Int64 = 60_000_000_000

    /// The defaults above.
    public init() {}

    /// The wait after `failures` in a row, the last with `code`.
    func wait(failures: Int, code: Int32) -> Int64 {
        let base = code == 10_197 ? competing : first
        let (wait, overflow) = base.multipliedReportingOverflow(by: 1 << Int64(min(max(failures - 1, 0), 20)))
        return overflow ? longest : min(wait, longest)
    }
}
