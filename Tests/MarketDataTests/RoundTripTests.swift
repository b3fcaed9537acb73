import TestSupport
import Testing
import TradingModel

@testable import MarketData

@Suite("Round trips through files")
struct RoundTripTests {
    private let directory: TemporaryDirectory
    private let events: [MarketEvent]

    init() throws {
        directory = try TemporaryDirectory()
        events = try simulatedEvents(6_000, symbols: ["XAUUSD", "EUR.USD", "A-LONGER-NAME"])
    }

    private var asReplay: [EventImage] { events.map { EventImage($0, source: .replay) } }

    private func csvFiles(_ pack: ([UInt8]) -> [UInt8] = { $0 }) throws -> [String] {
        try [("d.csv", .depthCSV), ("k.csv", .tickCSV), ("t.csv", .tradeCSV)].map { name, form in
            try directory.file(name, pack(written(events, form)))
        }
    }

    @Test("CSV, plain and gzip, gives back the simulated events")
    func csv() throws {
        #expect(load(try csvFiles()).images == asReplay)
        #expect(load(try csvFiles(gzip), limit: 13).images == asReplay)
    }

    @Test("JSON lines give back the simulated events")
    func jsonLines() throws {
        #expect(load([try directory.file("a.jsonl", written(events, .jsonLines))]).images == asReplay)
    }

    @Test("nested events come back whole, with their source")
    func nested() throws {
        let some = events[..<1_500]
        let file = try directory.file("n.jsonl", some.map(\.json).joined(separator: "\n"))
        #expect(load([file]).images == some.map { EventImage($0) })
    }

    @Test("two loads are equal byte for byte, whatever the batch size")
    func deterministic() throws {
        let files = try csvFiles()
        let first = load(files).json.joined(separator: "\n")
        for limit in [1, 100, 100_000] {
            #expect(load(files, limit: limit).json.joined(separator: "\n") == first)
        }
    }

    @Test("chunks of any size give the same events, lines and faults", arguments: [1, 2, 7, 4_096])
    func chunks(_ size: Int) throws {
        let few = Array(events[..<600])
        var text = written(few, .jsonLines)
        text.append(contentsOf: Array("{\"type\":\"tick\"}\r\n\n{\"type\":\"trade".utf8))
        let csv = Array(
            "\u{FEFF}ts,symbol,price,size,aggressor\r\n2014-05-05T00:00:00Z,X,1,2,buy\r\nbad".utf8)
        let array = Array("[ ".utf8) + text.split(separator: 0x0A).joined(separator: [0x2C, 0x0A])
        for (name, content) in [
            ("a", text), ("g", gzip(text)), ("c", csv), ("j", array), ("d", written(few, .depthCSV)),
        ] {
            let file = try directory.file(name, content)
            let whole = load([file], HistoricalLoaderOptions(malformedRows: .skip))
            var options = HistoricalLoaderOptions(malformedRows: .skip)
            options.readSize = size
            let pieces = load([file], options)
            #expect(pieces.images == whole.images)
            #expect(pieces.malformed == whole.malformed)
            #expect(pieces.statistics == whole.statistics)
            #expect(!whole.events.isEmpty)
        }
    }

    @Test("a name cut off by the end of what has been read becomes no instrument", arguments: [1, 7, 23])
    func cutNames(_ size: Int) throws {
        let name = "CUTOFF\(size)NAME"
        let rows = (1...50).map { "2026-01-05T14:30:00.\(100 + $0)Z,1,2,,,\($0),\(name)" }
        let text = "ts,bid,ask,bid_size,ask_size,seq,symbol\n" + rows.joined(separator: "\n")
        let file = try directory.file("cut-\(size).csv", Array(text.utf8))
        var options = HistoricalLoaderOptions()
        options.readSize = size
        let events = load([file], options).events
        #expect(events.count == 50 && events.allSatisfy { $0.symbol.name == name })
        for length in 1..<name.utf8.count { #expect(SymbolID.known(String(name.prefix(length))) == nil) }
    }

    @Test("damaged files never crash the loader, and chunks of any size agree on them")
    func mutations() throws {
        let seed = testSeed()
        print("loader mutation seed: \(seed)")
        var random = SeededRandom(seed: seed)
        let few = Array(events[..<60])
        let sources: [[UInt8]] = [
            written(few, .jsonLines), written(few, .tickCSV), written(few, .depthCSV),
            written(few, .tradeCSV),
            Array(few[..<20].map(\.json).joined(separator: "\n").utf8), gzip(written(few, .jsonLines)),
            [0x5B] + written(few, .jsonLines).split(separator: 0x0A).joined(separator: [0x2C]) + [0x5D],
        ]
        let alphabet = Array("0123456789.,:{}[]\"\\-eEZTn\n\r\t \u{7F}x".utf8) + [0, 0xC3, 0xFF]
        for round in 0..<400 {
            var text = sources[round % sources.count]
            for _ in 0...random.below(4) {
                let place = Int(random.below(Int64(text.count)))
                switch random.below(4) {
                case 0: text[place] = alphabet[Int(random.below(Int64(alphabet.count)))]
                case 1: text.remove(at: place)
                case 2: text.insert(alphabet[Int(random.below(Int64(alphabet.count)))], at: place)
                default: text.removeSubrange(place..<min(text.count, place + Int(random.below(40))))
                }
            }
            let file = try directory.file("f", text)
            var options = HistoricalLoaderOptions(malformedRows: .skip, reorderWindow: 1_000_000_000)
            let whole = load([file], options)
            options.readSize = 1 + Int(random.below(50))
            let pieces = load([file], options)
            #expect(whole.images == pieces.images, "seed \(seed) round \(round)")
            #expect(whole.malformed == pieces.malformed, "seed \(seed) round \(round)")
        }
    }
}
