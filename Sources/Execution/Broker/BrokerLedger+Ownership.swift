import TWSProtocol
import TradingModel

/// Which reports are of our orders. The reference alone never says it: another state directory counts its sessions from
/// one, too, and its orders may have been executed through the same gateway today.
extension BrokerLedger {
    /// The order an execution is of: by our reference, which it bears; by its number where it bears none.
    mutating func orderExecuted(_ report: ExecutionReport) -> BrokerOrder? {
        if report.orderReference.isEmpty {
            let order = orders[report.orderID]
            if let order, !order.sharesNumber, order.isMeant(report.permanentID, report.contract) {
                return order
            }
        } else if let id = ClientOrderID(report.orderReference), let order = order(id), order.isRestored {
            let isMeant =
                report.side == order.request.side.executionName && report.shares <= order.request.quantity
            if let bound = bind(
                restored: order, to: report.orderID, report.permanentID, report.contract, isMeant: isMeant)
            {
                return bound
            }
        } else if let id = ClientOrderID(report.orderReference), id.session == options.session {
            if let order = order(id) {
                if order.orderID == report.orderID, order.isMeant(report.permanentID, report.contract) {
                    return order
                }
                alarmUnknown(
                    "execution \(report.executionID) bears \(id) and is of another order \(report.orderID), "
                        + "contract \(report.contract.contractID): it is not booked")
            } else {
                counts.unknownExecutions += 1
                let text = "execution \(report.executionID) bears \(id), which is not known (any more)"
                // The day's executions are told again and again, also of orders that are long forgotten.
                if hasForgotten { alarmOnce(text) } else { alarmUnknown(text) }
                return nil
            }
        }
        counts.foreign += 1
        return nil
    }

    /// The order that an open order is; `nil` for one that was left over or is not ours.
    mutating func orderOpen(_ report: OpenOrder) -> BrokerOrder? {
        guard let id = ClientOrderID(report.order.reference) else { return nil }
        if let order = order(id), order.isRestored {
            return bind(
                restored: order, to: report.orderID, report.permanentID, report.contract,
                isMeant: order.orderID > 0 || order.permanentID != 0 || order.hasTerms(of: report.order))
        }
        guard id.session == options.session else { return nil }
        if let order = order(id), order.orderID == report.orderID,
            order.isMeant(report.permanentID, report.contract)
        {
            return order
        }
        alarmOnce(
            "open order \(report.orderID), contract \(report.contract.contractID), bears \(id), which is not known "
                + "by that number")
        return nil
    }

    /// The order of an earlier session that a status is of, by its permanent number, now under the gateway's own.
    mutating func orderOfEarlier(_ report: OrderStatusReport) -> BrokerOrder? {
        guard let order = order(permanentID: report.permanentID), order.isRestored, order.orderID < 0,
            report.orderID > 0, orders[report.orderID] == nil
        else { return nil }
        return move(order, to: report.orderID)
    }

    /// The order that a completed order is, which bears neither our client id nor a number: its permanent number or, where
    /// that was never told, our reference and its terms.
    func orderCompleted(_ report: CompletedOrder) -> BrokerOrder? {
        if let order = order(permanentID: report.permanentID) {
            return isMeant(order, report.permanentID, report.contract) ? order : nil
        }
        guard let id = ClientOrderID(report.order.reference), isOurs(id),
            let order = order(id), order.permanentID == 0,
            isMeant(order, report.permanentID, report.contract),
            report.order.action == order.request.side.actionName
        else { return nil }
        return order
    }

    /// The same for an execution that must be ours and cannot be booked: nothing may be traded on books like that.
    private mutating func alarmUnknown(_ text: String) {
        let isNews = !alarmsTold.contains(text)
        alarmOnce(text)
        if isNews { add(.unknownExecution(text)) }
    }

    /// Somebody must look; once for each such text, since every comparison tells it again.
    mutating func alarmOnce(_ text: String) {
        guard alarmsTold.count < Self.alarmsKept, alarmsTold.insert(text).inserted else { return }
        note(.alarm, nil, text)
    }

    /// Alarms that are remembered; beyond them such things are only counted.
    static var alarmsKept: Int { 1_024 }
}

extension BrokerOrder {
    /// Whether a report with that permanent number and contract may be of this order.
    func isMeant(_ reported: Int64, _ contract: Contract) -> Bool {
        contract.contractID == contractID
            && (permanentID == 0 || reported == 0 || permanentID == reported)
    }
}

extension Side {
    /// How an order says it.
    var actionName: String { self == .buy ? "BUY" : "SELL" }
}
