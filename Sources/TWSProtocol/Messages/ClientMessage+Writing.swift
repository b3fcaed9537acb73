extension ClientMessage: WritableMessageSet {
    /// Writes the message, its number first; nothing when it has a fault.
    ///
    /// - Throws: the first fault met.
    public func write(to fields: inout FieldWriter) throws(MessageFault) {
        switch self {
        case .startAPI(let message): try fields.write(message)
        case .requestMarketData(let message): try fields.write(message)
        case .cancelMarketData(let message): try fields.write(message)
        case .placeOrder(let message): try fields.write(message)
        case .cancelOrder(let message): try fields.write(message)
        case .requestOpenOrders(let message): try fields.write(message)
        case .requestAccountUpdates(let message): try fields.write(message)
        case .requestExecutions(let message): try fields.write(message)
        case .requestIDs(let message): try fields.write(message)
        case .requestContractData(let message): try fields.write(message)
        case .requestMarketDepth(let message): try fields.write(message)
        case .cancelMarketDepth(let message): try fields.write(message)
        case .setServerLogLevel(let message): try fields.write(message)
        case .requestAutoOpenOrders(let message): try fields.write(message)
        case .requestAllOpenOrders(let message): try fields.write(message)
        case .requestManagedAccounts(let message): try fields.write(message)
        case .requestHistoricalData(let message): try fields.write(message)
        case .cancelHistoricalData(let message): try fields.write(message)
        case .requestCurrentTime(let message): try fields.write(message)
        case .globalCancel(let message): try fields.write(message)
        case .requestMarketDataType(let message): try fields.write(message)
        case .requestPositions(let message): try fields.write(message)
        case .requestAccountSummary(let message): try fields.write(message)
        case .cancelAccountSummary(let message): try fields.write(message)
        case .cancelPositions(let message): try fields.write(message)
        case .requestAccountUpdatesMulti(let message): try fields.write(message)
        case .cancelAccountUpdatesMulti(let message): try fields.write(message)
        case .requestDepthExchanges(let message): try fields.write(message)
        case .requestSmartComponents(let message): try fields.write(message)
        case .requestMarketRule(let message): try fields.write(message)
        case .requestPnL(let message): try fields.write(message)
        case .cancelPnL(let message): try fields.write(message)
        case .requestHistoricalTicks(let message): try fields.write(message)
        case .requestTickByTick(let message): try fields.write(message)
        case .cancelTickByTick(let message): try fields.write(message)
        case .requestCompletedOrders(let message): try fields.write(message)
        case .requestUserInfo(let message): try fields.write(message)
        case .requestCurrentTimeInMilliseconds(let message): try fields.write(message)
        }
    }
}
