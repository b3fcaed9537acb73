import Benchmarking
import CReference
import Strategies
import TradingModel

/// The ladder against memmove: the same row operations, ten rows a side.
enum LadderFigures {
    private struct Outcome: Equatable {
        var refused: UInt64 = 0
        var rows: UInt64 = 0
        var seen: UInt64 = 0
        var microPrices: UInt64 = 0
        var imbalances = 0.0
    }

    /// Row operations between two looks at the top in `ladder_batch`.
    private static let batch = 6
    /// Why ours looks longer than C.
    private static let search = "ours looks at every row with a size, wherever it is; C takes row 0"

    static func measure(_ bench: Bench) throws -> [Figure] {
        let operations = try operations(16_384)
        let mirrored = operations.map(\.mirrored)
        let rounds = bench.plan.size(30, short: 2)
        let plain = try figure(
            "ladder_op", published: 11.7, operations: rounds * operations.count, bench,
            target: Target(.ratio, better: .less, floor: 2, aim: 1.2),
            ours: { apply(operations, rounds) }, reference: { applyInC(mirrored, rounds) })
        var batched = try figure(
            "ladder_batch", operations: rounds * operations.count, bench,
            ours: { watch(operations, rounds) }, reference: { watchInC(mirrored, rounds) })
        batched.details = [("operations_per_look", Double(batch))]
        batched.notes = [search]
        var judged = try figure(
            "ladder_op_judged", published: 27.9, operations: rounds * operations.count, bench,
            ours: { judge(operations, rounds) }, reference: { judgeInC(mirrored, rounds) })
        judged.notes = [search]
        return [plain, batched, judged]
    }

    private static func figure(
        _ name: String, published: Double? = nil, operations: Int, _ bench: Bench, target: Target? = nil,
        ours: () -> Outcome, reference: () -> Outcome
    ) throws -> Figure {
        let times = try Duel.run(
            name, passes: bench.plan.passes, operations: operations, ours: ours, reference: reference)
        return Figure(
            name, .nanoseconds, ours: times.ours, reference: times.reference, ratio: times.ratio,
            publishedReference: published, target: target, passes: bench.plan.passes)
    }

    /// Row operations as a feed sends them, beginning with those that fill the ladder.
    private static func operations(_ count: Int) throws -> ContiguousArray<DomDelta> {
        var market = try SimulatedEvents()
        var operations: ContiguousArray<DomDelta> = []
        operations.reserveCapacity(count + 64)
        while operations.count < count {
            market.forEachOfNextChange { event in
                switch event.payload {
                case .domSnapshot(let snapshot): operations.append(contentsOf: snapshot.asInserts)
                case .domDelta(let delta): operations.append(delta)
                default: break
                }
            }
        }
        return operations
    }

    @inline(never)
    private static func apply(_ operations: ContiguousArray<DomDelta>, _ rounds: Int) -> Outcome {
        var outcome = Outcome()
        for _ in 0..<rounds {
            var ladder = Ladder()
            for operation in operations where ladder.apply(operation) == .outOfBounds { outcome.refused += 1 }
            outcome.rows &+= ladder.sum
        }
        return outcome
    }

    private static func applyInC(_ operations: [reference_depth_operation], _ rounds: Int) -> Outcome {
        var outcome = Outcome()
        for _ in 0..<rounds {
            var ladder = reference_ladder()
            outcome.refused += reference_ladder_apply(&ladder, operations, operations.count)
            outcome.rows &+= ladder.sum
        }
        return outcome
    }

    /// The engine's own manner: a look at the top when a batch of the feed has ended.
    @inline(never)
    private static func watch(_ operations: ContiguousArray<DomDelta>, _ rounds: Int) -> Outcome {
        var outcome = Outcome()
        for _ in 0..<rounds {
            var ladder = Ladder()
            var left = batch
            for operation in operations {
                if ladder.apply(operation) == .outOfBounds { outcome.refused += 1 }
                left -= 1
                if left > 0 { continue }
                left = batch
                if let top = ladder.top() { outcome.seen &+= top.sum }
            }
            outcome.rows &+= ladder.sum
        }
        return outcome
    }

    private static func watchInC(_ operations: [reference_depth_operation], _ rounds: Int) -> Outcome {
        var outcome = Outcome()
        for _ in 0..<rounds {
            var ladder = reference_ladder()
            var seen: UInt64 = 0
            outcome.refused += reference_ladder_watch(&ladder, operations, operations.count, batch, &seen)
            outcome.rows &+= ladder.sum
            outcome.seen &+= seen
        }
        return outcome
    }

    @inline(never)
    private static func judge(_ operations: ContiguousArray<DomDelta>, _ rounds: Int) -> Outcome {
        var outcome = Outcome()
        for _ in 0..<rounds {
            var ladder = Ladder()
            var imbalances = 0.0
            for operation in operations {
                if ladder.apply(operation) == .outOfBounds { outcome.refused += 1 }
                guard let quote = ladder.top(), let bidSize = quote.bidSize, let askSize = quote.askSize,
                    quote.ask > quote.bid
                else { continue }
                outcome.microPrices &+= UInt64(bitPattern: microPrice(quote).price.rawValue)
                imbalances +=
                    Double(bidSize.rawValue - askSize.rawValue)
                    / Double(bidSize.rawValue + askSize.rawValue)
            }
            outcome.rows &+= ladder.sum
            outcome.imbalances += imbalances
        }
        return outcome
    }

    private static func judgeInC(_ operations: [reference_depth_operation], _ rounds: Int) -> Outcome {
        var outcome = Outcome()
        for _ in 0..<rounds {
            var ladder = reference_ladder()
            var judgement = reference_judgement()
            outcome.refused += reference_ladder_judge(&ladder, operations, operations.count, &judgement)
            outcome.rows &+= ladder.sum
            outcome.microPrices &+= judgement.micro_prices
            outcome.imbalances += judgement.imbalances
        }
        return outcome
    }
}

extension Tick {
    /// Sum of both prices and both sizes.
    fileprivate var sum: UInt64 {
        let sizes = (bidSize?.rawValue ?? 0) &+ (askSize?.rawValue ?? 0)
        return UInt64(bitPattern: bid.rawValue &+ ask.rawValue &+ sizes)
    }
}

extension DomDelta {
    /// The same for C.
    var mirrored: reference_depth_operation {
        reference_depth_operation(
            side: side == .bid ? 0 : 1, operation: operation.rawValue, position: position,
            price: price.rawValue,
            size: size.rawValue)
    }
}

extension DomSnapshot {
    /// The row operations that fill an empty ladder with it.
    var asInserts: [DomDelta] {
        let sides: [(BookSide, [Level])] = [(.bid, bids), (.ask, asks)]
        return sides.flatMap { side, levels in
            levels.enumerated().map { position, level in
                DomDelta(
                    side: side, operation: .insert, position: UInt16(position), price: level.price,
                    size: level.size)
            }
        }
    }
}

extension Ladder {
    /// Sum over rows of (position + 1) · (price + size), both sides.
    var sum: UInt64 { bids.levels.weightedSum &+ asks.levels.weightedSum }
}

extension reference_ladder {
    /// The same of C's ladder.
    fileprivate var sum: UInt64 { sides.0.levels.weightedSum &+ sides.1.levels.weightedSum }
}

extension reference_side {
    fileprivate var levels: [Level] {
        withUnsafeBytes(of: rows) { bytes in
            bytes.bindMemory(to: reference_row.self).prefix(Int(count)).map {
                Level(price: Price(rawValue: $0.price), size: Quantity(rawValue: $0.size))
            }
        }
    }
}

extension [Level] {
    fileprivate var weightedSum: UInt64 {
        enumerated().reduce(0) { sum, row in
            sum
                &+ UInt64(row.offset + 1)
                &* UInt64(bitPattern: row.element.price.rawValue &+ row.element.size.rawValue)
        }
    }
}
