import TradingModel

/// The prints of one instrument: the newest in a ring, all of them in totals.
public struct TapeEngine: Sendable {
    /// Sums over the session.
    public private(set) var totals = TapeTotals()
    private var prints: RecentItems<TapePrint>

    /// A tape that keeps the newest `capacity` prints.
    package init(capacity: Int) {
        prints = RecentItems(capacity: capacity)
    }

    /// The newest prints, newest first, with the totals.
    public func snapshot(limit: Int) -> TapeSnapshot {
        TapeSnapshot(prints: prints.newest(limit).reversed(), totals: totals)
    }

    /// Takes one print.
    package mutating func add(_ trade: Trade, at time: Timestamp, feedSequence: UInt64) {
        prints.append(TapePrint(feedSequence: feedSequence, timestamp: time, trade: trade))
        totals.add(trade)
    }
}

extension TapeTotals {
    fileprivate mutating func add(_ trade: Trade) {
        switch trade.aggressor {
        case .buy:
            buyTrades += 1
            buyVolume += trade.size
        case .sell:
            sellTrades += 1
            sellVolume += trade.size
        case .unknown:
            unknownTrades += 1
            unknownVolume += trade.size
        }
        notional += Money(trade.price, times: trade.size)
        if firstPrice == nil { firstPrice = trade.price }
        lastPrice = trade.price
        high = high.map { max($0, trade.price) } ?? trade.price
        low = low.map { min($0, trade.price) } ?? trade.price
    }
}
