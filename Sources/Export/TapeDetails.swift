import TradingModel

/// What an export tells of the prints of one instrument beyond the sums of the tape engine.
struct TapeDetails: Sendable {
    /// Largest prints that are kept.
    static let largestLimit = 10

    /// Prints of size zero.
    private(set) var zeroSizeTrades = 0
    /// Prints above the price before.
    private(set) var upticks = 0
    /// Prints below the price before.
    private(set) var downticks = 0
    /// Largest first; of equal ones that with the lower number.
    private(set) var largest: [TapePrint] = []
    /// Calendar seconds with the most prints.
    private(set) var busiest = BusiestSecond()
    /// Prints without aggressor by the last change of the price.
    private(set) var tickRule = TickRule()
    private var lastPrice: Price?

    /// Folds one print.
    mutating func add(_ trade: Trade, _ event: MarketEvent) {
        if trade.size == .zero { zeroSizeTrades += 1 }
        if let lastPrice, trade.price > lastPrice { upticks += 1 }
        if let lastPrice, trade.price < lastPrice { downticks += 1 }
        tickRule.add(trade, after: lastPrice)
        lastPrice = trade.price
        busiest.add(event.timestamp)
        keepIfLarge(
            TapePrint(feedSequence: event.feedSequence, timestamp: event.timestamp, trade: trade))
    }

    private mutating func keepIfLarge(_ print: TapePrint) {
        if largest.count == Self.largestLimit {
            guard let least = largest.last, Self.isLarger(print, least) else { return }
            largest.removeLast()
        }
        let place = largest.firstIndex { Self.isLarger(print, $0) } ?? largest.endIndex
        largest.insert(print, at: place)
    }

    private static func isLarger(_ left: TapePrint, _ right: TapePrint) -> Bool {
        if left.trade.size != right.trade.size { return left.trade.size > right.trade.size }
        return left.feedSequence < right.feedSequence
    }
}

/// The calendar seconds with the most prints.
struct BusiestSecond: Sendable {
    /// Seconds of equal number that are kept, the first ones.
    static let startLimit = 1_000
    private static let second: Int64 = 1_000_000_000

    /// Prints in each of them.
    private(set) var trades = 0
    /// Their beginnings, in order; at most `startLimit`.
    private(set) var starts: [Timestamp] = []
    /// As busy seconds that are not among `starts`.
    private(set) var more = 0
    private var current: Timestamp?
    private var count = 0

    /// Counts one print. One that lies before the second under way counts there, as in bars.
    mutating func add(_ time: Timestamp) {
        let start = time.floored(to: Self.second)
        if let current, start <= current {
            count += 1
        } else {
            current = start
            count = 1
        }
        note(current ?? start)
    }

    private mutating func note(_ start: Timestamp) {
        guard count >= trades else { return }
        if count > trades {
            trades = count
            starts.removeAll(keepingCapacity: true)
            more = 0
        }
        if starts.count < Self.startLimit { starts.append(start) } else { more += 1 }
    }
}

/// Prints without a recorded aggressor, by the direction of the last change of the price.
struct TickRule: Sendable {
    private(set) var trades: InlineArray<3, Int> = [0, 0, 0]
    private(set) var volumes: InlineArray<3, Volume> = [.zero, .zero, .zero]
    private var direction = Aggressor.unknown

    /// Whether there was any such print.
    var hasData: Bool { Aggressor.allCases.contains { trades[Int($0.rawValue)] > 0 } }

    /// Folds one print; `price` is that of the print before.
    mutating func add(_ trade: Trade, after price: Price?) {
        if let price, trade.price != price { direction = trade.price > price ? .buy : .sell }
        guard trade.aggressor == .unknown else { return }
        trades[Int(direction.rawValue)] += 1
        volumes[Int(direction.rawValue)] += trade.size
    }
}
