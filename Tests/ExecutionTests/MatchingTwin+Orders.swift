import TradingModel

@testable import Execution

/// Orders of the twin: how they come, change, trade and go.
extension MatchingTwin {
    mutating func submit(_ terms: MatchingOrder) {
        guard !orders.contains(where: { $0.terms.id == terms.id }) else {
            return reports.append(.rejected(terms.id, .duplicateID))
        }
        reports.append(.accepted(terms.id, waitsForTrigger: terms.isStop))
        enter(Order(terms: terms))
    }

    mutating func cancel(_ id: MatchingOrderID) -> Bool {
        guard let index = orders.firstIndex(where: { $0.terms.id == id }) else { return false }
        let leaves = Quantity(rawValue: orders.remove(at: index).leaves)
        reports.append(.cancelled(id, leaves: leaves, .requested))
        return true
    }

    mutating func replace(_ terms: MatchingOrder) {
        guard let index = orders.firstIndex(where: { $0.terms.id == terms.id }) else {
            return reports.append(.rejected(terms.id, .unknownOrder))
        }
        var order = orders[index]
        let before = order.terms
        order.terms.quantity = terms.quantity
        order.terms.timeInForce = terms.timeInForce
        if before.isLimit { order.terms.limitPrice = terms.limitPrice }
        if order.isStop { order.terms.stopPrice = terms.stopPrice }
        guard terms.quantity > .zero else { return reports.append(.rejected(terms.id, .invalidQuantity)) }
        guard !before.isLimit || order.terms.limitPrice != nil, !before.isStop || order.terms.stopPrice != nil
        else { return reports.append(.rejected(terms.id, .missingPrice)) }
        reports.append(.replaced(terms.id, leaves: Quantity(rawValue: max(0, order.leaves))))
        var lower = order.terms
        lower.quantity = before.quantity
        lower.timeInForce = before.timeInForce
        let staysPut =
            lower == before && order.terms.quantity <= before.quantity
            && (order.terms.mayRest || order.isStop && order.terms.timeInForce == before.timeInForce)
        if staysPut && order.leaves > 0 {
            orders[index] = order
        } else {
            orders.remove(at: index)
            if order.leaves > 0 { enter(order) }
        }
    }

    /// Orders that rest with a limit, by price, then by time.
    func resting(_ isBuy: Bool) -> [Order] {
        orders.filter { $0.isBuy == isBuy && !$0.isStop && $0.limit != nil }.sorted {
            guard $0.limit != $1.limit, let left = $0.limit, let right = $1.limit else {
                return $0.since < $1.since
            }
            return isBuy ? left > right : left < right
        }
    }

    private func waits(_ order: Order) -> Bool { !order.isStop && order.limit == nil }

    func current(_ order: Order) -> Order {
        orders.first { $0.terms.id == order.terms.id }
            ?? {
                var gone = order; gone.filled = gone.terms.quantity.rawValue; return gone
            }()
    }

    private mutating func place(_ order: Order) {
        clock += 1
        orders.append(order)
        orders[orders.count - 1].since = clock
    }

    private mutating func enter(_ order: Order) {
        guard order.isStop else { return arrive(order) }
        place(order)
        if isOrderly { trigger(ask: shown[1].first?.price, bid: shown[0].first?.price) }
    }

    mutating func trigger(ask: Int64?, bid: Int64?) {
        let reached = orders.filter(\.isStop).sorted { $0.since < $1.since }.filter { order in
            guard let stop = order.terms.stopPrice?.rawValue else { return false }
            return order.isBuy ? ask.map { $0 >= stop } ?? false : bid.map { $0 <= stop } ?? false
        }
        for order in reached {
            orders.removeAll { $0.terms.id == order.terms.id }
            reports.append(.triggered(order.terms.id))
            var started = order
            started.isTriggered = true
            arrive(started)
        }
    }

    private mutating func arrive(_ arriving: Order) {
        var order = arriving
        let seesBook = best(for: order) != nil && isLucky()
        var trial = self
        var wanted = order
        trial.take(&wanted, seesBook: seesBook)
        if order.terms.timeInForce != .fillOrKill || wanted.leaves == 0 { take(&order, seesBook: seesBook) }
        guard order.leaves > 0 else { return }
        guard order.terms.mayRest else {
            return reports.append(
                .cancelled(order.terms.id, leaves: Quantity(rawValue: order.leaves), .notFilledAtOnce))
        }
        place(order)
        if order.limit != nil { serveWaiting(seesBook: false) }
    }

    mutating func serveWaiting(seesBook: Bool) {
        for order in orders.filter({ waits($0) }).sorted(by: { $0.since < $1.since }) {
            var order = order
            take(&order, seesBook: seesBook && best(for: order) != nil && isLucky())
            orders.removeAll { $0.terms.id == order.terms.id && order.leaves == 0 }
            for index in orders.indices where orders[index].terms.id == order.terms.id {
                orders[index] = order
            }
        }
    }

    /// Lot by lot from whatever is best; lots of one source are told together.
    private mutating func take(_ order: inout Order, seesBook: Bool) {
        while order.leaves > 0, let source = source(for: order, seesBook) {
            var lots: Int64 = 0
            while order.leaves > 0, self.source(for: order, seesBook) == source {
                lots += 1
                order.filled += 1
                use(source)
            }
            tell(order, lots, at: price(source, order), isMaker: false)
            if case .resting(let id, let price) = source,
                let maker = orders.first(where: { $0.terms.id == id })
            {
                tell(maker, lots, at: price, isMaker: true)
                orders.removeAll { $0.terms.id == id && $0.leaves == 0 }
            }
        }
    }

    private func source(for order: Order, _ seesBook: Bool) -> Source? {
        let row = seesBook ? best(for: order) : nil
        let own = resting(!order.isBuy).first { $0.leaves > 0 && order.allows($0.limit ?? 0) }
        guard let own, let price = own.limit else { return row.map { .row($0.price) } }
        if let row, order.isBuy ? row.price <= price : row.price >= price { return .row(row.price) }
        return .resting(own.terms.id, price)
    }

    private mutating func use(_ source: Source) {
        switch source {
        case .row(let price):
            // Whose side it is follows from where the price stands.
            let side = shown[1].contains { $0.price == price } ? 1 : 0
            note(1, side, price)
        case .resting(let id, _):
            for index in orders.indices where orders[index].terms.id == id { orders[index].filled += 1 }
        }
    }

    private mutating func note(_ lots: Int64, _ side: Int, _ price: Int64) {
        guard let row = shown[side].first(where: { $0.price == price }), row.size != .max else { return }
        taken[side][price, default: (row.size, 0)].taken += lots
    }

    private func price(_ source: Source, _ order: Order) -> Int64 {
        switch source {
        case .resting(_, let price): return price
        case .row(let price):
            var slipped = price
            for _ in 0..<options.slippageTicks {
                let next = order.isBuy ? slipped + 1 : slipped - 1
                // What is shown above zero stays above it, what is shown at zero stays there.
                guard price < 0 || next >= min(price, 1), order.allows(next) else { break }
                slipped = next
            }
            return slipped
        }
    }

    /// A resting order fills at its limit.
    mutating func give(_ order: Order, lots: Int64, of row: (side: Int, price: Int64)?) {
        if let row { note(lots, row.side, row.price) }
        for index in orders.indices where orders[index].terms.id == order.terms.id {
            orders[index].filled += lots
            tell(orders[index], lots, at: order.limit ?? 0, isMaker: true)
        }
        orders.removeAll { $0.terms.id == order.terms.id && $0.leaves == 0 }
    }

    private mutating func tell(_ order: Order, _ lots: Int64, at price: Int64, isMaker: Bool) {
        reports.append(
            .fill(
                MatchingFill(
                    id: order.terms.id, price: Price(rawValue: price), quantity: Quantity(rawValue: lots),
                    leaves: Quantity(rawValue: order.leaves), isMaker: isMaker)))
    }

    // MARK: For the tests

    /// Ids in the engine's order.
    var openIDs: [MatchingOrderID] {
        let bySince = orders.sorted { $0.since < $1.since }
        return (bySince.filter { waits($0) } + resting(true) + resting(false) + bySince.filter(\.isStop))
            .map(\.terms.id)
    }

    /// Whether an order that rests could trade with what is left of the shown book, or with another one.
    var hasUnmetOrder: Bool {
        let buys = resting(true), sells = resting(false)
        if let buy = buys.first?.limit, let sell = sells.first?.limit, buy >= sell { return true }
        return orders.contains { !$0.isStop && best(for: $0) != nil }
    }
}

extension MatchingOrder {
    /// Whether it may stay when it does not fill at once.
    var mayRest: Bool { timeInForce == .day || timeInForce == .goodTillCancel }
}
