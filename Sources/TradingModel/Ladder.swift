/// One row of a ladder.
public struct Level: Hashable, Sendable, BitwiseCopyable {
    /// Price of the row.
    public var price: Price
    /// Displayed size; may be zero in a feed's own rows.
    public var size: Quantity

    /// A row.
    @inlinable
    public init(price: Price, size: Quantity) {
        self.price = price
        self.size = size
    }

    /// No row.
    @usableFromInline
    static let empty = Level(price: .zero, size: .zero)
}

/// Side of the book.
public enum BookSide: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// Buyers.
    case bid
    /// Sellers.
    case ask

    /// `bid` or `ask`.
    public var name: StaticString { self == .bid ? "bid" : "ask" }
}

/// A row operation, with the meaning and numbers of IBKR's `updateMktDepth`.
public enum DomOperation: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// Rows at and below the position move down.
    case insert = 0
    /// The row is overwritten.
    case update = 1
    /// The row goes, rows below move up.
    case delete = 2

    /// `insert`, `update` or `delete`.
    public var name: StaticString {
        switch self {
        case .insert: "insert"
        case .update: "update"
        case .delete: "delete"
        }
    }
}

/// What became of a row operation.
public enum LadderOutcome: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// Done as asked.
    case applied
    /// An insert below the last row: appended, rows between are missing.
    case insertGap
    /// An update of the row just below the last: appended.
    case updateAppend
    /// A position outside the ladder: nothing changed, the ladder is suspect.
    case outOfBounds
}

/// One side of a ladder: rows by position, best first, in place, at most `capacity`.
public struct LadderSide: Sendable {
    /// Rows a side can hold; a row pushed past it is dropped.
    public static let capacity = 64

    @usableFromInline
    var rows: InlineArray<64, Level>
    /// Rows in use.
    public private(set) var count = 0

    /// An empty side.
    public init() { rows = InlineArray(repeating: .empty) }

    /// The row at `position`, which must be below `count`.
    @inlinable
    public subscript(position: Int) -> Level { rows[position] }

    /// Rows at and below `position` move down one, the new row takes its place.
    public mutating func insert(_ level: Level, at position: Int) -> LadderOutcome {
        guard position <= count else {
            guard count < Self.capacity else { return .outOfBounds }
            rows[count] = level
            count += 1
            return .insertGap
        }
        guard position < Self.capacity else { return .outOfBounds }
        if count < Self.capacity { count += 1 }
        var row = count - 1
        while row > position {
            rows[row] = rows[row - 1]
            row -= 1
        }
        rows[position] = level
        return .applied
    }

    /// The row at `position` is overwritten; just below the last row it is appended.
    public mutating func update(_ level: Level, at position: Int) -> LadderOutcome {
        if position < count {
            rows[position] = level
            return .applied
        }
        guard position == count, count < Self.capacity else { return .outOfBounds }
        rows[count] = level
        count += 1
        return .updateAppend
    }

    /// The row at `position` goes, rows below move up.
    public mutating func delete(at position: Int) -> LadderOutcome {
        guard position < count else { return .outOfBounds }
        count -= 1
        var row = position
        while row < count {
            rows[row] = rows[row + 1]
            row += 1
        }
        return .applied
    }

    /// Forgets every row.
    public mutating func removeAll() { count = 0 }

    /// Takes the first `capacity` of `levels` as its rows.
    public mutating func replace(with levels: [Level]) {
        count = min(levels.count, Self.capacity)
        for position in 0..<count { rows[position] = levels[position] }
    }

    /// The rows, best first.
    public var levels: [Level] { (0..<count).map { rows[$0] } }
}

/// A depth-of-market ladder: two sides of rows as the feed numbers them.
public struct Ladder: Sendable {
    /// Buyers, highest price first.
    public private(set) var bids = LadderSide()
    /// Sellers, lowest price first.
    public private(set) var asks = LadderSide()

    /// An empty ladder.
    public init() {}

    /// Applies one row operation; an impossible one changes nothing.
    ///
    /// Inserts shift, as IBKR's own sample does (`MktDepthDlg.java`).
    public mutating func apply(_ delta: DomDelta) -> LadderOutcome {
        delta.side == .bid
            ? Self.apply(delta, to: &bids)
            : Self.apply(delta, to: &asks)
    }

    /// Replaces both sides.
    public mutating func replace(bids newBids: [Level], asks newAsks: [Level]) {
        bids.replace(with: newBids)
        asks.replace(with: newAsks)
    }

    /// Forgets every row.
    public mutating func removeAll() {
        bids.removeAll()
        asks.removeAll()
    }

    /// The best bid: the highest price among rows with a size, whatever their position.
    public var bestBid: Level? { Self.best(bids) { $0 > $1 } }

    /// The best ask: the lowest price among rows with a size, whatever their position.
    public var bestAsk: Level? { Self.best(asks) { $0 < $1 } }

    private static func apply(_ delta: DomDelta, to side: inout LadderSide) -> LadderOutcome {
        let level = Level(price: delta.price, size: delta.size)
        switch delta.operation {
        case .insert: return side.insert(level, at: Int(delta.position))
        case .update: return side.update(level, at: Int(delta.position))
        case .delete: return side.delete(at: Int(delta.position))
        }
    }

    @inline(__always)
    private static func best(_ side: borrowing LadderSide, _ isBetter: (Price, Price) -> Bool) -> Level? {
        var best: Level?
        for position in 0..<side.count {
            let row = side[position]
            guard row.size > .zero else { continue }
            if let current = best {
                if isBetter(row.price, current.price) {
                    best = row
                } else if row.price == current.price {
                    best = Level(price: row.price, size: current.size + row.size)
                }
            } else {
                best = row
            }
        }
        return best
    }
}
