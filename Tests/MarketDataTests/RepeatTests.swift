import Glibc
import TestSupport
import Testing
import TradingModel

@testable import MarketData

@Suite("Repeated input")
struct RepeatTests {
    private let directory: TemporaryDirectory
    private let seed = testSeed()

    init() throws { directory = try TemporaryDirectory() }

    private func options(_ repeats: Int) -> HistoricalLoaderOptions {
        var options = HistoricalLoaderOptions()
        options.repeats = repeats
        return options
    }

    /// The events of so many passes, moved by hand.
    private func moved(_ events: [MarketEvent], _ passes: Int) -> [MarketEvent] {
        guard let first = events.first, let last = events.last else { return [] }
        let span = last.receivedAt.since(first.receivedAt)
        let highest = events.map(\.feedSequence).max() ?? 0
        return (0..<passes).flatMap { pass in
            events.map { event in
                var event = event
                event.timestamp = event.timestamp.advanced(by: span * Int64(pass))
                event.receivedAt = event.receivedAt.advanced(by: span * Int64(pass))
                if event.feedSequence != 0 { event.feedSequence += highest * UInt64(pass) }
                return event
            }
        }
    }

    @Test("plays what the shifted passes written one after another play", arguments: [1, 2, 5])
    func sameAsByHand(_ passes: Int) throws {
        let source = try simulatedEvents(2_000, seed: seed, symbols: ["XAUUSD", "XAGUSD"])
        let single = try directory.file("one.jsonl", written(source, .jsonLines))
        let events = load([single]).events
        let whole = try directory.file("all.jsonl", written(moved(events, passes), .jsonLines))
        for limit in [1, 7, 256] {
            let repeated = load([single], options(passes), limit: limit)
            #expect(repeated.error == nil, "seed \(seed)")
            #expect(repeated.images == load([whole], limit: limit).images, "seed \(seed), limit \(limit)")
            #expect(repeated.statistics.events == passes * events.count)
            #expect(repeated.statistics.rows == passes * load([single]).statistics.rows)
        }
    }

    @Test("is the same for several files, plain and gzip, and every time")
    func files() throws {
        let source = try simulatedEvents(1_500, seed: seed)
        let forms: [(String, FlatRecordWriter.Form)] = [
            ("t.csv", .tickCSV), ("p.csv", .tradeCSV), ("d.csv", .depthCSV),
        ]
        let plain = try forms.map { try directory.file($0.0, written(source, $0.1)) }
        let packed = try forms.map { try directory.file($0.0 + ".gz", gzip(written(source, $0.1))) }
        let expected = load(plain, options(3))
        #expect(expected.error == nil)
        #expect(load(packed, options(3)).images == expected.images, "seed \(seed)")
        #expect(load(plain, options(3), limit: 5).images == expected.images, "seed \(seed)")
        #expect(expected.events.map(\.receivedAt) == expected.events.map(\.receivedAt).sorted())
        let numbers = expected.events.map(\.feedSequence)
        #expect(numbers == numbers.sorted())
    }

    @Test("once is no repetition")
    func once() throws {
        let file = try directory.file("one.jsonl", written(try simulatedEvents(300), .jsonLines))
        #expect(load([file], options(1)).images == load([file]).images)
    }

    private let depth = "ts,symbol,side,op,position,price,size,seq\n"

    @Test("the change of the market at the seam of two passes is one, of which the last event ends the batch")
    func seam() throws {
        let file = try directory.file(
            "d.csv",
            depth + "2014-05-05T00:00:00Z,A,bid,update,0,1,1,1\n2014-05-05T00:00:01Z,A,bid,update,0,1,2,2\n")
        for limit in 1...5 {
            let loaded = load([file], options(3), limit: limit)
            #expect(loaded.events.map(\.feedSequence) == [1, 2, 3, 4, 5, 6])
            #expect(loaded.events.map(\.endsBatch) == [true, false, true, false, true, true])
        }
    }

    @Test("an input of one moment, or of nothing, is played, too")
    func degenerate() throws {
        let moment = try directory.file("m.csv", depth + "2014-05-05T00:00:00Z,A,bid,update,0,1,1,1\n")
        let loaded = load([moment], options(100))
        #expect(loaded.error == nil)
        #expect(loaded.events.map(\.feedSequence) == (1...100).map(UInt64.init))
        #expect(
            loaded.events.allSatisfy { $0.endsBatch == true && $0.timestamp == loaded.events[0].timestamp })
        let nothing = try directory.file("n.csv", depth)
        #expect(load([nothing], options(1_000_000)).events.isEmpty)
    }

    @Test("events without a number keep none; recorded numbers of the bus move, too")
    func numbers() throws {
        let header = "ts,symbol,price,size,aggressor\n"
        let file = try directory.file(
            "t.csv", header + "2014-05-05T00:00:00Z,A,1,1,buy\n2014-05-05T00:00:01Z,A,1,1,buy\n")
        #expect(load([file], options(2)).events.map(\.feedSequence) == [0, 0, 0, 0])
        var events = try simulatedEvents(20)
        for index in events.indices { events[index].sequence = UInt64(index + 5) }
        let nested = try directory.file("n.jsonl", events.map(\.json).joined(separator: "\n"))
        let numbers = load([nested], options(2)).events.map(\.sequence)
        #expect(
            numbers
                == (events + events).enumerated().map { index, event in
                    event.sequence + (index < events.count ? 0 : UInt64(events.count + 4))
                })
    }

    @Test("a bad row is named by its own file and line in every pass, and counted in each")
    func malformed() throws {
        let header = "ts,symbol,price,size,aggressor,seq\n"
        let file = try directory.file(
            "t.csv",
            header + "2014-05-05T00:00:00Z,A,1,1,buy,1\nbad\n2014-05-05T00:00:01Z,A,1,1,buy,2\n")
        var skipping = options(3)
        skipping.malformedRows = .skip
        let loaded = load([file], skipping)
        #expect(loaded.malformed.map(\.line) == [3, 3, 3])
        #expect(loaded.statistics.malformed == 3 && loaded.statistics.rows == 9)
        #expect(loaded.statistics.events == 6)
        let failing = load([file], options(3))
        #expect(failing.error?.description == "\(file):3: 1 fields where the header has 6")
        #expect(failing.events.count == 1)
    }

    @Test("passes beyond the year 2261, or numbers beyond 64 bits, are refused after the first one")
    func overflow() throws {
        let header = "ts,symbol,price,size,aggressor,seq\n"
        let long = try directory.file(
            "l.csv", header + "1971-01-01T00:00:00Z,A,1,1,buy,1\n2021-01-01T00:00:00Z,A,1,1,buy,2\n")
        #expect(load([long], options(5)).error == nil)
        for passes in [6, 200, Int.max] {
            let loaded = load([long], options(passes))
            #expect(loaded.error == .beyondTime(repeats: passes))
            #expect(loaded.events.count == 2)
        }
        let numbered = try directory.file(
            "n.csv",
            header + "2014-05-05T00:00:00Z,A,1,1,buy,1\n2014-05-05T00:00:01Z,A,1,1,buy,9223372036854775807\n")
        #expect(load([numbered], options(2)).error == nil)
        #expect(load([numbered], options(3)).error == .beyondTime(repeats: 3))
    }

    @Test("a file that changes between two passes, or is gone, ends the input")
    func changes() throws {
        let header = "ts,symbol,price,size,aggressor,seq\n"
        let row = "2014-05-05T00:00:00Z,A,1,1,buy,1\n"
        let text = header + String(repeating: row, count: 300)
        let path = try directory.file("t.csv", text)
        let loader = try HistoricalLoader(files: [path], options: options(2))
        _ = try directory.file("t.csv", text + row)
        var batch: ContiguousArray<MarketEvent> = []
        #expect(throws: HistoricalLoaderError.changed(file: path)) {
            while try loader.next(into: &batch, limit: 256) {}
        }
        let second = try HistoricalLoader(files: [path], options: options(2))
        unlink(path)
        #expect(throws: HistoricalLoaderError.self) { while try second.next(into: &batch, limit: 256) {} }
    }

    @Test("a pipe is refused by name")
    func pipe() throws {
        let path = directory.path + "/pipe"
        #expect(mkfifo(path, 0o600) == 0)
        #expect(load([path], options(2)).error == .notAFile(path))
        #expect(load([path]).error?.description.hasPrefix("\(path): not a regular file") == true)
    }

    @Test("many passes hold no more at once than one")
    func flat() throws {
        let file = try directory.file("f.jsonl", written(try simulatedEvents(600), .jsonLines))
        let loader = try HistoricalLoader(files: [file], options: options(200))
        var batch: ContiguousArray<MarketEvent> = []
        var held = 0
        var events = 0
        while try loader.next(into: &batch, limit: 64) {
            held = max(held, loader.held)
            events += batch.count
        }
        #expect(events > 100_000)
        #expect(held <= 1_024)
    }
}
