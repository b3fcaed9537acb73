import TradingModel

extension MatchingEngine {
    /// Whether an order would meet a price it may trade at, were it submitted now; chance is not asked.
    public mutating func wouldTrade(_ order: MatchingOrder) -> Bool {
        let entry = MatchingEntry(order)
        guard !entry.waitsForTrigger else { return false }
        let resting = order.side == .buy ? sells.bestPrice : buys.bestPrice
        return shownLevel(for: entry) != nil || resting.map { entry.allows($0) } ?? false
    }
}
