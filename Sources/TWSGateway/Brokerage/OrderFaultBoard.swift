/// Faults that wait for an order they fit; bounded, the oldest first.
struct OrderFaultBoard: Sendable {
    private static let most = 1_000

    private(set) var waiting: [OrderFault] = []

    /// One more; nothing when there are too many.
    mutating func add(_ fault: OrderFault) {
        if waiting.count < Self.most { waiting.append(fault) }
    }

    /// Takes the first of that kind out.
    ///
    /// - Returns: whether there was one.
    mutating func take(_ fault: OrderFault) -> Bool {
        guard let index = waiting.firstIndex(of: fault) else { return false }
        waiting.remove(at: index)
        return true
    }

    /// By how much the next valid id is to be rolled back; 0 for not at all.
    mutating func takeRollBack() -> Int32 {
        for (index, fault) in waiting.enumerated() {
            guard case .nextIDRolledBack(let count) = fault else { continue }
            waiting.remove(at: index)
            return max(0, count)
        }
        return 0
    }
}
