import TradingModel

/// Turns two or more consecutive `insert` rows of a CSV that share one `seq` back into the snapshot they tell.
struct SnapshotAssembly {
    /// What stands complete.
    enum Complete {
        case row(FlatRecord, line: Int)
        case snapshot(MarketEvent, line: Int)
    }

    private var first: FlatRecord?
    private var line = 0
    private var bids: [Level] = []
    private var asks: [Level] = []
    private var rows = 0

    /// Takes a row of a depth CSV, or leaves it (`holdsLastRow` then is false).
    ///
    /// - Returns: the rows held back so far, to be handled first, when `row` does not belong to them.
    /// - Throws: `RowFault` when the snapshot has more rows than a ladder.
    mutating func take(_ row: FlatRecord, line: Int) throws(RowFault) -> Complete? {
        guard row.operation == .insert, row.number != 0 else { return flush() }
        if let first, first.number == row.number, first.time == row.time, first.symbol == row.symbol {
            try add(row)
            return nil
        }
        let complete = flush()
        first = row
        self.line = line
        try add(row)
        return complete
    }

    /// Whether `take` kept the row it was given last.
    var holdsLastRow: Bool { first != nil }

    /// What is held back: a snapshot, or the row itself when it stands alone.
    mutating func flush() -> Complete? {
        guard let row = first else { return nil }
        defer {
            first = nil
            rows = 0
            bids = []
            asks = []
        }
        guard rows > 1 else { return .row(row, line: line) }
        var event = row.event
        event.payload = .domSnapshot(DomSnapshot(bids: bids, asks: asks))
        return .snapshot(event, line: line)
    }

    /// Inserts as a ladder does: rows at and below move down, below a gap the row is appended.
    private mutating func add(_ row: FlatRecord) throws(RowFault) {
        rows += 1
        let level = Level(price: Price(rawValue: row.price), size: Quantity(rawValue: row.size))
        let position = Int(row.position)
        if row.side == .bid {
            guard bids.count < LadderSide.capacity else { throw Self.tooMany }
            bids.insert(level, at: min(position, bids.count))
        } else {
            guard asks.count < LadderSide.capacity else { throw Self.tooMany }
            asks.insert(level, at: min(position, asks.count))
        }
    }

    private static var tooMany: RowFault {
        RowFault("seq: more than \(LadderSide.capacity) rows a side share it")
    }
}
