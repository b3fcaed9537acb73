import Benchmarking
import MarketData
import TradingModel

/// A replay in which every quote turns the micro-price round: each leads to a signal, an order and a fill.
enum OrderPath {
    private static let settings = Daemon.Settings(throttle: 1_000)
    private static let target = Target(.value, better: .more, floor: 100_000, aim: 400_000)

    static func measure(_ bench: Bench) throws -> [Figure] {
        let quotes = bench.plan.size(100_000, short: 2_000)
        let path = bench.scratch.file("orders.csv")
        try PlainFile(path).write(try recording(quotes))
        let input = ReplayInput(kind: "generated", files: [path], events: quotes)
        var figures = [
            try rate("order_path", input, bench),
            // The bus on one, what makes the audit trail on another.
            try Cores.all { try rate("order_path_all_cores", input, bench) },
        ]
        if !bench.plan.isSmoke { figures.append(try memory(input, bench)) }
        return figures
    }

    private static func rate(_ name: String, _ input: ReplayInput, _ bench: Bench) throws -> Figure {
        var runs: [Daemon.Replay] = []
        for _ in 0..<bench.plan.runs { runs.append(try bench.daemon.replay(input, passes: 1, settings)) }
        var figure = Figure(
            name, .orders, ours: Statistics.median(runs.map { Double($0.ordersSent) / $0.end.wallSeconds }),
            target: target, passes: runs.count, input: input.kind)
        let orders = Double(runs[0].ordersSent)
        figure.details = [
            ("orders", orders), ("cpu_us_per_order", microseconds(runs)),
            ("audit_lines_per_order", Double(runs[0].auditLines) / orders),
        ]
        // Ten times as many must cost the same each.
        if !bench.plan.isSmoke {
            let long = try bench.daemon.replay(input, passes: 10, settings)
            figure.details += [
                ("long_orders", Double(long.ordersSent)), ("long_cpu_us_per_order", microseconds([long])),
                ("long_orders_per_s", Double(long.ordersSent) / long.end.wallSeconds),
            ]
        }
        if orders < 0.99 * Double(input.events) {
            figure.fault = "\(runs[0].ordersSent) orders of \(input.events) quotes"
        }
        return figure
    }

    private static func microseconds(_ runs: [Daemon.Replay]) -> Double {
        Statistics.median(runs.map { $0.end.cpuSeconds / Double(max($0.ordersSent, 1)) * 1e6 })
    }

    /// Peak memory and allocations of ten times as many orders.
    private static func memory(_ input: ReplayInput, _ bench: Bench) throws -> Figure {
        let short = try bench.daemon.replay(input, passes: 1, settings, countsAllocations: true)
        let long = try bench.daemon.replay(input, passes: 10, settings, countsAllocations: true)
        guard let less = short.allocations, let more = long.allocations else {
            throw BenchmarkFault("the allocation counter left no report")
        }
        var figure = Figure(
            "order_path_peak_rss", .mebibytes, ours: Double(more.peakKibibytes) / 1_024, passes: 1,
            input: input.kind)
        let orders = Double(long.ordersSent - short.ordersSent)
        figure.details = [
            ("orders", Double(long.ordersSent)),
            ("growth", Double(more.peakKibibytes) / Double(max(less.peakKibibytes, 1))),
            ("allocations_per_order", Double(more.calls - less.calls) / orders),
        ]
        return figure
    }

    /// Quotes that jump half a dollar up and down, one a second: `last > mean_5 > mean_10`, then the reverse.
    ///
    /// The newest five samples hold three of the newest price, the newest ten five of each.
    private static func recording(_ quotes: Int) throws -> [UInt8] {
        var writer = FlatRecordWriter(.tickCSV)
        let symbol = try SimulatedEvents().symbol
        let size = Quantity(rawValue: 10_000_000_000)
        for index in 0..<quotes {
            let time = Timestamp(nanoseconds: 1_767_571_200_000_000_000 + Int64(index) * 1_000_000_000)
            let bid = Price(rawValue: 4_000_000_000_000 + (index.isMultiple(of: 2) ? 0 : 500_000_000))
            let tick = Tick(bid: bid, ask: bid.moved(by: 10_000_000), bidSize: size, askSize: size)
            writer.write(
                MarketEvent(
                    timestamp: time, receivedAt: time, symbol: symbol, source: .replay,
                    feedSequence: UInt64(index + 1), payload: .tick(tick)))
        }
        return writer.takeBytes()
    }
}
