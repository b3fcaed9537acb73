import Benchmarking
import MarketData

/// Whole replays by the daemon: file bytes → events → engines → strategy → risk → simulated fills, exports off.
enum ReplayFigures {
    /// A replay to measure.
    struct Case: Sendable {
        let name: String
        let target: Target?
        let settings: Daemon.Settings
        /// Whether the recording holds quotes, without which there is no order.
        var hasQuotes = true
        /// Passes and input; `nil` where its recordings are missing.
        let input: @Sendable (Recordings, Plan) throws -> (ReplayInput, passes: Int)?
    }

    static let csv = Target(.value, better: .more, floor: 2_000_000, aim: 5_000_000)
    static let ndjson = Target(.value, better: .more, floor: 1_500_000, aim: 3_500_000)

    static let cases = [
        Case(name: "replay_ndjson_simulated", target: ndjson, settings: Daemon.Settings()) {
            recordings, plan in
            let events = plan.size(1_000_000, short: 30_000)
            return (try recordings.simulated(.jsonLines, events: events), 2)
        },
        Case(
            name: "replay_csv_quotes_simulated", target: csv, settings: Daemon.Settings(throttle: 4)
        ) {
            recordings, plan in
            let events = plan.size(1_000_000, short: 30_000)
            return (try recordings.simulated(.tickCSV, events: events), 2)
        },
        Case(name: "replay_ndjson_btcusdt", target: ndjson, settings: Daemon.Settings()) { recordings, plan in
            try repeated(["btcusdt_perp_20240808.jsonl"], 17, recordings, plan)
        },
        Case(name: "replay_csv_btcusdt", target: csv, settings: Daemon.Settings()) { recordings, plan in
            try repeated(
                ["ticks", "trades", "dom"].map { "btcusdt_perp_20240808.\($0).csv" }, 17, recordings, plan)
        },
        Case(
            name: "replay_csv_xauusd", target: csv, settings: Daemon.Settings(thresholdTicks: "8")
        ) { recordings, plan in
            try repeated(
                ["04", "05", "06", "07", "13"].map { "xauusd_201405\($0).ticks.csv" }, 3, recordings, plan)
        },
        Case(
            name: "replay_csv_spy_trades", target: csv, settings: Daemon.Settings(), hasQuotes: false
        ) { recordings, plan in try repeated(["spy_20131008.trades.csv"], 5, recordings, plan) },
    ]

    static func measure(_ bench: Bench) throws -> [Figure] { try measure(cases, bench) }

    /// The figures of some replays.
    static func measure(_ cases: [Case], _ bench: Bench) throws -> [Figure] {
        var figures: [Figure] = []
        for replay in cases {
            guard let (input, passes) = try replay.input(bench.recordings, bench.plan) else { continue }
            figures += try measure(replay, input, passes: passes, bench)
        }
        return figures
    }

    private static func repeated(
        _ names: [String], _ passes: Int, _ recordings: Recordings, _ plan: Plan
    ) throws -> (ReplayInput, passes: Int)? {
        // The short form is for machines without recordings, too.
        guard !plan.isSmoke, let input = try recordings.recorded(names) else {
            return nil
        }
        return (input, passes)
    }

    private static func measure(
        _ replay: Case, _ input: ReplayInput, passes: Int, _ bench: Bench
    ) throws -> [Figure] {
        var runs: [Daemon.Replay] = []
        for _ in 0..<bench.plan.runs {
            runs.append(try bench.daemon.replay(input, passes: passes, replay.settings))
        }
        let fault = fault(runs, events: input.events * passes, replay)
        var figure = Figure(
            replay.name, .events,
            ours: Statistics.median(runs.map { Double($0.marketEvents) / $0.end.wallSeconds }),
            target: replay.target, passes: runs.count, input: input.kind)
        let orders = runs.first.map { Double($0.ordersSent) / Double(max($0.marketEvents, 1)) * 1e4 } ?? 0
        figure.details = [
            ("events", Double(input.events * passes)),
            ("wall_s", Statistics.median(runs.map(\.end.wallSeconds))),
            ("cpu_s", Statistics.median(runs.map(\.end.cpuSeconds))), ("orders_per_10k", orders),
            (
                "events_per_cpu_s",
                Statistics.median(runs.map { Double($0.marketEvents) / max($0.end.cpuSeconds, 1e-6) })
            ),
        ]
        figure.fault = fault
        figure.notes = notes(runs, replay)
        return [figure, try memory(replay, input, passes: passes, bench)]
    }

    private static func notes(_ runs: [Daemon.Replay], _ replay: Case) -> [String] {
        var notes = replay.hasQuotes ? [] : ["trades only: no quotes, so no orders"]
        if Statistics.median(runs.map { $0.end.wallSeconds / max($0.end.cpuSeconds, 1e-6) }) > 1.25 {
            notes.append("the daemon waited for a busy core: events_per_cpu_s says more")
        }
        return notes
    }

    /// What makes the runs worthless.
    private static func fault(_ runs: [Daemon.Replay], events: Int, _ replay: Case) -> String? {
        for run in runs {
            if run.marketEvents != events { return "\(run.marketEvents) events delivered, not \(events)" }
            if run.auditHead != runs[0].auditHead { return "two runs decided differently" }
            if replay.hasQuotes && run.ordersSent * 10_000 < events {
                return "less than one order in 10,000 events"
            }
        }
        return nil
    }

    /// Peak memory, and whether it grows with the length.
    private static func memory(
        _ replay: Case, _ input: ReplayInput, passes: Int, _ bench: Bench
    ) throws -> Figure {
        let factor = bench.plan.isLong ? 10 : 2
        let short = try peak(input, passes: passes, replay.settings, bench)
        let long = try peak(input, passes: factor * passes, replay.settings, bench)
        var figure = Figure(
            replay.name + "_peak_rss", .mebibytes, ours: short, passes: 1, input: input.kind)
        figure.details = [("length_factor", Double(factor)), ("longer_mib", long), ("growth", long / short)]
        figure.notes = long > 1.1 * short ? ["memory grows with the length of the replay"] : []
        return figure
    }

    private static func peak(
        _ input: ReplayInput, passes: Int, _ settings: Daemon.Settings, _ bench: Bench
    ) throws -> Double {
        let run = try bench.daemon.replay(input, passes: passes, settings, countsAllocations: true)
        return Double(run.allocations?.peakKibibytes ?? 0) / 1_024
    }
}
