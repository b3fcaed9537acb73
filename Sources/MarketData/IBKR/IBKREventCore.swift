import TWSClient
import TWSProtocol
import TradingModel

/// Makes events of messages: all state of `IBKREvents`, as one value without a queue or a clock.
struct IBKREventCore {
    let options: IBKREventsOptions
    /// By slot, the order of the settings.
    var feeds: ContiguousArray<InstrumentFeed>
    /// By the number of the stream.
    private var routes: ContiguousArray<StreamRoute> = []
    var out: EventBatch
    var counts = IBKRFeedCounts()
    /// What the client is to be asked for, in order.
    var actions: [StreamAction] = []
    /// Slots with something to do at the end of the read.
    private var touched: ContiguousArray<Int> = []

    /// Nothing asked for yet.
    init(_ options: IBKREventsOptions) {
        self.options = options
        var feeds: ContiguousArray<InstrumentFeed> = []
        for wishes in options.instruments {
            feeds.append(InstrumentFeed(slot: feeds.count, wishes, options))
        }
        self.feeds = feeds
        out = EventBatch(instruments: feeds.count)
        touched.reserveCapacity(2 * feeds.count)
    }

    // MARK: Streams

    /// Whose a stream is; `nil` for one that is not open.
    @inline(__always)
    func route(_ id: Int32) -> StreamRoute? {
        guard id >= 0 && Int(id) < routes.count else { return nil }
        let route = routes[Int(id)]
        return route.slot >= 0 ? route : nil
    }

    /// The client has given a stream its number.
    mutating func opened(_ slot: Int, _ role: StreamRole, as id: StreamID, at time: Timestamp) {
        guard id.rawValue >= 0 else { return }
        while routes.count <= Int(id.rawValue) { routes.append(StreamRoute()) }
        routes[Int(id.rawValue)] = StreamRoute(slot: Int32(slot), role: role)
        feeds[slot].ids[role.index] = id
    }

    /// The client will not deliver a stream any more.
    ///
    /// - Returns: its number; `nil` where it was not open.
    mutating func closed(_ slot: Int, _ role: StreamRole) -> StreamID? {
        guard let id = feeds[slot].ids[role.index] else { return nil }
        routes[Int(id.rawValue)] = StreamRoute()
        feeds[slot].ids[role.index] = nil
        return id
    }

    // MARK: Messages

    /// One of the frequent messages.
    @inline(__always)
    mutating func take(_ message: MarketMessage, at time: Timestamp) {
        switch message {
        case .tickByTick(let tick): take(tick, time)
        case .depth(let depth): take(depth.row, of: depth.requestID, time)
        case .depthL2(let depth): take(depth.row, of: depth.requestID, time)
        case .tickPrice(let tick): takePrice(tick, time)
        case .tickSize(let tick): takeSize(tick, time)
        }
    }

    @inline(__always)
    private mutating func take(_ tick: TickByTick, _ time: Timestamp) {
        guard let route = route(tick.requestID) else { return counts.strayMessages += 1 }
        let slot = Int(route.slot)
        switch (tick.event, route.role) {
        case (.bidAsk(let quote), .quotes):
            feeds[slot].take(quote, second: tick.time, time, options, &out, &counts)
        case (.last(let trade), .trades), (.allLast(let trade), .trades):
            feeds[slot].take(trade, second: tick.time, time, options, &out, &counts)
        default: counts.strayMessages += 1
        }
    }

    @inline(__always)
    private mutating func take(_ row: DepthRow, of id: Int32, _ time: Timestamp) {
        guard let route = route(id), route.role == .depth else { return counts.strayMessages += 1 }
        let slot = Int(route.slot)
        feeds[slot].take(row, time, options, &out, &counts)
        guard !feeds[slot].isBookTouched else { return }
        feeds[slot].isBookTouched = true
        touched.append(slot)
    }

    private mutating func takePrice(_ tick: TickPrice, _ time: Timestamp) {
        guard let route = route(tick.requestID), route.role == .level1 else {
            return counts.strayMessages += 1
        }
        guard let (kind, isDelayed) = LevelOneTick.live(tick.tickType) else { return }
        let slot = Int(route.slot)
        level1Came(slot, isDelayed: isDelayed, time)
        apply(feeds[slot].level1.take(kind, price: tick.price, size: tick.size), slot, time)
    }

    private mutating func takeSize(_ tick: TickSize, _ time: Timestamp) {
        guard let route = route(tick.requestID), route.role == .level1 else {
            return counts.strayMessages += 1
        }
        guard let (kind, isDelayed) = LevelOneTick.live(tick.tickType) else { return }
        let slot = Int(route.slot)
        level1Came(slot, isDelayed: isDelayed, time)
        if kind == 8 && !feeds[slot].facts.hasVolume {
            feeds[slot].facts.hasVolume = true
            feeds[slot].tell(time, options, &out)
        }
        apply(feeds[slot].level1.take(kind, size: tick.size), slot, time)
    }

    @inline(__always)
    private mutating func level1Came(_ slot: Int, isDelayed: Bool, _ time: Timestamp) {
        if isDelayed && feeds[slot].plan.level1Kind == .live { setLevel1Kind(3, slot, time) }
        if !feeds[slot].isSteady[StreamRole.level1.index] {
            feeds[slot].settle(.level1, time, options, &out)
        }
        feeds[slot].plan.touch(.level1, at: time)
    }

    @inline(__always)
    private mutating func apply(_ change: LevelOne.Change, _ slot: Int, _ time: Timestamp) {
        switch change {
        case .quote:
            if !feeds[slot].hasNewLevel1Quote { touched.append(slot) }
            feeds[slot].level1QuoteChanged(time)
        case .trade(let price, let size): feeds[slot].level1Traded(price, size, time, options, &out)
        case .nothing, .other: break
        }
    }

    /// The read is over: quotes of level 1 are published, ladders are judged.
    mutating func endRead(at time: Timestamp) {
        for slot in touched {
            if feeds[slot].hasNewLevel1Quote { feeds[slot].publishLevel1Quote(time, options, &out) }
            if feeds[slot].isBookTouched { feeds[slot].endDepth(time, options, &out) }
        }
        touched.removeAll(keepingCapacity: true)
        out.endRead()
    }

    /// What level 1 delivers from now on; volumes of another kind are not comparable.
    mutating func setLevel1Kind(_ type: Int32, _ slot: Int, _ time: Timestamp) {
        let before = feeds[slot].plan.level1Kind
        feeds[slot].plan.level1Is(type, at: time)
        guard feeds[slot].plan.level1Kind != before else { return }
        feeds[slot].resetLevel1()
        feeds[slot].facts.hasVolume = false
        feeds[slot].unsettle()
        feeds[slot].tell(time, options, &out)
    }
}
