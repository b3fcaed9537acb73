import TWSProtocol
import TradingModel

/// A request that waits for the link.
struct WaitingRequest: Sendable {
    let request: ClientMessage
    let client: Int32
}

/// What happens without a link to the exchanges.
///
/// Orders at work go on, and nobody hears of it, neither then nor later: what happened shows in the answers to questions
/// that are asked once the link is back. Until then questions are answered with what was known when it was lost. New
/// orders, changes and cancels wait here and are sent in their order when it is back.
extension Brokerage {
    /// Most requests that may wait; later ones are refused.
    static let mostWaiting = 1_000

    /// The link is lost; nothing where it is already.
    mutating func loseLink() {
        if frozen == nil { frozen = desk }
    }

    /// The link is back: what waited is sent.
    mutating func regainLink(at time: Timestamp, _ outbox: inout GatewayOutbox) {
        guard frozen != nil else { return }
        advance(to: time, &outbox)
        frozen = nil
        let requests = waiting
        waiting = []
        for waited in requests { carryOut(waited, at: time, &outbox) }
    }

    private mutating func carryOut(
        _ waited: WaitingRequest, at time: Timestamp, _ outbox: inout GatewayOutbox
    ) {
        switch waited.request {
        case .placeOrder(let message): place(message, waited.client, at: time, &outbox)
        case .cancelOrder(let message): cancel(message, waited.client, at: time, &outbox)
        case .globalCancel: cancelAll(at: time, &outbox)
        default: break
        }
    }

    /// Keeps back what can only be done with a link.
    ///
    /// - Returns: `false` when there is a link, or the request needs none.
    mutating func holdBack(
        _ request: ClientMessage, _ client: Int32, at time: Timestamp, _ outbox: inout GatewayOutbox
    ) -> Bool {
        guard frozen != nil else { return false }
        let order: Int32
        switch request {
        case .placeOrder(let message): order = message.orderID
        case .cancelOrder(let message): order = message.orderID
        case .globalCancel: order = -1
        default: return false
        }
        guard waiting.count < Self.mostWaiting else {
            if let session = outbox.session(ofClient: client) {
                let refusal = Refusal.rejected("Too many requests wait for the connection to IBKR")
                outbox.send(ErrorMessage(refusal, id: order, at: time), to: session)
            }
            return true
        }
        waiting.append(WaitingRequest(request: request, client: client))
        return true
    }

    /// The id that a client should use next, also beyond the orders that wait.
    func nextID(of client: Int32) -> Int32 {
        var next = desk.ledger.nextID(of: client)
        for waited in waiting where waited.client == client {
            guard case .placeOrder(let message) = waited.request, message.orderID < .max else { continue }
            next = max(next, message.orderID + 1)
        }
        return next
    }

    /// Lets `body` answer with what the gateway knows: without a link no more than when it was lost.
    mutating func asKnown<Result>(_ body: (inout Brokerage) -> Result) -> Result {
        guard let known = frozen else { return body(&self) }
        let current = desk
        desk = known
        defer { desk = current }
        return body(&self)
    }

    /// Nobody is told; a connection that was to be dropped is.
    func drop(_ turn: Turn, _ outbox: inout GatewayOutbox) {
        for case .drop(let client) in turn.tidings {
            if let session = outbox.session(ofClient: client) { outbox.add(.drop, to: session) }
        }
    }
}
