import TestSupport
import Testing
import TradingModel

@testable import MarketData

/// The fast readers against the careful ones: what the fast one takes, the careful one must read the same.
@Suite("Fast and careful readers")
struct TwinTests {
    private let seed = testSeed()

    private static func frame(_ row: [UInt8], followedBy next: [UInt8]) -> ([UInt8], FramedRecord) {
        let padding = [UInt8](repeating: 0x20, count: InputBuffer.padding)
        let bytes = row + [0x0A] + next + [0x0A] + padding
        return (bytes, FramedRecord(start: 0, end: row.count, line: 1))
    }

    private static func reader(header: [UInt8]) throws -> CSVRowReader {
        let span = header.span
        return CSVRowReader(try CSVLayout(header: span))
    }

    private static func careful(_ bytes: [UInt8], _ record: FramedRecord) -> EventImage? {
        guard case .event(let event, false)? = try? JSONRecordReader.readCarefully(bytes.span, record) else {
            return nil
        }
        return EventImage(event)
    }

    private func mutate(_ row: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        let alphabet = Array("0123456789.,:{}\"\\-eTZn\r\t bsul".utf8) + [0, 0xC3, 0xFF]
        var row = row
        for _ in 0..<random.below(4) where !row.isEmpty {
            let place = Int(random.below(Int64(row.count)))
            switch random.below(3) {
            case 0: row[place] = alphabet[Int(random.below(Int64(alphabet.count)))]
            case 1: row.remove(at: place)
            default: row.insert(alphabet[Int(random.below(Int64(alphabet.count)))], at: place)
            }
        }
        return row
    }

    @Test(
        "agree on CSV rows, whole and damaged",
        arguments: [FlatRecordWriter.Form.tickCSV, .tradeCSV, .depthCSV])
    func csv(_ form: FlatRecordWriter.Form) throws {
        var random = SeededRandom(seed: seed)
        let lines = written(try simulatedEvents(400), form).split(separator: 0x0A).map(Array.init)
        var reader = try Self.reader(header: lines[0])
        var plain = 0
        for round in 0..<6_000 {
            let row = mutate(lines[1 + round % (lines.count - 1)], &random)
            let (bytes, framed) = Self.frame(row, followedBy: lines[1])
            var record = FlatRecord(reader.layout.kind)
            guard reader.readPlain(bytes.span, framed, into: &record) else { continue }
            plain += 1
            let careful = try reader.readCarefully(bytes.span, framed)
            #expect(
                EventImage(record.event) == EventImage(careful.event),
                "seed \(seed) row \(String(decoding: row, as: UTF8.self))")
            #expect(record.isDepth == careful.isDepth)
        }
        #expect(plain > 1_500)
    }

    @Test("agree on JSON records, whole and damaged")
    func json() throws {
        var random = SeededRandom(seed: seed)
        let lines = written(try simulatedEvents(400), .jsonLines).split(separator: 0x0A).map(Array.init)
        let shuffled = lines.map { line -> [UInt8] in
            var members = line.dropFirst().dropLast().split(separator: UInt8(ascii: ","))
            members.shuffle(using: &random)
            return [UInt8(ascii: "{")] + members.joined(separator: Array(" , ".utf8)) + [UInt8(ascii: "}")]
        }
        var reader = JSONRecordReader()
        var plain = 0
        for round in 0..<10_000 {
            let source = round % 2 == 0 ? lines : shuffled
            let row = mutate(source[1 + round % (lines.count - 1)], &random)
            let (bytes, framed) = Self.frame(row, followedBy: lines[1])
            var record = FlatRecord()
            guard reader.readPlain(bytes.span, framed, into: &record) else { continue }
            plain += 1
            #expect(
                Self.careful(bytes, framed) == EventImage(record.event),
                "seed \(seed) row \(String(decoding: row, as: UTF8.self))")
        }
        #expect(plain > 2_000)
    }

    private func compare(_ bytes: [UInt8], _ limit: Int, _ name: String) throws {
        let directory = try TemporaryDirectory()
        let file = try directory.file(name, bytes)
        for (policy, readSize) in [
            (HistoricalLoaderOptions.MalformedRowPolicy.skip, 65_536), (.skip, 7), (.fail, 65_536),
        ] {
            var options = HistoricalLoaderOptions(malformedRows: policy, reorderWindow: 1_000_000_000)
            options.readSize = readSize
            options.repeats = 2
            let fast = load([file], options, limit: limit)
            options.readsCarefully = true
            let careful = load([file], options, limit: limit)
            #expect(fast.images == careful.images, "seed \(seed)")
            #expect(fast.malformed == careful.malformed, "seed \(seed)")
            #expect(fast.statistics == careful.statistics, "seed \(seed)")
            #expect(fast.error == careful.error, "seed \(seed)")
        }
    }

    @Test(
        "whole files, some rows damaged, give the same events, counts and faults",
        arguments: [FlatRecordWriter.Form.tickCSV, .tradeCSV, .depthCSV, .jsonLines])
    func files(_ form: FlatRecordWriter.Form) throws {
        var random = SeededRandom(seed: seed)
        let events = try simulatedEvents(1_000, symbols: ["XAUUSD", "A-LONGER-NAME-THAN-16"])
        var lines = written(events, form).split(separator: 0x0A).map(Array.init)
        for index in lines.indices.dropFirst() {
            if form == .jsonLines, random.below(3) == 0 { lines[index] = shuffled(lines[index], &random) }
            if random.below(8) == 0 { lines[index] = mutate(lines[index], &random) }
            if random.below(9) == 0 { lines[index].append(0x0D) }
            if random.below(40) == 0 { lines[index].append(contentsOf: Array("\n \n".utf8)) }
        }
        let bytes = Array(lines.joined(separator: [0x0A]))
        try compare(bytes, 256, "whole")
        try compare(Array(bytes.dropLast(Int(random.below(60)))), 3, "cut")
    }

    @Test("nested events, some damaged, are the same, and nearly all take the fast path")
    func nested() throws {
        var random = SeededRandom(seed: seed)
        var events = try simulatedEvents(1_500)
        for index in events.indices {
            events[index].sequence = UInt64(index)
            events[index].source = random.below(2) == 0 ? .ibkr : .orderFlow
            if random.below(9) == 0 { events[index].clearEndsBatch() }
            if random.below(20) == 0 {
                events[index].trace = TraceContext(
                    traceID: TraceID(session: 1, sequence: 2), spanID: SpanID(sequence: 3))
            }
            if random.below(4) == 0, case .tick(let tick) = events[index].payload {
                events[index].payload = .tick(Tick(bid: tick.bid, ask: tick.ask))
            }
        }
        var reader = NestedRecordReader()
        var fast = 0
        var lines: [[UInt8]] = []
        for event in events {
            let line = Array(event.json.utf8)
            let (bytes, framed) = Self.frame(line, followedBy: [])
            if reader.read(bytes.span, framed) != nil { fast += 1 }
            lines.append(random.below(4) == 0 ? mutate(line, &random) : line)
        }
        #expect(fast > events.count * 8 / 10)
        try compare(Array(lines.joined(separator: [0x0A])), 256, "nested.jsonl")
    }

    private func shuffled(_ line: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var members = line.dropFirst().dropLast().split(separator: UInt8(ascii: ","))
        members.shuffle(using: &random)
        let separator = Array((random.below(2) == 0 ? "," : " , ").utf8)
        return [UInt8(ascii: "{")] + members.joined(separator: separator) + [UInt8(ascii: "}")]
    }

    @Test("a CSV of more columns than are wanted, in any order, gives the same events")
    func columns() throws {
        var random = SeededRandom(seed: seed)
        var names = ["ts", "symbol", "side", "op", "position", "price", "size", "seq"]
        names += (0..<40).map { "x\($0)" }
        for _ in 0..<20 {
            names.shuffle(using: &random)
            var text = names.joined(separator: ",") + "\n"
            for row in 1...40 {
                let operation = ["insert", "update", "delete"][Int(random.below(3))]
                let values = [
                    "ts": "2026-01-05T00:0\(row / 10):00.\(row)Z", "symbol": "S\(row % 3)", "side": "bid",
                    "op": operation, "position": "\(row % 12)", "price": "\(row).5", "size": "0.\(row)",
                    "seq": random.below(9) == 0 ? "" : "\(row / 3)",
                ]
                var cells = names.map { values[$0] ?? "" }
                // Some rows have a cell too few or too many.
                if random.below(8) == 0 { cells.removeLast(1 + Int(random.below(3))) }
                if random.below(12) == 0 { cells.append("more") }
                text += cells.joined(separator: ",") + (row % 7 == 0 ? "\r\n" : "\n")
            }
            try compare(Array(text.utf8), 5, "wide.csv")
        }
    }

    @Test("the simulated rows all take the fast path")
    func allPlain() throws {
        let events = try simulatedEvents(500)
        for form in [FlatRecordWriter.Form.tickCSV, .tradeCSV, .depthCSV] {
            let lines = written(events, form).split(separator: 0x0A).map(Array.init)
            var reader = try Self.reader(header: lines[0])
            for line in lines.dropFirst() {
                let (bytes, framed) = Self.frame(line, followedBy: [])
                var record = FlatRecord(reader.layout.kind)
                #expect(reader.readPlain(bytes.span, framed, into: &record))
            }
        }
        var reader = JSONRecordReader()
        for line in written(events, .jsonLines).split(separator: 0x0A).dropFirst() {
            let (bytes, framed) = Self.frame(Array(line), followedBy: [])
            var record = FlatRecord()
            #expect(reader.readPlain(bytes.span, framed, into: &record))
        }
    }

    @Test("keys and names are spelled as in the files")
    func spelling() {
        func word(_ text: String) -> UInt64 {
            text.utf8.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        for name in FlatName.allCases { #expect(name.rawValue == word("\(name)")) }
        let snake = ["bidSize": "bid_size", "askSize": "ask_size"]
        for key in FlatKey.allCases { #expect(key.rawValue == word(snake["\(key)"] ?? "\(key)")) }
    }

    @Test("a time is read as Timestamp reads it, also after a change of minute")
    func times() {
        var random = SeededRandom(seed: seed)
        var reader = TimeReader()
        let padding = [UInt8](repeating: 0x0A, count: InputBuffer.padding)
        var nanoseconds: Int64 = 1_399_248_000_000_000_000
        for round in 0..<3_000 {
            nanoseconds += random.below(90_000_000_000)
            var text: [UInt8] = []
            Timestamp(nanoseconds: nanoseconds).append(fractionDigits: round % 10, to: &text)
            if round % 5 == 0 { text = mutate(text, &random) }
            let expected = Timestamp(rfc3339: text.span)?.nanoseconds
            var position = 0
            let bytes = text + padding
            let read = reader.read(bytes.span, at: &position)
            if read != nil, position != text.count { continue }
            #expect(read == expected, "seed \(seed): \(String(decoding: text, as: UTF8.self))")
        }
    }

    @Test("many instruments in turn are told apart without growing")
    func symbols() throws {
        var reader = SymbolReader()
        let names = (0..<300).map { "S\($0 * 7919)" + ($0 % 3 == 0 ? "-LONG-NAME-INDEED" : "") }
        for round in 0..<3 {
            for name in names {
                let bytes =
                    Array(name.utf8) + [round == 1 ? 0x22 : 0x2C]
                    + [UInt8](repeating: 0x41, count: InputBuffer.padding)
                var position = 0
                #expect(reader.read(bytes.span, at: &position)?.name == name)
                #expect(position == name.utf8.count)
            }
        }
    }
}
