import Execution
import TWSProtocol
import TradingModel

/// The matching engines, one for each contract, and the last prices of their markets.
struct MatchingFloor: Sendable {
    /// Last prices of a market.
    struct Mark: Sendable {
        var bid: Price?
        var ask: Price?
        var last: Price?

        /// Last trade, else the middle, else what there is.
        var price: Price? {
            if let last { return last }
            guard let bid, let ask else { return bid ?? ask }
            return Price(rawValue: bid.rawValue / 2 + ask.rawValue / 2 + (bid.rawValue & ask.rawValue & 1))
        }
    }

    private var engines: [MatchingEngine]
    private(set) var marks: [Mark]
    private let contracts: [Int32: Int]
    private let symbols: [SymbolID: Int]

    /// One engine for each instrument.
    init(_ instruments: [GatewayInstrument], _ options: MatchingOptions) {
        engines = instruments.map { MatchingEngine(tickSize: $0.minTick, options: options) }
        marks = instruments.map { _ in Mark() }
        contracts = Dictionary(
            zip(instruments.map(\.contract.contractID), instruments.indices),
            uniquingKeysWith: { first, _ in first })
        symbols = Dictionary(
            zip(instruments.map(\.symbol), instruments.indices), uniquingKeysWith: { first, _ in first })
    }

    /// Last prices of a contract.
    func mark(_ contract: Int32) -> Mark? { contracts[contract].map { marks[$0] } }

    /// Takes an event of a market.
    mutating func apply(_ event: MarketEvent, into reports: inout ContiguousArray<MatchingReport>) {
        guard let index = symbols[event.symbol] else { return }
        switch event.payload {
        case .tick(let quote):
            marks[index].bid = quote.bid == .zero ? nil : quote.bid
            marks[index].ask = quote.ask == .zero ? nil : quote.ask
        case .trade(let trade): marks[index].last = trade.price
        default: break
        }
        engines[index].apply(event, into: &reports)
    }

    /// Lets an order in with what is left of it; nothing for a contract that is no longer listed.
    mutating func submit(_ order: BookedOrder, into reports: inout ContiguousArray<MatchingReport>) {
        guard let index = contracts[order.terms.contract] else { return }
        engines[index].submit(MatchingOrder(order), into: &reports)
    }

    /// Gives an order its new terms.
    mutating func replace(_ order: BookedOrder, into reports: inout ContiguousArray<MatchingReport>) {
        guard let index = contracts[order.terms.contract] else { return }
        let terms = MatchingOrder(order)
        engines[index].replace(
            terms.id, quantity: terms.quantity, limitPrice: terms.limitPrice, stopPrice: terms.stopPrice,
            timeInForce: terms.timeInForce, into: &reports)
    }

    /// Takes an order out.
    ///
    /// - Returns: whether it was there.
    mutating func cancel(_ order: BookedOrder) -> Bool {
        guard let index = contracts[order.terms.contract] else { return false }
        var reports: ContiguousArray<MatchingReport> = []
        return engines[index].cancel(MatchingOrderID(order.number), into: &reports)
    }

    /// Puts the orders of a ledger in the place of those at work, in the order of their arrival.
    ///
    /// No market is known afterwards until its next event: nothing trades before.
    mutating func restore(_ orders: [BookedOrder]) {
        var unheard: ContiguousArray<MatchingReport> = []
        for index in engines.indices {
            engines[index].marketLost()
            for entry in engines[index].openOrders {
                _ = engines[index].cancel(entry.order.id, into: &unheard)
            }
        }
        for order in orders.sorted(by: { $0.rank < $1.rank })
        where order.stage == .pending || order.stage == .working {
            submit(order, into: &unheard)
        }
    }
}

extension MatchingOrder {
    /// What is left of an order since the engine knows it; a stop that was reached is what it became.
    fileprivate init(_ order: BookedOrder) {
        let terms = order.terms
        var type = terms.type
        if order.isTriggered, terms.isStop {
            type = terms.isLimit ? .limit : .market
        }
        self.init(
            id: MatchingOrderID(order.number), side: terms.side, type: type,
            quantity: terms.quantity - order.filledBefore, limitPrice: terms.limit, stopPrice: terms.stop,
            timeInForce: terms.timeInForce)
    }
}
