import TWSClient
import TWSProtocol
import TradingModel

@testable import MarketData

/// What was asked of the client, by one who gives numbers and does nothing else.
final class RecordedStreams: StreamControl, @unchecked Sendable {
    enum Call: Equatable {
        case open(StreamKind)
        case close(StreamKind)
        case retry(StreamKind)
    }

    private(set) var calls: [Call] = []
    private(set) var requests: [StreamRequest] = []
    /// By number; `nil` once closed.
    private(set) var open: [StreamRequest?] = []
    /// Called within `open`, before the number is known.
    var onOpen: ((StreamID) -> Void)?

    func open(_ request: StreamRequest) -> StreamID {
        calls.append(.open(request.kind))
        requests.append(request)
        let number = open.firstIndex { $0 == nil } ?? open.count
        if number == open.count { open.append(request) } else { open[number] = request }
        let id = StreamID(rawValue: Int32(number))
        onOpen?(id)
        return id
    }

    func close(_ stream: StreamID) {
        guard let request = open[Int(stream.rawValue)] else { return }
        calls.append(.close(request.kind))
        open[Int(stream.rawValue)] = nil
    }

    func retry(_ stream: StreamID) {
        if let request = open[Int(stream.rawValue)] { calls.append(.retry(request.kind)) }
    }

    /// What was asked since the last time.
    func take() -> [Call] {
        defer { calls.removeAll() }
        return calls
    }

    /// The open stream of a kind.
    func id(_ symbol: SymbolID, _ matches: (StreamKind) -> Bool) -> StreamID? {
        let place = open.firstIndex { request in
            request.map { $0.symbol == symbol && matches($0.kind) } ?? false
        }
        return place.map { StreamID(rawValue: Int32($0)) }
    }
}

/// Keeps batches as they come.
final class CollectedEvents: EventSink, @unchecked Sendable {
    private(set) var batches: [[MarketEvent]] = []
    private var taken = 0
    var isOpen = true

    func accept(_ events: inout ContiguousArray<MarketEvent>) -> Bool {
        batches.append(Array(events))
        events.removeAll(keepingCapacity: true)
        return isOpen
    }

    var events: [MarketEvent] { batches.flatMap(\.self) }

    /// Events since the last time.
    func take() -> [MarketEvent] {
        defer { taken = batches.count }
        return batches[taken...].flatMap(\.self)
    }
}

/// `IBKREvents` between a client that only records and a sink that only collects; time is moved by hand.
struct IBKRRig {
    let streams = RecordedStreams()
    let sink = CollectedEvents()
    let events: IBKREvents
    let symbol: SymbolID
    var now = Timestamp(nanoseconds: 1_790_000_000_000_000_000)

    init(
        _ name: String = "IBKR.GOLD", subscribed: Bool = true,
        _ change: (inout IBKREventsOptions) -> Void = { _ in }
    ) {
        symbol = SymbolID(name) ?? .none
        var options = IBKREventsOptions(instruments: [InstrumentWishes(symbol: symbol)])
        change(&options)
        events = IBKREvents(options: options, streams: streams, sink: sink)
        for wishes in options.instruments { resolve(wishes.symbol) }
        guard subscribed else { return }
        for number in streams.open.indices {
            events.take(.requested, of: StreamID(rawValue: Int32(number)), at: now)
        }
        _ = streams.take()
        _ = sink.take()
    }

    /// By default its hours are known, and over: nothing is told of now.
    func resolve(
        _ symbol: SymbolID, hours: String = "20200101:0000-20200101:2400", zone: String = "Etc/UTC"
    ) {
        var contract = Contract()
        contract.symbol = symbol.name
        contract.contractID = Int32(symbol.rawValue)
        var data = ContractData()
        data.contract = contract
        data.tradingHours = hours
        data.timeZoneID = zone
        events.take(ResolvedContract(contract: contract, data: data), for: symbol, text: "", at: now)
    }

    // MARK: Streams

    var quotes: Int32 { number { $0 == .tickByTickQuotes } }
    var level1: Int32 { number { if case .level1 = $0 { true } else { false } } }
    var depth: Int32 { number { if case .depth = $0 { true } else { false } } }
    var trades: Int32 { number { if case .tickByTickTrades = $0 { true } else { false } } }

    private func number(_ matches: (StreamKind) -> Bool) -> Int32 {
        streams.id(symbol, matches)?.rawValue ?? -1
    }

    func notice(_ notice: StreamNotice, _ stream: Int32) {
        events.take(notice, of: StreamID(rawValue: stream), at: now)
    }

    // MARK: Time and reads

    mutating func pass(_ milliseconds: Int64) {
        now = now.advanced(by: milliseconds * 1_000_000)
        events.timePassed(now)
    }

    func read(_ messages: [MarketMessage]) {
        let messages = ContiguousArray(messages)
        events.take(messages.span, at: now)
        events.readEnded(at: now)
    }

    // MARK: Messages

    func bidAsk(
        _ bid: String, _ ask: String, _ bidSize: String = "1", _ askSize: String = "1", second: Int64 = 0
    ) -> MarketMessage {
        var quote = TickByTick.Quote()
        quote.bid = .of(bid)
        quote.ask = .of(ask)
        quote.bidSize = .of(bidSize)
        quote.askSize = .of(askSize)
        return tick(.bidAsk(quote), quotes, second)
    }

    func trade(
        _ price: String, _ size: String = "1", mask: Int32 = 0, conditions: String = "", second: Int64 = 0
    ) -> MarketMessage {
        var trade = TickByTick.Print()
        trade.price = .of(price)
        trade.size = .of(size)
        trade.mask = mask
        trade.conditions = ShortText(conditions)
        return tick(.allLast(trade), trades, second)
    }

    /// A print of a stream without what is unreported.
    func last(_ price: String, _ size: String) -> MarketMessage {
        var trade = TickByTick.Print()
        trade.price = .of(price)
        trade.size = .of(size)
        return tick(.last(trade), trades, 0)
    }

    private func tick(_ event: TickByTick.Event, _ stream: Int32, _ second: Int64) -> MarketMessage {
        var tick = TickByTick()
        tick.requestID = stream
        tick.time = second
        tick.event = event
        return .tickByTick(tick)
    }

    func row(
        _ operation: DomOperation, _ side: BookSide, _ position: Int32, _ price: String = "0",
        _ size: String = "0"
    ) -> MarketMessage {
        row(Int32(operation.rawValue), side == .bid ? 1 : 0, position, price, size)
    }

    func row(
        _ operation: Int32, _ side: Int32, _ position: Int32, _ price: String, _ size: String
    ) -> MarketMessage {
        var depth = MarketDepth()
        depth.requestID = self.depth
        depth.row.operation = operation
        depth.row.side = side
        depth.row.position = position
        depth.row.price = .of(price)
        depth.row.size = .of(size)
        return .depth(depth)
    }

    func price(_ type: Int32, _ price: String, _ size: String = "0") -> MarketMessage {
        var tick = TickPrice()
        tick.requestID = level1
        tick.tickType = type
        tick.price = .of(price)
        tick.size = .of(size)
        return .tickPrice(tick)
    }

    func size(_ type: Int32, _ size: String) -> MarketMessage {
        var tick = TickSize()
        tick.requestID = level1
        tick.tickType = type
        tick.size = .of(size)
        return .tickSize(tick)
    }
}

extension Price {
    /// The price a literal tells; an impossible one for a mistake.
    static func of(_ text: String) -> Price {
        do { return try Price(text) } catch { return Price(rawValue: .min) }
    }
}

extension Quantity {
    /// The quantity a literal tells; an impossible one for a mistake.
    static func of(_ text: String) -> Quantity {
        do { return try Quantity(text) } catch { return Quantity(rawValue: .min) }
    }
}

extension MarketEvent {
    /// Short form for comparisons.
    var brief: String {
        switch payload {
        case .tick(let tick):
            "quote \(tick.bid)×\(tick.bidSize?.description ?? "-") \(tick.ask)×\(tick.askSize?.description ?? "-")"
        case .trade(let trade): "trade \(trade.price)×\(trade.size) \(trade.aggressor.name)"
        case .domDelta(let delta):
            "\(delta.side.name) \(delta.operation.name) \(delta.position) \(delta.price)×\(delta.size)"
                + (delta.endsBatch ? " end" : "")
        case .feedStatus(let status):
            "\(status.stream.map { "\($0.name)" } ?? "all") \(status.quality.name): \(status.reason)"
        default: "\(eventType.name)"
        }
    }
}

extension [MarketEvent] {
    /// Short forms.
    var brief: [String] { map(\.brief) }
    /// Short forms of market data alone.
    var data: [String] { filter { $0.eventType != .feedStatus }.brief }
    /// Short forms of what was told of streams.
    var statuses: [String] { filter { $0.eventType == .feedStatus }.brief }
}
