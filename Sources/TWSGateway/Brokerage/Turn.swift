import Execution
import TradingModel

/// What one input of the brokerage comes to: facts to be logged, then things to be told, in order.
struct Turn: Sendable {
    /// When it happens.
    let time: Timestamp
    var facts: [BrokerageFact] = []
    var tidings: [Tiding] = []
    /// What the matching engines said, and how much of it has been dealt with.
    var reports: ContiguousArray<MatchingReport> = []
    var heard = 0
    /// Why orders are cancelled whose last fills have not been dealt with.
    var reasons: [Int: String] = [:]
    /// A fact that the ledger did not take: nothing of this turn may stand.
    var fault: LedgerFault?

    /// Place of the last report of each order, of the reports seen so far.
    private var lastReports: [MatchingOrderID: Int] = [:]
    private var seen = 0

    init(at time: Timestamp) { self.time = time }

    /// Whether something was said of an order that nobody has dealt with.
    mutating func hasUnheard(_ number: Int) -> Bool {
        while seen < reports.count {
            lastReports[reports[seen].id] = seen
            seen += 1
        }
        return lastReports[MatchingOrderID(number)].map { $0 >= heard } ?? false
    }
}

/// Something to be told once it is in the log; orders and executions as they were then.
enum Tiding: Sendable {
    /// openOrder and orderStatus.
    case order(BookedOrder)
    /// A fill: orderStatus, execDetails, commissionReport.
    case execution(BookedExecution, BookedOrder)
    /// An execution once more, corrected.
    case correction(BookedExecution, BookedOrder)
    /// An error about an order, to its client.
    case error(OrderKey, Refusal)
    /// The connection of a client is to be dropped.
    case drop(client: Int32)
}
