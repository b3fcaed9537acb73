import TradingModel

/// What has been taken from the shown rows of one side since the feed last said something new about their prices.
struct TakenSizes: Sendable {
    private struct Taking: BitwiseCopyable {
        let price: Price
        /// What the feed showed when it was taken: anything else is news.
        let shown: Quantity
        var taken: Quantity
    }

    /// One for each price, at most one for each row of a ladder.
    private var takings: ContiguousArray<Taking> = []

    /// Taken at a price.
    func taken(at price: Price) -> Quantity {
        for taking in takings where taking.price == price { return taking.taken }
        return .zero
    }

    /// Notes a fill from a row of which `shown` is displayed.
    mutating func take(_ quantity: Quantity, at price: Price, of shown: Quantity) {
        for index in takings.indices where takings[index].price == price {
            takings[index].taken += quantity
            return
        }
        takings.append(Taking(price: price, shown: shown, taken: quantity))
    }

    /// Forgets everything: the rows are gone.
    mutating func removeAll() {
        if !takings.isEmpty { takings.removeAll(keepingCapacity: true) }
    }

    /// Forgets what is not about this row as it is shown.
    mutating func keep(only row: Level?) {
        guard !takings.isEmpty else { return }
        takings.removeAll { $0.price != row?.price || $0.shown != row?.size }
    }

    /// Forgets the prices of which the ladder now shows another size, or none.
    mutating func keep(shownIn ladder: inout Ladder, _ side: BookSide) {
        var index = 0
        while index < takings.count {
            if ladder.size(side, at: takings[index].price) == takings[index].shown {
                index += 1
            } else {
                takings.remove(at: index)
            }
        }
    }
}
