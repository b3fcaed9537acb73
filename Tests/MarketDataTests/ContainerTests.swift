import MarketData
import TestSupport
import Testing
import TradingModel

@Suite("Gzip and JSON arrays")
struct ContainerTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test("reads gzip of one and of several members, with zero padding behind")
    func gzipMembers() throws {
        let events = try simulatedEvents(3_000)
        let text = written(events, .jsonLines)
        let plain = load([try directory.file("p.jsonl", text)])
        #expect(plain.events.count == events.count)
        let one = load([try directory.file("o.gz", gzip(text))])
        #expect(one.images == plain.images)
        let cut = text.count / 3
        let many = gzip(Array(text[..<cut])) + gzip([]) + gzip(Array(text[cut...])) + [0, 0, 0]
        #expect(load([try directory.file("m.gz", many)]).images == plain.images)
    }

    @Test("a cut-off gzip gives every whole line, then an error with file, offset and line")
    func truncatedGzip() throws {
        let text = written(try simulatedEvents(3_000), .jsonLines)
        let packed = gzip(text)
        let file = try directory.file("t.gz", Array(packed[..<(packed.count / 2)]))
        let loaded = load([file], HistoricalLoaderOptions(malformedRows: .skip))
        #expect(
            loaded.error
                == .corrupt(
                    file: file, offset: packed.count / 2, lastLine: loaded.events.count,
                    reason: "gzip data ends early"))
        #expect(
            loaded.error?.description
                == "\(file): gzip data ends early at compressed byte \(packed.count / 2), after line \(loaded.events.count)"
        )
        #expect(loaded.events.count > 500 && loaded.malformed.isEmpty)
    }

    @Test("damaged gzip, a wrong checksum and foreign bytes behind the end are errors")
    func damagedGzip() throws {
        let text = written(try simulatedEvents(3_000), .jsonLines)
        var packed = gzip(text)
        packed[packed.count - 6] ^= 1
        let wrongChecksum = load([try directory.file("c.gz", packed)])
        #expect(wrongChecksum.events.count >= 3_000)
        #expect(
            wrongChecksum.error?.description.contains("gzip data is damaged (incorrect data check)") == true)
        packed = gzip(text)
        for index in 2_000..<2_050 { packed[index] ^= 0x5A }
        let damaged = try directory.file("d.gz", packed)
        let error = load([damaged], HistoricalLoaderOptions(malformedRows: .skip)).error
        #expect(error?.description.contains("\(damaged): gzip data is damaged") == true)
        let foreign = gzip(text) + Array("text".utf8)
        let loaded = load([try directory.file("f.gz", foreign)])
        #expect(loaded.error?.description.contains("incorrect header check") == true)
    }

    @Test("streams a JSON array, compact or pretty, and names the line of each element")
    func jsonArray() throws {
        let events = try simulatedEvents(2_000)
        let lines = String(decoding: written(events, .jsonLines), as: UTF8.self).split(separator: "\n")
        let plain = load([try directory.file("p.jsonl", lines.joined(separator: "\n"))])
        let compact = load([try directory.file("c.json", "[" + lines.joined(separator: ",") + "]")])
        #expect(compact.error == nil && compact.images == plain.images)
        let pretty = lines.map { $0.split(separator: ",").joined(separator: ",\n\t ") }
        let array = "\u{FEFF}\n [\n" + pretty.joined(separator: " ,\r\n") + "\n]\n\n"
        #expect(load([try directory.file("y.json", array)]).images == plain.images)
        #expect(load([try directory.file("e.json", " [ ] ")]).error == nil)
    }

    @Test(
        "a broken JSON array is named by line",
        arguments: [
            ("[\nGOOD,\nGOOD\n", 2, ":4: the array is not closed"),
            ("[\nGOOD,\n{\"type\":\"tick\"", 1, ":3: the file ends inside an element"),
            ("[\nGOOD,\n]", 1, ":3: an element is missing"), ("[,GOOD]", 1, ":1: an element is missing"),
            ("[GOOD\nGOOD]", 2, ":2: ',' is missing between elements"),
            ("[GOOD]\nGOOD", 1, ":2: text after the array"),
            ("[GOOD,\n1,GOOD]", 2, ":2: event: must be an object, not number"),
            ("[GOOD,\n}\n,GOOD]", 2, ":2: unexpected character at byte 0"),
            ("[GOOD,\n{\"a\":\"}]\\\"\"},GOOD]", 2, ":2: event_type: missing"),
        ])
    func brokenArrays(_ pattern: String, _ events: Int, _ message: String) throws {
        let good = #"{"type":"tick","ts":"2014-05-05T00:00:00Z","symbol":"X","bid":1,"ask":2}"#
        let text = pattern.split(separator: "GOOD", omittingEmptySubsequences: false).joined(separator: good)
        let file = try directory.file("b.json", text)
        let loaded = load([file], HistoricalLoaderOptions(malformedRows: .skip))
        #expect(loaded.error == nil)
        #expect(loaded.events.count == events)
        #expect(loaded.malformed.map(\.description) == [file + message])
        #expect(load([file]).error?.description == file + message)
    }

    @Test("an element over one mebibyte is one malformed row")
    func longElement() throws {
        let good = #"{"type":"tick","ts":"2014-05-05T00:00:00Z","symbol":"X","bid":1,"ask":2}"#
        let long = "{\"a\":\"" + String(repeating: "x", count: 3 << 20) + "\"}"
        let file = try directory.file("l.json", "[\(good),\n\(long),\n\(good)]")
        let loaded = load([file], HistoricalLoaderOptions(malformedRows: .skip))
        #expect(loaded.events.count == 2)
        #expect(loaded.malformed.map(\.description) == ["\(file):2: longer than 1048576 bytes"])
    }
}
