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
    fileprivate static let empty = Level(price: .zero, size: .zero)
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

    private var rows: InlineArray<64, Level>
    /// Rows in use.
    public private(set) var count = 0
    /// 0 for bids, all ones for asks: `price ^ mask` is greater for a better price.
    private let mask: Int64
    /// What `best()` found; only true while `isSearched`.
    private var found: Level?
    private var isSearched = true

    /// An empty side.
    public init(_ side: BookSide) {
        rows = InlineArray(repeating: .empty)
        mask = side == .bid ? 0 : -1
    }

    /// The row at `position`, which must be below `count`.
    public subscript(position: Int) -> Level { rows[position] }

    /// The rows, best first.
    public var levels: [Level] { (0..<count).map { rows[$0] } }

    /// Rows at and below `position` move down one, the new row takes its place.
    @inline(__always)
    public mutating func insert(_ level: Level, at position: Int) -> LadderOutcome {
        guard position < count else { return append(level, at: position) }
        if count < Self.capacity { count += 1 }
        move(count - 1 - position, from: position, to: position + 1)
        rows[position] = level
        isSearched = false
        return .applied
    }

    /// The row at `position` is overwritten; just below the last row it is appended.
    @inline(__always)
    public mutating func update(_ level: Level, at position: Int) -> LadderOutcome {
        guard position < count else {
            guard position == count, count < Self.capacity else { return .outOfBounds }
            _ = append(level, at: position)
            return .updateAppend
        }
        rows[position] = level
        isSearched = false
        return .applied
    }

    /// The row at `position` goes, rows below move up.
    @inline(__always)
    public mutating func delete(at position: Int) -> LadderOutcome {
        guard position < count else { return .outOfBounds }
        count -= 1
        move(count - position, from: position + 1, to: position)
        isSearched = false
        return .applied
    }

    /// Forgets every row.
    public mutating func removeAll() {
        count = 0
        isSearched = false
    }

    /// Takes the first `capacity` of `levels` as its rows.
    public mutating func replace(with levels: [Level]) {
        count = min(levels.count, Self.capacity)
        for position in 0..<count { rows[position] = levels[position] }
        isSearched = false
    }

    @inline(never)
    private mutating func append(_ level: Level, at position: Int) -> LadderOutcome {
        guard count < Self.capacity else { return .outOfBounds }
        let outcome: LadderOutcome = position == count ? .applied : .insertGap
        rows[count] = level
        count += 1
        isSearched = false
        return outcome
    }

    /// The best price among rows with a size, whatever their position; sizes of one price add up.
    ///
    /// Feeds number rows out of order for a moment, and some keep rows of size 0, so all rows are looked at,
    /// once after each change. `mutating` for that reason, and because rows that are only borrowed are
    /// copied, all of them, to be read.
    ///
    /// - Returns: `nil` while there is no row with a size.
    @inline(__always)
    public mutating func best() -> Level? {
        if !isSearched { search() }
        return found
    }

    /// Whether no row has a better price than the row before it; equal prices are in order.
    var isSorted: Bool {
        for position in 1..<max(count, 1)
        where rows[position].price.rawValue ^ mask > rows[position - 1].price.rawValue ^ mask {
            return false
        }
        return true
    }

    /// The best price that is worse than `price`, by the same rules; looks at all rows each time.
    public mutating func best(worseThan price: Price) -> Level? {
        let bound = price.rawValue ^ mask
        var rank = Int64.min
        var size = Quantity.zero
        for position in 0..<count {
            let row = rows[position]
            let rowRank = row.price.rawValue ^ mask
            guard rowRank < bound, rowRank >= rank, row.size > .zero else { continue }
            size = rowRank == rank ? size + row.size : row.size
            rank = rowRank
        }
        return size > .zero ? Level(price: Price(rawValue: rank ^ mask), size: size) : nil
    }

    /// The sum of the sizes shown at a price; zero where there is none.
    public mutating func size(at price: Price) -> Quantity {
        var size = Quantity.zero
        for position in 0..<count where rows[position].price == price && rows[position].size > .zero {
            size += rows[position].size
        }
        return size
    }

    private mutating func search() {
        var rank = Int64.min
        var size = Quantity.zero
        for position in 0..<count {
            let row = rows[position]
            let rowRank = row.price.rawValue ^ mask
            guard rowRank >= rank, row.size > .zero else { continue }
            size = rowRank == rank ? size + row.size : row.size
            rank = rowRank
        }
        found = size > .zero ? Level(price: Price(rawValue: rank ^ mask), size: size) : nil
        isSearched = true
    }

    /// Moves `number` rows at once; rows behind those in use may change.
    ///
    /// Unsafe memory, because a loop over checked positions takes half as long again: both ends of what is
    /// read and written are checked here. Up to eight rows move as eight, which needs neither a loop nor a
    /// call of `memmove`.
    @inline(__always)
    private mutating func move(_ number: Int, from source: Int, to target: Int) {
        precondition(source >= 0 && target >= 0, "rows are moved within a side")
        let furthest = max(source, target)
        var rows = rows.mutableSpan
        rows.withUnsafeMutableBufferPointer { rows in
            guard let first = rows.baseAddress else { preconditionFailure("a side has rows") }
            if number <= 8 && furthest + 8 <= Self.capacity {
                (first + target).update(from: first + source, count: 8)
            } else {
                precondition(
                    number >= 0 && furthest + number <= Self.capacity, "rows are moved within a side")
                (first + target).update(from: first + source, count: number)
            }
        }
    }
}

/// A depth-of-market ladder: two sides of rows as the feed numbers them.
public struct Ladder: Sendable {
    /// Bids, then asks: a side is found by its number, as the next operation's side cannot be predicted.
    private var sides: InlineArray<2, LadderSide> = [LadderSide(.bid), LadderSide(.ask)]

    /// An empty ladder.
    public init() {}

    /// Buyers, highest price first; a copy.
    public var bids: LadderSide { sides[0] }
    /// Sellers, lowest price first; a copy.
    public var asks: LadderSide { sides[1] }

    /// Applies one row operation; an impossible one changes nothing.
    ///
    /// Inserts shift, as IBKR's own sample does (`MktDepthDlg.java`).
    public mutating func apply(_ delta: DomDelta) -> LadderOutcome {
        let side = Int(delta.side.rawValue)
        let position = Int(delta.position)
        let level = Level(price: delta.price, size: delta.size)
        switch delta.operation {
        case .insert: return sides[side].insert(level, at: position)
        case .update: return sides[side].update(level, at: position)
        case .delete: return sides[side].delete(at: position)
        }
    }

    /// Replaces both sides.
    public mutating func replace(bids: [Level], asks: [Level]) {
        sides[0].replace(with: bids)
        sides[1].replace(with: asks)
    }

    /// Forgets every row.
    public mutating func removeAll() {
        sides[0].removeAll()
        sides[1].removeAll()
    }

    /// The highest bid and the lowest ask with a size, whatever their position; `nil` while a side has none.
    ///
    /// See `LadderSide.best()` for why it is `mutating`.
    public mutating func top() -> Tick? {
        guard let bid = sides[0].best(), let ask = sides[1].best() else { return nil }
        return Tick(bid: bid.price, ask: ask.price, bidSize: bid.size, askSize: ask.size)
    }

    /// The best price of a side, or the best of those worse than `price`, with the sizes of its rows added up.
    public mutating func best(_ side: BookSide, worseThan price: Price? = nil) -> Level? {
        guard let price else { return sides[Int(side.rawValue)].best() }
        return sides[Int(side.rawValue)].best(worseThan: price)
    }

    /// Rows of a side.
    public func count(_ side: BookSide) -> Int { sides[Int(side.rawValue)].count }

    /// Whether the prices of both sides get no better with the rows; looks at all rows.
    public var isSorted: Bool { sides[0].isSorted && sides[1].isSorted }

    /// The sum of the sizes a side shows at a price; zero where there is none.
    public mutating func size(_ side: BookSide, at price: Price) -> Quantity {
        sides[Int(side.rawValue)].size(at: price)
    }
}
