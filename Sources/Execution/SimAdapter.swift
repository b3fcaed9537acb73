import Messaging
import Risk
import TradingModel

/// A simulated venue: a `MatchingEngine` for each instrument, whose reports it publishes as `order_event`s.
///
/// Acknowledges at once and fills what the shown market has, in parts where it has too little; refuses orders while no
/// market is known. It meets the best bid and ask and prints, not the rows behind: the limits it is sent lie at the
/// best prices, and a ladder of its own would cost every depth event. Deterministic for a seed.
public struct SimAdapter: OrderAdapter {
    /// One for each instrument, in the order of the list given.
    private var engines: ContiguousArray<MatchingEngine> = []
    /// Where an instrument's engine is; a number past the last for one that is not in the list.
    private var places = InstrumentTable<Int>(default: .max)
    private var orders = SimOrders()
    /// What the engine has told of the call under way.
    private var reports: ContiguousArray<MatchingReport> = []
    /// Whether what ends in the call under way ends because its time is over.
    private var isExpiring = false
    private var lastVenueOrderID: UInt64 = 0
    private var lastExecutionID: UInt64 = 0
    /// Whether its reports say that they stand for nothing.
    private let isSimulated: Bool

    /// A venue for those instruments.
    ///
    /// - Parameter isSimulated: whether it stands in for a real venue, which its reports say then.
    public init(
        instruments: [Instrument], options: SimOptions = SimOptions(), isSimulated: Bool = false
    ) {
        self.isSimulated = isSimulated
        for (place, instrument) in instruments.enumerated() {
            places[instrument.symbol] = place
            engines.append(
                MatchingEngine(tickSize: instrument.tickSize, options: options.matching(place: place)))
        }
        reports.reserveCapacity(64)
    }

    /// Acknowledges and, if the market allows, fills.
    public mutating func submit(_ order: ApprovedOrder, _ outbox: inout Outbox) {
        submit(order.request, &outbox)
    }

    /// The same of an order that nobody has to approve: of a book that is only simulated.
    mutating func submit(_ request: OrderRequest, _ outbox: inout Outbox) {
        orders.insert(SimOrder(request))
        let place = places[request.symbol]
        if place < engines.count {
            if request.flags.contains(.postOnly) && engines[place].wouldTrade(MatchingOrder(request)) {
                reports.append(.rejected(request.id.matchingID, .wouldTrade))
            } else {
                engines[place].submit(MatchingOrder(request), into: &reports)
            }
        } else {
            reports.append(.rejected(request.id.matchingID, .unknownInstrument))
        }
        publishReports(&outbox)
    }

    /// Gives an order other terms: at a lower quantity alone it keeps its place.
    public mutating func replace(
        _ order: WorkingOrder, _ change: ApprovedChange, _ outbox: inout Outbox
    ) {
        let place = places[order.request.symbol], id = order.id.matchingID
        guard place < engines.count, var known = orders[id] else { return }
        engines[place].replace(
            id, quantity: change.quantity, limitPrice: change.limitPrice, stopPrice: change.stopPrice,
            timeInForce: known.request.timeInForce, into: &reports)
        guard case .replaced(_, let leaves)? = reports.first else {
            if case .rejected(_, let reason)? = reports.first {
                publish(known, .replaceReject, known.standing, reason: "\(reason.text)", &outbox)
            }
            return reports.removeAll(keepingCapacity: true)
        }
        known.quantity = change.quantity
        known.limitPrice = change.limitPrice
        known.stopPrice = change.stopPrice
        orders[id] = leaves > .zero ? known : nil
        publish(known, .replace, leaves > .zero ? known.standing : .filled, reason: "changed", &outbox)
        publishReports(&outbox)
    }

    /// Orders do not end by themselves.
    public var keepsTime: Bool { false }

    /// Takes an order out whose time is over, if it is still working.
    public mutating func expire(_ order: WorkingOrder, _ outbox: inout Outbox) {
        let place = places[order.request.symbol]
        guard place < engines.count, engines[place].cancel(order.id.matchingID, into: &reports) else {
            return
        }
        isExpiring = true
        publishReports(cancelReason: "its time is over", &outbox)
        isExpiring = false
    }

    /// Cancels, if it is still working.
    public mutating func cancel(_ order: WorkingOrder, reason: String, _ outbox: inout Outbox) {
        cancel(order.request, reason: reason, &outbox)
    }

    /// The same of an order of a book that is only simulated.
    mutating func cancel(_ order: OrderRequest, reason: String, _ outbox: inout Outbox) {
        let place = places[order.symbol]
        guard place < engines.count, engines[place].cancel(order.id.matchingID, into: &reports) else {
            return
        }
        publishReports(cancelReason: reason, &outbox)
    }

    /// Lets working orders meet the new quote.
    @inline(__always)
    public mutating func quoteChanged(_ symbol: SymbolID, _ quote: Tick, _ outbox: inout Outbox) {
        let place = places[symbol]
        guard place < engines.count else { return }
        engines[place].quoteChanged(quote, into: &reports)
        if !reports.isEmpty { publishReports(&outbox) }
    }

    /// Lets working orders meet a print.
    @inline(__always)
    public mutating func tradePrinted(_ symbol: SymbolID, _ trade: Trade, _ outbox: inout Outbox) {
        let place = places[symbol]
        guard place < engines.count else { return }
        engines[place].tradePrinted(trade, into: &reports)
        if !reports.isEmpty { publishReports(&outbox) }
    }

    /// Nothing trades until the next quote.
    public mutating func quoteLost(_ symbol: SymbolID) {
        for place in engines.indices where symbol == .none || place == places[symbol] {
            engines[place].marketLost()
        }
    }

    // MARK: Reports

    @inline(never)
    private mutating func publishReports(cancelReason: String = "", _ outbox: inout Outbox) {
        for report in reports { publish(report, cancelReason, &outbox) }
        reports.removeAll(keepingCapacity: true)
    }

    private mutating func publish(
        _ report: MatchingReport, _ cancelReason: String, _ outbox: inout Outbox
    ) {
        guard var order = orders[report.id] else { return }
        switch report {
        case .accepted(let id, _):
            lastVenueOrderID += 1
            order.venueOrderID = lastVenueOrderID
            orders[id] = order
            publish(order, .ack, .accepted, &outbox)
        case .triggered, .replaced: break
        case .fill(let fill):
            order.add(fill)
            lastExecutionID += 1
            orders[fill.id] = fill.leaves > .zero ? order : nil
            publish(order, .fill, fill.leaves > .zero ? .partiallyFilled : .filled, fill: fill, &outbox)
        case .cancelled(let id, _, let reason):
            orders[id] = nil
            publish(
                order, isExpiring ? .expire : .cancel, isExpiring ? .expired : .cancelled,
                reason: reason == .requested ? cancelReason : "\(reason.text)", &outbox)
        case .rejected(let id, let reason):
            orders[id] = nil
            publish(order, .reject, .rejected, reason: "\(reason.text)", &outbox)
        }
    }

    private func publish(
        _ order: SimOrder, _ report: OrderReport, _ status: OrderStatus, fill: MatchingFill? = nil,
        reason: String = "", _ outbox: inout Outbox
    ) {
        let request = order.request
        var event = OrderEvent(
            id: request.id, venueOrderID: order.venueOrderID, report: report,
            status: status, side: request.side, quantity: order.quantity,
            filledQuantity: order.filled, averagePrice: order.averagePrice,
            lastPrice: fill?.price ?? .zero, lastQuantity: fill?.quantity ?? .zero,
            executionID: fill == nil ? 0 : lastExecutionID,
            leavesQuantity: status.isTerminal ? .zero : order.quantity - order.filled,
            limitPrice: report == .replace ? order.limitPrice : nil,
            stopPrice: report == .replace ? order.stopPrice : nil, reason: reason)
        event.isSimulated = isSimulated
        outbox.publish(
            .orderEvent(event), symbol: request.symbol, source: .execution, trace: request.trace)
    }
}

extension SimOrder {
    /// Where it stands while it works.
    fileprivate var standing: OrderStatus { filled > .zero ? .partiallyFilled : .accepted }
}

extension MatchingOrder {
    /// A request as the engine takes it.
    fileprivate init(_ request: OrderRequest) {
        self.init(
            id: request.id.matchingID, side: request.side, type: request.type, quantity: request.quantity,
            limitPrice: request.limitPrice, stopPrice: request.stopPrice, timeInForce: request.timeInForce)
    }
}
