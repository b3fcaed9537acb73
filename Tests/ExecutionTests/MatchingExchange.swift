import TradingModel

@testable import Execution

/// A matching engine driven by plain numbers: one tick and one lot are 1. Each call returns what it caused, as text.
struct MatchingExchange {
    var engine: MatchingEngine
    private var reports: ContiguousArray<MatchingReport> = []

    init(_ options: MatchingOptions = MatchingOptions()) {
        engine = MatchingEngine(tickSize: Price(rawValue: 1), options: options)
    }

    /// What happened since the last look, one line a report.
    mutating func told() -> [String] {
        defer { reports.removeAll() }
        return reports.map(\.line)
    }

    /// Submits a limit order; without a limit a market order.
    @discardableResult
    mutating func send(
        _ id: MatchingOrderID, _ side: Side, _ quantity: Int64, at limit: Int64? = nil,
        stop: Int64? = nil, _ timeInForce: TimeInForce = .day
    ) -> [String] {
        let type: OrderType =
            stop == nil ? (limit == nil ? .market : .limit) : (limit == nil ? .stop : .stopLimit)
        return submit(
            MatchingOrder(
                id: id, side: side, type: type, quantity: Quantity(rawValue: quantity),
                limitPrice: limit.map { Price(rawValue: $0) }, stopPrice: stop.map { Price(rawValue: $0) },
                timeInForce: timeInForce))
    }

    mutating func submit(_ order: MatchingOrder) -> [String] {
        engine.submit(order, into: &reports)
        return told()
    }

    @discardableResult
    mutating func replace(
        _ id: MatchingOrderID, _ quantity: Int64, at limit: Int64? = nil, stop: Int64? = nil,
        _ timeInForce: TimeInForce = .day
    ) -> [String] {
        engine.replace(
            id, quantity: Quantity(rawValue: quantity), limitPrice: limit.map { Price(rawValue: $0) },
            stopPrice: stop.map { Price(rawValue: $0) }, timeInForce: timeInForce, into: &reports)
        return told()
    }

    /// Cancels; an order that is not alive is `unknown`.
    @discardableResult
    mutating func cancel(_ id: MatchingOrderID) -> [String] {
        engine.cancel(id, into: &reports) ? told() : ["unknown"]
    }

    /// A quote; sizes that are not given are not told.
    @discardableResult
    mutating func quote(_ bid: Int64, _ ask: Int64, sizes: (Int64?, Int64?) = (nil, nil)) -> [String] {
        engine.quoteChanged(
            Tick(
                bid: Price(rawValue: bid), ask: Price(rawValue: ask),
                bidSize: sizes.0.map { Quantity(rawValue: $0) },
                askSize: sizes.1.map { Quantity(rawValue: $0) }), into: &reports)
        return told()
    }

    /// A print.
    @discardableResult
    mutating func print(_ price: Int64, _ size: Int64) -> [String] {
        apply(
            .trade(
                Trade(price: Price(rawValue: price), size: Quantity(rawValue: size), aggressor: .unknown)))
    }

    /// A whole ladder, each row a price and a size.
    @discardableResult
    mutating func ladder(
        bids: [(Int64, Int64)], asks: [(Int64, Int64)], endsBatch: Bool = true
    ) -> [String] {
        apply(
            .domSnapshot(
                DomSnapshot(
                    bids: bids.map { Level($0.0, $0.1) }, asks: asks.map { Level($0.0, $0.1) },
                    endsBatch: endsBatch)))
    }

    /// A row operation.
    @discardableResult
    mutating func row(
        _ side: BookSide, _ operation: DomOperation, _ position: UInt16, _ price: Int64 = 0,
        _ size: Int64 = 0,
        endsBatch: Bool = true
    ) -> [String] {
        apply(
            .domDelta(
                DomDelta(
                    side: side, operation: operation, position: position, price: Price(rawValue: price),
                    size: Quantity(rawValue: size), endsBatch: endsBatch)))
    }

    @discardableResult
    mutating func apply(_ payload: MarketEvent.Payload) -> [String] {
        engine.apply(
            MarketEvent(
                timestamp: .zero, receivedAt: .zero, symbol: .none, source: .replay, payload: payload),
            into: &reports)
        return told()
    }

    /// Orders alive as `1 buy 2/5 at 100`: id, side, leaves of quantity, limit.
    var open: [String] {
        engine.openOrders.map { entry in
            let order = entry.order
            let limit = entry.limit.map { " at \($0.rawValue)" } ?? ""
            let stop = entry.waitsForTrigger ? order.stopPrice.map { " stop \($0.rawValue)" } ?? "" : ""
            return "\(order.id) \(order.side.name) \(entry.leaves.rawValue)/\(order.quantity.rawValue)"
                + limit + stop
        }
    }
}

extension Level {
    init(_ price: Int64, _ size: Int64) {
        self.init(price: Price(rawValue: price), size: Quantity(rawValue: size))
    }
}

extension MatchingReport {
    /// As `1 accepted`, `1 took 2@100 left 3`, `1 gave 2@100 left 3` (it rested), `1 cancelled left 3 requested`.
    var line: String {
        switch self {
        case .accepted(let id, let waits): "\(id) accepted" + (waits ? " stop" : "")
        case .triggered(let id): "\(id) triggered"
        case .fill(let fill):
            "\(fill.id) \(fill.isMaker ? "gave" : "took") \(fill.quantity.rawValue)@\(fill.price.rawValue)"
                + " left \(fill.leaves.rawValue)"
        case .cancelled(let id, let leaves, let reason): "\(id) cancelled left \(leaves.rawValue) \(reason)"
        case .rejected(let id, let reason): "\(id) rejected \(reason)"
        case .replaced(let id, let leaves): "\(id) replaced left \(leaves.rawValue)"
        }
    }
}
