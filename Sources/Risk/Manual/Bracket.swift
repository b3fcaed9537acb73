import TradingModel

/// An entry and its exits.
struct Bracket: Sendable {
    let entry: OrderRequest
    var isEntryOpen = true
    /// What the entry has filled.
    var entered = Quantity.zero
    var legs: ContiguousArray<Leg> = []
    /// Which exits belong together at the venue, where any fill of one may end the others: those of one round.
    var round: UInt16 = 0
    /// Whether an exit of this round has filled: what is sent from now on belongs to the next one.
    var isRoundSpent = false
    /// The newest round of which an exit has filled whole.
    var doneRound: UInt16?
    /// Whether operators were told that its exits are not for what is open.
    var isTold = false
    /// Whether somebody wants no more exits of it.
    var isGivenUp = false
    /// Whether somebody wanted that before it was taken over: what was not sent then is given up with the first that happens.
    var wasGivenUp = false

    /// What is to be done about an exit.
    enum Step: Equatable {
        case nothing
        case send
        case resize(ClientOrderID, Quantity)
        case cancel(ClientOrderID)
    }

    init(_ entry: OrderRequest, takeProfit: Price?, stopLoss: Price?) {
        self.entry = entry
        if let takeProfit { legs.append(Leg(takesProfit: true, price: takeProfit)) }
        if let stopLoss { legs.append(Leg(takesProfit: false, price: stopLoss)) }
    }

    /// What the entry has filled and no exit has taken out; negative where exits have filled too much.
    var open: Quantity { legs.reduce(entered) { $0 - $1.filled } }

    /// Whether something of it could not be sent or changed.
    var isRefused: Bool { legs.contains { $0.refusedAt != nil } }

    /// Whether nothing can follow any more.
    var isOver: Bool {
        guard !isEntryOpen else { return false }
        return legs.allSatisfy { leg in
            switch leg.state {
            case .over(byVenue: false): true
            // Until somebody has looked: what is open is without it.
            case .unsent, .over(byVenue: true): open <= .zero
            case .pending, .working, .cancelling: false
            }
        }
    }

    /// Takes in a report of an exit.
    mutating func fold(_ report: OrderEvent, _ fill: Quantity, of leg: Int) {
        if fill != .zero { isRoundSpent = true }
        if report.status == .filled, legs[leg].id == report.id { doneRound = legs[leg].round }
        legs[leg].fold(report, fill)
        followGroup()
        // The position has no room for one: nor for what was not sent.
        if report.status.isTerminal, report.reason == OrderEvent.smallerReason { giveUp() }
        // Asked for again when something is otherwise than it was.
        if report.report == .replaceReject || report.isUnsent { legs[leg].hasBeenRefused(at: open) }
    }

    /// What the venue has ended because its twin has filled whole is as if we had ended it.
    mutating func followGroup() {
        for leg in legs.indices where legs[leg].round == doneRound {
            if case .over(byVenue: true) = legs[leg].state { legs[leg].state = .unsent }
        }
    }

    /// Sends no exits any more for what is open now.
    mutating func giveUp() {
        guard open > .zero else { return }
        for leg in legs.indices {
            switch legs[leg].state {
            case .unsent, .over(byVenue: true):
                legs[leg].state = .over(byVenue: false)
                isGivenUp = true
            case .pending, .working, .cancelling, .over(byVenue: false): continue
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
            guard case .working = leg.state, leg.leaves != open, leg.refusedAt != open else {
                return .nothing
            }
            legs[index].state = .pending
            return .resize(id, leg.filledByOrder + open)
        }
    }

    /// The order that an exit is.
    mutating func request(_ index: Int, _ id: ClientOrderID) -> OrderRequest {
        if isRoundSpent {
            round &+= 1
            isRoundSpent = false
        }
        legs[index].id = id
        legs[index].round = round
        let leg = legs[index]
        var request = OrderRequest(
            id: id, symbol: entry.symbol, side: entry.side.opposite, type: leg.takesProfit ? .limit : .stop,
            quantity: leg.quantity, limitPrice: leg.takesProfit ? leg.price : nil,
            stopPrice: leg.takesProfit ? nil : leg.price, timeInForce: .goodTillCancel, bracket: entry.id,
            flags: entry.flags.intersection(.outsideRegularHours).union(.reduceOnly),
            strategy: entry.strategy, trace: entry.trace)
        request.exitRound = round
        return request
    }
}
