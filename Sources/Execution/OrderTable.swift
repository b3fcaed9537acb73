import Risk
import TradingModel

/// Working orders by id, and the newest finished ones.
public struct OrderTable: Sendable {
    /// Finished orders remembered.
    public static let finishedKept = 1_024

    /// Working orders, by id ascending.
    public private(set) var working: ContiguousArray<WorkingOrder> = []
    private var finished: ContiguousArray<WorkingOrder> = []
    private var oldestFinished = 0
    /// Reports on orders that are not known here.
    public private(set) var unknownReports = 0
    /// What events did to the lives of orders, by reason.
    public private(set) var outcomes = OrderOutcomeCounts()
    private var executions = ExecutionMemory()

    /// No orders.
    public init() {}

    /// Enters an order that is handed over; ids ascend.
    mutating func insert(_ order: WorkingOrder) {
        working.append(order)
    }

    /// Enters an order of an earlier session; one that is over among those.
    mutating func restore(_ order: WorkingOrder) {
        guard !order.life.isDone else { return remember(order) }
        let place = working.lastIndex { $0.id < order.id }.map { $0 + 1 } ?? 0
        working.insert(order, at: place)
    }

    /// Takes in what we have done about an order at work.
    mutating func note(_ event: OrderLifeEvent, of id: ClientOrderID) {
        guard let index = index(of: id) else { return }
        outcomes.count(working[index].note(event))
    }

    /// Notes that the cancellation of an order was asked for, once more.
    mutating func noteCancel(of id: ClientOrderID) {
        guard let index = index(of: id) else { return }
        outcomes.count(working[index].note(.cancelRequested(working[index].life.requests.nextCancel)))
    }

    /// Notes that the newest of them was refused: the order works on.
    mutating func noteCancelRefused(of id: ClientOrderID) {
        guard let index = index(of: id) else { return }
        outcomes.count(working[index].note(.cancelRefused(working[index].life.requests.newestCancel)))
    }

    /// The connection is lost: of what is on its way nobody knows any more whether it arrives.
    mutating func noteLoss(at now: Timestamp) {
        for index in working.indices where working[index].life.state == .inFlight(unresolvedSince: nil) {
            outcomes.count(working[index].note(.outcomeUnknown(at: now)))
        }
    }

    /// Orders of which nobody knows whether they arrived, or why they are held; by id ascending.
    public var unresolved: [WorkingOrder] { working.filter(\.life.isUnresolved) }

    /// Whether the execution of a report was booked before; notes it otherwise. Once for each report.
    mutating func isRepeat(_ report: OrderEvent) -> Bool {
        report.report == .fill && executions.isRepeat(report.executionID, report.lastQuantity)
    }

    /// Folds a report.
    ///
    /// - Parameter isRepeat: whether its execution was booked before.
    /// - Returns: the order after the report; `nil` when it is not known.
    mutating func fold(_ report: OrderEvent, isRepeat: Bool = false, at now: Timestamp) -> WorkingOrder? {
        guard let index = index(of: report.id) else { return foldLate(report, isRepeat, at: now) }
        working[index].fold(report, isRepeat: isRepeat, at: now, &outcomes)
        let order = working[index]
        if order.life.isDone {
            working.remove(at: index)
            remember(order)
        }
        return order
    }

    /// A report on an order that is over: a late fill, or a correction of one. It stays over.
    private mutating func foldLate(
        _ report: OrderEvent, _ isRepeat: Bool, at now: Timestamp
    ) -> WorkingOrder? {
        guard let place = finished.firstIndex(where: { $0.id == report.id }) else {
            unknownReports += 1
            return nil
        }
        finished[place].fold(report, isRepeat: isRepeat, at: now, &outcomes)
        return finished[place]
    }

    /// An order by its id, working or among the finished ones that are remembered.
    public func order(_ id: ClientOrderID) -> WorkingOrder? {
        if let index = index(of: id) { return working[index] }
        return finished.first { $0.id == id }
    }

    /// Whether an order is not over.
    func isWorking(_ id: ClientOrderID) -> Bool { index(of: id) != nil }

    /// The newest finished orders, newest first.
    public func newestFinished(limit: Int, symbol: SymbolID? = nil) -> [WorkingOrder] {
        var newest: [WorkingOrder] = []
        for offset in finished.indices {
            guard newest.count < limit else { break }
            let index = (oldestFinished + finished.count - 1 - offset) % finished.count
            if symbol == nil || finished[index].request.symbol == symbol { newest.append(finished[index]) }
        }
        return newest
    }

    private mutating func remember(_ order: WorkingOrder) {
        if finished.count < Self.finishedKept {
            finished.append(order)
        } else {
            finished[oldestFinished] = order
            oldestFinished = (oldestFinished + 1) % Self.finishedKept
        }
    }

    private func index(of id: ClientOrderID) -> Int? {
        var low = 0
        var high = working.count
        while low < high {
            let middle = (low + high) / 2
            if working[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low < working.count && working[low].id == id ? low : nil
    }
}
