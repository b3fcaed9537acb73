import TWSProtocol
import TradingModel

/// Orders and executions as messages.
struct OrderMessages: Sendable {
    let contracts: [Int32: TradedContract]
    let version: ServerVersion

    /// The order as its terms say it.
    static func order(_ terms: OrderTerms) -> Order {
        var order = Order()
        order.action = terms.side == .buy ? "BUY" : "SELL"
        order.totalQuantity = terms.quantity
        order.orderType = terms.typeText
        order.limitPrice = terms.limit ?? .zero
        order.auxiliaryPrice = terms.stop ?? .zero
        order.timeInForce = terms.lifeText
        order.goodTillDate = terms.goodTillDate
        order.account = terms.account
        order.reference = terms.reference
        order.parentID = terms.parent
        order.oneCancelsAll.group = terms.group
        order.oneCancelsAll.type = terms.group.isEmpty ? 3 : 1
        order.isOutsideRegularHours = terms.isOutsideRegularHours
        order.clearing.intent = "IB"
        order.volatility.deltaNeutral.orderType = "None"
        return order
    }

    /// The contract of an order, with the exchange the order names.
    func contract(_ terms: OrderTerms) -> Contract {
        var contract = contracts[terms.contract]?.contract ?? Contract()
        contract.exchange = terms.exchange
        contract.primaryExchange = ""
        return contract
    }

    func openOrder(_ booked: BookedOrder) -> OpenOrder {
        var message = OpenOrder()
        message.orderID = booked.key.order
        message.clientID = booked.key.client
        message.permanentID = booked.permanentID(version)
        message.contract = contract(booked.terms)
        message.order = Self.order(booked.terms)
        message.state.status = booked.stage.status.rawValue
        message.state.commission = booked.filled > .zero ? booked.commission : nil
        message.state.commissionCurrency = message.contract.currency
        message.submitter = Self.submitter(booked.key)
        return message
    }

    func status(_ booked: BookedOrder) -> OrderStatusReport {
        var message = OrderStatusReport()
        message.orderID = booked.key.order
        message.status = booked.stage.status.rawValue
        message.filled = booked.filled
        message.remaining = booked.remaining
        message.averageFillPrice = booked.averagePrice ?? .zero
        message.permanentID = booked.permanentID(version)
        message.parentID = booked.terms.parent
        message.lastFillPrice = booked.lastPrice ?? .zero
        message.clientID = booked.key.client
        message.marketCapPrice = .zero
        return message
    }

    func completed(_ booked: BookedOrder) -> CompletedOrder {
        var message = CompletedOrder()
        message.permanentID = booked.permanentID(version)
        message.contract = contract(booked.terms)
        message.order = Self.order(booked.terms)
        message.status = booked.stage.status.rawValue
        message.filledQuantity = booked.filled
        message.completedTime = booked.ended.map(Self.time) ?? ""
        message.completedStatus = Self.completedText(booked)
        message.submitter = Self.submitter(booked.key)
        return message
    }

    /// - Parameter request: −1 for a fill that is told as it happens.
    func execution(_ execution: BookedExecution, of booked: BookedOrder, request: Int32) -> ExecutionReport {
        var message = ExecutionReport()
        message.requestID = request
        message.orderID = booked.key.order
        message.contract = contract(booked.terms)
        message.executionID = execution.id
        message.time = Self.time(execution.time)
        message.account = booked.terms.account
        message.exchange = booked.terms.exchange
        message.side = booked.terms.side == .buy ? "BOT" : "SLD"
        message.shares = execution.quantity
        message.price = execution.price
        message.permanentID = booked.permanentID(version)
        message.clientID = booked.key.client
        message.cumulativeQuantity = execution.cumulative
        message.averagePrice = execution.average
        message.orderReference = booked.terms.reference
        message.lastLiquidity = execution.isMaker ? 1 : 2
        message.submitter = Self.submitter(booked.key)
        return message
    }

    func commission(_ execution: BookedExecution, of booked: BookedOrder) -> CommissionReport {
        var message = CommissionReport()
        message.executionID = execution.id
        message.commission = execution.commission
        message.currency = contracts[booked.terms.contract]?.contract.currency ?? ""
        message.realizedPnL = execution.realized
        return message
    }

    /// `20261122 14:30:00 UTC`.
    static func time(_ time: Timestamp) -> String { GatewayTime.dateAndTime(time) + " UTC" }

    static func submitter(_ key: OrderKey) -> String { "client\(key.client)" }

    private static func completedText(_ booked: BookedOrder) -> String {
        switch booked.stage {
        case .filled: "Filled Size: \(booked.filled)"
        case .refused: "Rejected: \(booked.reason)"
        case .held, .waiting, .pending, .working, .cancelled:
            booked.reason.isEmpty ? "Cancelled by Trader" : "Cancelled: \(booked.reason)"
        }
    }
}
