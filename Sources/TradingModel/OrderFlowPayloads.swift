/// Trades of one interval by aggressor.
///
/// Definitions: delta = buy volume − sell volume; max and min delta are the extremes of the running delta
/// after each trade, the 0 before the first trade not counted; unknown volume is in `volume` only.
public struct DeltaBar: Hashable, Sendable {
    /// Start of the interval, inclusive.
    public var start: Timestamp
    /// Length of the interval in nanoseconds.
    public var interval: Int64
    /// First price.
    public var open: Price
    /// Highest price.
    public var high: Price
    /// Lowest price.
    public var low: Price
    /// Last price.
    public var close: Price
    /// Volume bought by aggressors.
    public var buyVolume = Volume.zero
    /// Volume sold by aggressors.
    public var sellVolume = Volume.zero
    /// Volume without a known aggressor.
    public var unknownVolume = Volume.zero
    /// Greatest running delta.
    public var maxDelta = Volume.zero
    /// Least running delta.
    public var minDelta = Volume.zero
    /// Delta of the session up to the end of this bar.
    public var cumulativeDelta = Volume.zero
    /// Number of buys.
    public var buyTrades = 0
    /// Number of sells.
    public var sellTrades = 0
    /// Number of trades without a known aggressor.
    public var unknownTrades = 0
    /// The feed's own number of the first trade.
    public var firstFeedSequence: UInt64
    /// The feed's own number of the last trade.
    public var lastFeedSequence: UInt64
    /// Whether the interval is over.
    public var isClosed = false

    /// A bar that begins with a trade at `price`.
    public init(start: Timestamp, interval: Int64, price: Price, feedSequence: UInt64) {
        self.start = start
        self.interval = interval
        open = price
        high = price
        low = price
        close = price
        firstFeedSequence = feedSequence
        lastFeedSequence = feedSequence
    }

    /// All volume.
    public var volume: Volume { buyVolume + sellVolume + unknownVolume }
    /// Buy volume − sell volume.
    public var delta: Volume { buyVolume - sellVolume }
    /// All trades.
    public var trades: Int { buyTrades + sellTrades + unknownTrades }
}

/// A print as the tape keeps it.
public struct TapePrint: Hashable, Sendable, BitwiseCopyable {
    /// The feed's own number.
    public var feedSequence: UInt64
    /// The source's time.
    public var timestamp: Timestamp
    /// The print.
    public var trade: Trade

    /// A print.
    @inlinable
    public init(feedSequence: UInt64, timestamp: Timestamp, trade: Trade) {
        self.feedSequence = feedSequence
        self.timestamp = timestamp
        self.trade = trade
    }
}

/// The newest prints and the totals of the session.
public struct TapeSnapshot: Hashable, Sendable {
    /// Newest first.
    public var prints: [TapePrint]
    /// Totals since the start of the session.
    public var totals: TapeTotals

    /// A view of the tape.
    public init(prints: [TapePrint], totals: TapeTotals) {
        self.prints = prints
        self.totals = totals
    }
}

/// Sums over every print of a session.
public struct TapeTotals: Hashable, Sendable {
    /// Number of buys.
    public var buyTrades = 0
    /// Number of sells.
    public var sellTrades = 0
    /// Number of prints without a known aggressor.
    public var unknownTrades = 0
    /// Volume bought by aggressors.
    public var buyVolume = Volume.zero
    /// Volume sold by aggressors.
    public var sellVolume = Volume.zero
    /// Volume without a known aggressor.
    public var unknownVolume = Volume.zero
    /// Σ price · size, exact.
    public var notional = Money.zero
    /// First price; `nil` before the first print.
    public var firstPrice: Price?
    /// Last price.
    public var lastPrice: Price?
    /// Highest price.
    public var high: Price?
    /// Lowest price.
    public var low: Price?

    /// No prints yet.
    public init() {}

    /// All prints.
    public var trades: Int { buyTrades + sellTrades + unknownTrades }
    /// All volume.
    public var volume: Volume { buyVolume + sellVolume + unknownVolume }
    /// Buy volume − sell volume.
    public var delta: Volume { buyVolume - sellVolume }
    /// Σ price·size ÷ Σ size to 1e-9, half to even; `nil` without volume.
    public var vwap: Price? {
        guard volume > .zero else { return nil }
        let mean = notional.scaled(by: 1, over: volume.rawValue).rawValue
        return Int64(exactly: mean).map(Price.init(rawValue:))
    }
}

/// Volume at one price of a footprint.
public struct FootprintLevel: Hashable, Sendable, BitwiseCopyable {
    /// Price, or lower edge of the price row.
    public var price: Price
    /// Volume of sells that hit the bid.
    public var sellVolume = Volume.zero
    /// Volume of buys that lifted the ask.
    public var buyVolume = Volume.zero
    /// Volume without a known aggressor.
    public var unknownVolume = Volume.zero
    /// Number of prints.
    public var trades: UInt32 = 0

    /// An empty row at `price`.
    @inlinable
    public init(price: Price) { self.price = price }

    /// All volume.
    @inlinable
    public var volume: Volume { buyVolume + sellVolume + unknownVolume }
    /// Buy volume − sell volume.
    @inlinable
    public var delta: Volume { buyVolume - sellVolume }
}

/// Volume by price of one interval.
public struct FootprintSnapshot: Hashable, Sendable {
    /// Start of the interval, inclusive.
    public var start: Timestamp
    /// Length of the interval in nanoseconds.
    public var interval: Int64
    /// Rows with volume, prices ascending.
    public var levels: [FootprintLevel]
    /// Height of a row: its price is the lower edge, a multiple of this. `nil` where rows are as high as
    /// was asked for: every price has its own, unless somebody asked for more.
    public var rowSize: Price?
    /// Whether the interval is over.
    public var isClosed: Bool

    /// A footprint.
    public init(
        start: Timestamp, interval: Int64, levels: [FootprintLevel], rowSize: Price? = nil, isClosed: Bool
    ) {
        self.rowSize = rowSize
        self.start = start
        self.interval = interval
        self.levels = levels
        self.isClosed = isClosed
    }

    /// Greatest volume of a row; zero without rows.
    public var pointOfControlVolume: Volume { levels.map(\.volume).max() ?? .zero }

    /// Point of control: the price or, on a tie, all prices of the greatest volume, ascending.
    public var pointsOfControl: [Price] {
        let greatest = pointOfControlVolume
        return levels.filter { $0.volume == greatest }.map(\.price)
    }
}
