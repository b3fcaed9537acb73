@testable import TWSProtocol

/// One kind of message, for tests that go through all of them.
struct MessageKind: Sendable, CustomStringConvertible {
    let description: String
    let id: Int32
    /// Whether clients say it.
    let isClients: Bool
    /// The bytes of a random message, its number first; `nil` when this version has no such message.
    let randomBody: @Sendable (ServerVersion, WireSide, UInt64) throws -> [UInt8]?
    /// Sends a random message through frames and back.
    let roundTrip: @Sendable (ServerVersion, WireSide, UInt64) throws -> RoundTrip
    /// The leaves of a random message that are not what they are in an unset one.
    let changedLeaves: @Sendable (ServerVersion, UInt64) -> Set<String>
    /// All leaves of an unset message.
    let leaves: Set<String>
    /// Decodes a body, and writes again what was decoded.
    let decode: @Sendable ([UInt8], ServerVersion) throws(FrameFault) -> Outcome
    /// Decodes a body that is a message of this kind, and writes it again; `nil` when it is none.
    let rewrite: @Sendable ([UInt8], ServerVersion) throws -> Rewritten?

    /// What a message that was read is when it is written again.
    struct Rewritten {
        /// Its bytes.
        var body: [UInt8]
        /// What its fields are, behind the number.
        var kinds: [FieldKinds.Kind]
    }

    /// What became of a message on its way.
    enum RoundTrip: Equatable {
        /// This version has none.
        case none
        /// It came as it went, and its bytes are the same when written again.
        case same
        /// It did not.
        case different(sent: String, got: String)
    }

    /// What a body was.
    enum Outcome: Equatable {
        /// A message; `isOfKind` when it is of this kind.
        case message(String, isOfKind: Bool)
        case unknown
        case discarded(MessageFault)
        case empty
    }

    /// Every message of both ends.
    static let all: [MessageKind] = clients + gateways

    static let clients: [MessageKind] = [
        kind(StartAPI.self, of: ClientMessage.self),
        kind(RequestMarketData.self, of: ClientMessage.self),
        kind(CancelMarketData.self, of: ClientMessage.self),
        kind(PlaceOrder.self, of: ClientMessage.self),
        kind(CancelOrder.self, of: ClientMessage.self),
        kind(RequestOpenOrders.self, of: ClientMessage.self),
        kind(RequestAccountUpdates.self, of: ClientMessage.self),
        kind(RequestExecutions.self, of: ClientMessage.self),
        kind(RequestIDs.self, of: ClientMessage.self),
        kind(RequestContractData.self, of: ClientMessage.self),
        kind(RequestMarketDepth.self, of: ClientMessage.self),
        kind(CancelMarketDepth.self, of: ClientMessage.self),
        kind(SetServerLogLevel.self, of: ClientMessage.self),
        kind(RequestAutoOpenOrders.self, of: ClientMessage.self),
        kind(RequestAllOpenOrders.self, of: ClientMessage.self),
        kind(RequestManagedAccounts.self, of: ClientMessage.self),
        kind(RequestHistoricalData.self, of: ClientMessage.self),
        kind(CancelHistoricalData.self, of: ClientMessage.self),
        kind(RequestCurrentTime.self, of: ClientMessage.self),
        kind(GlobalCancel.self, of: ClientMessage.self),
        kind(RequestMarketDataType.self, of: ClientMessage.self),
        kind(RequestPositions.self, of: ClientMessage.self),
        kind(RequestAccountSummary.self, of: ClientMessage.self),
        kind(CancelAccountSummary.self, of: ClientMessage.self),
        kind(CancelPositions.self, of: ClientMessage.self),
        kind(RequestAccountUpdatesMulti.self, of: ClientMessage.self),
        kind(CancelAccountUpdatesMulti.self, of: ClientMessage.self),
        kind(RequestDepthExchanges.self, of: ClientMessage.self),
        kind(RequestSmartComponents.self, of: ClientMessage.self),
        kind(RequestMarketRule.self, of: ClientMessage.self),
        kind(RequestPnL.self, of: ClientMessage.self),
        kind(CancelPnL.self, of: ClientMessage.self),
        kind(RequestHistoricalTicks.self, of: ClientMessage.self),
        kind(RequestTickByTick.self, of: ClientMessage.self),
        kind(CancelTickByTick.self, of: ClientMessage.self),
        kind(RequestCompletedOrders.self, of: ClientMessage.self),
        kind(RequestUserInfo.self, of: ClientMessage.self),
        kind(RequestCurrentTimeInMilliseconds.self, of: ClientMessage.self),
    ]

    static let gateways: [MessageKind] = [
        kind(TickPrice.self, of: ServerMessage.self),
        kind(TickSize.self, of: ServerMessage.self),
        kind(MarketDepth.self, of: ServerMessage.self),
        kind(MarketDepthL2.self, of: ServerMessage.self),
        kind(TickByTick.self, of: ServerMessage.self),
        kind(OrderStatusReport.self, of: ServerMessage.self),
        kind(ErrorMessage.self, of: ServerMessage.self),
        kind(OpenOrder.self, of: ServerMessage.self),
        kind(AccountValue.self, of: ServerMessage.self),
        kind(PortfolioValue.self, of: ServerMessage.self),
        kind(AccountUpdateTime.self, of: ServerMessage.self),
        kind(NextValidID.self, of: ServerMessage.self),
        kind(ContractData.self, of: ServerMessage.self),
        kind(ExecutionReport.self, of: ServerMessage.self),
        kind(ManagedAccounts.self, of: ServerMessage.self),
        kind(HistoricalData.self, of: ServerMessage.self),
        kind(TickGeneric.self, of: ServerMessage.self),
        kind(TickString.self, of: ServerMessage.self),
        kind(CurrentTime.self, of: ServerMessage.self),
        kind(ContractDataEnd.self, of: ServerMessage.self),
        kind(OpenOrderEnd.self, of: ServerMessage.self),
        kind(AccountDownloadEnd.self, of: ServerMessage.self),
        kind(ExecutionReportsEnd.self, of: ServerMessage.self),
        kind(TickSnapshotEnd.self, of: ServerMessage.self),
        kind(MarketDataTypeNotice.self, of: ServerMessage.self),
        kind(CommissionReport.self, of: ServerMessage.self),
        kind(PositionReport.self, of: ServerMessage.self),
        kind(PositionEnd.self, of: ServerMessage.self),
        kind(AccountSummaryValue.self, of: ServerMessage.self),
        kind(AccountSummaryEnd.self, of: ServerMessage.self),
        kind(AccountUpdateMulti.self, of: ServerMessage.self),
        kind(AccountUpdateMultiEnd.self, of: ServerMessage.self),
        kind(DepthExchanges.self, of: ServerMessage.self),
        kind(TickRequestParameters.self, of: ServerMessage.self),
        kind(SmartComponents.self, of: ServerMessage.self),
        kind(RerouteMarketData.self, of: ServerMessage.self),
        kind(RerouteMarketDepth.self, of: ServerMessage.self),
        kind(MarketRule.self, of: ServerMessage.self),
        kind(ProfitAndLoss.self, of: ServerMessage.self),
        kind(HistoricalTicks.self, of: ServerMessage.self),
        kind(HistoricalBidAskTicks.self, of: ServerMessage.self),
        kind(HistoricalLastTicks.self, of: ServerMessage.self),
        kind(OrderBound.self, of: ServerMessage.self),
        kind(CompletedOrder.self, of: ServerMessage.self),
        kind(CompletedOrdersEnd.self, of: ServerMessage.self),
        kind(ReplaceAdvisorEnd.self, of: ServerMessage.self),
        kind(UserInfo.self, of: ServerMessage.self),
        kind(HistoricalDataEnd.self, of: ServerMessage.self),
        kind(CurrentTimeInMilliseconds.self, of: ServerMessage.self),
    ]
}
