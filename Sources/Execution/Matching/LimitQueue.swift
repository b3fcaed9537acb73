import TradingModel

/// Resting limit orders of one side by price, best first, then by arrival.
///
/// A sorted array: finding a place or an order costs the logarithm of the orders resting, inserting and removing moves
/// those behind. That is right for the some hundred orders one instrument has here.
struct LimitQueue: Sendable {
    /// Best first.
    private(set) var entries: ContiguousArray<MatchingEntry> = []
    /// 0 for buys, all ones for sells: `price ^ mask` is greater for a better price.
    private let mask: Int64

    init(_ side: Side) { mask = side == .buy ? 0 : -1 }

    var isEmpty: Bool { entries.isEmpty }

    /// The limit of the order that is first; `nil` while there is none.
    var bestPrice: Price? { entries.first?.limit }

    /// Puts an order behind those of its price.
    mutating func insert(_ entry: MatchingEntry) {
        let own = rank(entry.limit)
        entries.insert(entry, at: entries.count(before: { rank($0.limit) >= own }))
    }

    /// The place of the order of that limit and arrival.
    func index(limit: Price, arrival: UInt64) -> Int? {
        let own = rank(limit)
        let place = entries.count(before: { entry in
            let other = rank(entry.limit)
            return other > own || other == own && entry.arrival < arrival
        })
        return place < entries.count && entries[place].arrival == arrival ? place : nil
    }

    /// Takes an order out.
    @discardableResult
    mutating func remove(at index: Int) -> MatchingEntry { entries.remove(at: index) }

    /// Fills a part of an order where it stands; it leaves when nothing is left.
    ///
    /// - Returns: the order after that.
    mutating func fill(_ quantity: Quantity, at index: Int) -> MatchingEntry {
        entries[index].filled += quantity
        let entry = entries[index]
        if entry.leaves <= .zero { entries.remove(at: index) }
        return entry
    }

    /// Gives an order new terms that keep its place.
    mutating func amend(_ order: MatchingOrder, at index: Int) { entries[index].order = order }

    private func rank(_ limit: Price?) -> Int64 { (limit ?? .zero).rawValue ^ mask }
}
