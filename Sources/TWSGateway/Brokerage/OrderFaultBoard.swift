/// Faults that wait for an order they fit; bounded, the oldest first.
struct OrderFaultBoard: Sendable {
    /// A fault, and whose orders it concerns; `nil` for anybody's.
    struct Waiting: Hashable, Sendable {
        let fault: OrderFault
        let client: Int32?
    }

    private static let most = 1_000

    private(set) var waiting: [Waiting] = []

    /// One more; nothing when there are too many.
    mutating func add(_ fault: OrderFault, _ client: Int32?) {
        if waiting.count < Self.most { waiting.append(Waiting(fault: fault, client: client)) }
    }

    /// Takes the first of that kind out that concerns a client.
    ///
    /// - Returns: whether there was one.
    mutating func take(_ fault: OrderFault, _ client: Int32) -> Bool {
        guard
            let index = waiting.firstIndex(where: {
                $0.fault == fault && ($0.client == nil || $0.client == client)
            })
        else { return false }
        waiting.remove(at: index)
        return true
    }

    /// Takes one out that has been performed.
    mutating func remove(_ done: Waiting) {
        if let index = waiting.firstIndex(of: done) { waiting.remove(at: index) }
    }

    /// By how much the next valid id of a client is to be rolled back; 0 for not at all.
    mutating func takeRollBack(_ client: Int32) -> Int32 {
        for (index, waited) in waiting.enumerated() where waited.client == nil || waited.client == client {
            guard case .nextIDRolledBack(let count) = waited.fault else { continue }
            waiting.remove(at: index)
            return max(0, count)
        }
        return 0
    }
}
