import TradingModel

/// A simulated exchange for one instrument: our orders against the market a feed shows, and against one another.
///
/// Pure and deterministic: no clock, no input or output, no randomness but the seeded chance of a fill. What happens is
/// appended to the caller's list of reports.
///
/// - **Arriving orders** trade with whatever is better, the shown book or the best of our resting orders, up to their
///   limit; at one price the shown book was there first. Each shown row gives its size, and what was taken from it
///   stays taken until the feed says something new about that price: another size, or the row gone.
/// - **Resting orders** are served by price, then arrival. They fill at their own limit: from the shown book once its
///   other side reaches that price, up to the size shown; by a print strictly through it, up to the print's size.
/// - **Market orders** that find too little wait and take what comes, before resting orders are served. Having no price
///   they are always the taker, so two of them never meet. IOC and FOK do not wait.
/// - **Stops** start when the ask, or a print, is at or above a buy's stop price, the bid, or a print, at or below a
///   sell's; then they arrive, in the order they were submitted, after the orders already at work were served.
///
/// What this does not model is in `docs/decisions/0014-matching-against-a-shown-book.md`.
public struct MatchingEngine: Sendable {
    var book = MatchingBook()
    var buys = LimitQueue(.buy)
    var sells = LimitQueue(.sell)
    /// Market orders with something left, by arrival.
    var waiting: ContiguousArray<MatchingEntry> = []
    /// Orders whose stop price has not been reached, by arrival.
    var stops: ContiguousArray<MatchingEntry> = []
    /// Where each order alive stands. Looked up only, never walked: its order is not the same in every run.
    var standings: [MatchingOrderID: OrderStanding] = [:]
    var lastArrival: UInt64 = 0
    var random: SplitMix64
    let options: MatchingOptions
    /// What slippage makes of a price, in units of 1e-9; at least 0.
    let slip: Int64
    /// The lowest price there is above zero.
    let lowestPrice: Price

    /// An engine without orders that knows no market.
    public init(tickSize: Price, options: MatchingOptions = MatchingOptions()) {
        self.options = options
        random = SplitMix64(seed: options.seed)
        let slip = Int128(options.slippageTicks) * Int128(tickSize.rawValue)
        self.slip = max(0, Int64(clamping: slip))
        lowestPrice = max(tickSize, Price(rawValue: 1))
    }

    /// Whether any order is alive here.
    @inline(__always)
    public var hasOrders: Bool { !(buys.isEmpty && sells.isEmpty && waiting.isEmpty && stops.isEmpty) }

    /// Whether a row of a quote or a ladder is known; sizes told as zero or less are none.
    public var isMarketKnown: Bool { book.isKnown }

    /// Every order alive: waiting market orders by arrival, buys and sells by price, then arrival, stops by arrival.
    public var openOrders: [MatchingEntry] {
        var open = Array(waiting)
        open += buys.entries
        open += sells.entries
        open += stops
        return open
    }

    /// An order that is alive; `nil` for one that is not.
    public func openOrder(_ id: MatchingOrderID) -> MatchingEntry? { place(of: id).map { entry($0) } }

    // MARK: The market

    /// Takes an event of this instrument: quote, print, ladder or state of the feed; anything else changes nothing.
    public mutating func apply(_ event: MarketEvent, into reports: inout ContiguousArray<MatchingReport>) {
        switch event.payload {
        case .tick(let quote): quoteChanged(quote, into: &reports)
        case .trade(let trade): tradePrinted(trade, into: &reports)
        case .domDelta(let delta):
            if book.apply(delta) && hasOrders { meetBook(&reports) }
        case .domSnapshot(let snapshot):
            if book.apply(snapshot) && hasOrders { meetBook(&reports) }
        case .feedStatus(let status):
            if status.losesQuote || status.losesLadder {
                book.lose(quote: status.losesQuote, ladder: status.losesLadder)
            }
        case .deltaBar, .tapeSnapshot, .footprintSnapshot, .signal, .riskDecision, .orderEvent, .system,
            .timer:
            break
        }
    }

    /// The best bid and ask have been told; where depth is known they are only remembered.
    @inline(__always)
    public mutating func quoteChanged(_ quote: Tick, into reports: inout ContiguousArray<MatchingReport>) {
        if book.take(quote) && hasOrders { meetBook(&reports) }
    }

    /// Somebody traded: resting orders the print went through fill, stops it reached start.
    @inline(__always)
    public mutating func tradePrinted(_ trade: Trade, into reports: inout ContiguousArray<MatchingReport>) {
        if hasOrders { meetPrint(trade, &reports) }
    }

    /// Quote and ladder are no longer known: nothing trades with a shown book until the next.
    public mutating func marketLost() { book.lose() }

    // MARK: Orders

    /// Takes an order; it is accepted, or rejected with the reason, and meets the market.
    public mutating func submit(
        _ order: MatchingOrder, into reports: inout ContiguousArray<MatchingReport>
    ) {
        if let reason = objection(to: order) { return reports.append(.rejected(order.id, reason)) }
        let entry = MatchingEntry(order)
        reports.append(.accepted(order.id, waitsForTrigger: entry.waitsForTrigger))
        enter(entry, &reports)
    }

    /// Cancels an order.
    ///
    /// - Returns: whether it was alive; where it was not there is no report.
    public mutating func cancel(
        _ id: MatchingOrderID, into reports: inout ContiguousArray<MatchingReport>
    ) -> Bool {
        guard let place = place(of: id) else { return false }
        let entry = remove(place)
        reports.append(.cancelled(id, leaves: entry.leaves, .requested))
        return true
    }

    /// Why an order cannot be taken; `nil` when it can.
    private func objection(to order: MatchingOrder) -> MatchingRejectReason? {
        if options.rejectsWithoutMarket && !book.isKnown { return .noMarket }
        if order.quantity <= .zero { return .invalidQuantity }
        if order.isLimit && order.limitPrice == nil { return .missingPrice }
        if order.isStop && order.stopPrice == nil { return .missingPrice }
        return standings[order.id] == nil ? nil : .duplicateID
    }
}
