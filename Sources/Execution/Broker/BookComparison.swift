import TradingModel

/// What the gateway answers while our books are compared with the broker's, and how that stands.
struct BookComparison: Sendable {
    /// How an order ended, as the completed orders say.
    struct Ending: Sendable {
        let status: String
        let isCancelled: Bool
        let text: String
    }

    /// The answers of one comparison. A question may be answered twice, where an earlier one was under way when the
    /// comparison began: the last end closes the answer that counts.
    struct Answers: Sendable {
        var hasOpenOrders = false
        var hasExecutions = false
        var hasCompletedOrders = false
        var hasPositions = false
        /// Our orders that are open: those of the last complete answer, and those told since.
        private(set) var open: Set<Int32> = []
        /// Our orders that were told since the last end.
        private var toldOpen: Set<Int32> = []
        /// Orders at our client id that are not of this session, by number.
        var leftOver: [Int32: BrokerFinding] = [:]
        /// How orders of ours have ended, by number.
        var endings: [Int32: Ending] = [:]
        /// Positions told since the last end, by contract and account; `nil` where no number was told.
        var positions: [Int32: [String: Quantity?]] = [:]

        mutating func tell(open orderID: Int32) {
            open.insert(orderID)
            toldOpen.insert(orderID)
        }

        mutating func endOpenOrders() {
            hasOpenOrders = true
            open = toldOpen
            toldOpen = []
        }
    }

    /// Comparisons begun.
    var round = 0
    /// Times that the session was lost.
    var losses = 0
    /// The answers that are being collected.
    var answers: Answers?
    /// Whether orders and positions have been compared since the session was last lost.
    var isCompared = false
    /// Whether the positions were equal.
    var isEqual = false
    /// The broker's positions, as told last, by contract and account: those of contracts that no instrument has yet, too.
    var positions: [Int32: [String: Quantity?]] = [:]
    /// Whether all positions have been told once, so that what is not named is not held.
    var hasAllPositions = false
    /// What each account paid for a unit of a contract, as told last.
    var averageCosts: [Int32: [String: Money]] = [:]
    /// Instruments whose position has been compared.
    var compared: Set<SymbolID> = []
    /// Orders of which a status has told more than the executions do.
    var unexplained: ContiguousArray<Int32> = []
    /// Instruments with an execution since the broker told their position last: while the books were equal, such a position
    /// says nothing.
    var outdated: Set<SymbolID> = []
    /// Whether positions or executions have changed since they were last looked at.
    var needsLook = false
    /// Since when positions differ; `nil` while they do not.
    var differsSince: Timestamp?
    /// Why a comparison is wanted; `nil` when none is.
    var wish: String?
    /// When the last one was asked for.
    var askedAt: Timestamp?
    /// What everybody may see.
    var view = BrokerReconciliation()
    /// Whether the bus has been told that the broker is ready, or not; `nil` before it was told anything.
    var told: SystemNotice.Kind?
    /// Whether that was because the books are being compared, with a broker that is there.
    var toldComparing = false

    /// Whether the books have been compared at least once.
    var isComparing: Bool { view.lastAt != nil }

    /// What a unit of a contract cost, over the accounts, at the mean; `nil` where it has not said so of each.
    func averageCost(ofContract contractID: Int32) -> Money? {
        var sum = Money.zero, held = Int128(0)
        for (account, part) in positions[contractID] ?? [:] {
            guard let part else { return nil }
            guard part != .zero else { continue }
            guard let cost = averageCosts[contractID]?[account], cost > .zero else { return nil }
            let size = Int128(part.magnitude.rawValue)
            sum += cost.scaled(by: size, over: 1_000_000_000)
            held += size
        }
        return held == 0 ? nil : sum.scaled(by: 1_000_000_000, over: held)
    }

    /// What the broker holds of a contract, over the accounts; `nil` where it has not said a number.
    func position(ofContract contractID: Int32) -> Quantity? {
        guard let accounts = positions[contractID] else { return hasAllPositions ? .zero : nil }
        var sum = Quantity.zero
        for part in accounts.values {
            guard let part else { return nil }
            sum += part
        }
        return sum
    }
}
