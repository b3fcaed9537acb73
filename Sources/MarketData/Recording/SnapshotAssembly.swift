import TradingModel

/// Turns two or more consecutive `insert` rows of a CSV that share one `seq` back into the snapshot they tell.
struct SnapshotAssembly {
    /// What was held back.
    enum Complete {
        case row(FlatRecord)
        case snapshot(MarketEvent)
    }

    /// Line of the first row held back.
    private(set) var line = 0
    private var first = FlatRecord()
    private var rows = 0
    private var bids: [Level] = []
    private var asks: [Level] = []

    /// Whether rows are held back that `row` does not continue: they are complete then.
    @inline(__always)
    func isCompleted(by row: FlatRecord) -> Bool {
        rows > 0
            && !(row.operation == .insert && row.number == first.number && row.time == first.time
                && row.symbol == first.symbol)
    }

    /// Holds a row back if it may belong to a snapshot.
    ///
    /// - Returns: `false` when it does not.
    /// - Throws: `RowFault` when the snapshot has more rows than a ladder.
    @inline(__always)
    mutating func hold(_ row: FlatRecord, line: Int) throws(RowFault) -> Bool {
        guard row.operation == .insert, row.number != 0 else { return false }
        if rows == 0 {
            first = row
            self.line = line
            rows = 1
        } else {
            if rows == 1 { try add(first) }
            try add(row)
            rows += 1
        }
        return true
    }

    /// What is held back: a snapshot, or the row itself when it stands alone.
    mutating func flush() -> Complete? {
        defer { rows = 0 }
        guard rows > 1 else { return rows == 0 ? nil : .row(first) }
        var event = first.event
        event.payload = .domSnapshot(DomSnapshot(bids: bids, asks: asks))
        bids = []
        asks = []
        return .snapshot(event)
    }

    /// Inserts as a ladder does: rows at and below move down, below a gap the row is appended.
    private mutating func add(_ row: FlatRecord) throws(RowFault) {
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
