import TradingModel

/// Best bid and ask of an instrument.
struct MarketQuote: Equatable, Sendable {
    var bid: Price
    var ask: Price
    var bidSize: Quantity
    var askSize: Quantity

    /// The middle, rounded towards zero at 1e-9.
    var middle: Price {
        let (sum, overflow) = bid.rawValue.addingReportingOverflow(ask.rawValue)
        return Price(rawValue: overflow ? bid.rawValue / 2 + ask.rawValue / 2 : sum / 2)
    }
}

/// A trade of an instrument.
struct MarketPrint: Equatable, Sendable {
    var price: Price
    var size: Quantity
    var time: Timestamp
}

/// What an event changed.
enum MarketChange: Equatable, Sendable {
    case nothing
    case quote
    case trade(MarketPrint)
    /// A row operation on the ladder; the best rows may have changed, too.
    case row(DomDelta, changesQuote: Bool)
    /// The whole ladder; the best rows may have changed, too.
    case ladder(changesQuote: Bool)
}

/// What one market did and where it stands.
struct InstrumentMarket: Sendable {
    /// Highest, lowest and first price, and what was traded.
    struct Day: Sendable {
        var open: Price?
        var high: Price?
        var low: Price?
        var volume = Quantity.zero
        /// Σ price × size.
        var turnover = Int128.zero

        mutating func take(_ price: Price) {
            open = open ?? price
            high = max(high ?? price, price)
            low = min(low ?? price, price)
        }
    }

    let instrument: GatewayInstrument
    private(set) var ladder = Ladder()
    private(set) var quote: MarketQuote?
    private(set) var last: MarketPrint?
    private(set) var day = Day()
    private(set) var history = MarketHistory()
    /// The feed tells quotes of its own; the ladder's best rows are not used as such.
    private var hasTicks = false

    init(_ instrument: GatewayInstrument) { self.instrument = instrument }

    /// Price before the first one known: there is no day before.
    var previousClose: Price { instrument.startPrice }

    /// Volume-weighted average price of what was traded.
    var averagePrice: Price? {
        guard day.volume > .zero else { return nil }
        return Price(rawValue: Int64(clamping: day.turnover / Int128(day.volume.rawValue)))
    }

    mutating func take(_ event: MarketEvent, at time: Timestamp) -> MarketChange {
        switch event.payload {
        case .tick(let tick):
            hasTicks = true
            let quote = MarketQuote(
                bid: tick.bid, ask: tick.ask, bidSize: tick.bidSize ?? instrument.sizeStep,
                askSize: tick.askSize ?? instrument.sizeStep)
            return take(quote, at: time) ? .quote : .nothing
        case .trade(let trade): return take(trade, at: time)
        case .domDelta(let delta):
            _ = ladder.apply(delta)
            return .row(delta, changesQuote: delta.endsBatch && takeBestRows(at: time))
        case .domSnapshot(let snapshot):
            ladder.replace(bids: snapshot.bids, asks: snapshot.asks)
            return .ladder(changesQuote: takeBestRows(at: time))
        case .deltaBar, .tapeSnapshot, .footprintSnapshot, .signal, .riskDecision, .orderEvent, .feedStatus,
            .system, .timer:
            return .nothing
        }
    }

    /// Where no quotes are told, the best rows are one.
    private mutating func takeBestRows(at time: Timestamp) -> Bool {
        guard !hasTicks, let bid = ladder.bids.levels.first(where: { $0.size > .zero }),
            let ask = ladder.asks.levels.first(where: { $0.size > .zero })
        else { return false }
        return take(
            MarketQuote(bid: bid.price, ask: ask.price, bidSize: bid.size, askSize: ask.size), at: time)
    }

    /// - Returns: whether it differs from the one before.
    private mutating func take(_ new: MarketQuote, at time: Timestamp) -> Bool {
        guard new != quote else { return false }
        quote = new
        if !instrument.hasTrades { day.take(new.bid) }
        history.take(new, at: time)
        return true
    }

    private mutating func take(_ trade: Trade, at time: Timestamp) -> MarketChange {
        // What is traded over the counter nobody is told.
        guard instrument.hasTrades else { return .nothing }
        let print = MarketPrint(price: trade.price, size: trade.size, time: time)
        last = print
        day.take(trade.price)
        day.volume += trade.size
        day.turnover &+= Int128(trade.price.rawValue) * Int128(trade.size.rawValue)
        history.take(print)
        return .trade(print)
    }
}
