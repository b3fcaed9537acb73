/// Ids that were given for orders of which nothing has been sent yet: what tells an order from a change of one.
///
/// Bounded: ids that are never used are forgotten, oldest first, and their orders then count as sent, which costs at worst a
/// cancel of an order that the gateway does not know.
struct FreshOrderIDs: Sendable {
    /// Ids that are remembered.
    static let most = 4_096

    /// Ascending.
    private var ids: [Int32] = []

    /// An id above all others was given.
    mutating func insert(_ id: Int32) {
        if ids.count == Self.most { ids.removeSubrange(..<(Self.most / 2)) }
        ids.append(id)
    }

    /// Its order leaves.
    mutating func remove(_ id: Int32) {
        // As a rule the id given last.
        if ids.last == id { return _ = ids.removeLast() }
        if let place = place(of: id) { ids.remove(at: place) }
    }

    /// Whether nothing of that order has left.
    func contains(_ id: Int32) -> Bool { place(of: id) != nil }

    private func place(of id: Int32) -> Int? {
        var low = 0
        var high = ids.count
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low < ids.count && ids[low] == id ? low : nil
    }
}
