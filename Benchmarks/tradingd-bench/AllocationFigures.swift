import Benchmarking
import MarketData

/// What the daemon asks of the heap in steady state: the difference between a replay and one twice as long.
enum AllocationFigures {
    static func measure(_ bench: Bench) throws -> [Figure] {
        var figures: [Figure] = []
        for (name, input, passes) in try inputs(bench) {
            figures += try measure(name, input, passes: passes, bench)
        }
        return figures
    }

    private static func inputs(_ bench: Bench) throws -> [(String, ReplayInput, passes: Int)] {
        let events = bench.plan.size(200_000, short: 20_000)
        var inputs = [
            (
                "ndjson_simulated", try bench.recordings.simulated(.jsonLines, events: events, passes: [2]),
                passes: 1
            ),
            (
                "csv_simulated", try bench.recordings.simulated(.tickCSV, events: events, passes: [2]),
                passes: 1
            ),
        ]
        if !bench.plan.isSmoke,
            let recorded = try bench.recordings.recorded(["btcusdt_perp_20240808.jsonl"], passes: [2, 4])
        {
            inputs.append(("ndjson_btcusdt", recorded, passes: 2))
        }
        return inputs
    }

    private static func measure(
        _ name: String, _ input: ReplayInput, passes: Int, _ bench: Bench
    ) throws -> [Figure] {
        let market = try growth(input, passes, Daemon.Settings(strategy: false, bar: "24h"), bench)
        let whole = try growth(input, passes, Daemon.Settings(throttle: 100_000, bar: "24h"), bench)
        let bars = try growth(input, passes, Daemon.Settings(strategy: false), bench)
        var quiet = Figure(
            "allocations_market_" + name, .allocations, ours: market.calls / market.events,
            target: Target(.value, better: .less, floor: 0.001, aim: 0), passes: 1, input: input.kind)
        quiet.details = [
            ("events", market.events), ("allocations", market.calls), ("bytes", market.bytes),
            ("allocations_per_bar", bars.bars > 0 ? (bars.calls - market.calls) / bars.bars : 0),
        ]
        quiet.notes = ["strategy off, bars of 24 h"]
        var orders = Figure(
            "allocations_order_" + name, .allocationsPerOrder,
            ours: whole.orders > 0 ? (whole.calls - market.calls) / whole.orders : 0, passes: 1,
            input: input.kind)
        orders.details = [
            ("orders", whole.orders), ("signals", whole.signals),
            ("allocations_per_event", whole.calls / whole.events),
        ]
        return [quiet, orders]
    }

    private struct Growth {
        let events: Double
        let calls: Double
        let bytes: Double
        let bars: Double
        let signals: Double
        let orders: Double
    }

    /// What the second half of the doubled length has added.
    private static func growth(
        _ input: ReplayInput, _ passes: Int, _ settings: Daemon.Settings, _ bench: Bench
    ) throws -> Growth {
        let once = try bench.daemon.replay(input, passes: passes, settings, countsAllocations: true)
        let twice = try bench.daemon.replay(input, passes: 2 * passes, settings, countsAllocations: true)
        guard let few = once.allocations, let many = twice.allocations,
            twice.marketEvents == 2 * once.marketEvents
        else { throw BenchmarkFault("allocations: the longer replay is not twice as long") }
        return Growth(
            events: Double(twice.marketEvents - once.marketEvents), calls: Double(many.calls - few.calls),
            bytes: Double(many.bytes - few.bytes), bars: Double(twice.bars - once.bars),
            signals: Double(twice.signals - once.signals), orders: Double(twice.ordersSent - once.ordersSent))
    }
}
