import TWSProtocol

/// What the gateway says, but for the frequent messages of streams.
extension SessionCore {
    /// A message; passed on to whom it concerns.
    mutating func take(_ message: ServerMessage, _ now: UInt64) {
        guard state.speaks else { return }
        switch message {
        case .errorMessage(let error): take(error, now)
        case .managedAccounts, .nextValidID: takeStart(message, now)
        case .orderStatusReport, .openOrder, .executionReport, .commissionReport, .positionReport,
            .completedOrder, .orderBound:
            emit(.order(message))
        case .openOrderEnd, .executionReportsEnd, .positionEnd, .completedOrdersEnd: takeEnd(message, now)
        case .contractData(let data): contracts.take(data)
        case .contractDataEnd(let end):
            contracts.take(end, now)
            serveContracts(now)
        case .marketRule(let rule):
            contracts.take(rule)
            serveContracts(now)
        case .tickGeneric(let tick): emit(.stream(message, request: tick.requestID))
        case .tickString(let tick): emit(.stream(message, request: tick.requestID))
        case .marketDataTypeNotice(let notice): emit(.stream(message, request: notice.requestID))
        case .tickRequestParameters(let parameters):
            emit(.stream(message, request: parameters.requestID))
        // Its coming is the answer.
        case .currentTime, .currentTimeInMilliseconds: break
        // The frequent ones take another way; the others are answers to what is never asked here.
        case .market, .accountValue, .portfolioValue, .accountUpdateTime, .historicalData,
            .accountDownloadEnd,
            .tickSnapshotEnd, .accountSummaryValue, .accountSummaryEnd, .accountUpdateMulti,
            .accountUpdateMultiEnd, .depthExchanges, .smartComponents, .rerouteMarketData,
            .rerouteMarketDepth, .profitAndLoss, .historicalTicks, .historicalBidAskTicks,
            .historicalLastTicks, .replaceAdvisorEnd, .userInfo, .historicalDataEnd:
            break
        }
    }

    private mutating func takeStart(_ message: ServerMessage, _ now: UInt64) {
        switch message {
        case .managedAccounts(let managed):
            accounts = managed.list.prefix(Self.mostAccounts).map { String($0.prefix(64)) }
            hasAccounts = true
        case .nextValidID(let next):
            hasOrderID = true
            emit(.nextOrderID(next.orderID))
        default: return
        }
        emit(.order(message))
        startedIfComplete(now)
    }

    /// The listener hears of the end before anything follows from it.
    private mutating func takeEnd(_ message: ServerMessage, _ now: UInt64) {
        emit(.order(message))
        switch message {
        case .openOrderEnd: bookEnded(.openOrders, now)
        case .executionReportsEnd(let end): bookEnded(.executions, request: end.requestID, now)
        case .positionEnd: bookEnded(.positions, now)
        case .completedOrdersEnd: bookEnded(.completedOrders, now)
        default: break
        }
    }

    /// A message that could not be read. One about orders leaves our books in doubt: they are compared again.
    mutating func discarded(_ fault: MessageFault, _ now: UInt64) {
        guard state.speaks else { return }
        let concernsBooks = Self.bookMessages.contains(fault.message)
        emit(.note(concernsBooks ? .alarm : .discarded, code: nil, id: nil, "\(fault)"))
        // It may have said that the link is back.
        if fault.message == Self.errorMessage { doubtLinkLoss(now) }
        guard concernsBooks else { return }
        doubt.raise("a message about orders could not be read")
        if state == .live, let reason = doubt.due(now) { reconcile(.booksInDoubt, reason, now) }
    }

    /// orderStatus, openOrder, execDetails, commissionReport, position, orderBound, completedOrder. An errMsg may be a
    /// rejection, so it counts, too.
    private static let bookMessages: Set<Int32> = [3, 4, 5, 11, 59, 61, 100, 101]

    private static let errorMessage: Int32 = 4
    /// So long 1101 or 1102 is waited for when a farm is well again, ns.
    private static let linkPatience: UInt64 = 5_000_000_000

    // MARK: Errors

    private mutating func take(_ error: ErrorMessage, _ now: UInt64) {
        var error = error
        error.text = String(error.text.prefix(Self.longestText))
        let code = GatewayCode(rawValue: error.code)
        let isForOrders = addressee(of: error) == .orders && code.reaction.isPassedOn
        // Who follows orders knows which one it is, and tells it.
        if !isForOrders { note(error, code) }
        switch code.reaction {
        case .linkLost: linkLost(error, now)
        case .linkRestored(let isDataLost): linkRestored(error, isDataLost: isDataLost, now)
        case .portChanged: portChanged(error, now)
        case .clientIDInUse: socketLost(.clientIDInUse(options.clientID), now)
        case .tooManyMessages:
            emit(.quiet(until: now &+ Self.quietAfterOffence))
            pass(error, now)
        case .farm(let farm, let farmState): farmChanged(farm, farmState, error, now)
        case .competingSession, .requestRefused, .streamRefused, .streamUnsubscribed, .streamEnded,
            .streamReset, .streamNote, .orderNote, .orderRefused, .orderCancelled, .orderHeld, .orderUnknown,
            .orderIDInUse, .changeRefused, .cancelRefused, .notice, .ignored:
            pass(error, now)
        }
    }

    private mutating func note(_ error: ErrorMessage, _ code: GatewayCode) {
        guard code.reaction != .ignored else { return }
        let id = error.id > 0 ? error.id : nil
        emit(.note(code.isAlarm ? .alarm : .notice, code: error.code, id: id, error.text))
    }

    /// To whom the number belongs.
    private mutating func pass(_ error: ErrorMessage, _ now: UInt64) {
        switch addressee(of: error) {
        case .stream: emit(.streamError(error))
        case .session: ownRequestFailed(error, now)
        case .orders: emit(.orderError(error))
        case nil: break
        }
    }

    /// Whose request an error is about.
    private enum Addressee { case stream, session, orders }

    /// - Returns: `nil` for an error that is about none.
    private func addressee(of error: ErrorMessage) -> Addressee? {
        if error.id >= StreamTable.firstRequestID { return .stream }
        if Self.requestIDs.contains(error.id) { return .session }
        return error.id > 0 ? .orders : nil
    }

    /// A question for a contract, or for executions: without these, nothing is compared and nothing traded.
    private mutating func ownRequestFailed(_ error: ErrorMessage, _ now: UInt64) {
        guard !GatewayCode.notices.contains(error.code) else { return }
        let isFinal = GatewayCode(rawValue: error.code).reaction == .requestRefused
        if isFinal, error.id == executionRequest, state == .reconciling {
            return socketLost(.booksRefused(error.code, error.text), now)
        }
        let text = "error \(error.code): \(error.text)"
        contracts.refused(error.id, text, isFinal: isFinal, now)
        serveContracts(now)
    }

    private mutating func linkLost(_ error: ErrorMessage, _ now: UInt64) {
        linkLossText = "\(error.code): \(error.text)"
        if !isLinkDown {
            linkLosses += 1
            emit(.streams(.interrupted(code: error.code)))
        }
        isLinkDown = true
        linkDoubt = nil
        loseLink(linkLossText, now)
    }

    private mutating func linkRestored(_ error: ErrorMessage, isDataLost: Bool, _ now: UInt64) {
        linkRestored(isDataLost ? .dataLost : .resumed(code: error.code), "\(error.code): \(error.text)", now)
    }

    private mutating func linkRestored(_ turn: SessionEffect.StreamTurn, _ reason: String, _ now: UInt64) {
        isLinkDown = false
        linkDoubt = nil
        emit(.streams(turn))
        contracts.askAgain(now)
        reconcile(.linkRestored, reason, now)
        serveContracts(now)
    }

    /// The link may be back: 1101 or 1102 is waited for a little before it is believed.
    private mutating func doubtLinkLoss(_ now: UInt64) {
        guard isLinkDown, linkDoubt == nil else { return }
        linkDoubt = now &+ Self.linkPatience
    }

    /// Nobody has said that the link is back, but farms are: subscriptions may be lost, so they begin anew. If it is not, the
    /// comparison brings no answer and the session ends.
    mutating func believeLink(_ now: UInt64) {
        guard state == .lost, isLinkDown, let linkDoubt, now >= linkDoubt else { return }
        linkRestored(.dataLost, "the link seems to be back, though neither 1101 nor 1102 was read", now)
    }

    private mutating func portChanged(_ error: ErrorMessage, _ now: UInt64) {
        let port = PortChoice.port(in: error.text)
        if let port { ports.moved(to: port) }
        socketLost(.portChanged(port), now)
    }

    private mutating func farmChanged(
        _ farm: GatewayCode.Farm, _ farmState: GatewayCode.FarmState, _ error: ErrorMessage, _ now: UInt64
    ) {
        let wasBroken = farms.isDefinitionsBroken
        farms.take(farm, farmState, text: error.text)
        if farmState == .well { doubtLinkLoss(now) }
        switch (farm, farmState) {
        case (.marketData, .broken): emit(.streams(.interrupted(code: error.code)))
        // One that rests delivers when it is needed: it is as good as well.
        case (.marketData, .well), (.marketData, .dormant): emit(.streams(.resumed(code: error.code)))
        case (.definitions, .well) where wasBroken: contracts.askAgain(now)
        case (.definitions, .broken) where state == .ready:
            contracts.giveUp(now, "the security definition farm is broken")
        case (.definitions, _), (.history, _), (.marketData, .connecting): break
        }
        if farm == .definitions { serveContracts(now) }
    }
}

extension GatewayCode.Reaction {
    /// Whether an error goes to whom its number belongs, besides what the session does.
    fileprivate var isPassedOn: Bool {
        switch self {
        case .linkLost, .linkRestored, .portChanged, .clientIDInUse, .farm: false
        case .tooManyMessages, .competingSession, .requestRefused, .streamRefused, .streamUnsubscribed,
            .streamEnded, .streamReset, .streamNote, .orderNote, .orderRefused, .orderCancelled, .orderHeld,
            .orderUnknown, .orderIDInUse, .changeRefused, .cancelRefused, .notice, .ignored:
            true
        }
    }
}
