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
        order.isOutsideRegularHours = options.worksOutsideRegularHours
        order.transmits = true
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
