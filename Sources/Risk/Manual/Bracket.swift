import TradingModel

/// An entry and its exits.
struct Bracket: Sendable {
    let entry: OrderRequest
    var isEntryOpen = true
    /// What the entry has filled.
    var entered = Quantity.zero
    var legs: ContiguousArray<Leg> = []

    /// One exit.
    struct Leg: Sendable {
        enum State: Sendable {
            /// Not sent, or denied.
            case unsent
            /// Sent or to be changed, and not answered.
            case pending
            case working
            case cancelling
            case over
        }

        let takesProfit: Bool
        let price: Price
        var id: ClientOrderID?
        var state = State.unsent
        /// How much it is for, as the venue has it.
        var quantity = Quantity.zero
        var filled = Quantity.zero
        /// What was open when it could not be sent or changed: not tried again for the same.
        var refusedAt: Quantity?

        init(takesProfit: Bool, price: Price) {
            self.takesProfit = takesProfit
            self.price = price
        }

        mutating func hasBeenRefused(at open: Quantity) {
            if case .pending = state { state = .working }
            refusedAt = open
        }

        mutating func fold(_ report: OrderEvent, _ fill: Quantity) {
            filled += fill
            quantity = report.quantity
            if report.status.isTerminal {
                state = .over
            } else if case .pending = state {
                answer(report)
            }
        }

        /// A fill answers nothing that was asked for.
        private mutating func answer(_ report: OrderEvent) {
            switch report.report {
            case .ack, .replace: state = .working
            // Whether it is asked for again is the bracket's to say.
            case .replaceReject: state = .working
            case .fill, .cancel, .reject, .expire, .commission: break
            }
        }
    }

    /// What is to be done about an exit.
    enum Step: Equatable {
        case nothing
        case send
        case resize(ClientOrderID, Quantity)
        case cancel(ClientOrderID)
    }

    init(_ ticket: OrderTicket, _ entry: OrderRequest) {
        self.entry = entry
        if let price = ticket.takeProfit { legs.append(Leg(takesProfit: true, price: price)) }
        if let price = ticket.stopLoss { legs.append(Leg(takesProfit: false, price: price)) }
    }

    /// What the entry has filled and no exit has taken out; negative where exits have filled too much.
    var open: Quantity { legs.reduce(entered) { $0 - $1.filled } }

    /// Whether nothing can follow any more.
    var isOver: Bool {
        guard !isEntryOpen else { return false }
        return legs.allSatisfy { leg in
            switch leg.state {
            case .over: true
            case .unsent: open <= .zero
            case .pending, .working, .cancelling: false
            }
        }
    }

    /// What is to be done about an exit, which is noted as being done.
    mutating func step(_ index: Int) -> Step {
        let open = max(open, .zero)
        let leg = legs[index]
        switch leg.state {
        case .over, .cancelling: return .nothing
        case .unsent:
            guard open > .zero, leg.refusedAt != open else { return .nothing }
            legs[index].state = .pending
            legs[index].quantity = open
            return .send
        case .pending, .working:
            guard let id = leg.id else { return .nothing }
            if open == .zero {
                legs[index].state = .cancelling
                return .cancel(id)
            }
            guard case .working = leg.state, leg.quantity - leg.filled != open, leg.refusedAt != open else {
                return .nothing
            }
            legs[index].state = .pending
            return .resize(id, leg.filled + open)
        }
    }

    /// The order that an exit is.
    mutating func request(_ index: Int, _ id: ClientOrderID) -> OrderRequest {
        legs[index].id = id
        let leg = legs[index]
        return OrderRequest(
            id: id, symbol: entry.symbol, side: entry.side.opposite, type: leg.takesProfit ? .limit : .stop,
            quantity: leg.quantity, limitPrice: leg.takesProfit ? leg.price : nil,
            stopPrice: leg.takesProfit ? nil : leg.price, timeInForce: .goodTillCancel, bracket: entry.id,
            flags: entry.flags.intersection(.outsideRegularHours).union(.reduceOnly),
            strategy: entry.strategy, trace: entry.trace)
    }
}
