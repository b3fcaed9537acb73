import Messaging
import Risk
import TWSClient
import TWSProtocol
import TradingModel

/// The broker as a venue: writes orders and cancels to the session with the gateway.
///
/// Runs on the bus queue and publishes nothing there. What the gateway answers comes back as external events through
/// `BrokerOrders`, and so do refusals of its own: that an order could not be sent is news from outside, which a replay
/// has to be told.
public struct IBKRAdapter: OrderAdapter {
    private let lane: any OrderLane
    private let book: BrokerBook
    private let gate: HandOverGate

    /// An adapter that sends through `lane`, once `gate` lets an order pass, and notes in `book` what it sends.
    public init(lane: any OrderLane, book: BrokerBook, gate: HandOverGate = .open) {
        self.lane = lane
        self.book = book
        self.gate = gate
    }

    /// What IBKR takes.
    public var abilities: VenueAbilities { .ibkr }

    /// Sends an order; one that cannot be sent is rejected with the reason.
    public mutating func submit(_ order: ApprovedOrder, _ outbox: inout Outbox) {
        let request = order.request
        if let refusal = gate.refusal(order) ?? send(request) {
            book.report(BrokerOrder.unsent(request, refusal), of: request, at: outbox.now)
        }
    }

    /// - Returns: why nothing was sent.
    private func send(_ request: OrderRequest) -> String? {
        let (known, isCompared) = book.withLedger { ledger in
            (ledger.contracts[request.symbol], ledger.comparison.compared.contains(request.symbol))
        }
        guard let contract = known else {
            return "the gateway has not told the contract of \(request.symbol.name)"
        }
        // Not before it is known what is held of it already.
        guard isCompared else { return "books not compared for \(request.symbol.name)" }
        if let refusal = request.limitPrice.flatMap(contract.refusal(of:)) { return refusal }
        if let refusal = request.stopPrice.flatMap(contract.refusal(of:)) { return refusal }
        guard let orderID = lane.takeOrderID() else { return SendRefusal.noOrderID.rawValue }
        // Known before its bytes can leave: the answer may be faster than we are.
        book.withLedger { $0.insert(request, orderID: orderID) }
        let message = PlaceOrder(
            request, orderID: orderID, quantity: request.quantity, limitPrice: request.limitPrice,
            contract: contract, options: book.options)
        switch lane.place(message) {
        case .sent, .queued:
            book.withLedger { $0.hasLeft(orderID) }
            return nil
        case .refused(let refusal):
            book.withLedger { $0.remove(orderID) }
            return refusal.rawValue
        }
    }

    /// Asks for the cancellation. An order that stays open is asked for again after every reconnection.
    public mutating func cancel(_ order: WorkingOrder, reason: String, _ outbox: inout Outbox) {
        guard let orderID = book.withLedger({ $0.wishCancel(order.id, reason: reason) }) else { return }
        sendCancel(orderID)
    }

    /// Asks for the cancellation of every open order at our client id that this session has not sent, and of those that are
    /// found later, until `spareEverythingElse`.
    public mutating func cancelEverythingElse(
        in symbol: SymbolID?, reason: String, _ outbox: inout Outbox
    ) {
        for orderID in book.withLedger({ $0.wishCancelLeftovers(in: symbol, reason: reason) }) {
            sendCancel(orderID)
        }
    }

    /// Has the books compared within a tenth of a second and then every second, until what was cancelled is gone or five
    /// seconds are over.
    public mutating func followCancels() { book.withLedger { $0.followCancels() } }

    /// What is found from now on stays.
    public mutating func spareEverythingElse() { book.withLedger { $0.spareLeftovers() } }

    private func sendCancel(_ orderID: Int32) {
        var message = CancelOrder()
        message.orderID = orderID
        if case .refused = lane.cancel(message) { book.withLedger { $0.cancelNotSent(orderID) } }
    }

    /// Asks for other terms that risk has approved; what cannot be asked for is refused by a report from outside, as orders are.
    public mutating func replace(
        _ order: WorkingOrder, _ change: ApprovedChange, _ outbox: inout Outbox
    ) {
        let refusal =
            gate.refusal(change.order)
            ?? replace(
                order.id, quantity: change.quantity, limitPrice: change.limitPrice,
                stopPrice: change.stopPrice)
        guard let refusal else { return }
        var report = OrderEvent(
            id: order.id, venueOrderID: order.venueOrderID, report: .replaceReject,
            status: order.filledQuantity > .zero ? .partiallyFilled : .accepted, side: order.request.side,
            quantity: order.quantity, filledQuantity: order.filledQuantity, averagePrice: order.averagePrice,
            leavesQuantity: order.leavesQuantity, reason: WorkingOrder.unsentPrefix + refusal)
        if let known = book.withLedger({ $0.order(order.id) }) {
            report = known.report(
                .replaceReject, known.workingStatus, reason: WorkingOrder.unsentPrefix + refusal, raw: "")
        }
        book.report(report, of: order.request, at: outbox.now)
    }

    /// Asks for other terms: the same order number with another quantity or limit. The gateway's echo confirms it; when it
    /// refuses, the original lives.
    ///
    /// - Parameters:
    ///   - quantity: in all, what has filled included.
    ///   - limitPrice: for orders with a limit; `nil` keeps it.
    ///   - stopPrice: for orders with a trigger; `nil` keeps it.
    /// - Returns: why it was not sent, or `nil`.
    func replace(
        _ id: ClientOrderID, quantity: Quantity, limitPrice: Price?, stopPrice: Price? = nil
    ) -> String? {
        guard let order = book.withLedger({ $0.order(id) }) else { return "no such order" }
        if let refusal = order.refusal(ofQuantity: quantity, limitPrice: limitPrice) { return refusal }
        guard let contract = book.withLedger({ $0.contracts[order.request.symbol] }) else {
            return "the gateway has not told the contract of \(order.request.symbol.name)"
        }
        if let refusal = limitPrice.flatMap(contract.refusal(of:)) { return refusal }
        if let refusal = stopPrice.flatMap(contract.refusal(of:)) { return refusal }
        let change = BrokerOrder.Change(
            quantity: quantity, limitPrice: limitPrice ?? order.limitPrice,
            stopPrice: stopPrice ?? order.stopPrice, round: book.withLedger { $0.comparison.round })
        guard book.withLedger({ $0.begin(change, of: order.orderID) }) else { return "the order is over" }
        var message = PlaceOrder(
            order.request, orderID: order.orderID, quantity: quantity, limitPrice: change.limitPrice,
            contract: contract, options: book.options)
        message.order.auxiliaryPrice = change.stopPrice
        guard case .refused(let refusal) = lane.place(message) else { return nil }
        book.withLedger { $0.dropChange(of: order.orderID) }
        return refusal.rawValue
    }

    /// The broker's market is not ours to follow.
    public mutating func quoteLost(_ symbol: SymbolID) {}
    /// The broker's market is not ours to follow.
    public mutating func quoteChanged(_ symbol: SymbolID, _ quote: Tick, _ outbox: inout Outbox) {}
    /// The broker's market is not ours to follow.
    public mutating func tradePrinted(_ symbol: SymbolID, _ trade: Trade, _ outbox: inout Outbox) {}
}

extension BrokerOrder {
    /// Why it cannot be changed so, or `nil`.
    fileprivate func refusal(ofQuantity quantity: Quantity, limitPrice: Price?) -> String? {
        if stage != .working { return isDone ? "the order is over" : "the order is not acknowledged yet" }
        if cancel != nil { return "the order is being cancelled" }
        if change != nil { return "another change is under way" }
        if quantity <= filled { return "\(filled) have filled already" }
        if limitPrice != nil && request.limitPrice == nil { return "the order has no limit" }
        return nil
    }
}

/// What the adapter notes.
extension BrokerLedger {
    /// Its bytes are on their way.
    mutating func hasLeft(_ orderID: Int32) {
        guard var order = orders[orderID], order.stage == .leaving else { return }
        order.stage = .sent
        update(order)
    }

    /// Remembers that an order is to be cancelled, until it is over.
    ///
    /// - Returns: its number, if the cancel has to be sent now: not when it was since the last comparison.
    mutating func wishCancel(_ id: ClientOrderID, reason: String) -> Int32? {
        guard var order = order(id), !order.isDone else { return nil }
        guard order.cancel == nil || order.cancel?.sentIn != comparison.round else { return nil }
        order.wantEnd(reason)
        if order.orderID > 0 { order.cancel?.sentIn = comparison.round }
        update(order)
        return order.orderID > 0 ? order.orderID : nil
    }

    /// A cancel could not be sent; it is tried again.
    mutating func cancelNotSent(_ orderID: Int32) {
        leftovers[orderID]?.cancelledIn = nil
        guard var order = orders[orderID] else { return }
        order.cancel?.sentIn = nil
        update(order)
    }

    /// - Returns: `false` when the order is over.
    mutating func begin(_ change: BrokerOrder.Change, of orderID: Int32) -> Bool {
        guard var order = orders[orderID], order.stage == .working else { return false }
        order.change = change
        update(order)
        return true
    }

    mutating func dropChange(of orderID: Int32) {
        guard var order = orders[orderID] else { return }
        order.change = nil
        update(order)
    }
}
