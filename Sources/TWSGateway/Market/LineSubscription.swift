import MarketData
import TWSProtocol
import TradingModel

/// Level 1 of one instrument for one request: tells what changed since it last told something.
struct LineSubscription: Sendable {
    /// Numbers of ticks; those of delayed data stand beside.
    enum Tick: Int32 {
        case bidSize = 0
        case bid = 1
        case ask = 2
        case askSize = 3
        case last = 4
        case lastSize = 5
        case high = 6
        case low = 7
        case volume = 8
        case close = 9
        case open = 14
        case lastTime = 45
        case tradeVolume = 48
        case halted = 49

        /// Source: reference of the TWS socket protocol, "level 1 ticks".
        var delayed: Int32 {
            switch self {
            case .bidSize: 69
            case .bid: 66
            case .ask: 67
            case .askSize: 70
            case .last: 68
            case .lastSize: 71
            case .high: 72
            case .low: 73
            case .volume: 74
            case .close: 75
            case .open: 76
            case .lastTime: 88
            case .tradeVolume: rawValue
            case .halted: 90
            }
        }
    }

    let session: SessionID
    let request: Int32
    let instrument: Int
    /// Every trade is told as RTVolume, too (generic tick 233).
    let wantsTradeVolume: Bool
    /// Ends with tickSnapshotEnd once there is a quote, or at this time.
    let snapshotDeadline: Timestamp?
    var isDelayed: Bool
    /// Forgets what was told, so that everything is told again.
    var needsAll = true

    private var toldQuote: MarketQuote?
    private var toldLast: MarketPrint?
    private var toldDay = InstrumentMarket.Day()

    init(
        _ session: SessionID, request: Int32, instrument: Int, wantsTradeVolume: Bool, isDelayed: Bool,
        snapshotDeadline: Timestamp?
    ) {
        self.session = session
        self.request = request
        self.instrument = instrument
        self.wantsTradeVolume = wantsTradeVolume
        self.isDelayed = isDelayed
        self.snapshotDeadline = snapshotDeadline
    }

    var isSnapshot: Bool { snapshotDeadline != nil }

    /// Tells what is different now.
    mutating func tell(_ market: InstrumentMarket, _ outbox: inout GatewayOutbox) {
        if needsAll {
            needsAll = false
            toldQuote = nil
            toldLast = nil
            toldDay = InstrumentMarket.Day()
            price(.close, market.previousClose, .zero, &outbox)
        }
        if let quote = market.quote { tell(quote, &outbox) }
        if let last = market.last { tell(last, &outbox) }
        tell(market.day, &outbox)
    }

    /// A trade, at once, for those who asked for RTVolume.
    func tell(_ print: MarketPrint, of market: InstrumentMarket, _ outbox: inout GatewayOutbox) {
        guard wantsTradeVolume, !isDelayed else { return }
        let average = market.averagePrice ?? print.price
        string(
            .tradeVolume,
            "\(print.price);\(print.size);\(print.time.nanoseconds / 1_000_000);\(market.day.volume);\(average);true",
            &outbox)
    }

    /// A tickPrice carries its size; a tickSize follows, and comes alone when the price stays.
    private mutating func tell(_ quote: MarketQuote, _ outbox: inout GatewayOutbox) {
        let told = toldQuote
        toldQuote = quote
        if quote.bid != told?.bid { price(.bid, quote.bid, quote.bidSize, &outbox) }
        if quote.ask != told?.ask { price(.ask, quote.ask, quote.askSize, &outbox) }
        if quote.bid != told?.bid || quote.bidSize != told?.bidSize {
            size(.bidSize, quote.bidSize, &outbox)
        }
        if quote.ask != told?.ask || quote.askSize != told?.askSize {
            size(.askSize, quote.askSize, &outbox)
        }
    }

    private mutating func tell(_ last: MarketPrint, _ outbox: inout GatewayOutbox) {
        guard last != toldLast else { return }
        let told = toldLast
        toldLast = last
        let second = last.time.nanoseconds / 1_000_000_000
        if second != told.map({ $0.time.nanoseconds / 1_000_000_000 }) {
            string(.lastTime, "\(second)", &outbox)
        }
        if last.price != told?.price { price(.last, last.price, last.size, &outbox) }
        size(.lastSize, last.size, &outbox)
    }

    private mutating func tell(_ day: InstrumentMarket.Day, _ outbox: inout GatewayOutbox) {
        let told = toldDay
        toldDay = day
        if day.volume != told.volume { size(.volume, day.volume, &outbox) }
        if let high = day.high, high != told.high { price(.high, high, .zero, &outbox) }
        if let low = day.low, low != told.low { price(.low, low, .zero, &outbox) }
        if let open = day.open, open != told.open { price(.open, open, .zero, &outbox) }
    }

    /// A recorded tick, in the message it came in.
    func relay(_ tick: RecordedLevelOneTick, _ outbox: inout GatewayOutbox) {
        let number = isDelayed ? Tick(rawValue: tick.type)?.delayed ?? tick.type : tick.type
        if tick.isPrice {
            var message = TickPrice()
            message.requestID = request
            message.tickType = number
            message.price = tick.price
            message.size = tick.size
            outbox.send(message, to: session)
        } else {
            var message = TickSize()
            message.requestID = request
            message.tickType = number
            message.size = tick.size
            outbox.send(message, to: session)
        }
    }

    private func number(_ tick: Tick) -> Int32 { isDelayed ? tick.delayed : tick.rawValue }

    private func price(_ tick: Tick, _ price: Price, _ size: Quantity, _ outbox: inout GatewayOutbox) {
        var message = TickPrice()
        message.requestID = request
        message.tickType = number(tick)
        message.price = price
        message.size = size
        message.attributes = tick == .bid || tick == .ask ? 1 : 0
        outbox.send(message, to: session)
    }

    private func size(_ tick: Tick, _ size: Quantity, _ outbox: inout GatewayOutbox) {
        var message = TickSize()
        message.requestID = request
        message.tickType = number(tick)
        message.size = size
        outbox.send(message, to: session)
    }

    private func string(_ tick: Tick, _ value: String, _ outbox: inout GatewayOutbox) {
        var message = TickString()
        message.requestID = request
        message.tickType = number(tick)
        message.value = value
        outbox.send(message, to: session)
    }
}
