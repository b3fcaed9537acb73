import TWSProtocol
import TradingModel

/// Questions about positions and accounts, and orders that are only to be tried.
extension Brokerage {
    mutating func answerAccounts(
        _ request: ClientMessage, _ session: SessionID, at time: Timestamp, _ outbox: inout GatewayOutbox
    ) -> Bool {
        switch request {
        case .requestPositions: subscribePositions(session, &outbox)
        case .cancelPositions: accounts.positions.removeAll { $0 == session }
        case .requestAccountUpdates(let request): subscribeUpdates(request, session, at: time, &outbox)
        case .requestAccountSummary(let request): subscribeSummary(request, session, at: time, &outbox)
        case .cancelAccountSummary(let request):
            accounts.summaries.removeAll { $0.session == session && $0.request == request.requestID }
        case .requestAccountUpdatesMulti(let request): subscribeMultiple(request, session, at: time, &outbox)
        case .cancelAccountUpdatesMulti(let request):
            accounts.multiples.removeAll { $0.session == session && $0.request == request.requestID }
        case .requestPnL(let request): subscribeGains(request, session, at: time, &outbox)
        case .cancelPnL(let request):
            accounts.gains.removeAll { $0.session == session && $0.request == request.requestID }
        default: return false
        }
        return true
    }

    private mutating func subscribePositions(_ session: SessionID, _ outbox: inout GatewayOutbox) {
        let view = AccountView(desk)
        for (key, position) in view.ledger.positions.ordered() where position.quantity != .zero {
            outbox.send(view.position(key), to: session)
        }
        outbox.send(PositionEnd(), to: session)
        if !accounts.positions.contains(session) { accounts.positions.append(session) }
    }

    private mutating func subscribeUpdates(
        _ request: RequestAccountUpdates, _ session: SessionID, at time: Timestamp,
        _ outbox: inout GatewayOutbox
    ) {
        accounts.updates.removeAll { $0.session == session }
        guard request.isSubscribing else { return }
        let account = request.account.isEmpty ? options.accounts[0] : request.account
        guard options.accounts.contains(account) else {
            return refuse(.invalid("Invalid account code"), -1, session, at: time, &outbox)
        }
        accounts.updates.append((session, account))
        AccountView(desk).tellUpdates(account, at: time, to: session, &outbox)
        var end = AccountDownloadEnd()
        end.account = account
        outbox.send(end, to: session)
    }

    private mutating func subscribeSummary(
        _ request: RequestAccountSummary, _ session: SessionID, at time: Timestamp,
        _ outbox: inout GatewayOutbox
    ) {
        guard request.group == "All" || options.accounts.contains(request.group) else {
            return refuse(.invalid("Group name is invalid"), request.requestID, session, at: time, &outbox)
        }
        let named = request.group == "All" ? options.accounts.joined(separator: ",") : request.group
        let subscription = AccountDesk.Subscription(
            session: session, request: request.requestID, account: named, detail: request.tags)
        if let refusal = AccountDesk.objection(subscription, to: accounts.summaries, isSummary: true) {
            return refuse(refusal, request.requestID, session, at: time, &outbox)
        }
        accounts.summaries.append(subscription)
        AccountView(desk).tellSummary(subscription, &outbox)
    }

    private mutating func subscribeMultiple(
        _ request: RequestAccountUpdatesMulti, _ session: SessionID, at time: Timestamp,
        _ outbox: inout GatewayOutbox
    ) {
        guard let account = account(request.account) else {
            return refuse(.invalid("Invalid account code"), request.requestID, session, at: time, &outbox)
        }
        let subscription = AccountDesk.Subscription(
            session: session, request: request.requestID, account: account, detail: request.modelCode,
            isLedgerOnly: request.isLedgerAndValueOnly)
        if let refusal = AccountDesk.objection(subscription, to: accounts.multiples) {
            return refuse(refusal, request.requestID, session, at: time, &outbox)
        }
        accounts.multiples.append(subscription)
        AccountView(desk).tellMultiple(subscription, &outbox)
        var end = AccountUpdateMultiEnd()
        end.requestID = request.requestID
        outbox.send(end, to: session)
    }

    private mutating func subscribeGains(
        _ request: RequestPnL, _ session: SessionID, at time: Timestamp, _ outbox: inout GatewayOutbox
    ) {
        guard let account = account(request.account), options.accounts.contains(account) else {
            return refuse(.invalid("Invalid account code"), request.requestID, session, at: time, &outbox)
        }
        let subscription = AccountDesk.Subscription(
            session: session, request: request.requestID, account: account, detail: request.modelCode)
        if let refusal = AccountDesk.objection(subscription, to: accounts.gains) {
            return refuse(refusal, request.requestID, session, at: time, &outbox)
        }
        accounts.gains.append(subscription)
        outbox.send(AccountView(desk).gains(subscription), to: session)
    }

    /// One account, or all of them separated by commas for `All` or nothing.
    private func account(_ name: String) -> String? {
        if name.isEmpty || name == "All" { return options.accounts.joined(separator: ",") }
        return options.accounts.contains(name) ? name : nil
    }

    private func refuse(
        _ refusal: Refusal, _ request: Int32, _ session: SessionID, at time: Timestamp,
        _ outbox: inout GatewayOutbox
    ) {
        outbox.send(ErrorMessage(refusal, id: request, at: time), to: session)
    }

    /// Answers an order that is only to be tried: what margin and commission it would take, and nothing else.
    ///
    /// It never meets the market, so it may ask for what the simulated gateway cannot do; the answer says all of it again.
    func preview(
        _ message: PlaceOrder, _ key: OrderKey, _ session: SessionID, at time: Timestamp,
        _ outbox: inout GatewayOutbox
    ) {
        let terms: OrderTerms
        let instrument: GatewayInstrument
        do throws(Refusal) {
            (instrument, terms) = try desk.intake.read(message, at: time, isPreview: true)
        } catch {
            return refuse(error, key.order, session, at: time, &outbox)
        }
        var booked = BookedOrder(number: 0, key: key, terms: terms, stage: .pending, placed: time)
        booked.filled = .zero
        let contracts = [terms.contract: TradedContract(instrument)]
        var answer = OrderMessages(
            contracts: contracts, version: outbox.version(of: session) ?? .lowest
        ).openOrder(booked)
        answer.permanentID = 0
        answer.order = message.order
        if answer.order.volatility.deltaNeutral.orderType.isEmpty {
            answer.order.volatility.deltaNeutral.orderType = "None"
        }
        OrderPreviewer(view: AccountView(desk), commissions: options.commissions)
            .fill(&answer.state, terms, instrument)
        outbox.send(answer, to: session)
    }
}
