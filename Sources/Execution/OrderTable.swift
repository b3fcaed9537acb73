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

    /// No orders.
    public init() {}

    /// Enters an order that is handed over; ids ascend.
    mutating func insert(_ order: WorkingOrder) {
        working.append(order)
    }

    /// Folds a report.
    ///
    /// - Returns: the order after the report; `nil` when it is not known.
    mutating func fold(_ report: OrderEvent, at now: Timestamp) -> WorkingOrder? {
        guard let index = index(of: report.id) else { return foldLate(report, at: now) }
        working[index].fold(report, at: now)
        let order = working[index]
        if report.status.isTerminal {
            working.remove(at: index)
            remember(order)
        }
        return order
    }

    /// A report on an order that is over: a late fill, or a correction of one. It stays over.
    private mutating func foldLate(_ report: OrderEvent, at now: Timestamp) -> WorkingOrder? {
        guard let place = finished.firstIndex(where: { $0.id == report.id }), report.status.isTerminal else {
            unknownReports += 1
            return nil
        }
        finished[place].fold(report, at: now)
        return finished[place]
    }

    /// An order by its id, working or among the finished ones that are remembered.
    public func order(_ id: ClientOrderID) -> WorkingOrder? {
        if let index = index(of: id) { return working[index] }
        return finished.first { $0.id == id }
    }

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
