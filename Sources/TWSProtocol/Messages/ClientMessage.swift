/// What a client may say, by number.
public enum ClientMessage: MessageSet, Equatable {
    /// 71.
    case startAPI(StartAPI)
    /// 1.
    case requestMarketData(RequestMarketData)
    /// 2.
    case cancelMarketData(CancelMarketData)
    /// 3.
    indirect case placeOrder(PlaceOrder)
    /// 4.
    case cancelOrder(CancelOrder)
    /// 5.
    case requestOpenOrders(RequestOpenOrders)
    /// 6.
    case requestAccountUpdates(RequestAccountUpdates)
    /// 7.
    case requestExecutions(RequestExecutions)
    /// 8.
    case requestIDs(RequestIDs)
    /// 9.
    case requestContractData(RequestContractData)
    /// 10.
    case requestMarketDepth(RequestMarketDepth)
    /// 11.
    case cancelMarketDepth(CancelMarketDepth)
    /// 14.
    case setServerLogLevel(SetServerLogLevel)
    /// 15.
    case requestAutoOpenOrders(RequestAutoOpenOrders)
    /// 16.
    case requestAllOpenOrders(RequestAllOpenOrders)
    /// 17.
    case requestManagedAccounts(RequestManagedAccounts)
    /// 20.
    case requestHistoricalData(RequestHistoricalData)
    /// 25.
    case cancelHistoricalData(CancelHistoricalData)
    /// 49.
    case requestCurrentTime(RequestCurrentTime)
    /// 58.
    case globalCancel(GlobalCancel)
    /// 59.
    case requestMarketDataType(RequestMarketDataType)
    /// 61.
    case requestPositions(RequestPositions)
    /// 62.
    case requestAccountSummary(RequestAccountSummary)
    /// 63.
    case cancelAccountSummary(CancelAccountSummary)
    /// 64.
    case cancelPositions(CancelPositions)
    /// 76.
    case requestAccountUpdatesMulti(RequestAccountUpdatesMulti)
    /// 77.
    case cancelAccountUpdatesMulti(CancelAccountUpdatesMulti)
    /// 82.
    case requestDepthExchanges(RequestDepthExchanges)
    /// 83.
    case requestSmartComponents(RequestSmartComponents)
    /// 91.
    case requestMarketRule(RequestMarketRule)
    /// 92.
    case requestPnL(RequestPnL)
    /// 93.
    case cancelPnL(CancelPnL)
    /// 96.
    case requestHistoricalTicks(RequestHistoricalTicks)
    /// 97.
    case requestTickByTick(RequestTickByTick)
    /// 98.
    case cancelTickByTick(CancelTickByTick)
    /// 99.
    case requestCompletedOrders(RequestCompletedOrders)
    /// 104.
    case requestUserInfo(RequestUserInfo)
    /// 105.
    case requestCurrentTimeInMilliseconds(RequestCurrentTimeInMilliseconds)

    /// Reads the rest of message `id`.
    public init?(_ id: MessageID, _ fields: inout FieldReader) {
        switch id.rawValue {
        case 71: self = .startAPI(StartAPI(from: &fields))
        case 1: self = .requestMarketData(RequestMarketData(from: &fields))
        case 2: self = .cancelMarketData(CancelMarketData(from: &fields))
        case 3: self = .placeOrder(PlaceOrder(from: &fields))
        case 4: self = .cancelOrder(CancelOrder(from: &fields))
        case 5: self = .requestOpenOrders(RequestOpenOrders(from: &fields))
        case 6: self = .requestAccountUpdates(RequestAccountUpdates(from: &fields))
        case 7: self = .requestExecutions(RequestExecutions(from: &fields))
        case 8: self = .requestIDs(RequestIDs(from: &fields))
        case 9: self = .requestContractData(RequestContractData(from: &fields))
        case 10: self = .requestMarketDepth(RequestMarketDepth(from: &fields))
        case 11: self = .cancelMarketDepth(CancelMarketDepth(from: &fields))
        case 14: self = .setServerLogLevel(SetServerLogLevel(from: &fields))
        case 15: self = .requestAutoOpenOrders(RequestAutoOpenOrders(from: &fields))
        case 16: self = .requestAllOpenOrders(RequestAllOpenOrders(from: &fields))
        case 17: self = .requestManagedAccounts(RequestManagedAccounts(from: &fields))
        case 20: self = .requestHistoricalData(RequestHistoricalData(from: &fields))
        case 25: self = .cancelHistoricalData(CancelHistoricalData(from: &fields))
        case 49: self = .requestCurrentTime(RequestCurrentTime(from: &fields))
        case 58: self = .globalCancel(GlobalCancel(from: &fields))
        case 59: self = .requestMarketDataType(RequestMarketDataType(from: &fields))
        case 61: self = .requestPositions(RequestPositions(from: &fields))
        case 62: self = .requestAccountSummary(RequestAccountSummary(from: &fields))
        case 63: self = .cancelAccountSummary(CancelAccountSummary(from: &fields))
        case 64: self = .cancelPositions(CancelPositions(from: &fields))
        case 76: self = .requestAccountUpdatesMulti(RequestAccountUpdatesMulti(from: &fields))
        case 77: self = .cancelAccountUpdatesMulti(CancelAccountUpdatesMulti(from: &fields))
        case 82: self = .requestDepthExchanges(RequestDepthExchanges(from: &fields))
        case 83: self = .requestSmartComponents(RequestSmartComponents(from: &fields))
        case 91: self = .requestMarketRule(RequestMarketRule(from: &fields))
        case 92: self = .requestPnL(RequestPnL(from: &fields))
        case 93: self = .cancelPnL(CancelPnL(from: &fields))
        case 96: self = .requestHistoricalTicks(RequestHistoricalTicks(from: &fields))
        case 97: self = .requestTickByTick(RequestTickByTick(from: &fields))
        case 98: self = .cancelTickByTick(CancelTickByTick(from: &fields))
        case 99: self = .requestCompletedOrders(RequestCompletedOrders(from: &fields))
        case 104: self = .requestUserInfo(RequestUserInfo(from: &fields))
        case 105: self = .requestCurrentTimeInMilliseconds(RequestCurrentTimeInMilliseconds(from: &fields))
        default: return nil
        }
    }
}
