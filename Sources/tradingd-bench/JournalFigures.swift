import Benchmarking
import MarketData
import TradingModel

/// The journal of inputs: whole replays of one by the daemon, and its codec alone.
enum JournalFigures {
    private static let target = Target(.value, better: .more, floor: 4_000_000, aim: 10_000_000)

    static let cases = [
        ReplayFigures.Case(
            name: "replay_journal_simulated", target: target, settings: Daemon.Settings()
        ) { recordings, plan in
            let events = plan.size(1_000_000, short: 30_000)
            return (try recordings.journal(of: recordings.simulated(.jsonLines, events: events)), 5)
        },
        ReplayFigures.Case(
            name: "replay_journal_btcusdt", target: target, settings: Daemon.Settings()
        ) { recordings, plan in
            guard !plan.isSmoke, let input = try recordings.recorded(["btcusdt_perp_20240808.jsonl"]) else {
                return nil
            }
            return (try recordings.journal(of: input), 50)
        },
        ReplayFigures.Case(
            name: "replay_journal_xauusd", target: target, settings: Daemon.Settings(thresholdTicks: "8")
        ) { recordings, plan in
            let names = ["04", "05", "06", "07", "13"].map { "xauusd_201405\($0).ticks.csv" }
            guard !plan.isSmoke, let input = try recordings.recorded(names) else { return nil }
            return (try recordings.journal(of: input), 8)
        },
    ]

    static func measure(_ bench: Bench) throws -> [Figure] {
        try ReplayFigures.measure(cases, bench) + [try encode(bench), try decode(bench)]
    }

    private static func encode(_ bench: Bench) throws -> Figure {
        var market = try SimulatedEvents()
        let events = numbered(market.take(bench.plan.size(500_000, short: 20_000)) { _ in true })
        let block = JournalBlock()
        let time = try Duel.alone(
            "journal_encode", passes: bench.plan.passes, operations: events.count, expected: events.count,
            ours: {
                var encoder = JournalEncoder()
                var recorded = 0
                block.clear()
                // By index: a loop over elements copies each of them.
                let events = events.span
                for index in events.indices where encoder.add(events[index], to: block) == .full {
                    recorded += block.events
                    encoder.close(block)
                    block.clear()
                    guard encoder.add(events[index], to: block) == .added else { return recorded }
                }
                return recorded + block.events
            })
        var figure = Figure(
            "journal_encode", .nanoseconds, ours: time, passes: bench.plan.passes, input: "simulated")
        figure.notes = ["an event into a block, without checksum and file, which another queue sees to"]
        return figure
    }

    private static func decode(_ bench: Bench) throws -> Figure {
        let input = try bench.recordings.journal(
            of: bench.recordings.simulated(.jsonLines, events: bench.plan.size(1_000_000, short: 30_000)))
        let time = try Duel.alone(
            "journal_decode", passes: bench.plan.passes, operations: input.events, expected: input.events,
            ours: {
                let loader = try HistoricalLoader(files: input.files)
                var batch: ContiguousArray<MarketEvent> = []
                while try loader.next(into: &batch) {}
                return loader.statistics.events
            })
        var figure = Figure(
            "journal_decode", .nanoseconds, ours: time, passes: bench.plan.passes, input: "simulated")
        figure.notes = ["file in the page cache to events: read, checksum, checks, batches of 256"]
        return figure
    }

    /// Events with numbers as the bus gives them.
    private static func numbered(
        _ events: ContiguousArray<MarketEvent>
    ) -> ContiguousArray<MarketEvent> {
        var events = events
        for index in events.indices { events[index].sequence = UInt64(index + 1) }
        return events
    }
}

extension Recordings {
    /// The same events as a journal.
    func journal(of input: ReplayInput) throws -> ReplayInput {
        let path = try scratch.directory("journals") + "/\(input.kind)-\(input.events).tdj"
        let file = try PlainFile(path)
        let header = JournalHeader(
            product: "bench", profile: "dev", mode: "replay", session: 1, configHash: "", origin: "bench",
            startedAt: .zero, settings: "")
        try file.write(header.bytes)
        let loader = try HistoricalLoader(files: input.files)
        var encoder = JournalEncoder()
        let block = JournalBlock()
        var batch: ContiguousArray<MarketEvent> = []
        var sequence: UInt64 = 0
        func close() throws {
            encoder.close(block)
            try file.write(block.withSealedBytes { Array($0) })
            block.clear()
        }
        while try loader.next(into: &batch) {
            for var event in batch {
                sequence += 1
                event.sequence = sequence
                if encoder.add(event, to: block) == .full {
                    try close()
                    guard encoder.add(event, to: block) == .added else {
                        throw BenchmarkFault("\(input.files): an event fits into no block")
                    }
                }
            }
        }
        if !block.isEmpty { try close() }
        return ReplayInput(kind: input.kind, files: [path], events: input.events)
    }
}
