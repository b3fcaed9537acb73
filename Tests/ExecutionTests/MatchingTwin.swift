import TradingModel

@testable import Execution

/// The rules of `MatchingEngine` once more, as plainly as can be: one flat list of orders, linear search, and every
/// trade made lot by lot.
struct MatchingTwin {
    struct Order {
        var terms: MatchingOrder
        var filled: Int64 = 0
        var isTriggered = false
        /// When it took its place.
        var since = 0

        var leaves: Int64 { terms.quantity.rawValue - filled }
        var isStop: Bool { terms.isStop && !isTriggered }
        var limit: Int64? { terms.isLimit ? terms.limitPrice?.rawValue : nil }
        var isBuy: Bool { terms.side == .buy }

        func allows(_ price: Int64) -> Bool {
            guard let limit else { return true }
            return isBuy ? price <= limit : price >= limit
        }
    }

    /// Where a lot comes from.
    enum Source: Equatable {
        case row(Int64)
        case resting(MatchingOrderID, Int64)
    }

    var orders: [Order] = []
    var reports: [MatchingReport] = []
    private var clock = 0
    private var touch: Tick?
    private var rows: [[Level]] = [[], []]
    private var hasDepth = false
    private var isComplete = false
    /// What can be traded with: price and size, best first, for bids and asks.
    private var shown: [[(price: Int64, size: Int64)]] = [[], []]
    private var taken: [[Int64: (shown: Int64, taken: Int64)]] = [[:], [:]]
    private var random: SplitMix64
    private let options: MatchingOptions

    init(_ options: MatchingOptions) {
        self.options = options
        random = SplitMix64(seed: options.seed)
    }

    // MARK: The market

    mutating func apply(_ payload: MarketEvent.Payload) {
        switch payload {
        case .tick(let quote):
            guard touch != quote else { return }
            touch = quote
            if !hasDepth { judge() }
        case .domDelta(let delta):
            change(delta)
            endBatch(delta.endsBatch)
        case .domSnapshot(let snapshot):
            rows = [snapshot.bids, snapshot.asks]
            endBatch(snapshot.endsBatch)
        case .trade(let trade): met(trade)
        case .feedStatus:
            (touch, rows, hasDepth, isComplete) = (nil, [[], []], false, false)
            shown = [[], []]
            taken = [[:], [:]]
        default: break
        }
    }

    private mutating func change(_ delta: DomDelta) {
        let side = Int(delta.side.rawValue), position = Int(delta.position)
        let level = Level(price: delta.price, size: delta.size)
        let count = rows[side].count
        switch delta.operation {
        case .insert: rows[side].insert(level, at: min(position, count))
        case .update where position < count: rows[side][position] = level
        case .update where position == count: rows[side].append(level)
        case .delete where position < count: rows[side].remove(at: position)
        case .update, .delete: break
        }
    }

    private mutating func endBatch(_ ends: Bool) {
        isComplete = ends
        hasDepth = hasDepth || ends
        if ends { judge() } else { shown = shown.map { Array($0.prefix(1)) } }
    }

    /// Looks at the market anew and lets the orders meet it.
    private mutating func judge() {
        shown = hasDepth ? [summed(0), summed(1)] : quoted()
        for side in 0...1 {
            for (price, taking) in taken[side]
            where !shown[side].contains(where: { $0.price == price && $0.size == taking.shown }) {
                taken[side][price] = nil
            }
        }
        guard isOrderly else { return }
        serveWaiting(seesBook: true)
        for isBuy in [true, false] {
            for order in resting(isBuy) where best(for: order) != nil && isLucky() {
                while let row = best(for: current(order)), current(order).leaves > 0 {
                    give(order, lots: min(current(order).leaves, row.left), of: (isBuy ? 1 : 0, row.price))
                }
            }
        }
        trigger(ask: shown[1].first?.price, bid: shown[0].first?.price)
    }

    private func summed(_ side: Int) -> [(price: Int64, size: Int64)] {
        var sizes: [Int64: Int64] = [:]
        for row in rows[side] where row.size > .zero {
            sizes[row.price.rawValue, default: 0] += row.size.rawValue
        }
        return sizes.sorted { side == 0 ? $0.key > $1.key : $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private func quoted() -> [[(price: Int64, size: Int64)]] {
        guard let touch else { return [[], []] }
        let told = [touch.bidSize?.rawValue, touch.askSize?.rawValue]
        let tellsNothing = told.allSatisfy { ($0 ?? 0) <= 0 }
        return zip([touch.bid, touch.ask], told).map { price, size in
            let size = tellsNothing ? .max : size ?? .max
            return size > 0 ? [(price.rawValue, size)] : []
        }
    }

    private var isOrderly: Bool {
        guard let bid = shown[0].first, let ask = shown[1].first else { return true }
        return bid.price < ask.price
    }

    /// The best row with something left for an order.
    private func best(for order: Order) -> (price: Int64, left: Int64)? {
        guard isOrderly else { return nil }
        let side = order.isBuy ? 1 : 0
        for row in shown[side] where order.allows(row.price) {
            let left = row.size - (row.size == .max ? 0 : taken[side][row.price]?.taken ?? 0)
            if left > 0 { return (row.price, left) }
        }
        return nil
    }

    private mutating func isLucky() -> Bool { random.next() >> 32 < options.fillChance }

    private mutating func met(_ trade: Trade) {
        for isBuy in [true, false] {
            var left = trade.size.rawValue
            for order in resting(isBuy) {
                guard left > 0, let limit = order.limit else { break }
                let isThrough = isBuy ? trade.price.rawValue < limit : trade.price.rawValue > limit
                guard isThrough, isLucky() else { continue }
                let lots = min(order.leaves, left)
                left -= lots
                give(order, lots: lots, of: nil)
            }
        }
        trigger(ask: trade.price.rawValue, bid: trade.price.rawValue)
    }

    // MARK: Orders

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
    private func resting(_ isBuy: Bool) -> [Order] {
        orders.filter { $0.isBuy == isBuy && !$0.isStop && $0.limit != nil }.sorted {
            guard $0.limit != $1.limit, let left = $0.limit, let right = $1.limit else {
                return $0.since < $1.since
            }
            return isBuy ? left > right : left < right
        }
    }

    private func waits(_ order: Order) -> Bool { !order.isStop && order.limit == nil }

    private func current(_ order: Order) -> Order {
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

    private mutating func trigger(ask: Int64?, bid: Int64?) {
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

    private mutating func serveWaiting(seesBook: Bool) {
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
            let slip = Int64(options.slippageTicks)
            guard let limit = order.limit else { return order.isBuy ? price + slip : price - slip }
            return order.isBuy ? min(price + slip, limit) : max(price - slip, limit)
        }
    }

    /// A resting order fills at its limit.
    private mutating func give(_ order: Order, lots: Int64, of row: (side: Int, price: Int64)?) {
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
