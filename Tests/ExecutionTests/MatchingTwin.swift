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
    var clock = 0
    private var touch: Tick?
    private var rows: [[Level]] = [[], []]
    private var hasDepth = false
    private var isComplete = false
    /// What can be traded with: price and size, best first, for bids and asks.
    var shown: [[(price: Int64, size: Int64)]] = [[], []]
    var taken: [[Int64: (shown: Int64, taken: Int64)]] = [[:], [:]]
    private var random: SplitMix64
    let options: MatchingOptions

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
        return [Self.row(touch.bid, told: touch.bidSize), Self.row(touch.ask, told: touch.askSize)]
    }

    /// A size that is not told has no end; a told one that is not positive leaves nothing to trade with.
    private static func row(_ price: Price, told: Quantity?) -> [(price: Int64, size: Int64)] {
        guard let told else { return [(price.rawValue, .max)] }
        return told > .zero ? [(price.rawValue, told.rawValue)] : []
    }

    var isOrderly: Bool {
        guard let bid = shown[0].first, let ask = shown[1].first else { return true }
        return bid.price < ask.price
    }

    /// The best row with something left for an order.
    func best(for order: Order) -> (price: Int64, left: Int64)? {
        guard isOrderly else { return nil }
        let side = order.isBuy ? 1 : 0
        for row in shown[side] where order.allows(row.price) {
            let left = row.size - (row.size == .max ? 0 : taken[side][row.price]?.taken ?? 0)
            if left > 0 { return (row.price, left) }
        }
        return nil
    }

    mutating func isLucky() -> Bool { random.next() >> 32 < options.fillChance }

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
}
