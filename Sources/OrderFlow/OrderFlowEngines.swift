import Messaging
import TradingModel

/// How the engines keep their data.
public struct OrderFlowOptions: Sendable, Equatable {
    /// Length of a bar in nanoseconds; positive.
    public var barInterval: Int64
    /// Prints the tape keeps for each instrument; positive.
    public var tapeCapacity: Int
    /// Closed bars kept for each instrument; positive.
    public var barsKept: Int
    /// Height of a footprint row, whose prices are rounded down to a multiple of it; positive. `nil` gives every price
    /// its own row.
    public var footprintRow: Price?

    /// Options; the defaults are one minute, 65,536 prints, 512 bars, every price with its own row.
    public init(
        barInterval: Int64 = 60_000_000_000, tapeCapacity: Int = 65_536, barsKept: Int = 512,
        footprintRow: Price? = nil
    ) {
        self.barInterval = barInterval
        self.tapeCapacity = tapeCapacity
        self.barsKept = barsKept
        self.footprintRow = footprintRow
    }
}

/// The four engines of one instrument.
public struct InstrumentFlow: Sendable {
    /// Depth of market.
    public internal(set) var dom = DomEngine()
    /// Trades by aggressor in bars.
    public internal(set) var delta: DeltaEngine
    /// Prints.
    public internal(set) var tape: TapeEngine
    /// Volume by price in bars.
    public internal(set) var footprint: FootprintEngine
    /// How good its streams are.
    public internal(set) var streams = StreamQualities()
    /// Newest best bid and ask of the quote stream; `nil` before the first.
    public internal(set) var quote: Tick?
    /// Sequence number of the event that told it.
    var quoteSequence: UInt64 = 0
    /// When that event was received.
    var quoteReceivedAt = Timestamp.zero

    init(options: OrderFlowOptions) {
        delta = DeltaEngine(interval: options.barInterval, kept: options.barsKept)
        tape = TapeEngine(capacity: options.tapeCapacity)
        footprint = FootprintEngine(
            interval: options.barInterval, kept: options.barsKept, row: options.footprintRow)
    }

    @inline(__always)
    mutating func take(_ tick: Tick, _ event: MarketEvent) {
        quote = tick
        quoteSequence = event.sequence
        quoteReceivedAt = event.receivedAt
    }

    /// The newest quote with the event that told it: of the quote stream where there is one, else of a complete ladder.
    var reference: ReferenceQuote? {
        if let quote {
            return ReferenceQuote(quote, sequence: quoteSequence, receivedAt: quoteReceivedAt)
        }
        guard dom.isComplete, let top = dom.top else { return nil }
        return ReferenceQuote(top, sequence: dom.lastSequence, receivedAt: dom.lastReceivedAt)
    }

    /// Whether a trade of that time begins new bars; those of delta and footprint begin and end together.
    @inline(__always)
    func isBarOver(at time: Timestamp) -> Bool { delta.isOver(at: time) }

    @inline(__always)
    mutating func add(_ trade: Trade, at time: Timestamp, feedSequence: UInt64) {
        tape.add(trade, at: time, feedSequence: feedSequence)
        delta.add(trade, at: time, feedSequence: feedSequence)
        footprint.add(trade, at: time)
    }
}

/// The order-flow stage: DOM, Delta, Tape and Footprint of every instrument.
///
/// First on the decision path; publishes `delta_bar` and `footprint_snapshot` when a bar closes. Other views are
/// taken on demand.
public struct OrderFlowEngines: Sendable, QuoteSource {
    private var flows: ContiguousArray<InstrumentFlow> = []
    private let options: OrderFlowOptions

    /// Engines without data.
    public init(options: OrderFlowOptions = OrderFlowOptions()) { self.options = options }

    /// The engines of an instrument; `nil` when no event of it has been seen.
    public func flow(_ symbol: SymbolID) -> InstrumentFlow? {
        symbol.index < flows.count && symbol != .none ? flows[symbol.index] : nil
    }

    /// Instruments of which an event has been seen.
    public var symbols: [SymbolID] { flows.indices.dropFirst().map { SymbolID(rawValue: UInt32($0)) } }

    /// How good the streams of an instrument are.
    public func streams(_ symbol: SymbolID) -> StreamQualities {
        symbol.index < flows.count ? flows[symbol.index].streams : StreamQualities()
    }

    /// The stream that quotes come from: the quote stream where there is one, else the ladder.
    public func quoteStream(_ symbol: SymbolID) -> FeedStream { hasQuotes(symbol) ? .quotes : .depth }

    /// The newest best bid and ask: of the quote stream where there is one, else of a complete ladder. It values positions
    /// also while it is stale or delayed; whether it may be traded on is what `streams` says.
    public func top(_ symbol: SymbolID) -> Tick? {
        guard symbol.index < flows.count else { return nil }
        return flows[symbol.index].reference?.quote
    }

    /// `top` with the event that told it.
    public func reference(_ symbol: SymbolID) -> ReferenceQuote? {
        symbol.index < flows.count ? flows[symbol.index].reference : nil
    }

    /// Whether the stream that the quotes of an instrument come from may be traded on.
    public func isTradable(_ symbol: SymbolID) -> Bool {
        guard symbol.index < flows.count else { return true }
        return flows[symbol.index].streams.isTradable(quoteStream(symbol))
    }

    /// All that is folded here is an event.
    public var changesByEventsAlone: Bool { true }

    /// Whether the instrument has a quote stream of its own.
    public func hasQuotes(_ symbol: SymbolID) -> Bool {
        symbol.index < flows.count && flows[symbol.index].quote != nil
    }

    /// Folds one event.
    public mutating func handle(_ event: MarketEvent, _ outbox: inout Outbox) {
        switch event.payload {
        case .tick(let tick):
            reserve(event.symbol)
            flows[event.symbol.index].take(tick, event)
        case .trade(let trade):
            reserve(event.symbol)
            add(trade, event, &outbox)
        case .domDelta(let delta):
            reserve(event.symbol)
            flows[event.symbol.index].dom.apply(delta, event)
        case .domSnapshot(let snapshot):
            reserve(event.symbol)
            flows[event.symbol.index].dom.apply(snapshot, event)
        case .feedStatus(let status):
            fold(status, event)
        case .deltaBar, .tapeSnapshot, .footprintSnapshot, .signal, .riskDecision, .orderEvent, .system,
            .timer:
            break
        }
    }

    private mutating func add(_ trade: Trade, _ event: MarketEvent, _ outbox: inout Outbox) {
        let index = event.symbol.index
        if flows[index].isBarOver(at: event.timestamp) { closeBars(event.symbol, &outbox) }
        flows[index].add(trade, at: event.timestamp, feedSequence: event.feedSequence)
    }

    private mutating func closeBars(_ symbol: SymbolID, _ outbox: inout Outbox) {
        let bar = flows[symbol.index].delta.close()
        outbox.publish(.deltaBar(bar), symbol: symbol, source: .orderFlow)
        let footprint = flows[symbol.index].footprint.close()
        outbox.publish(.footprintSnapshot(footprint), symbol: symbol, source: .orderFlow)
    }

    /// Keeps how good the streams of an instrument are, or of all for `none`; what is no longer true is forgotten.
    private mutating func fold(_ status: FeedStatus, _ event: MarketEvent) {
        if event.symbol != .none { reserve(event.symbol) }
        for index in flows.indices.dropFirst() where event.symbol == .none || index == event.symbol.index {
            flows[index].streams.take(status, at: event.receivedAt)
            if status.losesLadder { flows[index].dom.reset() }
            if status.losesQuote { flows[index].quote = nil }
        }
    }

    @inline(__always)
    private mutating func reserve(_ symbol: SymbolID) {
        if flows.count <= symbol.index { grow(to: symbol) }
    }

    private mutating func grow(to symbol: SymbolID) {
        while flows.count <= symbol.index { flows.append(InstrumentFlow(options: options)) }
    }
}
