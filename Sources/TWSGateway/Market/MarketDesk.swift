import MarketData
import TWSProtocol
import TradingModel

/// Market data of the gateway: what the markets did, and who is told.
struct MarketDesk: Sendable {
    let search: ContractSearch
    let limits: GatewayLimits
    /// Local symbols of instruments whose live data nobody pays for.
    let unsubscribed: Set<String>

    private(set) var markets: [InstrumentMarket]
    var lines = SubscriptionList<LineSubscription>()
    var depths = SubscriptionList<DepthSubscription>()
    var ticks = SubscriptionList<TickSubscription>()
    /// Nothing is told while the gateway is cut off from its markets.
    private(set) var isCutOff = false

    /// Position of each instrument in `markets`; −1 for names of none.
    private var places = InstrumentTable(default: -1)
    /// When level 1 of each instrument was told, and when it is to be told next.
    private var toldAt: [Timestamp]
    private var dueAt: [Timestamp?]

    init(_ instruments: [GatewayInstrument], _ limits: GatewayLimits, unsubscribed: Set<String>) {
        search = ContractSearch(instruments: instruments)
        self.limits = limits
        self.unsubscribed = unsubscribed
        markets = instruments.map(InstrumentMarket.init)
        toldAt = instruments.map { _ in Timestamp(nanoseconds: .min) }
        dueAt = instruments.map { _ in nil }
        for (place, instrument) in instruments.enumerated() { places[instrument.symbol] = place }
    }

    var counts: (lines: Int, depth: Int, tickByTick: Int) { (lines.count, depths.count, ticks.count) }

    func knows(_ symbol: SymbolID) -> Bool { places[symbol] >= 0 }

    /// Position of the instrument of that local symbol.
    func place(named name: String) -> Int? { markets.firstIndex { $0.instrument.name == name } }

    /// When `advance` has something to do.
    var nextDeadline: Timestamp? {
        (dueAt.compactMap(\.self) + lines.compactMap(\.snapshotDeadline)).min()
    }

    /// Takes an event of an instrument that is known, and tells those who want to know.
    mutating func take(_ event: MarketEvent, at time: Timestamp, _ outbox: inout GatewayOutbox) {
        let place = places[event.symbol]
        let change = markets[place].take(event, at: time)
        guard !isCutOff else { return }
        switch change {
        case .nothing: break
        case .quote: tellQuote(place, at: time, &outbox)
        case .trade(let print): tell(print, place, &outbox)
        case .row(let delta, let changesQuote):
            for depth in depths where depth.instrument == place {
                depth.tell(delta, markets[place].ladder, &outbox)
            }
            if changesQuote { tellQuote(place, at: time, &outbox) }
        case .ladder(let changesQuote):
            // A new ladder is no operation: the book is void, and told anew.
            resetDepth(place, at: time, &outbox)
            if changesQuote { tellQuote(place, at: time, &outbox) }
        }
        if change.concernsLevelOne { tellLines(place, at: time, &outbox) }
    }

    /// Tells a recorded tick of level 1 as it is, without conflation.
    func relay(_ tick: RecordedLevelOneTick, of symbol: SymbolID, _ outbox: inout GatewayOutbox) {
        guard !isCutOff else { return }
        for line in lines where line.instrument == places[symbol] { line.relay(tick, &outbox) }
    }

    private mutating func tellQuote(_ place: Int, at time: Timestamp, _ outbox: inout GatewayOutbox) {
        guard let quote = markets[place].quote else { return }
        for index in ticks.indices where ticks[index].instrument == place {
            ticks[index].tell(quote, at: time, &outbox)
        }
    }

    private func tell(_ print: MarketPrint, _ place: Int, _ outbox: inout GatewayOutbox) {
        for tick in ticks where tick.instrument == place { tick.tell(print, &outbox) }
        for line in lines where line.instrument == place { line.tell(print, of: markets[place], &outbox) }
    }

    // MARK: Level 1, conflated

    /// Tells level 1 of an instrument now, or later when it was told a moment ago.
    private mutating func tellLines(_ place: Int, at time: Timestamp, _ outbox: inout GatewayOutbox) {
        guard lines.contains(where: { $0.instrument == place }) else { return }
        let due = toldAt[place].advanced(by: markets[place].instrument.conflation)
        guard due <= time else {
            dueAt[place] = due
            return
        }
        tellLinesNow(place, at: time, &outbox)
    }

    private mutating func tellLinesNow(_ place: Int, at time: Timestamp, _ outbox: inout GatewayOutbox) {
        toldAt[place] = time
        dueAt[place] = nil
        for index in lines.indices where lines[index].instrument == place {
            lines[index].tell(markets[place], &outbox)
        }
        endSnapshots(at: time, &outbox)
    }

    /// A snapshot ends as soon as there was a quote, or when it has waited long enough.
    func isDone(_ line: LineSubscription, at time: Timestamp) -> Bool {
        guard let deadline = line.snapshotDeadline else { return false }
        return deadline <= time || (!line.needsAll && markets[line.instrument].quote != nil)
    }

    mutating func endSnapshots(at time: Timestamp, _ outbox: inout GatewayOutbox) {
        let done = lines.indices.filter { isDone(lines[$0], at: time) }
        for line in done.map({ lines[$0] }) {
            var end = TickSnapshotEnd()
            end.requestID = line.request
            outbox.send(end, to: line.session)
        }
        for index in done.reversed() { lines.remove(at: index) }
    }

    /// Tells what is due.
    mutating func advance(to time: Timestamp, _ outbox: inout GatewayOutbox) {
        for place in markets.indices {
            guard let due = dueAt[place], due <= time else { continue }
            if isCutOff { dueAt[place] = nil } else { tellLinesNow(place, at: time, &outbox) }
        }
        if lines.contains(where: { isDone($0, at: time) }) { endSnapshots(at: time, &outbox) }
    }

    // MARK: Subscriptions end, books are void

    mutating func sessionEnded(_ session: SessionID) {
        lines.removeAll { $0.session == session }
        depths.removeAll { $0.session == session }
        ticks.removeAll { $0.session == session }
    }

    /// Whether a session uses a number for a subscription.
    func uses(_ request: Int32, _ session: SessionID) -> Bool {
        lines.contains(request, session) || depths.contains(request, session)
            || ticks.contains(request, session)
    }

    /// Clears the books of an instrument with 317 and tells them anew.
    mutating func resetDepth(_ place: Int, at time: Timestamp, _ outbox: inout GatewayOutbox) {
        for depth in depths where depth.instrument == place {
            outbox.send(
                ErrorMessage(
                    request: depth.request, code: 317,
                    text:
                        "Market depth data has been RESET. Please empty deep book contents before applying any new entries.",
                    at: time), to: depth.session)
            depth.tellAll(markets[place].ladder, &outbox)
        }
    }

    /// Cut off from the markets: they move on, nobody is told.
    mutating func cutOff() { isCutOff = true }

    /// Back again: what was missed is told as it stands now; books are void and told anew.
    mutating func reconnect(at time: Timestamp, _ outbox: inout GatewayOutbox) {
        guard isCutOff else { return }
        isCutOff = false
        for place in markets.indices {
            resetDepth(place, at: time, &outbox)
            tellLinesNow(place, at: time, &outbox)
            tellQuote(place, at: time, &outbox)
        }
    }

    /// Every subscription is gone, and the markets are there.
    mutating func restart() {
        dropSubscriptions()
        isCutOff = false
    }

    /// Every subscription is gone.
    mutating func dropSubscriptions() {
        lines.removeAll()
        depths.removeAll()
        ticks.removeAll()
    }
}

extension MarketChange {
    fileprivate var concernsLevelOne: Bool {
        switch self {
        case .nothing: false
        case .quote, .trade: true
        case .row(_, let changesQuote), .ladder(let changesQuote): changesQuote
        }
    }
}
