import Execution
import TWSProtocol
import TradingModel

extension OrderDesk {
    /// Deals with what the matching engines said, and with what follows from it.
    mutating func settle(_ turn: inout Turn) {
        repeat {
            while turn.heard < turn.reports.count, turn.fault == nil {
                let report = turn.reports[turn.heard]
                turn.heard += 1
                take(report, &turn)
            }
        } while turn.fault == nil && performFault(&turn)
    }

    private mutating func take(_ report: MatchingReport, _ turn: inout Turn) {
        let number = Int(report.id)
        switch report {
        case .accepted(_, let waitsForTrigger): if !waitsForTrigger { start(number, &turn) }
        case .triggered: start(number, &turn)
        case .fill(let fill):
            self.fill(number, fill.price, fill.quantity, isMaker: fill.isMaker, &turn)
        case .cancelled(_, _, let reason):
            let text = reason == .notFilledAtOnce ? "not filled at once" : turn.reasons[number] ?? ""
            close(number, .cancelled, text, 202, &turn)
            endChildren(of: number, &turn)
        case .rejected(_, let reason):
            close(number, .refused, String(describing: reason.text), 201, &turn)
            endChildren(of: number, &turn)
        // The new terms are in the ledger already.
        case .replaced: break
        }
    }

    private mutating func start(_ number: Int, _ turn: inout Turn) {
        guard ledger.order(number)?.stage == .pending else { return }
        move(number, to: .working, &turn)
    }

    /// An order traded: children of one that is filled go to the market, others of its group are cancelled.
    mutating func fill(
        _ number: Int, _ price: Price, _ quantity: Quantity, isMaker: Bool, _ turn: inout Turn
    ) {
        guard let before = ledger.order(number), let contract = ledger.contracts[before.terms.contract] else {
            return
        }
        let value = before.value + Money(price, times: quantity)
        let owed = commissions.rate(contract.contract.securityType).owed(
            quantity: before.filled + quantity,
            value: value.scaled(by: Int128(contract.multiplier.rawValue), over: 1_000_000_000))
        let execution = BookedExecution(
            number: ledger.executions.count + 1, order: number, time: turn.time, price: price,
            quantity: quantity, isMaker: isMaker, commission: max(.zero, owed - before.commission))
        record(.executed(execution), &turn)
        guard turn.fault == nil, let order = ledger.order(number), let done = ledger.executions.last else {
            return
        }
        turn.tidings.append(.execution(done, order))
        if !order.terms.group.isEmpty { cancelGroup(of: order, &turn) }
        if order.stage == .filled { activateChildren(of: number, &turn) }
    }

    private mutating func activateChildren(of number: Int, _ turn: inout Turn) {
        for child in ledger.children[number] ?? [] where ledger.order(child)?.stage == .waiting {
            move(child, to: .pending, &turn)
            enter(child, &turn)
        }
    }

    private mutating func cancelGroup(of order: BookedOrder, _ turn: inout Turn) {
        for other in ledger.openOrders
        where other.number != order.number && other.terms.group == order.terms.group
            && other.terms.account == order.terms.account && other.key.client == order.key.client
        {
            end(other.number, "another order of its group was filled", &turn)
        }
    }

    /// Takes an order out of the market, and with it the children that wait for it.
    ///
    /// Fills that the engine has told and nobody has dealt with come first; where they fill it, it is not cancelled.
    mutating func end(_ number: Int, _ reason: String, _ turn: inout Turn) {
        var pending = [number]
        while let next = pending.popLast() {
            guard let order = ledger.order(next), !order.stage.isDone else { continue }
            let isAtMarket = order.stage == .pending || order.stage == .working
            let wasAtMarket = isAtMarket && floor.cancel(order)
            if isAtMarket, turn.hasUnheard(next) {
                if wasAtMarket { endLater(order, reason, &turn) }
                continue
            }
            close(next, .cancelled, reason, 202, &turn)
            pending += (ledger.children[next] ?? []).reversed()
        }
    }

    private func endLater(_ order: BookedOrder, _ reason: String, _ turn: inout Turn) {
        turn.reasons[order.number] = reason
        turn.reports.append(.cancelled(MatchingOrderID(order.number), leaves: .zero, .requested))
    }

    mutating func endChildren(of number: Int, _ turn: inout Turn) {
        for child in ledger.children[number] ?? [] { end(child, "its parent is gone", &turn) }
    }

    mutating func close(
        _ number: Int, _ stage: OrderStage, _ reason: String, _ code: Int32, _ turn: inout Turn
    ) {
        guard let order = ledger.order(number), !order.stage.isDone else { return }
        move(number, to: stage, &turn, reason: reason)
        turn.tidings.append(.error(order.key, code == 202 ? .cancelled(reason) : .rejected(reason)))
    }
}
