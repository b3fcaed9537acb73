import TWSProtocol
import TradingModel

/// Orders of earlier sessions of this state directory: ours, as their trail tells it.
///
/// The number that the gateway knows one by is in no trail, as it is given when the order leaves. Until the gateway names an
/// order, it stands here under a negative number, which is never sent; our reference, the permanent number where it was
/// told, contract, side and terms say which it is.
extension BrokerLedger {
    /// Takes over what an earlier session has sent; before anything is compared.
    ///
    /// - Parameters:
    ///   - open: orders that were not over, by id.
    ///   - finished: those that were, by id: executions of them may be missing in our books.
    mutating func restore(open: [RestoredOrder], finished: [RestoredOrder]) {
        var place: Int32 = 0
        for restored in finished {
            place -= 1
            untold[restored.id] = restored
            enter(restored, at: place)
        }
        restoredOpen = open.map(\.id)
        for restored in open {
            place -= 1
            enter(restored, at: place)
        }
    }

    private mutating func enter(_ restored: RestoredOrder, at place: Int32) {
        var order = BrokerOrder(restored, at: place)
        let permanentID = order.permanentID
        order.permanentID = 0
        add(restored: &order, permanentID: permanentID)
    }

    /// Whether an id is of this session, or of an order that was taken over.
    func isOurs(_ id: ClientOrderID) -> Bool { id.session == options.session || order(id) != nil }

    /// The order of an earlier session that a report is of, now under the number that the gateway knows it by; `nil` where
    /// it is another one that bears the same reference: that of another state directory, say.
    mutating func bind(
        restored order: BrokerOrder, to orderID: Int32, _ permanentID: Int64, _ contract: Contract,
        isMeant: Bool
    ) -> BrokerOrder? {
        guard self.isMeant(order, permanentID, contract), isMeant else { return nil }
        guard order.orderID < 0 else { return order.orderID == orderID ? order : nil }
        guard orders[orderID] == nil else {
            alarmOnce("order number \(orderID) is of two orders: \(order.request.id) is not taken over")
            return nil
        }
        return move(order, to: orderID)
    }

    /// Whether a report with that permanent number and contract may be of an order.
    func isMeant(_ order: BrokerOrder, _ permanentID: Int64, _ contract: Contract) -> Bool {
        let known = order.contractID != 0 ? order.contractID : contractID(of: order.request.symbol)
        return (known == 0 || known == contract.contractID)
            && (order.permanentID == 0 || permanentID == 0 || order.permanentID == permanentID)
    }

    /// Reports to the sequence which order it is that a fill comes late of, before the fill.
    ///
    /// With it come those of its bracket, the entry first: what its exits have filled decides what is open of it.
    mutating func introduce(_ order: BrokerOrder, at time: Timestamp) {
        guard let restored = untold[order.request.id] else { return }
        let entry = restored.request.bracket ?? restored.id
        let group = untold.values.filter {
            $0.id == restored.id || $0.id == entry || $0.request.bracket == entry
        }
        for order in group.sorted(by: { $0.id < $1.id }) {
            untold[order.id] = nil
            publish(
                order.notice(actor: "broker", reason: "an execution of an order of an earlier session"),
                at: time)
        }
    }
}

extension BrokerOrder {
    /// An order of an earlier session.
    init(_ restored: RestoredOrder, at place: Int32) {
        // Whatever was lost with that session's connection: it had been sent before this one began.
        self.init(restored.request, orderID: place, contractID: 0, lossesBefore: -1, round: 0)
        permanentID = Int64(bitPattern: restored.venueOrderID)
        quantity = restored.quantity
        isRestored = true
        for execution in restored.executions {
            let name = ExecutionName(execution.name)
            let commission =
                execution.currency == .none
                ? nil
                : BrokerCommission(
                    revision: name.revision, amount: execution.commission, currency: execution.currency)
            add(
                Fill(
                    revision: name.revision, number: 0, price: execution.price, quantity: execution.quantity,
                    commission: commission), name)
        }
        if let end = restored.end {
            stage = .done(end)
            isDoneByWord = true
        } else {
            stage = restored.isAcknowledged ? .working : .sent
            cancel = restored.cancelReason.map { CancelWish(reason: $0) }
            if !restored.isSent { suspicion = WorkingOrder.unsentPrefix + "the process ended before it left" }
        }
    }

    /// Whether an open order has the terms of this one.
    func hasTerms(of other: Order) -> Bool {
        other.action == request.side.actionName && other.orderType == request.type.gatewayName
            && (other.totalQuantity == quantity || other.totalQuantity == request.quantity)
    }
}
