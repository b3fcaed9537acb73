import TestSupport
import Testing
import TradingModel

@Suite("Ladder")
struct LadderTests {
    /// The same rules on plain arrays, told row by row; nothing is kept but the rows.
    private struct Twin {
        var rows: [[Level]] = [[], []]

        mutating func apply(_ delta: DomDelta) -> LadderOutcome {
            let (side, position) = (Int(delta.side.rawValue), Int(delta.position))
            let level = Level(price: delta.price, size: delta.size)
            let count = rows[side].count
            switch delta.operation {
            case .insert where position >= count && count == LadderSide.capacity: return .outOfBounds
            case .insert:
                rows[side].insert(level, at: min(position, count))
                if rows[side].count > LadderSide.capacity { rows[side].removeLast() }
                return position > count ? .insertGap : .applied
            case .update where position < count:
                rows[side][position] = level
                return .applied
            case .update where position == count && count < LadderSide.capacity:
                rows[side].append(level)
                return .updateAppend
            case .delete where position < count:
                rows[side].remove(at: position)
                return .applied
            case .update, .delete: return .outOfBounds
            }
        }

        func best(_ side: Int, _ isBetter: (Price, Price) -> Bool) -> Level? {
            let shown = rows[side].filter { $0.size > .zero }
            guard let price = shown.map(\.price).min(by: isBetter) else { return nil }
            let size = shown.filter { $0.price == price }.reduce(Quantity.zero) { $0 + $1.size }
            return Level(price: price, size: size)
        }

        var top: Tick? {
            guard let bid = best(0, >), let ask = best(1, <) else { return nil }
            return Tick(bid: bid.price, ask: ask.price, bidSize: bid.size, askSize: ask.size)
        }
    }

    @Test(
        "agrees with plain arrays after every operation, on shallow, deep and full sides",
        arguments: [3, 12, 70])
    func twin(_ depth: UInt64) {
        var random = TestRandom(seed: TestSeed.value("LADDER_SEED"))
        var ladder = Ladder()
        var twin = Twin()
        for _ in 0..<20_000 {
            if random.below(400) == 0 {
                change(&ladder, &twin, depth, &random)
            } else {
                let delta = delta(depth, &random)
                #expect(ladder.apply(delta) == twin.apply(delta))
            }
            // Not always: what one look has found must not outlive a change.
            if random.below(3) > 0 {
                let top = ladder.top()
                #expect(top == twin.top)
            }
            #expect(ladder.bids.levels == twin.rows[0] && ladder.asks.levels == twin.rows[1])
        }
    }

    /// Replaces or forgets everything.
    private func change(
        _ ladder: inout Ladder, _ twin: inout Twin, _ depth: UInt64, _ random: inout TestRandom
    ) {
        if random.below(2) == 0 {
            ladder.removeAll()
            twin.rows = [[], []]
        } else {
            let bids = (0..<random.below(depth)).map { _ in level(&random) }
            let asks = (0..<random.below(depth)).map { _ in level(&random) }
            ladder.replace(bids: bids, asks: asks)
            twin.rows = [Array(bids.prefix(LadderSide.capacity)), Array(asks.prefix(LadderSide.capacity))]
        }
    }

    /// More inserts than deletes, so that sides fill up.
    private func delta(_ depth: UInt64, _ random: inout TestRandom) -> DomDelta {
        let operations: [DomOperation] = [.insert, .insert, .update, .delete]
        let level = level(&random)
        return DomDelta(
            side: random.below(2) == 0 ? .bid : .ask, operation: operations[Int(random.below(4))],
            position: UInt16(random.below(depth)), price: level.price, size: level.size)
    }

    /// Few prices, so that there are ties; some negative, some sizes zero, negative or as great as can be.
    private func level(_ random: inout TestRandom) -> Level {
        let sizes = [0, -1, 1, 2, 3, 4, 5, Int64.max]
        return Level(
            price: Price(rawValue: Int64(random.below(9)) - 4),
            size: Quantity(rawValue: sizes[Int(random.below(8))]))
    }

    @Test("a side that was forgotten has no best row until it gets one, whatever was found before")
    func forgotten() {
        var ladder = Ladder()
        let one = Quantity(rawValue: 1)
        _ = ladder.apply(
            DomDelta(side: .bid, operation: .insert, position: 0, price: Price(rawValue: 1), size: one))
        _ = ladder.apply(
            DomDelta(side: .ask, operation: .insert, position: 0, price: Price(rawValue: 2), size: one))
        #expect(ladder.top() != nil)
        ladder.removeAll()
        _ = ladder.apply(
            DomDelta(side: .bid, operation: .insert, position: 0, price: Price(rawValue: 1), size: one))
        #expect(ladder.top() == nil)
    }
}
