/// The newest items of a stream, at most `capacity`; adding beyond that forgets the oldest.
struct RecentItems<Element: Sendable>: Sendable {
    private var items: ContiguousArray<Element> = []
    private var oldest = 0
    private let capacity: Int

    /// Room for `capacity` items, which must be positive; taken as it is needed.
    init(capacity: Int) {
        precondition(capacity > 0, "keeping nothing is no history")
        self.capacity = capacity
    }

    var count: Int { items.count }

    mutating func append(_ item: Element) {
        if items.count < capacity {
            items.append(item)
        } else {
            items[oldest] = item
            oldest = oldest + 1 == capacity ? 0 : oldest + 1
        }
    }

    /// The newest `limit` items, oldest of them first.
    func newest(_ limit: Int) -> [Element] {
        let taken = min(max(limit, 0), items.count)
        return (items.count - taken..<items.count).map { items[(oldest + $0) % items.count] }
    }
}
