import Benchmarking
import MarketData

/// What the daemon asks of the heap in steady state: the difference between a replay of a recording and one of its first
/// half, so that starting and opening files are not in it.
enum AllocationFigures {
    /// A recording to count over.
    private struct Case {
        let name: String
        let whole: ReplayInput
        let half: ReplayInput
    }

    static func measure(_ bench: Bench) throws -> [Figure] {
        try (simulated(bench) + recorded(bench)).flatMap { try measure($0, bench) }
    }

    private static func simulated(_ bench: Bench) throws -> [Case] {
        let events = bench.plan.size(400_000, short: 20_000)
        let forms: [(String, FlatRecordWriter.Form)] = [
            ("ndjson_simulated", .jsonLines), ("csv_simulated", .tickCSV),
        ]
        return try forms.map { name, form in
            try halved(name, bench.recordings.simulated(form, events: events), bench)
        }
    }

    private static func recorded(_ bench: Bench) throws -> [Case] {
        // The short form is for machines without recordings, too.
        guard !bench.plan.isSmoke else { return [] }
        let files = [
            ("ndjson_btcusdt", "btcusdt_perp_20240808.jsonl"), ("csv_xauusd", "xauusd_20140507.ticks.csv"),
            ("csv_spy_trades", "spy_20131008.trades.csv"),
        ]
        return try files.compactMap { name, file in
            try bench.recordings.recorded([file]).map { try halved(name, $0, bench) }
        }
    }

    private static func halved(_ name: String, _ input: ReplayInput, _ bench: Bench) throws -> Case {
        Case(name: name, whole: input, half: try bench.recordings.firstHalf(of: input))
    }

    private static func measure(_ recording: Case, _ bench: Bench) throws -> [Figure] {
        let market = try growth(recording, Daemon.Settings(strategy: false, bar: "24h"), bench)
        let bars = try growth(recording, Daemon.Settings(strategy: false), bench)
        let orders = try growth(recording, Daemon.Settings(throttle: 100_000, bar: "24h"), bench)
        let figures = [
            quiet(recording, market, bars, passes: bench.plan.runs),
            orders.orders > 0 ? ordering(recording, market, orders, passes: bench.plan.runs) : nil,
        ]
        return figures.compactMap { $0 }
    }

    /// Market events alone.
    private static func quiet(_ recording: Case, _ market: Growth, _ bars: Growth, passes: Int) -> Figure {
        var figure = Figure(
            "allocations_market_" + recording.name, .allocations, ours: market.calls / market.events,
            target: Target(.value, better: .less, floor: 0.0001, aim: 0), passes: passes,
            input: recording.whole.kind)
        figure.details = [
            ("events", market.events), ("allocations", market.calls), ("bytes", market.bytes),
        ]
        figure.notes = ["strategy off, bars of 24 h"]
        if let perBar = bars.perBar(beyond: market) {
            figure.details += [("bars", bars.bars - market.bars), ("allocations_per_bar", perBar)]
            figure.notes.append("allocations_per_bar: with bars of 60 s")
        }
        return figure
    }

    /// What orders cost beyond that.
    private static func ordering(_ recording: Case, _ market: Growth, _ whole: Growth, passes: Int) -> Figure
    {
        var figure = Figure(
            "allocations_order_" + recording.name, .allocationsPerOrder,
            ours: (whole.calls - market.calls) / whole.orders, passes: passes, input: recording.whole.kind)
        figure.details = [
            ("orders", whole.orders), ("signals", whole.signals),
            ("allocations_per_event", whole.calls / whole.events),
        ]
        return figure
    }

    /// What the second half of a recording has added.
    private struct Growth {
        let events: Double
        let calls: Double
        let bytes: Double
        let bars: Double
        let signals: Double
        let orders: Double

        /// What a bar costs beyond what the same events cost `other`, which closes none or few; `nil` without more bars.
        func perBar(beyond other: Growth) -> Double? {
            bars > other.bars ? (calls - other.calls) / (bars - other.bars) : nil
        }
    }

    private static func growth(
        _ recording: Case, _ settings: Daemon.Settings, _ bench: Bench
    ) throws -> Growth {
        let (half, few) = try count(recording.half, settings, bench)
        let (whole, many) = try count(recording.whole, settings, bench)
        return Growth(
            events: Double(whole.marketEvents - half.marketEvents), calls: Double(many.calls - few.calls),
            bytes: Double(many.bytes - few.bytes), bars: Double(whole.bars - half.bars),
            signals: Double(whole.signals - half.signals), orders: Double(whole.ordersSent - half.ordersSent))
    }

    /// The run with the fewest blocks: a start takes one or two more or less by the time of day and the order of threads.
    private static func count(
        _ input: ReplayInput, _ settings: Daemon.Settings, _ bench: Bench
    ) throws -> (Daemon.Replay, AllocationReport) {
        let runs = try (0..<bench.plan.runs).map { _ in try countOnce(input, settings, bench) }
        guard let fewest = runs.min(by: { $0.1.calls < $1.1.calls }) else {
            throw BenchmarkFault("allocations: no run")
        }
        return fewest
    }

    private static func countOnce(
        _ input: ReplayInput, _ settings: Daemon.Settings, _ bench: Bench
    ) throws -> (Daemon.Replay, AllocationReport) {
        let replay = try bench.daemon.replay(input, passes: 1, settings, countsAllocations: true)
        guard let allocations = replay.allocations, replay.marketEvents == input.events else {
            throw BenchmarkFault("allocations: \(replay.marketEvents) events delivered, not \(input.events)")
        }
        return (replay, allocations)
    }
}
