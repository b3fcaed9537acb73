import TWSProtocol
import TradingModel

/// Questions about orders and executions.
extension Brokerage {
    /// - Returns: whether the request is one that the brokerage answers.
    mutating func answer(
        _ request: ClientMessage, _ client: Int32, _ session: SessionID, at time: Timestamp,
        _ outbox: inout GatewayOutbox
    ) -> Bool {
        switch request {
        case .requestIDs:
            var message = NextValidID()
            message.orderID = nextID(of: client)
            outbox.send(message, to: session)
        case .requestManagedAccounts: tellAccounts(session, &outbox)
        case .requestOpenOrders:
            tellOpenOrders(of: client, to: session, &outbox)
            outbox.send(OpenOrderEnd(), to: session)
        case .requestAllOpenOrders:
            tellOpenOrders(of: nil, to: session, &outbox)
            outbox.send(OpenOrderEnd(), to: session)
        case .requestAutoOpenOrders: bind(client, session, at: time, &outbox)
        case .requestCompletedOrders: tellCompletedOrders(session, at: time, &outbox)
        case .requestExecutions(let request): tellExecutions(request, session, at: time, &outbox)
        default: return answerAccounts(request, session, at: time, &outbox)
        }
        return true
    }

    func tellAccounts(_ session: SessionID, _ outbox: inout GatewayOutbox) {
        var message = ManagedAccounts()
        message.accounts = options.accounts.joined(separator: ",")
        outbox.send(message, to: session)
    }

    private func messages(for session: SessionID, _ outbox: GatewayOutbox) -> OrderMessages {
        OrderMessages(contracts: desk.ledger.contracts, version: outbox.version(of: session) ?? .lowest)
    }

    /// Open orders of a client, or of all; not those that were not transmitted.
    func tellOpenOrders(of client: Int32?, to session: SessionID, _ outbox: inout GatewayOutbox) {
        let messages = messages(for: session, outbox)
        for order in desk.ledger.openOrders
        where order.stage != .held && (client == nil || client == order.key.client) {
            outbox.send(messages.openOrder(order), to: session)
            outbox.send(messages.status(order), to: session)
        }
    }

    /// Only client 0 takes over orders typed in by hand; there are none here.
    private func bind(
        _ client: Int32, _ session: SessionID, at time: Timestamp, _ outbox: inout GatewayOutbox
    ) {
        guard client != 0 else { return }
        let refusal = Refusal(327, "Only the default client (i.e 0) can auto bind orders.")
        outbox.send(ErrorMessage(refusal, id: -1, at: time), to: session)
    }

    /// Orders that were done on the current day, of UTC.
    private func tellCompletedOrders(
        _ session: SessionID, at time: Timestamp, _ outbox: inout GatewayOutbox
    ) {
        let messages = messages(for: session, outbox)
        let midnight = time.floored(to: 86_400_000_000_000)
        for order in desk.ledger.orders where order.stage.isDone && (order.ended ?? .zero) >= midnight {
            outbox.send(messages.completed(order), to: session)
        }
        outbox.send(CompletedOrdersEnd(), to: session)
    }

    private func tellExecutions(
        _ request: RequestExecutions, _ session: SessionID, at time: Timestamp, _ outbox: inout GatewayOutbox
    ) {
        guard let filter = ExecutionFilter(request, at: time) else {
            let refusal = Refusal.invalid("Invalid filter of executions")
            return outbox.send(ErrorMessage(refusal, id: request.requestID, at: time), to: session)
        }
        let messages = messages(for: session, outbox)
        for execution in desk.ledger.executions {
            guard let order = desk.ledger.order(execution.order),
                filter.fits(execution, order, messages.contract(order.terms))
            else { continue }
            outbox.send(messages.execution(execution, of: order, request: request.requestID), to: session)
            outbox.send(messages.commission(execution, of: order), to: session)
        }
        var end = ExecutionReportsEnd()
        end.requestID = request.requestID
        outbox.send(end, to: session)
    }
}
