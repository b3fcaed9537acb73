import TWSProtocol
import TradingModel

extension PlaceOrder {
    /// An order as the wire has it.
    ///
    /// - Parameters:
    ///   - quantity: how much, which a change may have made other than in `request`.
    ///   - limitPrice: likewise.
    init(
        _ request: OrderRequest, orderID: Int32, quantity: Quantity, limitPrice: Price?,
        contract: TradableContract, options: BrokerOptions
    ) {
        self.init()
        self.orderID = orderID
        self.contract = contract.contract
        order.action = request.side.actionName
        order.totalQuantity = quantity
        order.orderType = request.type.gatewayName
        order.limitPrice = limitPrice
        order.auxiliaryPrice = request.stopPrice
        // Said always: a preset of the gateway would decide otherwise.
        order.timeInForce = request.timeInForce.gatewayName
        order.account = options.account
        order.reference = request.id.description
        order.isOutsideRegularHours =
            options.worksOutsideRegularHours || request.flags.contains(.outsideRegularHours)
        if let expiry = request.expiry { order.goodTillDate = expiry.gatewayText }
        if let bracket = request.bracket {
            // Ours keep each other in check; this is the broker's own second hand on them: the end of one ends the other.
            // One that has filled in part is spent: what follows is a group of its own.
            order.oneCancelsAll.group =
                request.exitRound == 0 ? "\(bracket)" : "\(bracket).\(request.exitRound)"
            order.oneCancelsAll.type = 1
        }
        order.transmits = true
    }
}

extension Timestamp {
    /// `yyyymmdd-hh:mm:ss` in UTC, as TWS takes it without the name of a zone; fractions of a second are cut.
    ///
    /// - Source: TWS API, "Modification of Date/Time Formats".
    fileprivate var gatewayText: String {
        let text = description
        return text.prefix(10).filter { $0 != "-" } + "-" + text.dropFirst(11).prefix(8)
    }
}

extension TimeInForce {
    /// The gateway's name.
    fileprivate var gatewayName: String {
        switch self {
        case .day: "DAY"
        case .goodTillCancel: "GTC"
        case .immediateOrCancel: "IOC"
        case .fillOrKill: "FOK"
        case .goodTillDate: "GTD"
        }
    }
}

extension TradingModel.OrderType {
    /// The gateway's name.
    var gatewayName: String {
        switch self {
        case .market: "MKT"
        case .limit: "LMT"
        case .stop: "STP"
        case .stopLimit: "STP LMT"
        }
    }
}
