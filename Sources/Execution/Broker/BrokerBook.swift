import Platform
import TWSClient
import TradingModel

/// Our orders at the broker, shared by the one who sends them (bus queue) and the one who follows them (client's queue).
///
/// Nobody is called with its lock held.
public final class BrokerBook: Sendable {
    /// How orders are sent and followed.
    public let options: BrokerOptions
    private let ledger: Locked<BrokerLedger>
    private let listener = Locked<(@Sendable () -> Void)?>(nil)

    /// An empty book of one session of the daemon.
    public init(options: BrokerOptions) {
        self.options = options
        ledger = Locked(BrokerLedger(options: options))
    }

    /// Takes note of what the gateway says of an instrument's contract; `nil` when it is not known (any more).
    public func resolve(_ symbol: SymbolID, _ contract: ResolvedContract?) {
        withLedger { $0.resolve(symbol, contract) }
    }

    /// How our books stand against the broker's.
    public var reconciliation: BrokerReconciliation { withLedger { $0.comparison.view } }

    /// What the broker has told, counted.
    public var counts: BrokerCounts { withLedger { $0.counts } }

    /// Begins with what earlier sessions held; before anything is compared.
    public func carry(_ positions: [AdoptedPosition]) {
        withLedger { ledger in
            for position in positions { ledger.adopted[position.symbol] += position.change }
            ledger.comparison.view.adopted = positions
        }
    }

    /// Takes over orders of earlier sessions; before anything is compared.
    ///
    /// - Parameters:
    ///   - open: those that were not over, by id.
    ///   - finished: those that were.
    public func restore(open: [RestoredOrder], finished: [RestoredOrder]) {
        withLedger { $0.restore(open: open, finished: finished) }
    }

    /// What differs while the books are not equal, by instrument, told as drift or not yet; from any thread.
    public var differences: [BrokerDrift] {
        withLedger { $0.comparison.isEqual ? [] : $0.differences() }
    }

    /// Those of them that an operator may accept: settled, and told; from any thread.
    public var acceptableDifferences: [BrokerDrift] { withLedger { $0.acceptable() } }

    /// The rest of them: what they are may still change.
    public var unsettledDifferences: [BrokerDrift] {
        withLedger { ledger in
            guard !ledger.comparison.isEqual else { return [] }
            let acceptable = ledger.acceptable()
            return ledger.differences().filter { !acceptable.contains($0) }
        }
    }

    /// What the broker holds beyond our books, for people, by instrument; nothing while they are equal. From any thread.
    public func uncountedHoldings(in scope: KillScope) -> [String] {
        differences.compactMap { drift in
            guard scope.contains(.manual, drift.symbol) else { return nil }
            return "\(drift.symbol.name) \(drift.actual - drift.expected)"
        }
    }

    /// Orders that are not over.
    public var openOrders: [ClientOrderID] {
        withLedger { ledger in ledger.open.compactMap { ledger.orders[$0]?.request.id } }
    }

    /// Orders that are not over, for people, by number: `c-1-3 order 7 XAUUSD buy 1`.
    public var openOrderTexts: [String] {
        withLedger { ledger in
            ledger.open.compactMap { ledger.orders[$0] }.map { order in
                "\(order.request.id) order \(order.orderID > 0 ? "\(order.orderID)" : "?") "
                    + "\(order.request.symbol.name) "
                    + "\(order.request.side.name) \(order.quantity)"
            }
        }
    }

    /// Open orders at our client id that this session has not sent, as last told, by number; from any thread. They are
    /// cancelled while the kill switch is engaged.
    public var leftovers: [BrokerFinding] {
        withLedger { ledger in ledger.leftovers.sorted { $0.key < $1.key }.map(\.value.finding) }
    }

    /// Those that a kill of the scope has had cancelled and that are not known to be gone; from any thread.
    public func condemnedLeftovers(in scope: KillScope) -> [BrokerFinding] {
        withLedger { ledger in
            ledger.leftovers.sorted { $0.key < $1.key }.map(\.value).filter { leftover in
                guard ledger.isToGo(leftover) else { return false }
                return scope == .all
                    || ledger.symbols[leftover.contractID].map { scope == .symbol($0) } == true
            }.map(\.finding)
        }
    }

    /// How many left-over orders there are.
    public var openLeftovers: Int { withLedger { $0.leftovers.count } }

    /// Works on the ledger; the effects stay in it.
    func withLedger<Result>(_ body: (inout BrokerLedger) -> Result) -> Result { ledger.withLock(body) }

    /// Works on the ledger and takes its effects, to be performed in this order.
    func effects(_ body: (inout BrokerLedger) -> Void) -> [BrokerEffect] {
        ledger.withLock { ledger in
            body(&ledger)
            return ledger.takeEffects()
        }
    }

    /// Leaves a report of our own for whoever publishes, who is called on no particular queue.
    func report(_ event: OrderEvent, of request: OrderRequest, at time: Timestamp) {
        withLedger { $0.publish(event, of: request, at: time) }
        listener.withLock { $0 }?()
    }

    /// Calls `body` when effects wait in the ledger.
    func onEffects(_ body: @escaping @Sendable () -> Void) { listener.withLock { $0 = body } }
}
