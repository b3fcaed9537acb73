import TradingModel

/// A price of the shown book with what is still there for our orders.
struct ShownLevel: BitwiseCopyable {
    let price: Price
    /// What the feed displays.
    let shown: Quantity
    /// What of it we have not taken yet; positive.
    let available: Quantity
}

/// The market as the feed shows it: the ladder where depth is known, else the best bid and ask.
///
/// The ladder is judged at the end of a batch only; while one is under way, the best rows of the end before stand for
/// it. A side of a quote that tells no size is as deep as one likes; one that tells zero or less is no row. A book
/// whose bid is not below its ask is not orderly: nothing trades with it and it triggers nothing.
struct MatchingBook: Sendable {
    /// The size of rows whose size is not told.
    static let unlimited = Quantity(rawValue: .max)

    private(set) var bestBid: Level?
    private(set) var bestAsk: Level?
    /// Whether its bid is below its ask, where it has both.
    private(set) var isOrderly = true
    private var touch: Tick?
    private var takenBids = TakenSizes()
    private var takenAsks = TakenSizes()
    /// Whether a complete ladder has been seen since the market was last lost.
    private var hasDepth = false
    /// Whether the newest ladder event ended its batch.
    private var isComplete = false
    /// None before the first ladder event, then one: two kilobytes that only users of depth pay for.
    private var ladders: ContiguousArray<Ladder> = []

    /// Whether a row of a quote or a ladder is known.
    var isKnown: Bool { bestBid != nil || bestAsk != nil }

    // MARK: What the feed says

    /// Takes a quote.
    ///
    /// - Returns: whether the book has changed.
    @inline(__always)
    mutating func take(_ quote: Tick) -> Bool {
        guard touch != quote else { return false }
        touch = quote
        guard !hasDepth else { return false }
        showTouch(quote)
        return true
    }

    /// Applies a row operation.
    ///
    /// - Returns: whether it ended a batch: the book is to be judged anew.
    mutating func apply(_ delta: DomDelta) -> Bool {
        if ladders.isEmpty { ladders.append(Ladder()) }
        // One that points outside changes nothing; the feed's own engine counts those.
        _ = ladders[0].apply(delta)
        return finish(endsBatch: delta.endsBatch)
    }

    /// Replaces the ladder.
    ///
    /// - Returns: whether it ended a batch: the book is to be judged anew.
    mutating func apply(_ snapshot: DomSnapshot) -> Bool {
        if ladders.isEmpty { ladders.append(Ladder()) }
        ladders[0].replace(bids: snapshot.bids, asks: snapshot.asks)
        return finish(endsBatch: snapshot.endsBatch)
    }

    /// Forgets the quote, the ladder, or both: what was known is no longer true. What is left of the two is the book.
    mutating func lose(quote: Bool = true, ladder: Bool = true) {
        if quote { touch = nil }
        if ladder {
            hasDepth = false
            isComplete = false
            if !ladders.isEmpty { ladders[0].removeAll() }
        }
        guard !hasDepth else { return }
        takenBids.removeAll()
        takenAsks.removeAll()
        show(bid: nil, ask: nil)
        if let touch { showTouch(touch) }
    }

    private mutating func finish(endsBatch: Bool) -> Bool {
        isComplete = endsBatch
        guard endsBatch else { return false }
        hasDepth = true
        show(bid: ladders[0].best(.bid), ask: ladders[0].best(.ask))
        takenBids.keep(shownIn: &ladders[0], .bid)
        takenAsks.keep(shownIn: &ladders[0], .ask)
        return true
    }

    @inline(__always)
    private mutating func showTouch(_ quote: Tick) {
        show(
            bid: Self.row(quote.bid, quote.bidSize ?? Self.unlimited),
            ask: Self.row(quote.ask, quote.askSize ?? Self.unlimited))
        takenBids.keep(only: bestBid)
        takenAsks.keep(only: bestAsk)
    }

    private static func row(_ price: Price, _ size: Quantity) -> Level? {
        size > .zero ? Level(price: price, size: size) : nil
    }

    private mutating func show(bid: Level?, ask: Level?) {
        bestBid = bid
        bestAsk = ask
        if let bid, let ask { isOrderly = bid.price < ask.price } else { isOrderly = true }
    }

    // MARK: What is there for our orders

    /// The best price of a side with something left, among all or among those worse than `price`.
    mutating func level(_ side: BookSide, worseThan price: Price? = nil) -> ShownLevel? {
        guard isOrderly else { return nil }
        var last = price
        while let row = row(side, worseThan: last) {
            let taken = side == .bid ? takenBids.taken(at: row.price) : takenAsks.taken(at: row.price)
            if row.size > taken {
                return ShownLevel(price: row.price, shown: row.size, available: row.size - taken)
            }
            last = row.price
        }
        return nil
    }

    /// Takes a part of what is left at a level.
    mutating func take(_ quantity: Quantity, from level: ShownLevel, _ side: BookSide) {
        guard level.shown != Self.unlimited else { return }
        switch side {
        case .bid: takenBids.take(quantity, at: level.price, of: level.shown)
        case .ask: takenAsks.take(quantity, at: level.price, of: level.shown)
        }
    }

    private mutating func row(_ side: BookSide, worseThan price: Price?) -> Level? {
        if isComplete { return ladders[0].best(side, worseThan: price) }
        guard let best = side == .bid ? bestBid : bestAsk else { return nil }
        guard let price else { return best }
        return (side == .bid ? best.price < price : best.price > price) ? best : nil
    }
}
