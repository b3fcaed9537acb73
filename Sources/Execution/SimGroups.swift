import TradingModel

/// The exits of one entry as one group: any fill of one of them ends the others, those included that arrive later.
///
/// As IBKR's `ocaType` 1, which the exits of a bracket bear there.
struct SimGroups: Sendable {
    /// Groups that are remembered to be over.
    private static var kept: Int { 1_024 }

    private struct Group: Hashable {
        let entry: ClientOrderID
        let round: UInt16

        init?(_ order: OrderRequest) {
            guard let entry = order.bracket else { return nil }
            (self.entry, round) = (entry, order.exitRound)
        }
    }

    /// Oldest first.
    private var over: ContiguousArray<Group> = []
    private var news: ContiguousArray<OrderRequest> = []

    /// Why an order ends with its group.
    static var reason: String { "another order of its group was filled" }

    /// Whether something has filled whose group does not know yet.
    var hasNews: Bool { !news.isEmpty }

    /// An order has filled, in part or in full.
    mutating func filled(_ order: OrderRequest) {
        guard let group = Group(order) else { return }
        news.append(order)
        guard !over.contains(group) else { return }
        if over.count == Self.kept { over.removeFirst() }
        over.append(group)
    }

    /// Those that have filled since it was asked last.
    mutating func takeNews() -> ContiguousArray<OrderRequest> {
        defer { news.removeAll(keepingCapacity: true) }
        return news
    }

    /// Whether the group of an order is over, which one that is new to it learns when it arrives.
    func isOver(_ order: OrderRequest) -> Bool { Group(order).map { over.contains($0) } ?? false }
}
