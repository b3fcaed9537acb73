import TradingModel

/// Volume by price in bars of equal time, for one instrument; bars begin and close with those of `DeltaEngine`.
///
/// Rows lie in one array sorted by price, so a snapshot is a copy; trades come near the last price, where the
/// search starts. A bar with more than `rowLimit` prices is made coarser: its rows double in height until they fit.
public struct FootprintEngine: Sendable {
    /// Rows of one bar, at most.
    static let rowLimit = 8_192
    /// Rows of all closed bars kept, at most: about 10 MB.
    static let keptRowLimit = 131_072

    private let interval: Int64
    private var start: Timestamp?
    /// Height of a row in 1e-9 that a bar begins with: 1 where every price has its own.
    private let firstRowSize: Int64
    /// Height of a row in 1e-9: `firstRowSize`, doubled while there are too many.
    private var rowSize: Int64
    private var rows: ContiguousArray<FootprintLevel> = []
    private var lastRow = 0
    /// Oldest first.
    private var closed: ContiguousArray<FootprintSnapshot> = []
    private var keptRows = 0
    private let kept: Int

    /// An engine for bars of `interval` nanoseconds that keeps the newest `kept` closed ones, fewer where they have
    /// more than `keptRowLimit` rows together.
    ///
    /// - Parameter row: height of the rows, positive; `nil` gives every price its own.
    init(interval: Int64, kept: Int, row: Price? = nil) {
        self.interval = interval
        self.kept = kept
        firstRowSize = row?.rawValue ?? 1
        rowSize = firstRowSize
    }

    /// The bar under way; `nil` before the first trade.
    public var current: FootprintSnapshot? {
        start.map { snapshot(start: $0, isClosed: false) }
    }

    /// The newest closed bars, oldest first.
    public func closedBars(limit: Int) -> [FootprintSnapshot] { Array(closed.suffix(max(limit, 0))) }

    /// Ends the bar under way, which there must be.
    mutating func close() -> FootprintSnapshot {
        guard let start else { preconditionFailure("no bar is under way") }
        let bar = snapshot(start: start, isClosed: true)
        keep(bar)
        rows.removeAll(keepingCapacity: true)
        rowSize = firstRowSize
        lastRow = 0
        self.start = nil
        return bar
    }

    private mutating func keep(_ bar: FootprintSnapshot) {
        closed.append(bar)
        keptRows += bar.levels.count
        while closed.count > kept || (keptRows > Self.keptRowLimit && closed.count > 1) {
            keptRows -= closed.removeFirst().levels.count
        }
    }

    /// Counts one trade.
    mutating func add(_ trade: Trade, at time: Timestamp) {
        if start == nil { start = time.floored(to: interval) }
        let row = rowIndex(of: lowerEdge(trade.price))
        rows[row].add(trade)
        lastRow = row
        if rows.count > Self.rowLimit { coarsen() }
    }

    private func snapshot(start: Timestamp, isClosed: Bool) -> FootprintSnapshot {
        FootprintSnapshot(
            start: start, interval: interval, levels: Array(rows),
            rowSize: rowSize == firstRowSize ? nil : Price(rawValue: rowSize), isClosed: isClosed)
    }

    private func lowerEdge(_ price: Price) -> Price {
        rowSize == 1 ? price : price.roundedDown(to: Price(rawValue: rowSize))
    }

    /// Doubles the height of the rows until half of the room is free.
    private mutating func coarsen() {
        // Rows of 1e-9 hardly ever meet: begin with the height that the span of prices asks for.
        let span = Int128(rows.last?.price.rawValue ?? 0) - Int128(rows.first?.price.rawValue ?? 0)
        while rows.count > Self.rowLimit / 2 {
            repeat { rowSize *= 2 } while span / Int128(rowSize) > Int128(Self.rowLimit)
            merge()
        }
        lastRow = 0
    }

    /// Adds up the rows that have the same lower edge now.
    private mutating func merge() {
        var merged: ContiguousArray<FootprintLevel> = []
        for var row in rows {
            row.price = lowerEdge(row.price)
            if merged.last?.price == row.price {
                merged[merged.count - 1].add(row)
            } else {
                merged.append(row)
            }
        }
        rows = merged
    }

    /// The row of `price`, made if it is new.
    private mutating func rowIndex(of price: Price) -> Int {
        if lastRow < rows.count && rows[lastRow].price == price { return lastRow }
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].price < price { low = middle + 1 } else { high = middle }
        }
        if low == rows.count || rows[low].price != price {
            rows.insert(FootprintLevel(price: price), at: low)
        }
        return low
    }
}

extension FootprintLevel {
    fileprivate mutating func add(_ other: FootprintLevel) {
        trades &+= other.trades
        buyVolume = buyVolume + other.buyVolume
        sellVolume = sellVolume + other.sellVolume
        unknownVolume = unknownVolume + other.unknownVolume
    }

    fileprivate mutating func add(_ trade: Trade) {
        trades &+= 1
        switch trade.aggressor {
        case .buy: buyVolume += trade.size
        case .sell: sellVolume += trade.size
        case .unknown: unknownVolume += trade.size
        }
    }
}
