import Benchmarking
import MarketData
import TradingModel

/// A replay in which every quote turns the micro-price round: each leads to a signal, an order and a fill.
enum OrderPath {
    static func measure(_ bench: Bench) throws -> [Figure] {
        let quotes = bench.plan.size(100_000, short: 2_000)
        let path = bench.scratch.file("orders.csv")
        try PlainFile(path).write(try recording(quotes))
        let input = ReplayInput(kind: "generated", files: [path], events: quotes)
        let settings = Daemon.Settings(throttle: 1_000)
        var runs: [Daemon.Replay] = []
        for _ in 0..<bench.plan.runs { runs.append(try bench.daemon.replay(input, passes: 1, settings)) }
        var figure = Figure(
            "order_path", .orders,
            ours: Statistics.median(runs.map { Double($0.ordersSent) / $0.end.wallSeconds }),
            target: Target(.value, better: .more, floor: 100_000, aim: 400_000), passes: runs.count,
            input: input.kind)
        let orders = Double(runs[0].ordersSent)
        figure.details = [
            ("orders", orders),
            ("cpu_us_per_order", Statistics.median(runs.map(\.end.cpuSeconds)) / orders * 1e6),
            ("audit_lines_per_order", Double(runs[0].auditLines) / orders),
        ]
        if orders < 0.99 * Double(quotes) {
            figure.fault = "\(runs[0].ordersSent) orders of \(quotes) quotes"
        }
        return [figure]
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
