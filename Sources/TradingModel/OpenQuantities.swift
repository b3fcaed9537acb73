/// What is still open of each order, by id.
///
/// Ids ascend as orders are made, so an order is found by halving and a new one goes to the end.
public struct OpenQuantities: Sendable {
    private struct Entry: BitwiseCopyable {
        var id: ClientOrderID
        var quantity: Quantity
    }

    private var entries: ContiguousArray<Entry> = []

    /// Nothing open.
    public init() {}

    /// Open orders.
    public var count: Int { entries.count }

    /// What is open of an order; `nil` for one that is not known. Setting `nil` forgets it.
    public subscript(id: ClientOrderID) -> Quantity? {
        get {
            let place = place(of: id)
            return place < entries.count && entries[place].id == id ? entries[place].quantity : nil
        }
        set {
            let place = place(of: id)
            let isKnown = place < entries.count && entries[place].id == id
            if let newValue {
                if isKnown {
                    entries[place].quantity = newValue
                } else {
                    entries.insert(Entry(id: id, quantity: newValue), at: place)
                }
            } else if isKnown {
                entries.remove(at: place)
            }
        }
    }

    /// The place of the first order that does not come before `id`.
    private func place(of id: ClientOrderID) -> Int {
        var low = 0
        var high = entries.count
        if let last = entries.last, last.id < id { return high }
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
