import TWSProtocol
import TradingModel

/// One tick-by-tick stream for one request.
struct TickSubscription: Sendable {
    /// What it tells; the names are those of the request.
    enum Kind: String, Sendable {
        case last = "Last"
        case allLast = "AllLast"
        case bidAsk = "BidAsk"
        case midPoint = "MidPoint"

        var isOfTrades: Bool { self == .last || self == .allLast }
    }

    let session: SessionID
    let request: Int32
    let instrument: Int
    let kind: Kind
    /// Changes of size alone are not told.
    let ignoresSize: Bool
    /// Where trades are said to have happened.
    let venue: ShortText
    private var told: MarketQuote?

    init(
        _ session: SessionID, request: Int32, instrument: Int, kind: Kind, ignoresSize: Bool, venue: String
    ) {
        self.session = session
        self.request = request
        self.instrument = instrument
        self.kind = kind
        self.ignoresSize = ignoresSize
        self.venue = ShortText(venue)
    }

    /// The quote, if this stream has something new to say of it.
    mutating func tell(_ quote: MarketQuote, at time: Timestamp, _ outbox: inout GatewayOutbox) {
        let before = told
        told = quote
        switch kind {
        case .last, .allLast: break
        case .midPoint:
            if quote.middle != before?.middle { send(.midPoint(quote.middle), at: time, &outbox) }
        case .bidAsk:
            if ignoresSize && quote.bid == before?.bid && quote.ask == before?.ask { return }
            send(.bidAsk(Self.tick(quote)), at: time, &outbox)
        }
    }

    func tell(_ print: MarketPrint, _ outbox: inout GatewayOutbox) {
        guard kind.isOfTrades else { return }
        var tick = TickByTick.Print()
        tick.price = print.price
        tick.size = print.size
        tick.exchange = venue
        send(kind == .last ? .last(tick) : .allLast(tick), at: print.time, &outbox)
    }

    static func tick(_ quote: MarketQuote) -> TickByTick.Quote {
        var tick = TickByTick.Quote()
        tick.bid = quote.bid
        tick.ask = quote.ask
        tick.bidSize = quote.bidSize
        tick.askSize = quote.askSize
        return tick
    }

    func message(_ event: TickByTick.Event, at time: Timestamp) -> TickByTick {
        var message = TickByTick()
        message.requestID = request
        message.time = time.nanoseconds / 1_000_000_000
        message.event = event
        return message
    }

    private func send(_ event: TickByTick.Event, at time: Timestamp, _ outbox: inout GatewayOutbox) {
        outbox.send(message(event, at: time), to: session)
    }
}
