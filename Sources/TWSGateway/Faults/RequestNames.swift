import TWSProtocol

/// Requests by the names that IBKR gives them.
enum RequestNames {
    /// The number of a request.
    static func number(of name: String) -> MessageID? { numbers[name].map { MessageID($0) } }

    private static let numbers: [String: Int32] = [
        "reqMktData": 1, "cancelMktData": 2, "placeOrder": 3, "cancelOrder": 4, "reqOpenOrders": 5,
        "reqAccountUpdates": 6, "reqExecutions": 7, "reqIds": 8, "reqContractData": 9, "reqContractDetails": 9,
        "reqMktDepth": 10, "cancelMktDepth": 11, "setServerLogLevel": 14, "reqAutoOpenOrders": 15,
        "reqAllOpenOrders": 16, "reqManagedAccts": 17, "reqHistoricalData": 20, "cancelHistoricalData": 25,
        "reqCurrentTime": 49, "reqGlobalCancel": 58, "reqMarketDataType": 59, "reqPositions": 61,
        "reqAccountSummary": 62, "cancelAccountSummary": 63, "cancelPositions": 64, "reqAccountUpdatesMulti": 76,
        "cancelAccountUpdatesMulti": 77, "reqMktDepthExchanges": 82, "reqSmartComponents": 83,
        "reqMarketRule": 91, "reqPnL": 92, "cancelPnL": 93, "reqHistoricalTicks": 96, "reqTickByTickData": 97,
        "cancelTickByTickData": 98, "reqCompletedOrders": 99, "reqUserInfo": 104, "reqCurrentTimeInMillis": 105,
    ]
}
