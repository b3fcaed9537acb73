import AllocationCounter
import Benchmarking
import CReference
import MarketData
import TradingModel

/// The loader against parsers in C: the same file of quotes, read from the page cache, to the same values.
enum ParseFigures {
    private struct Sums: Equatable {
        var rows: UInt64 = 0
        var times: UInt64 = 0
        var bids: UInt64 = 0
        var asks: UInt64 = 0
        var bidSizes: UInt64 = 0
        var askSizes: UInt64 = 0
        var sequences: UInt64 = 0
    }

    private typealias Parser = (
        UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeMutablePointer<reference_quote_sums>
    ) -> Int32

    static func measureCSV(_ bench: Bench) throws -> [Figure] {
        [try measure("csv_quotes", .tickCSV, published: 16_800_000, reference_parse_csv, bench)]
    }

    static func measureNDJSON(_ bench: Bench) throws -> [Figure] {
        [try measure("ndjson_quotes", .jsonLines, published: 21_000_000, reference_parse_ndjson, bench)]
    }

    private static func measure(
        _ name: String, _ form: FlatRecordWriter.Form, published: Double, _ parser: Parser, _ bench: Bench
    ) throws -> Figure {
        let rows = bench.plan.size(500_000, short: 20_000)
        let path = bench.scratch.file(name)
        let symbol = try write(rows, form, to: path)
        let times = try Duel.run(
            name, passes: bench.plan.passes, operations: rows,
            ours: { try load(path) }, reference: { try parse(path, symbol, parser) })
        var figure = Figure(
            name, .rows, ours: 1e9 / times.ours, reference: 1e9 / times.reference, ratio: 1 / times.ratio,
            publishedReference: published, passes: bench.plan.passes, input: "simulated")
        let before = allocation_counter_calls()
        _ = try load(path)
        let allocations = Double(allocation_counter_calls() - before)
        figure.details = [("ns_per_row", times.ours), ("allocations_per_row", allocations / Double(rows))]
        return figure
    }

    private static func write(_ rows: Int, _ form: FlatRecordWriter.Form, to path: String) throws -> String {
        var market = try SimulatedEvents()
        var writer = FlatRecordWriter(form)
        for event in market.take(rows, where: { $0.eventType == .tick }) { writer.write(event) }
        try PlainFile(path).write(writer.takeBytes())
        return market.symbol.name
    }

    private static func load(_ path: String) throws -> Sums {
        let loader = try HistoricalLoader(files: [path])
        var sums = Sums()
        var batch: ContiguousArray<MarketEvent> = []
        while try loader.next(into: &batch) {
            for event in batch {
                guard case .tick(let tick) = event.payload else { continue }
                sums.rows += 1
                sums.times &+= UInt64(bitPattern: event.timestamp.nanoseconds)
                sums.bids &+= UInt64(bitPattern: tick.bid.rawValue)
                sums.asks &+= UInt64(bitPattern: tick.ask.rawValue)
                sums.bidSizes &+= UInt64(bitPattern: tick.bidSize?.rawValue ?? 0)
                sums.askSizes &+= UInt64(bitPattern: tick.askSize?.rawValue ?? 0)
                sums.sequences &+= event.feedSequence
            }
        }
        return sums
    }

    private static func parse(_ path: String, _ symbol: String, _ parser: Parser) throws -> Sums {
        var sums = reference_quote_sums()
        guard parser(path, symbol, &sums) == 0 else { throw BenchmarkFault("\(path): C cannot read it") }
        return Sums(
            rows: sums.rows, times: sums.times, bids: sums.bids, asks: sums.asks, bidSizes: sums.bid_sizes,
            askSizes: sums.ask_sizes, sequences: sums.sequences)
    }
}
