import TradingModel

/// Trades by aggressor in bars of equal time, for one instrument.
///
/// A bar starts at a multiple of the interval since 1970 UTC, counted in the source's time, and closes when a
/// trade of a later interval arrives; intervals without a trade have no bar. A trade whose time lies before the
/// current bar counts in the current bar: order is by sequence.
public struct DeltaEngine: Sendable {
    private let interval: Int64
    /// The bar under way; meaningless while `isOpen` is false.
    private var bar: DeltaBar
    private var isOpen = false
    /// The last time that is in the bar under way; not the first behind it, which may be beyond all times.
    private var last = Timestamp.zero
    private var closed: RecentItems<DeltaBar>
    private var cumulative = Volume.zero

    /// An engine for bars of `interval` nanoseconds that keeps the newest `kept` closed ones.
    init(interval: Int64, kept: Int) {
        self.interval = interval
        closed = RecentItems(capacity: kept)
        bar = DeltaBar(start: .zero, interval: interval, price: .zero, feedSequence: 0)
    }

    /// The bar under way; `nil` before the first trade.
    public var current: DeltaBar? { isOpen ? bar : nil }

    /// The newest closed bars, oldest first.
    public func closedBars(limit: Int) -> [DeltaBar] { closed.newest(limit) }

    /// Buy volume − sell volume since the start of the session.
    public var cumulativeDelta: Volume { cumulative }

    /// Whether a trade of that time is the first of a later bar; the bar under way is then to be closed.
    @inline(__always)
    func isOver(at time: Timestamp) -> Bool { isOpen && time > last }

    /// Ends the bar under way, which there must be.
    mutating func close() -> DeltaBar {
        precondition(isOpen, "no bar is under way")
        bar.isClosed = true
        isOpen = false
        closed.append(bar)
        return bar
    }

    /// Counts one trade.
    mutating func add(_ trade: Trade, at time: Timestamp, feedSequence: UInt64) {
        if !isOpen { open(trade, at: time, feedSequence: feedSequence) }
        bar.add(trade, feedSequence: feedSequence)
        cumulative = cumulative + trade.signedVolume
        bar.cumulativeDelta = cumulative
    }

    private mutating func open(_ trade: Trade, at time: Timestamp, feedSequence: UInt64) {
        let start = time.floored(to: interval)
        bar = DeltaBar(start: start, interval: interval, price: trade.price, feedSequence: feedSequence)
        last = start.advanced(by: interval - 1)
        isOpen = true
    }
}

extension DeltaBar {
    /// Counts one trade; the extremes of the running delta are taken after each trade.
    fileprivate mutating func add(_ trade: Trade, feedSequence: UInt64) {
        let isFirst = trades == 0
        high = max(high, trade.price)
        low = min(low, trade.price)
        close = trade.price
        lastFeedSequence = feedSequence
        switch trade.aggressor {
        case .buy:
            buyVolume += trade.size
            buyTrades += 1
        case .sell:
            sellVolume += trade.size
            sellTrades += 1
        case .unknown:
            unknownVolume += trade.size
            unknownTrades += 1
        }
        maxDelta = isFirst ? delta : max(maxDelta, delta)
        minDelta = isFirst ? delta : min(minDelta, delta)
    }
}

extension Trade {
    /// + for buys, − for sells, 0 for unknown aggressors.
    var signedVolume: Volume {
        switch aggressor {
        case .buy: Volume(size)
        case .sell: Volume(-size)
        case .unknown: .zero
        }
    }
}
