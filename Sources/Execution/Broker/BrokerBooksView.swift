import TWSClient
import TradingModel

/// How our books stand against the broker's at one moment, for people.
public struct BrokerBooksView: Sendable {
    /// One difference between positions.
    public struct Difference: Sendable {
        /// What differs.
        public var drift: BrokerDrift
        /// Whether it is settled and was told, so that it may be accepted.
        public var isAcceptable: Bool
    }

    /// An order of an earlier session, as it stands now.
    public struct Restored: Sendable {
        /// Our id.
        public var id: ClientOrderID
        /// The gateway's number of it; `nil` while the gateway has not named it.
        public var orderID: Int32?
        /// How it stands, in a word.
        public var state: StaticString
    }

    /// When the books were last compared; `nil` before the first time.
    public var comparedAt: Timestamp?
    /// Whether the broker takes orders and the books are equal.
    public var isReady: Bool
    /// Whether positions and orders were compared since the session was last lost, and the positions were equal.
    public var isEqual: Bool
    /// Comparisons begun.
    public var round: Int
    /// Positions that differ, by name.
    public var differences: [Difference]
    /// Orders of earlier sessions that were not over when this one began, by id.
    public var restored: [Restored]
    /// Open orders at our client id that no session of ours has sent, by number.
    public var external: [BrokerFinding]
    /// Orders whose end was concluded by comparison.
    public var concluded: Int
    /// Executions of orders that were over.
    public var lateFills: Int
    /// What is waited for, in words.
    public var awaited: [String]
}

extension BrokerBook {
    /// How our books stand; from any thread.
    public var view: BrokerBooksView { withLedger { $0.booksView } }

    /// Why an order of ours is asked about, or what was said of it, and the gateway's number of it; from any thread.
    public func suspicion(of id: ClientOrderID) -> (orderID: Int32?, text: String)? {
        withLedger { ledger in
            ledger.order(id).map { ($0.orderID > 0 ? $0.orderID : nil, $0.suspicion ?? "") }
        }
    }
}

extension BrokerLedger {
    fileprivate var booksView: BrokerBooksView {
        let acceptable = acceptable()
        return BrokerBooksView(
            comparedAt: comparison.view.lastAt, isReady: comparison.view.isReady,
            isEqual: comparison.isCompared && comparison.isEqual, round: comparison.round,
            differences: comparison.isCompared
                ? differences().map {
                    BrokerBooksView.Difference(drift: $0, isAcceptable: acceptable.contains($0))
                } : [],
            restored: restoredOpen.compactMap { id in order(id).map(Self.restored) },
            external: leftovers.sorted { $0.key < $1.key }.map(\.value.finding),
            concluded: counts.concluded, lateFills: counts.lateFills, awaited: awaited)
    }

    private static func restored(_ order: BrokerOrder) -> BrokerBooksView.Restored {
        let state: StaticString =
            switch order.stage {
            case .leaving, .sent: "unresolved"
            case .known: order.isInDoubt ? "held" : "known"
            case .working: order.isInDoubt ? "held" : "working"
            case .done(let status): status.name
            }
        return BrokerBooksView.Restored(
            id: order.request.id, orderID: order.orderID > 0 ? order.orderID : nil, state: state)
    }

    /// What is still to come before the books are known to be equal.
    private var awaited: [String] {
        guard session.takesOrders || comparison.answers != nil else {
            return ["the session with the gateway"]
        }
        var awaited: [String] = []
        if let answers = comparison.answers {
            if !answers.hasOpenOrders { awaited.append("open orders") }
            if !answers.hasExecutions { awaited.append("executions") }
            if !answers.hasPositions { awaited.append("positions") }
            if !answers.hasCompletedOrders { awaited.append("completed orders") }
        }
        if let wish = comparison.wish { awaited.append("a comparison: \(wish)") }
        return awaited
    }
}
