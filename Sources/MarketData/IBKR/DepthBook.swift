import TWSProtocol
import TradingModel

/// The ladder of one depth stream, kept to judge it: what is published is what was applied here.
///
/// Rules are those of the engine behind the bus, so both ladders are the same. What changes nothing here (an operation outside
/// the ladder, a row that makes no sense) would change nothing there and is not published. IBKR does not delete the row
/// that an insert pushes past the rows asked for: that is done here, by a delete of our own ahead of the insert.
struct DepthBook {
    /// What became of a row.
    enum Outcome: Equatable {
        /// To be published; `cutsLast`: after a delete of the last row.
        case applied(DomDelta, cutsLast: Bool)
        /// Points outside: changes nothing.
        case outOfBounds
        /// Makes no sense: changes nothing.
        case nonsense
    }

    /// How long after the first row operations may point outside, ns: some venues tell the lower rows first.
    static let fillTime: Int64 = 5_000_000_000
    /// How long the ladder of one venue may be crossed, ns.
    static let crossedLimit: Int64 = 250_000_000
    /// How many changes in a row may leave rows out of order.
    static let unsortedLimit = 3

    private var ladder = Ladder()
    private let rows: Int
    private let isSmart: Bool
    private var firstRowAt: Timestamp?
    private var lastOutside: Timestamp?
    private var unsortedChanges = 0
    private var crossedSince: Timestamp?

    /// An empty ladder of so many rows a side.
    init(rows: Int, isSmart: Bool) {
        self.rows = min(max(rows, 1), LadderSide.capacity)
        self.isSmart = isSmart
    }

    /// Best bid and ask; `nil` while a side is empty.
    mutating func top() -> Tick? { ladder.top() }

    /// Rows of a side.
    func count(_ side: BookSide) -> Int { ladder.count(side) }

    /// Forgets everything: what was told is void.
    mutating func reset() {
        ladder.removeAll()
        firstRowAt = nil
        lastOutside = nil
        unsortedChanges = 0
        crossedSince = nil
    }

    /// Applies a row.
    mutating func take(_ row: DepthRow, at time: Timestamp) -> Outcome {
        guard let delta = Self.delta(row) else { return .nonsense }
        if firstRowAt == nil { firstRowAt = time }
        guard delta.position < rows else { return outside(at: time) }
        let cutsLast = delta.operation == .insert && ladder.count(delta.side) >= rows
        if cutsLast { _ = ladder.apply(deleteOfLast(delta.side)) }
        if ladder.apply(delta) == .outOfBounds { return outside(at: time) }
        return .applied(delta, cutsLast: cutsLast)
    }

    /// The operation that makes room for an insert into a full side.
    func deleteOfLast(_ side: BookSide) -> DomDelta {
        DomDelta(side: side, operation: .delete, position: UInt16(rows - 1), endsBatch: false)
    }

    /// Judges the ladder at the end of a change.
    ///
    /// - Returns: why it cannot be true any more; `nil` while it may be.
    mutating func judge(at time: Timestamp) -> StaticString? {
        unsortedChanges = ladder.isSorted ? 0 : unsortedChanges + 1
        if let top = ladder.top(), top.bid > top.ask, !isSmart {
            if crossedSince == nil { crossedSince = time }
        } else {
            crossedSince = nil
        }
        return fault(at: time)
    }

    /// What is wrong with the ladder for too long.
    func fault(at time: Timestamp) -> StaticString? {
        if let crossedSince, time.since(crossedSince) > Self.crossedLimit { return FeedStatus.Words.crossed }
        if unsortedChanges >= Self.unsortedLimit { return FeedStatus.Words.unsorted }
        guard let lastOutside, let firstRowAt, lastOutside.since(firstRowAt) > Self.fillTime else {
            return nil
        }
        return FeedStatus.Words.outside
    }

    private mutating func outside(at time: Timestamp) -> Outcome {
        lastOutside = time
        return .outOfBounds
    }

    /// The operation a row means; `nil` for one that means none, without a price, or with a negative size.
    private static func delta(_ row: DepthRow) -> DomDelta? {
        guard let (side, operation, position) = row.meaning, position <= Int(UInt16.max) else { return nil }
        let isDelete = operation == .delete
        guard isDelete || (row.price > .zero && row.size >= .zero) else { return nil }
        return DomDelta(
            side: side, operation: operation, position: UInt16(position), price: isDelete ? .zero : row.price,
            size: isDelete ? .zero : row.size, endsBatch: false)
    }
}
