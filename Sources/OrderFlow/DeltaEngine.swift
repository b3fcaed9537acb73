import TradingModel

/// Trades by aggressor in bars of equal time, for one instrument.
///
/// A bar starts at a multiple of the interval since 1970 UTC, counted in the source's time, and closes when a
/// trade of a later interval arrives; intervals without a trade have no bar. A trade whose time lies before the
/// current bar counts in the current bar: order is by sequence.
public struct DeltaEngine: Sendable {
    /// The bar under way; `nil` before the first trade.
    public private(set) var current: DeltaBar?
    private let interval: Int64
    private var closed: RecentItems<DeltaBar>
    private var cumulative = Volume.zero

    /// An engine for bars of `interval` nanoseconds that keeps the newest `kept` closed ones.
    init(interval: Int64, kept: Int) {
        self.interval = interval
        closed = RecentItems(capacity: kept)
    }

    /// The newest closed bars, oldest first.
    public func closedBars(limit: Int) -> [DeltaBar] { closed.newest(limit) }

    /// Buy volume − sell volume since the start of the session.
    public var cumulativeDelta: Volume { cumulative }

    /// Counts one trade.
    ///
    /// - Returns: the bar that this trade closed.
    mutating func add(_ trade: Trade, _ event: MarketEvent) -> DeltaBar? {
        let start = event.timestamp.floored(to: interval)
        var finished: DeltaBar?
        if let bar = current, start > bar.start { finished = close(bar) }
        var bar =
            current
            ?? DeltaBar(
                start: start, interval: interval, price: trade.price, feedSequence: event.feedSequence)
        bar.add(trade, feedSequence: event.feedSequence)
        cumulative = cumulative + trade.signedVolume
        bar.cumulativeDelta = cumulative
        current = bar
        return finished
    }

    private mutating func close(_ bar: DeltaBar) -> DeltaBar {
        var finished = bar
        finished.isClosed = true
        closed.append(finished)
        current = nil
        return finished
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
