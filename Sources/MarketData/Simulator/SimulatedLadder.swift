import TradingModel

/// One row of a simulated ladder, in ticks and lots.
struct SimulatedRow: Equatable {
    var tick: Int64
    var lots: Int64
}

/// One side of a simulated ladder: always ten rows between changes, best first.
///
/// Every change is told as the row operations that make it.
struct SimulatedSide {
    static let depth = 10

    let side: BookSide
    private(set) var rows: [SimulatedRow]

    init(_ side: BookSide, rows: [SimulatedRow]) {
        self.side = side
        self.rows = rows
    }

    /// −1 towards worse bids, +1 towards worse asks.
    var worse: Int64 { side == .bid ? -1 : 1 }

    var best: SimulatedRow { rows[0] }

    /// Sets the size of a row.
    mutating func resize(_ position: Int, lots: Int64, _ operations: inout [LadderOperation]) {
        rows[position].lots = lots
        tell(.update, position, rows[position], &operations)
    }

    /// Removes a row; a new one appears below the last.
    mutating func remove(
        _ position: Int, refillLots: Int64, gap: Int64, _ operations: inout [LadderOperation]
    ) {
        rows.remove(at: position)
        tell(.delete, position, SimulatedRow(tick: 0, lots: 0), &operations)
        let last = SimulatedRow(tick: rows[rows.count - 1].tick + worse * gap, lots: refillLots)
        rows.append(last)
        tell(.insert, rows.count - 1, last, &operations)
    }

    /// Inserts a row; the last one leaves first, so that there are never eleven.
    mutating func insert(_ row: SimulatedRow, at position: Int, _ operations: inout [LadderOperation]) {
        rows.removeLast()
        tell(.delete, rows.count, SimulatedRow(tick: 0, lots: 0), &operations)
        rows.insert(row, at: position)
        tell(.insert, position, row, &operations)
    }

    private func tell(
        _ operation: DomOperation, _ position: Int, _ row: SimulatedRow, _ operations: inout [LadderOperation]
    ) {
        operations.append(
            LadderOperation(side: side, operation: operation, position: UInt16(position), row: row))
    }
}

/// A row operation in ticks and lots.
struct LadderOperation {
    var side: BookSide
    var operation: DomOperation
    var position: UInt16
    var row: SimulatedRow
}
