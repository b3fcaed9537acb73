import TradingModel

/// One simulated market: a ladder that random orders, cancels and trades move, under changing regimes.
///
/// Whole numbers only: prices in ticks, sizes in lots. The regime gives the chance that pressure comes from
/// the buyers; a pressed side is eaten and the other one leans in behind it, so that the micro-price leads.
struct SimulatedMarket {
    /// What one change of the market says.
    struct Change {
        var trade: (row: SimulatedRow, aggressor: Aggressor)?
        var operations: [LadderOperation] = []
        var changesQuote = false
        var isSnapshot = false
        /// Whether the market is in a burst: changes come faster.
        var isBurst = false
    }

    private(set) var bids: SimulatedSide
    private(set) var asks: SimulatedSide
    private var regime = Regime()
    private var isOpen = false
    private let highestTick: Int64
    private static let lowestTick: Int64 = 100
    private static let widestSpread: UInt64 = 8
    private static let mostLots: Int64 = 500

    /// A market that opens with a spread of three ticks around `tick`.
    init(openingAt tick: Int64, _ random: inout SeededRandom) {
        var rows: [[SimulatedRow]] = [[], []]
        for level in 0..<Int64(SimulatedSide.depth) {
            rows[0].append(SimulatedRow(tick: tick - 1 - level, lots: Self.lots(&random)))
            rows[1].append(SimulatedRow(tick: tick + 2 + level, lots: Self.lots(&random)))
        }
        highestTick = 4 * tick
        bids = SimulatedSide(.bid, rows: rows[0])
        asks = SimulatedSide(.ask, rows: rows[1])
    }

    /// The next change; the first is the snapshot.
    mutating func next(_ random: inout SeededRandom) -> Change {
        var change = Change()
        guard isOpen else {
            isOpen = true
            change.isSnapshot = true
            change.changesQuote = true
            return change
        }
        regime.advance(&random)
        change.isBurst = regime.isBurst
        let before = (bids.best, asks.best)
        if buyersPress(random.chance(regime.buyPercent)) {
            act(on: &asks, behind: &bids, .buy, &random, &change)
        } else {
            act(on: &bids, behind: &asks, .sell, &random, &change)
        }
        change.changesQuote = before != (bids.best, asks.best)
        return change
    }

    /// What chance says, unless the market leaves its range: no bid falls while buyers press, no ask rises
    /// while sellers do.
    private func buyersPress(_ chance: Bool) -> Bool {
        if bids.rows[bids.rows.count - 1].tick < Self.lowestTick { return true }
        if asks.rows[asks.rows.count - 1].tick > highestTick { return false }
        return chance
    }

    /// `pressed` is eaten, cancelled or thinned; `other` leans in.
    private func act(
        on pressed: inout SimulatedSide, behind other: inout SimulatedSide, _ aggressor: Aggressor,
        _ random: inout SeededRandom, _ change: inout Change
    ) {
        let spread = (pressed.best.tick - other.best.tick).magnitude
        switch random.below(100) {
        case 0..<(regime.isBurst ? 45 : 30):
            trade(on: &pressed, aggressor, &random, &change)
            if pressed.best.tick != change.trade?.row.tick {
                lean(&other, spread: spread + 1, &random, &change)
            }
        case 45..<55 where spread < Self.widestSpread:
            pressed.remove(0, refillLots: Self.lots(&random), gap: Self.gap(&random), &change.operations)
        case 55..<70 where spread > 1:
            lean(&other, spread: spread, &random, &change)
        case 70..<75:
            let position = 1 + Int(random.below(Int64(SimulatedSide.depth - 2)))
            pressed.remove(
                position, refillLots: Self.lots(&random), gap: Self.gap(&random), &change.operations)
        case 75..<82:
            fillGap(&other, &random, &change)
        case 82..<91:
            // Buyers that press add to their own best row.
            let lots = other.best.lots + 1 + random.below(9)
            other.resize(0, lots: min(lots, Self.mostLots), &change.operations)
        default:
            let position = Int(random.below(Int64(SimulatedSide.depth)))
            pressed.resize(position, lots: Self.lots(&random), &change.operations)
        }
    }

    private func trade(
        on pressed: inout SimulatedSide, _ aggressor: Aggressor, _ random: inout SeededRandom,
        _ change: inout Change
    ) {
        let touch = pressed.best
        let taken = min(touch.lots, 1 + random.below(12))
        change.trade = (SimulatedRow(tick: touch.tick, lots: taken), aggressor)
        if taken < touch.lots {
            pressed.resize(0, lots: touch.lots - taken, &change.operations)
        } else {
            pressed.remove(0, refillLots: Self.lots(&random), gap: Self.gap(&random), &change.operations)
        }
    }

    /// A better row on the side that follows, inside the spread.
    private func lean(
        _ side: inout SimulatedSide, spread: UInt64, _ random: inout SeededRandom, _ change: inout Change
    ) {
        guard spread > 1 else { return }
        let row = SimulatedRow(tick: side.best.tick - side.worse, lots: Self.lots(&random))
        side.insert(row, at: 0, &change.operations)
    }

    /// A row in the first gap between prices; without a gap a row changes its size.
    private func fillGap(_ side: inout SimulatedSide, _ random: inout SeededRandom, _ change: inout Change) {
        for position in 1..<side.rows.count {
            let tick = side.rows[position - 1].tick + side.worse
            guard side.rows[position].tick != tick else { continue }
            side.insert(SimulatedRow(tick: tick, lots: Self.lots(&random)), at: position, &change.operations)
            return
        }
        let position = Int(random.below(Int64(SimulatedSide.depth)))
        side.resize(position, lots: Self.lots(&random), &change.operations)
    }

    private static func lots(_ random: inout SeededRandom) -> Int64 { 1 + random.below(25) }

    /// Distance of a new last row: now and then a price is left out.
    private static func gap(_ random: inout SeededRandom) -> Int64 { random.chance(15) ? 2 : 1 }
}

/// Which way a market is pressed, for how long, and how hard.
private struct Regime {
    private(set) var buyPercent: Int64 = 50
    private(set) var isBurst = false
    private var changesLeft: Int64 = 0

    mutating func advance(_ random: inout SeededRandom) {
        changesLeft -= 1
        guard changesLeft < 0 else { return }
        isBurst = !isBurst && random.chance(25)
        changesLeft = isBurst ? 40 + random.below(160) : 300 + random.below(1_500)
        let tilt = isBurst ? 25 + random.below(15) : random.below(14)
        buyPercent = random.chance(50) ? 50 + tilt : 50 - tilt
    }
}
