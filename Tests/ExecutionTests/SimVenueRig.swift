import Testing
import TradingModel

@testable import Execution
@testable import Messaging
@testable import Risk

/// A simulated venue with one instrument, called as the router calls it; times are milliseconds.
struct SimVenueRig {
    var venue: SimAdapter
    let symbol: SymbolID
    private(set) var published: [OrderEvent] = []
    private var outbox = Outbox()
    private var number: UInt32 = 0

    init(
        _ name: String, multiplier: String = "1", currency: String = "USD", _ options: SimOptions,
        isSimulated: Bool = false
    ) throws {
        symbol = try #require(SymbolID(name))
        venue = SimAdapter(
            instruments: [
                Instrument(
                    symbol: symbol, tickSize: try Price("1"), lotSize: try Quantity("1"),
                    multiplier: try Quantity(multiplier), currency: currency)
            ], options: options, isSimulated: isSimulated)
    }

    /// Delivers an event at a time.
    ///
    /// - Returns: what was reported in it.
    @discardableResult
    mutating func deliver(_ payload: MarketEvent.Payload, at time: Double) -> [OrderEvent] {
        begin(payload, at: time) { venue, event, outbox in
            switch event.payload {
            case _ where venue.readsRows: venue.marketChanged(event, &outbox)
            case .tick(let quote): venue.quoteChanged(event.symbol, quote, &outbox)
            case .trade(let trade): venue.tradePrinted(event.symbol, trade, &outbox)
            default: break
            }
        }
    }

    @discardableResult
    mutating func quote(_ bid: Int64, _ ask: Int64, size: Int64 = 5, at time: Double) -> [OrderEvent] {
        deliver(
            .tick(
                Tick(
                    bid: Price(whole: bid), ask: Price(whole: ask), bidSize: Quantity(whole: size),
                    askSize: Quantity(whole: size))), at: time)
    }

    /// Time passes.
    @discardableResult
    mutating func pass(to time: Double) -> [OrderEvent] {
        deliver(.timer(TimerFired(id: 1, dueAt: .zero)), at: time)
    }

    @discardableResult
    mutating func send(
        _ side: Side, _ quantity: Int64, limit: Int64? = nil, tif: TimeInForce = .day, at time: Double
    ) -> (order: ApprovedOrder, reports: [OrderEvent]) {
        number += 1
        let request = OrderRequest(
            id: ClientOrderID(session: 1, number: number), symbol: symbol, side: side,
            type: limit == nil ? .market : .limit, quantity: Quantity(whole: quantity),
            limitPrice: limit.map(Price.init(whole:)), timeInForce: tif)
        let order = ApprovedOrder(request: request, decisionSequence: 1, auditEntry: 1)
        let reports = begin(.timer(TimerFired(id: 1, dueAt: .zero)), at: time) { venue, _, outbox in
            venue.submit(order, &outbox)
        }
        return (order, reports)
    }

    @discardableResult
    mutating func cancel(
        _ order: ApprovedOrder, reason: String = "asked for", at time: Double
    ) -> [OrderEvent] {
        begin(.timer(TimerFired(id: 1, dueAt: .zero)), at: time) { venue, event, outbox in
            venue.cancel(WorkingOrder(order, sentAt: event.receivedAt), reason: reason, &outbox)
        }
    }

    @discardableResult
    mutating func end(at time: Double) -> [OrderEvent] {
        begin(.timer(TimerFired(id: 1, dueAt: .zero)), at: time) { venue, _, outbox in
            venue.sessionEnds(&outbox)
        }
    }

    private mutating func begin(
        _ payload: MarketEvent.Payload, at time: Double,
        _ body: (inout SimAdapter, MarketEvent, inout Outbox) -> Void
    ) -> [OrderEvent] {
        let moment = Timestamp(nanoseconds: Int64(time * 1_000_000))
        var event = MarketEvent(
            timestamp: moment, receivedAt: moment, symbol: symbol, source: .replay, payload: payload)
        outbox.stamp(&event)
        venue.timePassed(&outbox)
        body(&venue, event, &outbox)
        var told: [OrderEvent] = []
        while var next = outbox.next() {
            outbox.stamp(&next)
            if case .orderEvent(let report) = next.payload { told.append(report) }
        }
        published += told
        return told
    }
}

extension Price {
    /// A whole number of units.
    init(whole: Int64) { self.init(rawValue: whole * 1_000_000_000) }
}

extension Quantity {
    /// A whole number of units.
    init(whole: Int64) { self.init(rawValue: whole * 1_000_000_000) }
}

extension OrderEvent {
    /// As `1 partially_filled 5@101`: order, status, fill or reason.
    var brief: String {
        let what = report == .fill ? "\(lastQuantity)@\(lastPrice)" : reason
        return what.isEmpty ? "\(id.number) \(status.name)" : "\(id.number) \(status.name) \(what)"
    }
}
