import TradingModel

/// How a signal becomes an order.
public struct SizingOptions: Sendable, Equatable {
    /// Where a limit is set.
    public enum LimitPrice: Sendable {
        /// At the opposite best price: trades at once if the market stands still.
        case touch
        /// At our own side's best price: waits to be hit.
        case join
    }

    /// Target position of a full signal.
    public var size: Quantity
    /// Targets of single instruments.
    public var sizes: [SymbolID: Quantity]
    /// Whether `flat` closes the position; otherwise it is held until the opposite signal.
    public var exitOnFlat: Bool
    /// Where the limit is set.
    public var limitPrice: LimitPrice

    /// Options.
    public init(
        size: Quantity, sizes: [SymbolID: Quantity] = [:], exitOnFlat: Bool = false,
        limitPrice: LimitPrice = .touch
    ) {
        self.size = size
        self.sizes = sizes
        self.exitOnFlat = exitOnFlat
        self.limitPrice = limitPrice
    }
}

/// Signal → target position → order: `order = direction × size − (position + leaves)`.
///
/// Folds its own view of position and leaves from decisions and order events, so it asks no later stage. An opposite
/// signal reverses in one order.
public struct TargetPositionSizing: Sendable {
    private struct Holding {
        var position = Quantity.zero
        var leaves = Quantity.zero
    }

    private let options: SizingOptions
    /// Tick sizes; zero for an instrument that is not known.
    private var tickSizes = InstrumentTable<Price>(default: .zero)
    private var sizes: InstrumentTable<Quantity>
    private var holdings = InstrumentTable<Holding>(default: Holding())
    private var orders = OpenQuantities()

    /// A stage that knows no position.
    public init(options: SizingOptions, instruments: [Instrument]) {
        self.options = options
        sizes = InstrumentTable(default: options.size)
        for (symbol, size) in options.sizes { sizes[symbol] = size }
        for instrument in instruments { tickSizes[instrument.symbol] = instrument.tickSize }
    }

    /// Where the signal wants the position, where it is and is going, and what follows.
    func sizing(of signal: Signal, _ symbol: SymbolID) -> Sizing {
        let size = sizes[symbol]
        let target = signal.direction == .short ? -size : signal.direction == .long ? size : .zero
        let holding = holdings[symbol]
        var sizing = Sizing(
            target: target, position: holding.position, leaves: holding.leaves, outcome: .order)
        if tickSizes[symbol] == .zero {
            sizing.outcome = .unknownInstrument
        } else if signal.direction == .flat && !options.exitOnFlat {
            sizing.outcome = .flatHolds
        } else if sizing.change == .zero {
            sizing.outcome = .targetReached
        }
        return sizing
    }

    /// The order that takes the position to the signal's target; `nil` where none follows.
    func order(
        _ sizing: Sizing, for signal: Signal, _ event: MarketEvent, _ numbers: inout OrderNumbers
    ) -> OrderRequest? {
        guard sizing.outcome == .order else { return nil }
        let change = sizing.change
        let side: Side = change > .zero ? .buy : .sell
        return OrderRequest(
            id: numbers.next(), symbol: event.symbol, side: side,
            type: .limit, quantity: change.magnitude,
            limitPrice: limit(side, signal, tick: tickSizes[event.symbol]), strategy: signal.strategy,
            signalSequence: event.sequence, trace: event.trace)
    }

    /// Follows approvals and reports.
    mutating func fold(_ event: MarketEvent) {
        switch event.payload {
        case .riskDecision(let decision) where decision.approved && decision.request.isOfTarget:
            approve(decision.request)
        case .orderEvent(let report): fold(report, event.symbol)
        case .system(let notice):
            if let adopted = AdoptedPosition(notice) { holdings[adopted.symbol].position += adopted.change }
            if let order = RestoredOrder(notice), order.end == nil { restore(order) }
        default: break
        }
    }

    /// An order of an earlier session works towards the target like one of this.
    private mutating func restore(_ order: RestoredOrder) {
        guard order.request.isOfTarget else { return }
        let leaves = order.leaves.signed(order.request.side)
        holdings[order.request.symbol].leaves += leaves
        orders[order.id] = leaves
    }

    /// An order is on its way.
    mutating func approve(_ request: OrderRequest) {
        let signed = request.quantity.signed(request.side)
        holdings[request.symbol].leaves += signed
        orders[request.id] = signed
    }

    private mutating func fold(_ report: OrderEvent, _ symbol: SymbolID) {
        // A late fill counts, whatever is known of its order.
        holdings[symbol].position += report.lastQuantity.signed(report.side)
        guard let before = orders[report.id] else { return }
        let after = report.status.isTerminal ? .zero : report.leavesQuantity.signed(report.side)
        holdings[symbol].leaves += after - before
        orders[report.id] = report.status.isTerminal ? nil : after
    }

    /// The limit, moved onto the tick grid in the direction that trades no worse than asked.
    private func limit(_ side: Side, _ signal: Signal, tick: Price) -> Price {
        switch (options.limitPrice, side) {
        case (.touch, .buy): signal.ask.roundedUp(to: tick)
        case (.touch, .sell): signal.bid.roundedDown(to: tick)
        case (.join, .buy): signal.bid.roundedDown(to: tick)
        case (.join, .sell): signal.ask.roundedUp(to: tick)
        }
    }
}

extension Quantity {
    /// This for a buy, the opposite for a sell.
    fileprivate func signed(_ side: Side) -> Quantity { side == .buy ? self : -self }
}

extension OrderRequest {
    /// Whether it takes a position to a target: what an operator lets rest says nothing of that until it fills.
    fileprivate var isOfTarget: Bool {
        bracket == nil && (strategy != .manual || flags.contains(.flatten))
    }
}
