/// A first-in first-out queue in a ring of fixed capacity.
struct BoundedQueue<Element> {
    private var slots: ContiguousArray<Element?>
    private var head = 0
    private(set) var count = 0

    /// An empty queue for at most `capacity` elements; `capacity` must be positive.
    init(capacity: Int) {
        precondition(capacity > 0, "a queue needs room for one element")
        slots = ContiguousArray(repeating: nil, count: capacity)
    }

    var capacity: Int { slots.count }
    var isFull: Bool { count == slots.count }
    var isEmpty: Bool { count == 0 }

    /// Adds at the end; the queue must not be full.
    mutating func append(_ element: Element) {
        precondition(!isFull, "append to a full queue")
        slots[index(count)] = element
        count += 1
    }

    /// Takes the first element.
    mutating func popFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = slots[head].take()
        head = index(1)
        count -= 1
        return element
    }

    /// Replaces the first element for which `matches` holds.
    ///
    /// - Returns: whether there was one.
    mutating func replaceFirst(with element: Element, where matches: (Element) -> Bool) -> Bool {
        for offset in 0..<count {
            if let candidate = slots[index(offset)], matches(candidate) {
                slots[index(offset)] = element
                return true
            }
        }
        return false
    }

    private func index(_ offset: Int) -> Int {
        let position = head + offset
        return position < slots.count ? position : position - slots.count
    }
}
