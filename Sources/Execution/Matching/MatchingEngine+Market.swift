import TradingModel

extension MatchingEngine {
    /// Orders at work meet a book that has changed: those without a price, those that rest, those it starts.
    @inline(never)
    mutating func meetBook(_ reports: inout ContiguousArray<MatchingReport>) {
        guard book.isOrderly else { return }
        serveWaiting(seesBook: true, &reports)
        sweep(.buy, &reports)
        sweep(.sell, &reports)
        trigger(ask: book.bestAsk?.price, bid: book.bestBid?.price, &reports)
    }

    /// Orders at work meet a print: those it went through, those it starts.
    @inline(never)
    mutating func meetPrint(_ trade: Trade, _ reports: inout ContiguousArray<MatchingReport>) {
        fillThrough(trade, .buy, &reports)
        fillThrough(trade, .sell, &reports)
        trigger(ask: trade.price, bid: trade.price, &reports)
    }

    /// Resting orders of one side, in their order, take what the shown book offers at their limits.
    private mutating func sweep(_ side: Side, _ reports: inout ContiguousArray<MatchingReport>) {
        var index = 0
        while let entry = resting(side, at: index), shownLevel(for: entry) != nil {
            guard isLucky() else {
                index += 1
                continue
            }
            if !fillFromBook(side, at: index, &reports) { index += 1 }
        }
    }

    /// Fills a resting order row by row.
    ///
    /// - Returns: whether it is done and has left.
    private mutating func fillFromBook(
        _ side: Side, at index: Int, _ reports: inout ContiguousArray<MatchingReport>
    ) -> Bool {
        while let entry = resting(side, at: index), let level = shownLevel(for: entry) {
            let quantity = min(entry.leaves, level.available)
            book.take(quantity, from: level, side == .buy ? .ask : .bid)
            if fillResting(side, at: index, quantity, &reports) { return true }
        }
        return false
    }

    /// Resting orders a print went strictly through fill, in their order, up to its size.
    ///
    /// A print at the limit says nothing of who was in front of us.
    private mutating func fillThrough(
        _ trade: Trade, _ side: Side, _ reports: inout ContiguousArray<MatchingReport>
    ) {
        var left = trade.size
        var index = 0
        while left > .zero, let entry = resting(side, at: index), entry.allows(trade.price),
            entry.limit != trade.price
        {
            guard isLucky() else {
                index += 1
                continue
            }
            let quantity = min(entry.leaves, left)
            left -= quantity
            if !fillResting(side, at: index, quantity, &reports) { index += 1 }
        }
    }

    private func resting(_ side: Side, at index: Int) -> MatchingEntry? {
        let entries = side == .buy ? buys.entries : sells.entries
        return index < entries.count ? entries[index] : nil
    }

    /// Fills a part of a resting order at its own limit.
    ///
    /// - Returns: whether it is done and has left.
    private mutating func fillResting(
        _ side: Side, at index: Int, _ quantity: Quantity,
        _ reports: inout ContiguousArray<MatchingReport>
    ) -> Bool {
        let entry =
            side == .buy ? buys.fill(quantity, at: index) : sells.fill(quantity, at: index)
        reports.append(.fill(entry, quantity, at: entry.limit ?? .zero, isMaker: true))
        guard entry.leaves <= .zero else { return false }
        forget(entry)
        return true
    }
}
