import Benchmarking
import Glibc
import MarketData
import Platform
import TradingModel

/// What a replay is fed with.
struct ReplayInput {
    /// `simulated` or `recorded`.
    let kind: String
    /// Plain files; one pass of them.
    let files: [String]
    /// Market events in one pass.
    let events: Int

    /// Arguments that play it `passes` times.
    func arguments(passes: Int) -> [String] {
        ["--file"] + files + ["--repeat", String(passes)]
    }
}

/// Makes the files of replays: recorded where the folder of recordings is there, simulated in any case.
final class Recordings {
    let scratch: Scratch
    private let folder: String?

    /// - Parameter folder: the folder that holds `events/`; `nil` when there is none.
    init(scratch: Scratch, folder: String?) {
        self.scratch = scratch
        self.folder = folder
    }

    /// The first of `--data`, `$TRADINGD_DATA` and `../shared/data` that holds recordings.
    static func folder(_ given: String?) -> String? {
        let candidates = [given, getenv("TRADINGD_DATA").map { String(cString: $0) }, "../shared/data"]
        return candidates.compactMap { $0 }.first { access($0 + "/events", X_OK) == 0 }
    }

    /// Plain copies of recordings.
    ///
    /// - Returns: `nil` when they are not all there.
    func recorded(_ names: [String]) throws -> ReplayInput? {
        guard let folder else { return nil }
        let archives = names.map { folder + "/events/" + $0 + ".gz" }
        guard archives.allSatisfy({ access($0, R_OK) == 0 }) else { return nil }
        let directory = try scratch.directory("whole")
        let plain = names.map { directory + "/" + $0 }
        for (archive, file) in zip(archives, plain) where access(file, R_OK) != 0 {
            try inflate(archive, to: file)
        }
        return ReplayInput(kind: "recorded", files: plain, events: try countEvents(in: plain))
    }

    /// A market of spot gold from a fixed seed, as one file.
    func simulated(_ form: FlatRecordWriter.Form, events: Int) throws -> ReplayInput {
        let name = "simulated-\(events).\(form == .jsonLines ? "jsonl" : "csv")"
        let path = try scratch.directory("whole") + "/" + name
        if access(path, R_OK) != 0 {
            var market = try SimulatedEvents()
            var writer = FlatRecordWriter(form)
            let file = try PlainFile(path)
            var written = 0
            while written < events {
                market.forEachOfNextChange { if writer.write($0) { written += 1 } }
                if writer.bytes.count > 1 << 20 { try file.write(writer.takeBytes()) }
            }
            try file.write(writer.takeBytes())
        }
        return ReplayInput(kind: "simulated", files: [path], events: try countEvents(in: [path]))
    }

    /// The first half of the rows of each file, under paths just as long: those decide what a start allocates.
    func firstHalf(of input: ReplayInput) throws -> ReplayInput {
        let directory = try scratch.directory("first")
        let halves = try input.files.map { whole in
            let half = directory + whole.dropFirst(directory.count)
            if access(half, R_OK) != 0 { _ = try RecordingHalf.write(whole, to: half) }
            return half
        }
        return ReplayInput(kind: input.kind, files: halves, events: try countEvents(in: halves))
    }

    private func countEvents(in files: [String]) throws -> Int {
        let loader = try HistoricalLoader(files: files)
        var batch: ContiguousArray<MarketEvent> = []
        while try loader.next(into: &batch) {}
        return loader.statistics.events
    }

    private func inflate(_ archive: String, to file: String) throws {
        let child = try Child(
            "/usr/bin/gzip", ["-dc", archive], environment: [:], output: file,
            errors: scratch.file("gzip.err"))
        guard try child.wait().exitCode == 0 else {
            throw BenchmarkFault("\(archive): gzip cannot unpack it")
        }
    }
}

/// An endless simulated market of spot gold.
struct SimulatedEvents {
    private var simulator: MarketSimulator
    private var change: ContiguousArray<MarketEvent> = []
    /// The instrument.
    let symbol: SymbolID

    init(seed: UInt64 = 7) throws {
        guard let gold = SimulatedInstrument.gold() else {
            throw BenchmarkFault("no room for the name XAUUSD")
        }
        symbol = gold.symbol
        simulator = MarketSimulator(MarketSimulatorOptions(seed: seed, instruments: [gold]))
    }

    /// Calls `body` for each event of the next change of the market.
    mutating func forEachOfNextChange(_ body: (MarketEvent) throws -> Void) rethrows {
        change.removeAll(keepingCapacity: true)
        simulator.next(into: &change)
        for event in change { try body(event) }
    }

    /// The next events for which `isWanted` holds.
    mutating func take(_ count: Int, where isWanted: (MarketEvent) -> Bool) -> ContiguousArray<MarketEvent> {
        var events: ContiguousArray<MarketEvent> = []
        events.reserveCapacity(count)
        while events.count < count {
            forEachOfNextChange { if events.count < count && isWanted($0) { events.append($0) } }
        }
        return events
    }
}
