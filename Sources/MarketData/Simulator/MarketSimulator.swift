import TradingModel

/// What a simulated market is made of.
public struct MarketSimulatorOptions: Sendable {
    /// Number that decides everything; the same seed gives the same events in every process.
    public var seed: UInt64
    /// Markets, in the order in which their snapshots come; not empty.
    public var instruments: [SimulatedInstrument]
    /// Time of the first event.
    public var start: Timestamp
    /// Events of all markets together in a second of simulated time, about; 1 to 1,000,000.
    public var eventsPerSecond: Int

    /// One second holds about `eventsPerSecond` events, from `start` on (2026-01-05T00:00:00Z).
    public init(
        seed: UInt64, instruments: [SimulatedInstrument], eventsPerSecond: Int = 200,
        start: Timestamp = Timestamp(nanoseconds: 1_767_571_200_000_000_000)
    ) {
        precondition(!instruments.isEmpty, "a simulation has at least one instrument")
        precondition((1...1_000_000).contains(eventsPerSecond), "1 to 1,000,000 events a second")
        self.seed = seed
        self.instruments = instruments
        self.start = start
        self.eventsPerSecond = eventsPerSecond
    }
}

/// Makes up a market: ladders of ten rows a side, quotes and trades, for ever, from a seed.
///
/// Pure and without `Double`. Each market is told by a `dom_snapshot` first, then by row operations as IBKR
/// sends them; `tick` says every change of the best rows; trades happen at the touch and consume it. Calm and
/// bursts alternate, with pressure from one side, so that momentum strategies find something to trade.
public struct MarketSimulator: Sendable {
    private struct Market {
        let instrument: SimulatedInstrument
        var market: SimulatedMarket
    }

    /// Events one change has at most: a trade, four row operations, a quote.
    public static let mostEventsPerChange = 6

    private var random: SeededRandom
    private var markets: [Market] = []
    private var unopened: Int
    private var time: Timestamp
    private var sequence: UInt64 = 0
    private let nanosecondsPerEvent: Int64

    /// A simulation that has not begun.
    public init(_ options: MarketSimulatorOptions) {
        random = SeededRandom(seed: options.seed)
        for instrument in options.instruments {
            let tick = instrument.startPrice.rawValue / instrument.tickSize.rawValue
            let market = SimulatedMarket(openingAt: tick, &random)
            markets.append(Market(instrument: instrument, market: market))
        }
        unopened = markets.count
        time = options.start
        nanosecondsPerEvent = 1_000_000_000 / Int64(options.eventsPerSecond)
    }

    /// Appends the events of the next change of one market: all of one time, later than any before.
    ///
    /// They come as trade, depth, tick; the last depth event ends the batch.
    public mutating func next(into events: inout ContiguousArray<MarketEvent>) {
        let index = nextMarket()
        let change = markets[index].market.next(&random)
        let before = sequence
        append(change, of: markets[index], to: &events)
        advanceTime(events: Int64(sequence - before), isBurst: change.isBurst)
    }

    /// Every market opens, in order; then chance decides who changes.
    private mutating func nextMarket() -> Int {
        if unopened > 0 {
            unopened -= 1
            return markets.count - 1 - unopened
        }
        return Int(random.below(Int64(markets.count)))
    }

    /// On average the time that so many events are worth; a burst is four times as fast.
    private mutating func advanceTime(events: Int64, isBurst: Bool) {
        let mean = max(1, events * nanosecondsPerEvent / (isBurst ? 4 : 1))
        time = time.advanced(by: 1 + random.below(2 * mean))
    }

    private mutating func append(
        _ change: SimulatedMarket.Change, of market: Market, to events: inout ContiguousArray<MarketEvent>
    ) {
        let instrument = market.instrument
        if let trade = change.trade {
            let print = Trade(
                price: instrument.price(trade.row), size: instrument.size(trade.row),
                aggressor: trade.aggressor)
            append(.trade(print), instrument, to: &events)
        }
        if change.isSnapshot { append(Self.snapshot(market), instrument, to: &events) }
        for (index, operation) in change.operations.enumerated() {
            let isLast = index == change.operations.count - 1
            append(.domDelta(instrument.delta(operation, endsBatch: isLast)), instrument, to: &events)
        }
        if change.changesQuote { append(Self.tick(market), instrument, to: &events) }
    }

    private mutating func append(
        _ payload: MarketEvent.Payload, _ instrument: SimulatedInstrument,
        to events: inout ContiguousArray<MarketEvent>
    ) {
        sequence += 1
        events.append(
            MarketEvent(
                timestamp: time, receivedAt: time, symbol: instrument.symbol, source: .simulator,
                feedSequence: sequence, payload: payload))
    }

    private static func snapshot(_ market: Market) -> MarketEvent.Payload {
        .domSnapshot(
            DomSnapshot(
                bids: market.market.bids.rows.map(market.instrument.level),
                asks: market.market.asks.rows.map(market.instrument.level)))
    }

    private static func tick(_ market: Market) -> MarketEvent.Payload {
        let (bid, ask) = (market.market.bids.best, market.market.asks.best)
        return .tick(
            Tick(
                bid: market.instrument.price(bid), ask: market.instrument.price(ask),
                bidSize: market.instrument.size(bid), askSize: market.instrument.size(ask)))
    }
}

extension SimulatedInstrument {
    fileprivate func price(_ row: SimulatedRow) -> Price { Price(rawValue: row.tick * tickSize.rawValue) }

    fileprivate func size(_ row: SimulatedRow) -> Quantity { Quantity(rawValue: row.lots * lotSize.rawValue) }

    fileprivate func level(_ row: SimulatedRow) -> Level { Level(price: price(row), size: size(row)) }

    fileprivate func delta(_ operation: LadderOperation, endsBatch: Bool) -> DomDelta {
        DomDelta(
            side: operation.side, operation: operation.operation, position: operation.position,
            price: price(operation.row), size: size(operation.row), endsBatch: endsBatch)
    }
}
