import TWSProtocol

extension ClientMessage {
    /// Number of the message, and of the request it makes, where it has one.
    private var numbers: (message: MessageID, request: Int32?) {
        switch self {
        case .startAPI: (StartAPI.messageID, nil)
        case .requestMarketData(let request): (RequestMarketData.messageID, request.requestID)
        case .cancelMarketData(let request): (CancelMarketData.messageID, request.requestID)
        case .placeOrder(let order): (PlaceOrder.messageID, order.orderID)
        case .cancelOrder(let order): (CancelOrder.messageID, order.orderID)
        case .requestOpenOrders: (RequestOpenOrders.messageID, nil)
        case .requestAccountUpdates: (RequestAccountUpdates.messageID, nil)
        case .requestExecutions(let request): (RequestExecutions.messageID, request.requestID)
        case .requestIDs: (RequestIDs.messageID, nil)
        case .requestContractData(let request): (RequestContractData.messageID, request.requestID)
        case .requestMarketDepth(let request): (RequestMarketDepth.messageID, request.requestID)
        case .cancelMarketDepth(let request): (CancelMarketDepth.messageID, request.requestID)
        case .setServerLogLevel: (SetServerLogLevel.messageID, nil)
        case .requestAutoOpenOrders: (RequestAutoOpenOrders.messageID, nil)
        case .requestAllOpenOrders: (RequestAllOpenOrders.messageID, nil)
        case .requestManagedAccounts: (RequestManagedAccounts.messageID, nil)
        case .requestHistoricalData(let request): (RequestHistoricalData.messageID, request.requestID)
        case .cancelHistoricalData(let request): (CancelHistoricalData.messageID, request.requestID)
        case .requestCurrentTime: (RequestCurrentTime.messageID, nil)
        case .globalCancel: (GlobalCancel.messageID, nil)
        case .requestMarketDataType: (RequestMarketDataType.messageID, nil)
        case .requestPositions: (RequestPositions.messageID, nil)
        case .requestAccountSummary(let request): (RequestAccountSummary.messageID, request.requestID)
        case .cancelAccountSummary(let request): (CancelAccountSummary.messageID, request.requestID)
        case .cancelPositions: (CancelPositions.messageID, nil)
        case .requestAccountUpdatesMulti(let request): (RequestAccountUpdatesMulti.messageID, request.requestID)
        case .cancelAccountUpdatesMulti(let request): (CancelAccountUpdatesMulti.messageID, request.requestID)
        case .requestDepthExchanges: (RequestDepthExchanges.messageID, nil)
        case .requestSmartComponents(let request): (RequestSmartComponents.messageID, request.requestID)
        case .requestMarketRule: (RequestMarketRule.messageID, nil)
        case .requestPnL(let request): (RequestPnL.messageID, request.requestID)
        case .cancelPnL(let request): (CancelPnL.messageID, request.requestID)
        case .requestHistoricalTicks(let request): (RequestHistoricalTicks.messageID, request.requestID)
        case .requestTickByTick(let request): (RequestTickByTick.messageID, request.requestID)
        case .cancelTickByTick(let request): (CancelTickByTick.messageID, request.requestID)
        case .requestCompletedOrders: (RequestCompletedOrders.messageID, nil)
        case .requestUserInfo(let request): (RequestUserInfo.messageID, request.requestID)
        case .requestCurrentTimeInMilliseconds: (RequestCurrentTimeInMilliseconds.messageID, nil)
        }
    }

    /// Number of the message.
    var number: MessageID { numbers.message }

    /// Number of the request or order; `nil` for messages that have none.
    var requestNumber: Int32? { numbers.request }
}
