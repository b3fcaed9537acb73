/// What waits, first in, first out, in room that is used again.
struct Backlog<Element> {
    private var elements: [Element] = []
    private var head = 0

    /// How many wait.
    var count: Int { elements.count - head }

    /// Whether none waits.
    var isEmpty: Bool { head == elements.count }

    /// The next one.
    var first: Element? { isEmpty ? nil : elements[head] }

    /// Those that wait, in order.
    var waiting: ArraySlice<Element> { elements[head...] }

    /// Adds one behind all others.
    mutating func append(_ element: Element) { elements.append(element) }

    /// Takes the next one.
    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        let element = elements[head]
        head += 1
        if head == elements.count {
            elements.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 64, head * 2 >= elements.count {
            elements.removeSubrange(..<head)
            head = 0
        }
        return element
    }

    /// Changes the first one that `condition` holds for.
    ///
    /// - Returns: whether there is one.
    mutating func changeFirst(where condition: (Element) -> Bool, _ change: (inout Element) -> Void) -> Bool {
        guard let place = elements[head...].firstIndex(where: condition) else { return false }
        change(&elements[place])
        return true
    }

    /// Takes the first one that `condition` holds for out of the line.
    mutating func removeFirst(where condition: (Element) -> Bool) -> Element? {
        guard let place = elements[head...].firstIndex(where: condition) else { return nil }
        return elements.remove(at: place)
    }

    /// Takes all of them.
    mutating func removeAll() -> ArraySlice<Element> {
        let all = elements[head...]
        elements = []
        head = 0
        return all
    }
}

extension Backlog: Sendable where Element: Sendable {}
