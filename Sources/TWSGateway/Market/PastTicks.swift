import TWSProtocol
import TradingModel

/// Past ticks of one kind; the names are those of a request.
enum PastTicks: String, Sendable {
    case trades = "TRADES"
    case bidAsk = "BID_ASK"
    case middle = "MIDPOINT"

    /// Tells the first `count` ticks from `start` on, else the last `count` up to `end`.
    func tell(
        _ history: MarketHistory, request: Int32, from start: Timestamp?, to end: Timestamp?, count: Int,
        venue: String, to session: SessionID, _ outbox: inout GatewayOutbox
    ) {
        switch self {
        case .trades:
            var answer = HistoricalLastTicks()
            answer.requestID = request
            answer.ticks = Self.pick(history.prints.all, start, end, count, \.time).map { Self.tick($0, venue) }
            answer.isDone = true
            outbox.send(answer, to: session)
        case .bidAsk:
            var answer = HistoricalBidAskTicks()
            answer.requestID = request
            answer.ticks = Self.pick(history.quotes.all, start, end, count, \.time).map(Self.bidAsk)
            answer.isDone = true
            outbox.send(answer, to: session)
        case .middle:
            var answer = HistoricalTicks()
            answer.requestID = request
            answer.ticks = Self.pick(history.quotes.all, start, end, count, \.time).map(Self.middle)
            answer.isDone = true
            outbox.send(answer, to: session)
        }
    }

    private static func pick<Value>(
        _ values: ArraySlice<Value>, _ start: Timestamp?, _ end: Timestamp?, _ count: Int,
        _ time: (Value) -> Timestamp
    ) -> [Value] {
        if let start { return Array(values.filter { time($0) >= start }.prefix(count)) }
        if let end { return Array(values.filter { time($0) <= end }.suffix(count)) }
        return Array(values.suffix(count))
    }

    private static func tick(_ print: MarketPrint, _ venue: String) -> HistoricalLastTick {
        var tick = HistoricalLastTick()
        tick.time = print.time.nanoseconds / 1_000_000_000
        tick.price = print.price
        tick.size = print.size
        tick.exchange = ShortText(venue)
        return tick
    }

    private static func bidAsk(_ past: (time: Timestamp, quote: MarketQuote)) -> HistoricalBidAskTick {
        var tick = HistoricalBidAskTick()
        tick.time = past.time.nanoseconds / 1_000_000_000
        tick.bid = past.quote.bid
        tick.ask = past.quote.ask
        tick.bidSize = past.quote.bidSize
        tick.askSize = past.quote.askSize
        return tick
    }

    private static func middle(_ past: (time: Timestamp, quote: MarketQuote)) -> HistoricalTick {
        var tick = HistoricalTick()
        tick.time = past.time.nanoseconds / 1_000_000_000
        tick.price = past.quote.middle
        tick.size = .zero
        return tick
    }
}
