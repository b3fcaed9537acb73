import TWSProtocol
import TradingModel

/// Requests that concern contracts, market data and the gateway itself.
extension GatewayCore {
    /// Answers a request that is none of the brokerage's.
    mutating func answer(_ request: ClientMessage, _ index: Int) {
        let session = sessions[index].session
        let asker = Asker(session: session, client: sessions[index].client)
        switch request {
        case .requestCurrentTime:
            var answer = CurrentTime()
            answer.seconds = now.nanoseconds / 1_000_000_000
            outbox.send(answer, to: session)
        case .requestCurrentTimeInMilliseconds:
            var answer = CurrentTimeInMilliseconds()
            answer.milliseconds = now.nanoseconds / 1_000_000
            outbox.send(answer, to: session)
        case .requestUserInfo(let wanted):
            var answer = UserInfo()
            answer.requestID = wanted.requestID
            outbox.send(answer, to: session)
        case .requestManagedAccounts:
            var answer = ManagedAccounts()
            answer.accounts = options.accounts.joined(separator: ",")
            outbox.send(answer, to: session)
        case .requestContractData(let wanted): answer(wanted, session)
        case .requestMarketRule(let wanted): answer(wanted, session)
        case .requestDepthExchanges: answerDepthExchanges(session)
        case .requestSmartComponents(let wanted): answer(wanted, session)
        case .requestMarketDataType(let wanted): setMarketDataType(wanted.marketDataType, index)
        // Nothing is to be answered: there is one log, and it says everything.
        case .setServerLogLevel: break
        case .startAPI: note(session, "starts a second time; ignored")
        case .requestMarketData(let wanted): subscribe(wanted, index)
        case .requestMarketDepth(let wanted):
            market.request(wanted, from: asker, &faults, at: now, &outbox)
        case .requestTickByTick(let wanted):
            market.request(wanted, from: asker, &faults, at: now, &outbox)
        case .cancelMarketData(let cancel): market.cancel(cancel, from: session, at: now, &outbox)
        case .cancelMarketDepth(let cancel): market.cancel(cancel, from: session, at: now, &outbox)
        case .cancelTickByTick(let cancel): market.cancel(cancel, from: session, at: now, &outbox)
        case .requestHistoricalData(let wanted):
            guard servesHistory(wanted.requestID, session) else { return }
            market.answer(wanted, from: asker, &faults, at: now, &outbox)
        case .requestHistoricalTicks(let wanted):
            guard servesHistory(wanted.requestID, session) else { return }
            market.answer(wanted, from: asker, &faults, at: now, &outbox)
        case .cancelHistoricalData(let cancel): refuse(cancel, session)
        case .placeOrder, .cancelOrder, .requestOpenOrders, .requestAccountUpdates, .requestExecutions,
            .requestIDs, .requestAutoOpenOrders, .requestAllOpenOrders, .globalCancel, .requestPositions,
            .requestAccountSummary, .cancelAccountSummary, .cancelPositions, .requestAccountUpdatesMulti,
            .cancelAccountUpdatesMulti, .requestPnL, .cancelPnL, .requestCompletedOrders:
            noteOnce(index, request.number, "message \(request.number.rawValue) is not served")
        }
    }

    private mutating func subscribe(_ wanted: RequestMarketData, _ index: Int) {
        let asker = Asker(session: sessions[index].session, client: sessions[index].client)
        market.request(
            wanted, from: asker, type: sessions[index].marketDataType, &faults, at: now, &outbox)
    }

    /// Every query was answered at once: there is none to cancel.
    private mutating func refuse(_ cancel: CancelHistoricalData, _ session: SessionID) {
        send(
            error: 366, "No historical data query found for ticker id:\(cancel.requestID)",
            request: cancel.requestID, to: session)
    }

    /// Whether the history farm can be asked; if not, says so.
    private mutating func servesHistory(_ request: Int32, _ session: SessionID) -> Bool {
        guard faults.isLinkDown || faults.brokenFarms.contains(.history) else { return true }
        send(
            error: 162, "Historical Market Data Service error message:HMDS server disconnect occurred.",
            request: request, to: session)
        return false
    }

    private mutating func answer(_ wanted: RequestContractData, _ session: SessionID) {
        // Like a gateway whose security definition farm does not answer.
        guard !faults.isLinkDown, !faults.brokenFarms.contains(.definitions) else { return }
        let found = market.search.matches(wanted.contract)
        guard !found.isEmpty else {
            return send(error: 200, GatewayErrorText.of(200), request: wanted.requestID, to: session)
        }
        for place in found {
            outbox.send(
                options.instruments[place].contractData(request: wanted.requestID, at: now), to: session)
        }
        var end = ContractDataEnd()
        end.requestID = wanted.requestID
        outbox.send(end, to: session)
    }

    private mutating func answer(_ wanted: RequestMarketRule, _ session: SessionID) {
        guard let rule = options.instruments.map(\.rule).first(where: { $0.number == wanted.marketRuleID })
        else {
            return send(
                error: 321, "Error validating request.-'bZ' : cause - Invalid market rule id", to: session)
        }
        var answer = MarketRule()
        answer.marketRuleID = rule.number
        answer.increments = rule.bands.map { band in
            var row = PriceIncrement()
            row.lowEdge = band.lowEdge
            row.increment = band.increment
            return row
        }
        outbox.send(answer, to: session)
    }

    private mutating func answerDepthExchanges(_ session: SessionID) {
        var answer = DepthExchanges()
        for row in options.instruments.flatMap(\.depthExchanges) where !answer.exchanges.contains(row) {
            answer.exchanges.append(row)
        }
        outbox.send(answer, to: session)
    }

    private mutating func answer(_ wanted: RequestSmartComponents, _ session: SessionID) {
        guard let components = SmartTable.components(wanted.bboExchange, of: options.instruments) else {
            return send(
                error: 321,
                "Error validating request.-'bV' : cause - Invalid bbo exchange \(wanted.bboExchange)",
                request: wanted.requestID, to: session)
        }
        var answer = SmartComponents()
        answer.requestID = wanted.requestID
        answer.components = components
        outbox.send(answer, to: session)
    }

    /// Concerns later requests alone.
    private mutating func setMarketDataType(_ type: Int32, _ index: Int) {
        guard (1...4).contains(type) else {
            return send(
                error: 321, "Error validating request.-'cf' : cause - Invalid market data type \(type)",
                to: sessions[index].session)
        }
        sessions[index].marketDataType = type
    }
}
