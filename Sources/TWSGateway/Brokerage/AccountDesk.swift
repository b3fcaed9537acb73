import TWSProtocol
import TradingModel

/// Who wants to hear of positions, accounts, gains and losses, and tells them.
struct AccountDesk: Sendable {
    /// A subscription with a number.
    struct Subscription: Hashable, Sendable {
        let session: SessionID
        let request: Int32
        let account: String
        /// Model code, or tags of a summary.
        var detail = ""
        /// Of several accounts only the ledger is wanted.
        var isLedgerOnly = false
    }

    /// Most summaries of one session, and most subscriptions of any other kind.
    private static let mostSummaries = 2
    private static let mostSubscriptions = 50
    /// Shortest time between two reports of gains, in nanoseconds.
    private static let gainInterval: Int64 = 1_000_000_000

    var positions: [SessionID] = []
    var updates: [(session: SessionID, account: String)] = []
    var summaries: [Subscription] = []
    var multiples: [Subscription] = []
    var gains: [Subscription] = []
    private var gainsTold = Timestamp.zero

    /// A session has ended, and its subscriptions with it.
    mutating func forget(_ session: SessionID) {
        positions.removeAll { $0 == session }
        updates.removeAll { $0.session == session }
        summaries.removeAll { $0.session == session }
        multiples.removeAll { $0.session == session }
        gains.removeAll { $0.session == session }
    }

    /// Why a subscription cannot be added; `nil` when it can.
    static func objection(_ subscription: Subscription, to others: [Subscription], isSummary: Bool = false)
        -> Refusal?
    {
        let own = others.filter { $0.session == subscription.session }
        if own.contains(where: { $0.request == subscription.request }) {
            return Refusal(102, "Duplicate ticker id")
        }
        let most = isSummary ? mostSummaries : mostSubscriptions
        return own.count < most
            ? nil
            : Refusal(322, "Error processing request.-'bX' : cause - Maximum number of requests exceeded")
    }

    /// Positions and accounts after a turn, to those who want to hear of them.
    mutating func tell(
        after turn: Turn, _ view: @autoclosure () -> AccountView, _ outbox: inout GatewayOutbox
    ) {
        let isTrade = turn.facts.contains { fact in
            switch fact {
            case .executed, .corrected: true
            case .opened, .restarted, .listed, .numberUsed, .placed, .modified, .staged: false
            }
        }
        guard isTrade, !isIdle else { return }
        let view = view()
        for key in touched(turn, view) {
            for session in positions { outbox.send(view.position(key), to: session) }
            for update in updates where update.account == key.account {
                view.tellUpdates(
                    update.account, only: key.contract, at: turn.time, to: update.session, &outbox)
            }
        }
        for summary in summaries { view.tellSummary(summary, &outbox) }
        for multiple in multiples { view.tellMultiple(multiple, &outbox) }
        for gain in gains { outbox.send(view.gains(gain), to: gain.session) }
    }

    private var isIdle: Bool {
        positions.isEmpty && updates.isEmpty && summaries.isEmpty && multiples.isEmpty && gains.isEmpty
    }

    private func touched(_ turn: Turn, _ view: AccountView) -> [PositionKey] {
        var keys: Set<PositionKey> = []
        for case .executed(let execution) in turn.facts { insert(execution, view, &keys) }
        for case .corrected(let execution) in turn.facts { insert(execution, view, &keys) }
        return keys.sorted()
    }

    private func insert(_ execution: BookedExecution, _ view: AccountView, _ keys: inout Set<PositionKey>) {
        guard let terms = view.ledger.order(execution.order)?.terms else { return }
        keys.insert(PositionKey(account: terms.account, contract: terms.contract))
    }

    /// Gains follow the market, at most once a second.
    mutating func marketChanged(
        _ view: @autoclosure () -> AccountView, at time: Timestamp, _ outbox: inout GatewayOutbox
    ) {
        guard !gains.isEmpty, time.since(gainsTold) >= Self.gainInterval else { return }
        gainsTold = time
        let view = view()
        for gain in gains { outbox.send(view.gains(gain), to: gain.session) }
    }
}
