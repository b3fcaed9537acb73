import TradingModel

/// The newest ticks and bars of one market; bounded.
struct MarketHistory: Sendable {
    /// Quotes and trades kept, each: as many as one request may ask for.
    static let ticks = 1_000
    /// Bars kept: four hours of five seconds.
    static let bars = 2_880
    /// Length of a bar, in nanoseconds.
    static let barLength: Int64 = 5_000_000_000

    private(set) var quotes = Recent<(time: Timestamp, quote: MarketQuote)>(limit: ticks)
    private(set) var prints = Recent<MarketPrint>(limit: ticks)
    private(set) var bars = Recent<HistoryBar>(limit: bars)

    mutating func take(_ quote: MarketQuote, at time: Timestamp) {
        quotes.append((time, quote))
        bar(at: time) { $0.take(quote) }
    }

    mutating func take(_ print: MarketPrint) {
        prints.append(print)
        bar(at: print.time) { $0.take(print) }
    }

    private mutating func bar(at time: Timestamp, _ change: (inout HistoryBar) -> Void) {
        let start = time.floored(to: Self.barLength)
        if bars.last.map({ $0.start < start }) ?? true { bars.append(HistoryBar(start: start)) }
        bars.changeLast(change)
    }
}

/// First, highest, lowest and last of some prices.
struct PriceRange: Equatable, Sendable {
    var open: Price
    var high: Price
    var low: Price
    var close: Price

    init(_ price: Price) {
        open = price
        high = price
        low = price
        close = price
    }

    mutating func take(_ price: Price) {
        high = max(high, price)
        low = min(low, price)
        close = price
    }

    /// This, and then `later`.
    mutating func append(_ later: PriceRange) {
        high = max(high, later.high)
        low = min(low, later.low)
        close = later.close
    }
}

/// What a market did in one interval.
struct HistoryBar: Sendable {
    /// Which prices of a market.
    enum Kind: Equatable, Sendable {
        case bid, ask, middle, trades
    }

    let start: Timestamp
    private(set) var bid: PriceRange?
    private(set) var ask: PriceRange?
    private(set) var middle: PriceRange?
    private(set) var trades: PriceRange?
    private(set) var volume = Quantity.zero
    private(set) var turnover = Int128.zero
    private(set) var count: Int32 = 0

    init(start: Timestamp) { self.start = start }

    mutating func take(_ quote: MarketQuote) {
        Self.take(quote.bid, &bid)
        Self.take(quote.ask, &ask)
        Self.take(quote.middle, &middle)
    }

    mutating func take(_ print: MarketPrint) {
        Self.take(print.price, &trades)
        volume += print.size
        turnover &+= Int128(print.price.rawValue) * Int128(print.size.rawValue)
        count &+= 1
    }

    func range(_ kind: Kind) -> PriceRange? {
        switch kind {
        case .bid: bid
        case .ask: ask
        case .middle: middle
        case .trades: trades
        }
    }

    /// Average price of what was traded.
    var averagePrice: Price? {
        guard volume > .zero else { return nil }
        return Price(rawValue: Int64(clamping: turnover / Int128(volume.rawValue)))
    }

    /// This, and then `later`.
    mutating func append(_ later: HistoryBar) {
        Self.append(later.bid, &bid)
        Self.append(later.ask, &ask)
        Self.append(later.middle, &middle)
        Self.append(later.trades, &trades)
        volume += later.volume
        turnover &+= later.turnover
        count &+= later.count
    }

    /// The same, counted from another start.
    func starting(_ start: Timestamp) -> HistoryBar {
        var bar = HistoryBar(start: start)
        bar.append(self)
        return bar
    }

    private static func take(_ price: Price, _ range: inout PriceRange?) {
        if range == nil { range = PriceRange(price) } else { range?.take(price) }
    }

    private static func append(_ later: PriceRange?, _ range: inout PriceRange?) {
        guard let later else { return }
        if range == nil { range = later } else { range?.append(later) }
    }
}

/// The newest values of a sequence, oldest first; at most twice `limit` are held, at most `limit` are told.
struct Recent<Value: Sendable>: Sendable {
    private let limit: Int
    private var values: [Value] = []

    init(limit: Int) { self.limit = limit }

    /// The newest ones, oldest first.
    var all: ArraySlice<Value> { values.suffix(limit) }

    var last: Value? { values.last }

    mutating func append(_ value: Value) {
        if values.count == 2 * limit { values.removeFirst(limit) }
        values.append(value)
    }

    mutating func changeLast(_ change: (inout Value) -> Void) {
        guard !values.isEmpty else { return }
        change(&values[values.count - 1])
    }
}
