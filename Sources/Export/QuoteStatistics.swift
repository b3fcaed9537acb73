import TradingModel

/// Sums over every quote of one instrument.
struct QuoteStatistics: Sendable {
    /// A silence of the stream.
    struct Gap: Sendable {
        /// The feed's number of the last quote before it.
        let sequence: UInt64
        /// Its length.
        let nanoseconds: Int64

        /// Its length to the millisecond, half to even.
        var milliseconds: Int128 {
            let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000)
            return Int128(whole) + (rest > 500_000 || (rest == 500_000 && whole & 1 == 1) ? 1 : 0)
        }
    }

    /// Silences that are kept, the first ones.
    static let gapLimit = 10_000
    /// A silence is longer than this.
    private static let longestPause: Int64 = 60_000_000_000

    private(set) var count = 0
    private(set) var first = Tick(bid: .zero, ask: .zero)
    private(set) var last = Tick(bid: .zero, ask: .zero)
    private(set) var bids = PriceRange()
    private(set) var asks = PriceRange()
    private(set) var spreads = SpreadRange()
    private(set) var crossed = 0
    private(set) var locked = 0
    private(set) var bidChanges = 0
    private(set) var askChanges = 0
    private(set) var gaps: [Gap] = []
    /// Silences that are not among `gaps`.
    private(set) var moreGaps = 0
    private var lastSequence: UInt64 = 0
    private var lastTime = Timestamp.zero

    /// Folds one quote.
    mutating func add(_ tick: Tick, _ event: MarketEvent) {
        if count == 0 {
            first = tick
        } else {
            if tick.bid != last.bid { bidChanges += 1 }
            if tick.ask != last.ask { askChanges += 1 }
            noteGap(before: event)
        }
        count += 1
        last = tick
        lastTime = event.timestamp
        lastSequence = event.feedSequence
        bids.add(tick.bid)
        asks.add(tick.ask)
        spreads.add(tick)
        if tick.bid > tick.ask { crossed += 1 }
        if tick.bid == tick.ask { locked += 1 }
    }

    private mutating func noteGap(before event: MarketEvent) {
        let pause = event.timestamp.since(lastTime)
        guard pause > Self.longestPause else { return }
        guard gaps.count < Self.gapLimit else {
            moreGaps += 1
            return
        }
        gaps.append(Gap(sequence: lastSequence, nanoseconds: pause))
    }
}

/// First, highest, lowest and last of some prices.
struct PriceRange: Sendable {
    private(set) var open = Price.zero
    private(set) var high = Price.zero
    private(set) var low = Price.zero
    private(set) var close = Price.zero
    private var isEmpty = true

    mutating func add(_ price: Price) {
        if isEmpty { (open, high, low) = (price, price, price) }
        isEmpty = false
        high = max(high, price)
        low = min(low, price)
        close = price
    }
}

/// Least, greatest and sum of some spreads, in 1e-9; negative where quotes are crossed.
struct SpreadRange: Sendable {
    private(set) var least: Int128 = 0
    private(set) var greatest: Int128 = 0
    private(set) var sum: Int128 = 0
    private var isEmpty = true

    mutating func add(_ tick: Tick) {
        let spread = Int128(tick.ask.rawValue) - Int128(tick.bid.rawValue)
        if isEmpty { (least, greatest) = (spread, spread) }
        isEmpty = false
        least = min(least, spread)
        greatest = max(greatest, spread)
        sum &+= spread
    }
}

/// Quotes of one interval; it begins and closes like a `DeltaBar`.
struct TickBar: Sendable {
    /// Start of the interval, inclusive.
    let start: Timestamp
    private(set) var ticks = 0
    private(set) var bids = PriceRange()
    private(set) var asks = PriceRange()
    private(set) var spreads = SpreadRange()

    /// A bar without quotes.
    init(start: Timestamp) { self.start = start }

    mutating func add(_ tick: Tick) {
        ticks += 1
        bids.add(tick.bid)
        asks.add(tick.ask)
        spreads.add(tick)
    }
}
