import TWSProtocol
import TradingModel

/// What goes wrong on purpose with orders at work; what goes wrong in the telling is the business of `Announcer`.
extension OrderDesk {
    /// Performs the first waiting fault that fits something now.
    ///
    /// - Returns: whether there was one.
    mutating func performFault(_ turn: inout Turn) -> Bool {
        for fault in faults.waiting {
            let isDone: Bool
            switch fault {
            case .cancelByExchange: isDone = cancelByExchange(&turn)
            case .fillWhileDisconnected: isDone = fillUnseen(&turn)
            case .executionCorrection: isDone = correct(&turn)
            case .duplicateStatus, .missingStatus, .executionBeforeStatus, .nextIDRolledBack,
                .rejectNextOrder,
                .duplicateID:
                isDone = false
            }
            if isDone { return faults.take(fault) }
        }
        return false
    }

    private var oldestWorking: BookedOrder? {
        ledger.openOrders.first { $0.stage == .working || $0.stage == .pending }
    }

    private mutating func cancelByExchange(_ turn: inout Turn) -> Bool {
        guard let order = oldestWorking else { return false }
        end(order.number, "cancelled by the exchange", &turn)
        return true
    }

    /// Fills an order whole, at its own price or that of its market, with its client gone.
    private mutating func fillUnseen(_ turn: inout Turn) -> Bool {
        guard let order = oldestWorking,
            let price = order.terms.limit ?? floor.mark(order.terms.contract)?.price ?? order.terms.stop
        else { return false }
        _ = floor.cancel(order)
        turn.tidings.append(.drop(client: order.key.client))
        if order.stage == .pending { record(.staged(number: order.number, .working, reason: ""), &turn) }
        fill(order.number, price, order.remaining, isMaker: true, &turn)
        return true
    }

    /// Corrects the last execution: one tick worse for its owner.
    private mutating func correct(_ turn: inout Turn) -> Bool {
        guard var execution = ledger.executions.last, let order = ledger.order(execution.order),
            let instrument = intake.search.instruments.first(where: {
                $0.contract.contractID == order.terms.contract
            })
        else { return false }
        let tick = instrument.rule.increment(at: execution.price).rawValue
        execution.price = execution.price.moved(by: order.terms.side.sign * tick)
        execution.revision += 1
        record(.corrected(execution), &turn)
        if let corrected = ledger.executions.last, let order = ledger.order(corrected.order) {
            turn.tidings.append(.correction(corrected, order))
        }
        return true
    }
}
