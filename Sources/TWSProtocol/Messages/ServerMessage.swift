/// What a gateway may say, by number; the frequent five are `MarketMessage`.
public enum ServerMessage: MessageSet, Equatable {
    /// One of the frequent five.
    case market(MarketMessage)
    /// 3.
    case orderStatusReport(OrderStatusReport)
    /// 4.
    case errorMessage(ErrorMessage)
    /// 5.
    indirect case openOrder(OpenOrder)
    /// 6.
    case accountValue(AccountValue)
    /// 7.
    case portfolioValue(PortfolioValue)
    /// 8.
    case accountUpdateTime(AccountUpdateTime)
    /// 9.
    case nextValidID(NextValidID)
    /// 10.
    indirect case contractData(ContractData)
    /// 11.
    case executionReport(ExecutionReport)
    /// 15.
    case managedAccounts(ManagedAccounts)
    /// 17.
    case historicalData(HistoricalData)
    /// 45.
    case tickGeneric(TickGeneric)
    /// 46.
    case tickString(TickString)
    /// 49.
    case currentTime(CurrentTime)
    /// 52.
    case contractDataEnd(ContractDataEnd)
    /// 53.
    case openOrderEnd(OpenOrderEnd)
    /// 54.
    case accountDownloadEnd(AccountDownloadEnd)
    /// 55.
    case executionReportsEnd(ExecutionReportsEnd)
    /// 57.
    case tickSnapshotEnd(TickSnapshotEnd)
    /// 58.
    case marketDataTypeNotice(MarketDataTypeNotice)
    /// 59.
    case commissionReport(CommissionReport)
    /// 61.
    case positionReport(PositionReport)
    /// 62.
    case positionEnd(PositionEnd)
    /// 63.
    case accountSummaryValue(AccountSummaryValue)
    /// 64.
    case accountSummaryEnd(AccountSummaryEnd)
    /// 73.
    case accountUpdateMulti(AccountUpdateMulti)
    /// 74.
    case accountUpdateMultiEnd(AccountUpdateMultiEnd)
    /// 80.
    case depthExchanges(DepthExchanges)
    /// 81.
    case tickRequestParameters(TickRequestParameters)
    /// 82.
    case smartComponents(SmartComponents)
    /// 91.
    case rerouteMarketData(RerouteMarketData)
    /// 92.
    case rerouteMarketDepth(RerouteMarketDepth)
    /// 93.
    case marketRule(MarketRule)
    /// 94.
    case profitAndLoss(ProfitAndLoss)
    /// 96.
    case historicalTicks(HistoricalTicks)
    /// 97.
    case historicalBidAskTicks(HistoricalBidAskTicks)
    /// 98.
    case historicalLastTicks(HistoricalLastTicks)
    /// 100.
    case orderBound(OrderBound)
    /// 101.
    indirect case completedOrder(CompletedOrder)
    /// 102.
    case completedOrdersEnd(CompletedOrdersEnd)
    /// 103.
    case replaceAdvisorEnd(ReplaceAdvisorEnd)
    /// 107.
    case userInfo(UserInfo)
    /// 108.
    case historicalDataEnd(HistoricalDataEnd)
    /// 109.
    case currentTimeInMilliseconds(CurrentTimeInMilliseconds)

    /// Reads the rest of message `id`.
    public init?(_ id: MessageID, _ fields: inout FieldReader) {
        if let message = MarketMessage(id, &fields) {
            self = .market(message)
            return
        }
        switch id.rawValue {
        case 3: self = .orderStatusReport(OrderStatusReport(from: &fields))
        case 4: self = .errorMessage(ErrorMessage(from: &fields))
        case 5: self = .openOrder(OpenOrder(from: &fields))
        case 6: self = .accountValue(AccountValue(from: &fields))
        case 7: self = .portfolioValue(PortfolioValue(from: &fields))
        case 8: self = .accountUpdateTime(AccountUpdateTime(from: &fields))
        case 9: self = .nextValidID(NextValidID(from: &fields))
        case 10: self = .contractData(ContractData(from: &fields))
        case 11: self = .executionReport(ExecutionReport(from: &fields))
        case 15: self = .managedAccounts(ManagedAccounts(from: &fields))
        case 17: self = .historicalData(HistoricalData(from: &fields))
        case 45: self = .tickGeneric(TickGeneric(from: &fields))
        case 46: self = .tickString(TickString(from: &fields))
        case 49: self = .currentTime(CurrentTime(from: &fields))
        case 52: self = .contractDataEnd(ContractDataEnd(from: &fields))
        case 53: self = .openOrderEnd(OpenOrderEnd(from: &fields))
        case 54: self = .accountDownloadEnd(AccountDownloadEnd(from: &fields))
        case 55: self = .executionReportsEnd(ExecutionReportsEnd(from: &fields))
        case 57: self = .tickSnapshotEnd(TickSnapshotEnd(from: &fields))
        case 58: self = .marketDataTypeNotice(MarketDataTypeNotice(from: &fields))
        case 59: self = .commissionReport(CommissionReport(from: &fields))
        case 61: self = .positionReport(PositionReport(from: &fields))
        case 62: self = .positionEnd(PositionEnd(from: &fields))
        case 63: self = .accountSummaryValue(AccountSummaryValue(from: &fields))
        case 64: self = .accountSummaryEnd(AccountSummaryEnd(from: &fields))
        case 73: self = .accountUpdateMulti(AccountUpdateMulti(from: &fields))
        case 74: self = .accountUpdateMultiEnd(AccountUpdateMultiEnd(from: &fields))
        case 80: self = .depthExchanges(DepthExchanges(from: &fields))
        case 81: self = .tickRequestParameters(TickRequestParameters(from: &fields))
        case 82: self = .smartComponents(SmartComponents(from: &fields))
        case 91: self = .rerouteMarketData(RerouteMarketData(from: &fields))
        case 92: self = .rerouteMarketDepth(RerouteMarketDepth(from: &fields))
        case 93: self = .marketRule(MarketRule(from: &fields))
        case 94: self = .profitAndLoss(ProfitAndLoss(from: &fields))
        case 96: self = .historicalTicks(HistoricalTicks(from: &fields))
        case 97: self = .historicalBidAskTicks(HistoricalBidAskTicks(from: &fields))
        case 98: self = .historicalLastTicks(HistoricalLastTicks(from: &fields))
        case 100: self = .orderBound(OrderBound(from: &fields))
        case 101: self = .completedOrder(CompletedOrder(from: &fields))
        case 102: self = .completedOrdersEnd(CompletedOrdersEnd(from: &fields))
        case 103: self = .replaceAdvisorEnd(ReplaceAdvisorEnd(from: &fields))
        case 107: self = .userInfo(UserInfo(from: &fields))
        case 108: self = .historicalDataEnd(HistoricalDataEnd(from: &fields))
        case 109: self = .currentTimeInMilliseconds(CurrentTimeInMilliseconds(from: &fields))
        default: return nil
        }
    }
}
