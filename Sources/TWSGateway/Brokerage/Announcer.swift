import TWSProtocol
import TradingModel

/// Tells clients what happened to orders: their own, and all of them to client 0 and the master client.
struct Announcer: Sendable {
    let contracts: [Int32: TradedContract]
    let master: Int32?
    let time: Timestamp

    /// Tells everything, in order.
    func tell(_ tidings: [Tiding], _ faults: inout OrderFaultBoard, _ outbox: inout GatewayOutbox) {
        for tiding in tidings {
            switch tiding {
            case .order(let order): tell(order, &faults, &outbox)
            case .execution(let execution, let order):
                // Who has swapped them swaps them for all who listen.
                let isSwapped = faults.take(.executionBeforeStatus, order.key.client)
                if isSwapped { tell(execution, of: order, &outbox) }
                tell(order, &faults, &outbox)
                if !isSwapped { tell(execution, of: order, &outbox) }
            case .correction(let execution, let order): tell(execution, of: order, &outbox)
            case .error(let key, let refusal): tell(refusal, about: key, &outbox)
            case .drop(let client):
                if let session = outbox.session(ofClient: client) { outbox.add(.drop, to: session) }
            }
        }
    }

    private func listeners(_ client: Int32, _ outbox: GatewayOutbox) -> [SessionID] {
        outbox.readySessions.filter { session in
            guard let other = outbox.clientID(of: session) else { return false }
            return other == client || other == 0 || other == master
        }
    }

    private func messages(for session: SessionID, _ outbox: GatewayOutbox) -> OrderMessages {
        OrderMessages(contracts: contracts, version: outbox.version(of: session) ?? .lowest)
    }

    private func tell(_ order: BookedOrder, _ faults: inout OrderFaultBoard, _ outbox: inout GatewayOutbox) {
        let sessions = listeners(order.key.client, outbox)
        guard !sessions.isEmpty else { return }
        let client = order.key.client
        let times = faults.take(.missingStatus, client) ? 0 : faults.take(.duplicateStatus, client) ? 2 : 1
        for session in sessions {
            let messages = messages(for: session, outbox)
            outbox.send(messages.openOrder(order), to: session)
            for _ in 0..<times { outbox.send(messages.status(order), to: session) }
        }
    }

    private func tell(_ execution: BookedExecution, of order: BookedOrder, _ outbox: inout GatewayOutbox) {
        for session in listeners(order.key.client, outbox) {
            let messages = messages(for: session, outbox)
            outbox.send(messages.execution(execution, of: order, request: -1), to: session)
            outbox.send(messages.commission(execution, of: order), to: session)
        }
    }

    private func tell(_ refusal: Refusal, about key: OrderKey, _ outbox: inout GatewayOutbox) {
        guard let session = outbox.session(ofClient: key.client) else { return }
        outbox.send(ErrorMessage(refusal, id: key.order, at: time), to: session)
    }
}

extension ErrorMessage {
    /// A refusal of a request or order.
    init(_ refusal: Refusal, id: Int32, at time: Timestamp) {
        self.init()
        self.id = id
        code = refusal.code
        text = refusal.text
        advancedRejection = refusal.advanced
        self.time = time.nanoseconds / 1_000_000
    }
}
