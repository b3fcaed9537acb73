import TWSProtocol
import TradingModel

/// What goes wrong on purpose with orders at work; what goes wrong in the telling is the business of `Announcer`.
extension OrderDesk {
    /// Performs the first waiting fault that fits something now.
    ///
    /// - Returns: whether there was one.
    mutating func performFault(_ turn: inout Turn) -> Bool {
        for waited in faults.waiting {
            let isDone: Bool
            switch waited.fault {
            case .cancelByExchange: isDone = cancelByExchange(waited.client, &turn)
            case .fillWhileDisconnected: isDone = fillUnseen(waited.client, &turn)
            case .executionCorrection: isDone = correct(waited.client, &turn)
            case .rejectWorking: isDone = rejectWorking(waited.client, &turn)
            case .duplicateStatus, .missingStatus, .executionBeforeStatus, .nextIDRolledBack,
                .rejectNextOrder, .duplicateID, .fillBeforeCancel, .changeBecomesOrder:
                isDone = false
            }
            if isDone {
                faults.remove(waited)
                return true
            }
        }
        return false
    }

    private func oldestWorking(_ client: Int32?) -> BookedOrder? {
        ledger.openOrders.first { order in
            (order.stage == .working || order.stage == .pending)
                && (client == nil || client == order.key.client)
        }
    }

    private mutating func cancelByExchange(_ client: Int32?, _ turn: inout Turn) -> Bool {
        guard let order = oldestWorking(client) else { return false }
        end(order.number, "cancelled by the exchange", &turn)
        return true
    }

    /// The exchange refuses what it had taken before.
    private mutating func rejectWorking(_ client: Int32?, _ turn: inout Turn) -> Bool {
        guard let order = oldestWorking(client), order.stage == .working, !turn.hasUnheard(order.number)
        else { return false }
        _ = floor.cancel(order)
        close(order.number, .refused, "refused by the exchange, as it was told to", 201, &turn)
        endChildren(of: order.number, &turn)
        return true
    }

    /// Fills an order whole, with its client gone.
    private mutating func fillUnseen(_ client: Int32?, _ turn: inout Turn) -> Bool {
        guard let order = oldestWorking(client), price(of: order) != nil else { return false }
        turn.tidings.append(.drop(client: order.key.client))
        return fillWhole(order, &turn)
    }

    /// What an order fills at that the market does not fill: its own price or that of its market.
    private func price(of order: BookedOrder) -> Price? {
        order.terms.limit ?? floor.mark(order.terms.contract)?.price ?? order.terms.stop
    }

    /// Fills what is left of an order, whatever the market says.
    mutating func fillWhole(_ order: BookedOrder, _ turn: inout Turn) -> Bool {
        guard let price = price(of: order), !turn.hasUnheard(order.number) else { return false }
        _ = floor.cancel(order)
        if order.stage == .pending { record(.staged(number: order.number, .working, reason: ""), &turn) }
        fill(order.number, price, order.remaining, isMaker: true, &turn)
        return true
    }

    /// Corrects the last execution: one tick worse for its owner.
    private mutating func correct(_ client: Int32?, _ turn: inout Turn) -> Bool {
        let last = ledger.executions.last { execution in
            client == nil || ledger.order(execution.order)?.key.client == client
        }
        guard var execution = last, let order = ledger.order(execution.order),
            let instrument = intake.search.instruments.first(where: {
                $0.contract.contractID == order.terms.contract
            })
        else { return false }
        let tick = instrument.rule.increment(at: execution.price).rawValue
        execution.price = execution.price.moved(by: order.terms.side.sign * tick)
        execution.revision += 1
        record(.corrected(execution), &turn)
        if turn.fault == nil, let order = ledger.order(execution.order) {
            let corrected = ledger.executions[execution.number - 1]
            turn.tidings.append(.correction(corrected, order))
        }
        return true
    }
}
