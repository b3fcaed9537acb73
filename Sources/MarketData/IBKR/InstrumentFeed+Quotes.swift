import TWSProtocol
import TradingModel

extension InstrumentFeed {
    /// A change of best bid and ask, tick by tick.
    @inline(__always)
    mutating func take(
        _ quote: TickByTick.Quote, second: Int64, _ time: Timestamp, _ options: IBKREventsOptions,
        _ out: inout EventBatch, _ counts: inout IBKRFeedCounts
    ) {
        guard quote.bid > .zero && quote.ask > .zero && quote.bidSize >= .zero && quote.askSize >= .zero
        else {
            return takeOneSided(quote, time, options, &out, &counts)
        }
        if !isSteady[StreamRole.quotes.index] || facts.isOneSided {
            facts.isOneSided = false
            settle(.quotes, time, options, &out)
        }
        plan.touch(.quotes, at: time)
        let tick = Tick(bid: quote.bid, ask: quote.ask, bidSize: quote.bidSize, askSize: quote.askSize)
        aggressor.quote = tick
        out.append(symbol, Self.exchangeTime(second, time), receivedAt: time, .tick(tick))
    }

    /// A price of 0 or −1 says that there is no quote on that side: the quote is lost, which is told once.
    @inline(never)
    private mutating func takeOneSided(
        _ quote: TickByTick.Quote, _ time: Timestamp, _ options: IBKREventsOptions, _ out: inout EventBatch,
        _ counts: inout IBKRFeedCounts
    ) {
        guard quote.bidSize >= .zero && quote.askSize >= .zero else {
            counts.nonsense += 1
            return
        }
        counts.oneSidedQuotes += 1
        if facts.isOneSided && isSteady[StreamRole.quotes.index] { return plan.touch(.quotes, at: time) }
        facts.isOneSided = true
        settle(.quotes, time, options, &out)
    }

    /// Level 1 has something new to say about quotes; it is published at the end of the read, as one quote.
    mutating func level1QuoteChanged(_ time: Timestamp) {
        level1QuoteAt = time
        hasNewLevel1Quote = true
    }

    /// Publishes the quote of level 1, if it is the one to be believed.
    mutating func publishLevel1Quote(
        _ time: Timestamp, _ options: IBKREventsOptions, _ out: inout EventBatch
    ) {
        hasNewLevel1Quote = false
        let quote = level1.quote
        if plan.quoteSupply == .tickByTick {
            // What tick by tick has told last is no news.
            let isRepetition = quote == nil ? facts.isOneSided : quote == aggressor.quote ?? forgottenQuote
            if !isRepetition { plan.level1Moved(.quotes, at: time) }
            return
        }
        plan.level1Moved(.quotes, at: time)
        guard plan.quoteSupply == .level1 else { return }
        // Before the first quote of all, a missing side is only one that has not come yet.
        let isOneSided = quote == nil && facts.hasLevel1Quote
        let isFirst = quote != nil && !facts.hasLevel1Quote
        if isFirst || facts.isOneSided != isOneSided || facts.isStale[Int(FeedStream.quotes.rawValue)] {
            if isFirst { facts.hasLevel1Quote = true }
            facts.isOneSided = isOneSided
            facts.isStale[Int(FeedStream.quotes.rawValue)] = false
            tell(time, options, &out)
        }
        guard let quote else { return }
        aggressor.quote = quote
        out.append(symbol, time, receivedAt: time, .tick(quote))
    }

    /// The exchange's second where it makes sense, else when the message came.
    @inline(__always)
    static func exchangeTime(_ second: Int64, _ time: Timestamp) -> Timestamp {
        guard second > 0 && second < 9_000_000_000 else { return time }
        return Timestamp(nanoseconds: second &* 1_000_000_000)
    }
}
