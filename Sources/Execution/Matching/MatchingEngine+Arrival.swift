import TradingModel

extension MatchingEngine {
    /// Lets an order in: it waits for its stop price, or meets the market.
    mutating func enter(_ entry: MatchingEntry, _ reports: inout ContiguousArray<MatchingReport>) {
        guard entry.waitsForTrigger else { return arrive(entry, &reports) }
        stand(entry)
        if book.isOrderly { trigger(ask: book.bestAsk?.price, bid: book.bestBid?.price, &reports) }
    }

    /// Starts the stops these prices reach, in the order of their arrival.
    mutating func trigger(ask: Price?, bid: Price?, _ reports: inout ContiguousArray<MatchingReport>) {
        var index = 0
        while index < stops.count {
            guard stops[index].isTriggered(ask: ask, bid: bid) else {
                index += 1
                continue
            }
            var entry = remove(.stops(index))
            entry.isTriggered = true
            reports.append(.triggered(entry.order.id))
            arrive(entry, &reports)
        }
    }

    /// An order meets the market; what does not fill rests, or is cancelled where it may not.
    private mutating func arrive(_ arriving: MatchingEntry, _ reports: inout ContiguousArray<MatchingReport>)
    {
        var entry = arriving
        let seesBook = meetsBook(entry)
        let mayRest = entry.order.timeInForce.rests
        if entry.order.timeInForce != .fillOrKill || canFill(entry, seesBook: seesBook) {
            take(&entry, seesBook: seesBook, &reports)
        }
        guard entry.leaves > .zero else { return }
        if mayRest {
            rest(entry, &reports)
        } else {
            reports.append(.cancelled(entry.order.id, leaves: entry.leaves, .notFilledAtOnce))
        }
    }

    /// Puts an order into its queue; market orders that wait on the other side take it.
    private mutating func rest(_ entry: MatchingEntry, _ reports: inout ContiguousArray<MatchingReport>) {
        stand(entry)
        if entry.limit != nil { serveWaiting(seesBook: false, &reports) }
    }

    /// Lets waiting market orders take what there is, in the order of their arrival.
    mutating func serveWaiting(seesBook: Bool, _ reports: inout ContiguousArray<MatchingReport>) {
        var index = 0
        while index < waiting.count {
            var entry = waiting[index]
            take(&entry, seesBook: seesBook && meetsBook(entry), &reports)
            if entry.leaves > .zero {
                waiting[index] = entry
                index += 1
            } else {
                _ = remove(.waiting(index))
            }
        }
    }

    /// Whether the shown book has something for an order, and chance agrees.
    mutating func meetsBook(_ entry: MatchingEntry) -> Bool {
        shownLevel(for: entry) != nil && isLucky()
    }

    /// Whether chance agrees; one number of the stream for each meeting.
    mutating func isLucky() -> Bool { random.next() >> 32 < options.fillChance }

    /// The best shown level an order may trade at, among all or among those worse than `price`.
    mutating func shownLevel(for entry: MatchingEntry, worseThan price: Price? = nil) -> ShownLevel? {
        guard let level = book.level(entry.order.side.shownAgainst, worseThan: price),
            entry.allows(level.price)
        else { return nil }
        return level
    }

    /// Takes from the shown book and from our resting orders, whichever is better, until nothing is left to take.
    private mutating func take(
        _ entry: inout MatchingEntry, seesBook: Bool, _ reports: inout ContiguousArray<MatchingReport>
    ) {
        var shown = seesBook ? shownLevel(for: entry) : nil
        while entry.leaves > .zero {
            let resting = restingPrice(for: entry)
            if let level = shown, !isBetter(resting, than: level.price, for: entry.order.side) {
                takeShown(level, &entry, &reports)
                shown = shownLevel(for: entry, worseThan: level.price)
            } else if let resting {
                takeResting(at: resting, &entry, &reports)
            } else {
                return
            }
        }
    }

    private mutating func takeShown(
        _ level: ShownLevel, _ entry: inout MatchingEntry, _ reports: inout ContiguousArray<MatchingReport>
    ) {
        let quantity = min(entry.leaves, level.available)
        book.take(quantity, from: level, entry.order.side.shownAgainst)
        entry.filled += quantity
        reports.append(.fill(entry, quantity, at: slipped(level.price, entry), isMaker: false))
    }

    /// Trades with the first resting order of the other side, at its limit.
    private mutating func takeResting(
        at price: Price, _ entry: inout MatchingEntry, _ reports: inout ContiguousArray<MatchingReport>
    ) {
        let isBuying = entry.order.side == .buy
        guard let first = isBuying ? sells.entries.first : buys.entries.first else { return }
        let quantity = min(entry.leaves, first.leaves)
        entry.filled += quantity
        reports.append(.fill(entry, quantity, at: price, isMaker: false))
        let maker = isBuying ? sells.fill(quantity, at: 0) : buys.fill(quantity, at: 0)
        if maker.leaves <= .zero { forget(maker) }
        reports.append(.fill(maker, quantity, at: price, isMaker: true))
    }

    /// The price of the best resting order an arriving one may trade with.
    private func restingPrice(for entry: MatchingEntry) -> Price? {
        let price = entry.order.side == .buy ? sells.bestPrice : buys.bestPrice
        return price.flatMap { entry.allows($0) ? $0 : nil }
    }

    /// Whether our own resting price is strictly better for one who takes than the shown one.
    private func isBetter(_ resting: Price?, than shown: Price, for side: Side) -> Bool {
        guard let resting else { return false }
        return side == .buy ? resting < shown : resting > shown
    }

    /// A shown price made worse by slippage, no worse than the limit.
    ///
    /// It does not come from above zero to zero or below, where nobody would trade: one tick is the end. Only what is
    /// shown below zero is sold there.
    private func slipped(_ price: Price, _ entry: MatchingEntry) -> Price {
        var worse = price.moved(by: entry.order.side.sign * slip)
        if price >= .zero { worse = max(worse, min(price, lowestPrice)) }
        guard let limit = entry.limit else { return worse }
        return entry.order.side == .buy ? min(worse, limit) : max(worse, limit)
    }

    /// Whether all that is left of an order could fill at once.
    private mutating func canFill(_ entry: MatchingEntry, seesBook: Bool) -> Bool {
        var missing = entry.leaves
        let others = entry.order.side == .buy ? sells.entries : buys.entries
        for other in others {
            guard missing > .zero, let price = other.limit, entry.allows(price) else { break }
            missing -= other.leaves
        }
        var level = seesBook ? shownLevel(for: entry) : nil
        while missing > .zero, let shown = level {
            missing -= shown.available
            level = shownLevel(for: entry, worseThan: shown.price)
        }
        return missing <= .zero
    }
}

extension Side {
    /// The side of the shown book that orders of this side trade with.
    fileprivate var shownAgainst: BookSide { self == .buy ? .ask : .bid }
}

extension MatchingReport {
    /// The report of an execution; `entry` as it is afterwards.
    static func fill(
        _ entry: MatchingEntry, _ quantity: Quantity, at price: Price, isMaker: Bool
    ) -> MatchingReport {
        .fill(
            MatchingFill(
                id: entry.order.id, price: price, quantity: quantity, leaves: entry.leaves, isMaker: isMaker))
    }
}
