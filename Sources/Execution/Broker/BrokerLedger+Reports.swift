import TWSClient
import TWSProtocol
import TradingModel

/// What the gateway says of orders.
extension BrokerLedger {
    /// Folds a message; those of no concern here change nothing.
    mutating func fold(_ message: ServerMessage, at time: Timestamp) {
        switch message {
        case .openOrder(let report): fold(report, at: time)
        case .orderStatusReport(let report): fold(report, at: time)
        case .executionReport(let report): fold(report, at: time)
        case .commissionReport(let report): fold(report, at: time)
        case .completedOrder(let report): fold(report)
        case .positionReport(let report): fold(report, at: time)
        case .openOrderEnd: comparison.answers?.endOpenOrders()
        case .executionReportsEnd: comparison.answers?.hasExecutions = true
        case .completedOrdersEnd: comparison.answers?.hasCompletedOrders = true
        case .positionEnd: completePositions()
        default: break
        }
    }

    // MARK: openOrder

    private mutating func fold(_ report: OpenOrder, at time: Timestamp) {
        guard report.clientID == options.clientID, report.orderID > 0 else { return countForeign() }
        guard !report.order.isWhatIf else { return }
        guard var order = orderOpen(report) else { return foldLeftOver(report) }
        bind(&order, to: report.permanentID)
        let known = report.state.known
        let raw = "openOrder \(report.state.status)"
        if known?.isDone != true { comparison.answers?.tell(open: order.orderID) }
        if order.isDone {
            if known?.isDone != true { revive(order, "openOrder", at: time) }
            return update(order)
        }
        order.suspicion = nil
        order.sharesNumber = false
        order.follow(known)
        applyChange(&order, report.order, raw: raw, at: time)
        if order.isRestored { applyEarlierChange(&order, report.order, raw: raw, at: time) }
        switch known {
        case .cancelled?, .apiCancelled?:
            finish(&order, .cancelled, reason: endReason(order), raw: raw, at: time)
        case .inactive?:
            see(&order)
            tellDoubt(&order, raw, at: time)
        case .filled?: see(&order)
        case .apiPending?, .pendingSubmit?, .preSubmitted?, .submitted?, .pendingCancel?, .preCancelled?, nil:
            acknowledge(&order, raw: raw, at: time)
        }
        if !report.state.warning.isEmpty { note(.note, order, report.state.warning) }
        update(order)
    }

    /// The gateway's echo of a change is what confirms it.
    private mutating func applyChange(
        _ order: inout BrokerOrder, _ echo: Order, raw: String, at time: Timestamp
    ) {
        guard let change = order.change else { return }
        guard echo.totalQuantity == change.quantity,
            change.limitPrice == nil || echo.limitPrice == change.limitPrice,
            change.stopPrice == nil || echo.auxiliaryPrice == change.stopPrice
        else { return settleChange(&order, change, echo, raw: raw, at: time) }
        apply(change, to: &order, raw: raw, at: time)
    }

    /// A change that an earlier session had asked for, and whose confirmation it did not see.
    private mutating func applyEarlierChange(
        _ order: inout BrokerOrder, _ echo: Order, raw: String, at time: Timestamp
    ) {
        guard order.change == nil, order.stage == .working, let total = echo.totalQuantity, total > .zero
        else { return }
        let terms = BrokerOrder.Change(
            quantity: total, limitPrice: order.limitPrice.map { echo.limitPrice ?? $0 },
            stopPrice: order.stopPrice.map { echo.auxiliaryPrice ?? $0 })
        let known = BrokerOrder.Change(
            quantity: order.quantity, limitPrice: order.limitPrice, stopPrice: order.stopPrice)
        guard terms != known else { return }
        note(.warning, order, "changed before this session")
        apply(terms, to: &order, raw: raw, at: time)
    }

    /// Who is asked for all that is open after the change had left, and tells the terms of before, has not taken it.
    private mutating func settleChange(
        _ order: inout BrokerOrder, _ change: BrokerOrder.Change, _ echo: Order, raw: String,
        at time: Timestamp
    ) {
        guard comparison.answers != nil, change.round < comparison.round,
            echo.totalQuantity == order.quantity
        else { return }
        refuseChange(&order, "the broker works it as before", raw: raw, at: time)
    }

    /// Reports that the order stays as it was, where a change was asked for.
    private mutating func refuseChange(
        _ order: inout BrokerOrder, _ reason: String, raw: String, at time: Timestamp
    ) {
        guard order.change != nil else { return }
        order.change = nil
        publish(
            order.report(.replaceReject, order.workingStatus, reason: reason, raw: raw), of: order.request,
            at: time)
    }

    private mutating func apply(
        _ change: BrokerOrder.Change, to order: inout BrokerOrder, raw: String, at time: Timestamp
    ) {
        order.change = nil
        order.quantity = change.quantity
        order.limitPrice = change.limitPrice
        order.stopPrice = change.stopPrice
        guard order.filled < order.quantity else {
            return finish(&order, .filled, reason: "changed to what had filled", raw: raw, at: time)
        }
        var report = order.report(.replace, order.workingStatus, reason: "changed", raw: raw)
        report.limitPrice = order.limitPrice
        report.stopPrice = order.stopPrice
        publish(report, of: order.request, at: time)
    }

    // MARK: orderStatus

    private mutating func fold(_ report: OrderStatusReport, at time: Timestamp) {
        guard report.clientID == options.clientID else { return countForeign() }
        guard !foldLeftOver(report) else { return }
        guard var order = orders[report.orderID] ?? orderOfEarlier(report) else { return countForeign() }
        // The number may be that of another order: of before a roll-back of the gateway's numbers.
        let isOther =
            report.permanentID != 0 && order.permanentID != 0 && report.permanentID != order.permanentID
        guard !isOther, !order.sharesNumber else { return countForeign() }
        bind(&order, to: report.permanentID)
        let known = report.known
        if order.isDone {
            noteTold(&order, report.filled)
            if known?.isDone == false { revive(order, report.status, at: time) } else { counts.repeated += 1 }
            return update(order)
        }
        let raw = "orderStatus \(report.status)"
        order.follow(known)
        noteTold(&order, report.filled)
        switch known {
        case .apiPending?, .pendingSubmit?: see(&order)
        case .inactive?:
            see(&order)
            let why = report.whyHeld.isEmpty ? raw : "\(raw): held for \(report.whyHeld)"
            note(.warning, order, why)
            tellDoubt(&order, why, at: time)
        case .preSubmitted?, .submitted?, .pendingCancel?, .preCancelled?:
            if order.stage == .working { counts.repeated += 1 }
            acknowledge(&order, raw: raw, at: time)
        case .cancelled?, .apiCancelled?:
            finish(&order, .cancelled, reason: endReason(order), raw: raw, at: time)
        case .filled?:
            see(&order)
            // A change to what has filled already may be told so alone.
            if let change = order.change, report.filled == change.quantity, order.filled == change.quantity {
                apply(change, to: &order, raw: raw, at: time)
            }
        case nil: note(.warning, order, "unknown status: \(raw)")
        }
        update(order)
    }

    /// The gateway knows the order, no more.
    private func see(_ order: inout BrokerOrder) {
        switch order.stage {
        case .leaving, .sent: order.stage = .known
        case .known, .working, .done: break
        }
    }

    /// What a status says has filled is never booked; when executions do not explain it, they are asked for.
    private mutating func noteTold(_ order: inout BrokerOrder, _ filled: Quantity?) {
        guard let filled, filled > order.toldFilled else { return }
        order.toldFilled = filled
        order.toldIn = comparison.round
        let orderID = order.orderID
        guard order.isUnexplained, !comparison.unexplained.contains(orderID) else { return }
        comparison.unexplained.append(orderID)
    }

    /// An order of which we had concluded that it is gone is alive: it is cancelled, and somebody must look.
    private mutating func revive(_ order: BrokerOrder, _ what: String, at time: Timestamp) {
        if order.isDoneByWord {
            counts.repeated += 1
            // Late repetitions are common; but among the answers to a question it may be true. A cancel does no harm.
            guard comparison.answers != nil, what == "openOrder" else { return }
            note(.warning, order, "open by the broker's word though it was over: it is cancelled")
            return add(.cancel(order.orderID))
        }
        note(.alarm, order, "\(what) for an order that had been given up: it is cancelled")
        add(.cancel(order.orderID))
    }

    private func endReason(_ order: BrokerOrder) -> String {
        order.cancel?.reason ?? "cancelled at the broker"
    }

    private mutating func countForeign() { counts.foreign += 1 }

    // MARK: execDetails

    private mutating func fold(_ report: ExecutionReport, at time: Timestamp) {
        guard report.clientID == options.clientID, report.orderID > 0 else { return countForeign() }
        guard var order = orderExecuted(report) else { return }
        guard report.side == order.request.side.executionName, report.shares >= .zero else {
            return note(.alarm, order, "impossible execution: \(report.side) \(report.shares)")
        }
        bind(&order, to: report.permanentID)
        execute(
            &order, ExecutionName(report.executionID), quantity: report.shares, price: report.price,
            raw: "execution \(report.executionID) at \(report.time) on \(report.exchange)", at: time)
        if !order.isUnexplained {
            finishHeld(&order, at: time)
            let orderID = order.orderID
            comparison.unexplained.removeAll { $0 == orderID }
        }
        update(order)
        comparison.outdated.insert(order.request.symbol)
        if comparison.isComparing { comparison.needsLook = true }
    }

    // MARK: Errors

    /// Folds an error message with the number of an order.
    mutating func fold(_ error: ErrorMessage, at time: Timestamp) {
        guard var order = orders[error.id] else { return foldLeftOver(error) }
        let code = GatewayCode(rawValue: error.code)
        note(code.isAlarm ? .alarm : .note, order, code: error.code, error.text)
        guard !order.isDone else { return }
        react(to: error, code.reaction, &order, at: time)
        update(order)
    }

    /// What an error means for an order that is not over.
    @inline(never)
    private mutating func react(
        to error: ErrorMessage, _ reaction: GatewayCode.Reaction, _ order: inout BrokerOrder,
        at time: Timestamp
    ) {
        let raw = "error \(error.code): \(error.text)"
        switch reaction {
        // Whether the order or its cancel is refused is not said: only of a working order, or of one that nobody wants
        // cancelled, it is clear.
        case .orderRefused:
            let isClear = order.cancel == nil || order.stage != .working
            refuse(&order, isEnd: order.change == nil && isClear, raw, at: time)
        case .requestRefused:
            refuse(&order, isEnd: order.stage != .working && order.cancel == nil, raw, at: time)
        case .orderCancelled:
            finish(
                &order, .cancelled, reason: order.cancel?.reason ?? "cancelled: \(error.text)", raw: raw,
                at: time)
        case .orderIDInUse:
            order.suspicion = "the order number was in use: \(error.text)"
            order.sharesNumber = true
            want("order number in use")
        case .orderHeld:
            order.suspicion = "held by the gateway: \(error.text)"
            order.wantEnd("held by the gateway")
        case .tooManyMessages: thrownAway(&order, raw, at: time)
        case .changeRefused: refuseChange(&order, raw, raw: raw, at: time)
        case .orderUnknown, .cancelRefused:
            // A cancel that is refused says nothing of the change before it.
            if order.cancel == nil || reaction == .orderUnknown {
                refuseChange(&order, raw, raw: raw, at: time)
            }
            // Requests are answered in their order: who does not know it now has not kept it.
            if reaction == .orderUnknown && order.stage == .sent { order.suspicion = order.suspicion ?? raw }
            want(error.text)
        default: if !GatewayCode(rawValue: error.code).isKnown { want("unknown code \(error.code)") }
        }
    }

    /// The gateway has thrown a request away for coming too fast: a cancel is sent again, a change given up, and an order it never
    /// took is dead.
    private mutating func thrownAway(_ order: inout BrokerOrder, _ raw: String, at time: Timestamp) {
        if order.cancel != nil {
            // Which of the two was thrown away is not said: an order that is nowhere then was it.
            if order.stage == .sent || order.stage == .leaving { order.suspicion = raw }
            order.cancel?.sentIn = nil
            want("an order or its cancel was thrown away")
        } else if order.change != nil {
            refuseChange(&order, raw, raw: raw, at: time)
        } else if order.stage == .sent || order.stage == .leaving {
            finish(&order, .rejected, reason: raw, raw: raw, at: time)
        } else {
            want("a request about a working order was thrown away")
        }
    }

    /// A refusal of a new order ends it; one of a change or cancel leaves it as it was, which is asked about.
    private mutating func refuse(
        _ order: inout BrokerOrder, isEnd: Bool, _ raw: String, at time: Timestamp
    ) {
        guard !isEnd else { return finish(&order, .rejected, reason: raw, raw: raw, at: time) }
        refuseChange(&order, raw, raw: raw, at: time)
        if order.cancel != nil {
            // An order that is nowhere then was refused itself; one that is open is cancelled once more.
            if order.stage != .working { order.suspicion = raw }
            order.cancel?.sentIn = nil
        }
        want("a request about an order was refused")
    }

    /// An order, change or cancel that had waited in our own lane has not left.
    mutating func unsent(_ orderID: Int32, isCancel: Bool, reason: String, at time: Timestamp) {
        if isCancel { leftovers[orderID]?.cancelledIn = nil }
        guard var order = orders[orderID], !order.isDone else { return }
        if isCancel {
            order.cancel?.sentIn = nil
        } else if order.change != nil {
            refuseChange(&order, WorkingOrder.unsentPrefix + reason, raw: "", at: time)
            note(.warning, order, "a change has not left: \(reason)")
        } else {
            finish(
                &order, .rejected, reason: WorkingOrder.unsentPrefix + reason, raw: "", byWord: false,
                at: time)
        }
        update(order)
    }
}

extension Side {
    /// How an execution says it.
    var executionName: String { self == .buy ? "BOT" : "SLD" }
}
