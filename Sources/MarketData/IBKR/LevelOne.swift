import TradingModel

/// What level 1 has told of one instrument.
struct LevelOne {
    /// Best bid; zero while there is none.
    private(set) var bid = Level(price: .zero, size: .zero)
    /// Best ask; zero while there is none.
    private(set) var ask = Level(price: .zero, size: .zero)
    /// Newest price of a trade.
    private(set) var last: Price?
    /// Size of the newest trade; not sent again while it stays the same.
    private(set) var lastSize: Quantity?
    /// Volume of the day as far as trades have been made of it.
    private(set) var countedVolume: Quantity?
    /// Time of the newest trade, where the gateway tells it (45).
    var lastTradeAt: Timestamp?

    /// What a tick has changed.
    enum Change: Equatable {
        case nothing
        /// The quote is another, or gone.
        case quote
        /// So much has traded since the volume before.
        case trade(Price, Quantity)
        /// Something else is known now.
        case other
    }

    /// Forgets everything.
    mutating func reset() { self = LevelOne() }

    /// The quote; `nil` while a side is missing.
    var quote: Tick? {
        guard bid.price > .zero, ask.price > .zero else { return nil }
        return Tick(bid: bid.price, ask: ask.price, bidSize: bid.size, askSize: ask.size)
    }

    /// Takes a price with its size; `kind` is the number of live ticks, 1, 2 or 4.
    mutating func take(_ kind: Int32, price: Price, size: Quantity) -> Change {
        guard size >= .zero else { return .nothing }
        // −1 or 0 means that there is none.
        let level = price > .zero ? Level(price: price, size: size) : Level(price: .zero, size: .zero)
        switch kind {
        case 1: return Self.replace(&bid, level)
        case 2: return Self.replace(&ask, level)
        case 4:
            guard price > .zero else { return .nothing }
            last = price
            if size > .zero { lastSize = size }
            return .other
        default: return .nothing
        }
    }

    /// Takes a size; `kind` is the number of live ticks, 0, 3, 5 or 8. It belongs to the price before.
    mutating func take(_ kind: Int32, size: Quantity) -> Change {
        guard size >= .zero else { return .nothing }
        switch kind {
        case 0: return bid.price > .zero ? Self.replace(&bid, Level(price: bid.price, size: size)) : .nothing
        case 3: return ask.price > .zero ? Self.replace(&ask, Level(price: ask.price, size: size)) : .nothing
        case 5:
            if size > .zero { lastSize = size }
            return .other
        case 8: return volume(size)
        default: return .nothing
        }
    }

    /// Trades come from the rises of the day volume: IBKR joins trades, and does not repeat a last size.
    private mutating func volume(_ volume: Quantity) -> Change {
        // The first is where counting begins; one below it begins another day.
        guard let countedVolume, volume >= countedVolume else {
            self.countedVolume = volume
            return .other
        }
        // Without a price the rise waits for the next.
        guard volume > countedVolume, let last else { return .other }
        self.countedVolume = volume
        return .trade(last, volume - countedVolume)
    }

    private static func replace(_ side: inout Level, _ level: Level) -> Change {
        guard side != level else { return .nothing }
        side = level
        return .quote
    }
}

/// Numbers of level 1 ticks.
enum LevelOneTick {
    /// The number of the live tick, and whether this is its delayed form; `nil` for one that is of no use here.
    static func live(_ kind: Int32) -> (kind: Int32, isDelayed: Bool)? {
        switch kind {
        case 0, 1, 2, 3, 4, 5, 8: (kind, false)
        case 66, 67: (kind - 65, true)
        case 68: (4, true)
        case 69: (0, true)
        case 70: (3, true)
        case 71: (5, true)
        case 74: (8, true)
        default: nil
        }
    }
}
