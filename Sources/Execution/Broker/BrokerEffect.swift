import TradingModel

/// What follows from a report of the broker; performed in order, outside every lock.
enum BrokerEffect: Sendable {
    /// An event for the bus.
    case publish(MarketEvent)
    /// A cancel to be sent for that order.
    case cancel(Int32)
    /// Somebody should know.
    case note(BrokerNote)
    /// Our books have to be compared with the broker's.
    case reconcile(String)
    /// They differ, and nothing explains it.
    case drift([BrokerDrift])
    /// An open order at our client id has appeared that is not ours.
    case strangeOrder(String)
    /// An execution that must be ours is of no order we know.
    case unknownExecution(String)
}

/// Something of the broker that a person may want to know; no decision hangs on it.
public struct BrokerNote: Hashable, Sendable {
    /// How much it matters.
    public enum Severity: Sendable, Hashable, CaseIterable {
        /// For the record.
        case note
        /// Handled, but not as it should be.
        case warning
        /// Somebody must look.
        case alarm
    }

    /// How much it matters.
    public var severity: Severity
    /// The order; `nil` where it concerns none of ours.
    public var order: ClientOrderID?
    /// The gateway's code; 0 where there is none.
    public var code: Int32
    /// What it is.
    public var text: String

    /// A note.
    public init(_ severity: Severity, order: ClientOrderID? = nil, code: Int32 = 0, _ text: String) {
        self.severity = severity
        self.order = order
        self.code = code
        self.text = text
    }
}

/// What the broker has told, counted.
public struct BrokerCounts: Hashable, Sendable {
    /// Messages about orders of other clients, of hands, or of no order known here.
    public internal(set) var foreign = 0
    /// Statuses and executions that told nothing new.
    public internal(set) var repeated = 0
    /// Executions booked.
    public internal(set) var executions = 0
    /// Executions that replaced an earlier version.
    public internal(set) var corrections = 0
    /// Executions of orders that were over.
    public internal(set) var lateFills = 0
    /// Executions that bear our reference, of orders not known any more.
    public internal(set) var unknownExecutions = 0
    /// Orders whose end was concluded by comparison.
    public internal(set) var concluded = 0
    /// Notes that were held back: too many at once.
    public internal(set) var notesLost = 0
    /// Commission reports.
    public internal(set) var commissions = 0
    /// Commission reports without an amount or currency that could be used.
    public internal(set) var unusableCommissions = 0
    /// Commission reports that had come before their execution, and were let go: too many at once.
    public internal(set) var commissionsLetGo = 0
    /// Completed comparisons.
    public internal(set) var reconciliations = 0

    /// Nothing yet.
    public init() {}
}
