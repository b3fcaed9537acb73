import ExactJSON
import Glibc
import Platform
import TestSupport
import Testing
import TradingModel

@testable import Export

@Suite("Export directory")
struct ExportFolderTests {
    let symbol: SymbolID

    init() throws { symbol = try #require(SymbolID("XAUUSD")) }

    @Test("the summary gets its name after every other file")
    func summaryLast() throws {
        var rig = try ExportRig()
        // A directory where the fourth file is to go stops the naming half way.
        try DurableFile.makeDirectories(rig.directory.path + "/export/tape.json")
        #expect(throws: ExportError.self) { try rig.finish() }
        #expect(rig.names.contains("delta_bars.jsonl") && rig.names.contains("tick_bars.jsonl"))
        #expect(!rig.names.contains("summary.json") && rig.names.contains("summary.json.partial"))
    }

    @Test("nothing is removed unless everything can be", arguments: ["dom.jsonl", "orders.jsonl.partial"])
    func obstacle(_ name: String) throws {
        var rig = try ExportRig()
        try rig.finish()
        try HeldDirectory(rig.directory.path + "/export").remove(name)
        try DurableFile.makeDirectories(rig.directory.path + "/export/" + name)
        let before = rig.names
        let options = ExportOptions(directory: rig.directory.path + "/export")
        let expected = ExportError.notCreated(
            SystemError("unlink", options.directory + "/" + name, code: EISDIR))
        #expect(throws: expected) { _ = try ExportStage(options, barInterval: 1) { _ in } }
        #expect(rig.names == before && before.contains("summary.json"))
    }

    @Test("a directory that comes in the way later is found before anything is removed")
    func laterObstacle() throws {
        var rig = try ExportRig()
        try rig.finish()
        let options = ExportOptions(directory: rig.directory.path + "/export")
        var second = try ExportStage(options, barInterval: 1) { _ in }
        try DurableFile.makeDirectories(options.directory + "/dom.jsonl")
        let before = rig.names
        #expect(throws: ExportError.self) { try second.begin() }
        #expect(rig.names == before && before.contains("summary.json"))
    }

    @Test("an export whose directory was moved away fails and names nothing", arguments: [false, true])
    func moved(_ isReplaced: Bool) throws {
        var rig = try ExportRig()
        let place = rig.directory.path + "/export"
        #expect(rename(place, place + ".away") == 0)
        if isReplaced { try DurableFile.makeDirectories(place) }
        #expect(throws: ExportError.moved(directory: place)) { try rig.finish() }
        #expect(rig.names.isEmpty)
        let names = rig.directory.names(in: "export.away")
        #expect(!names.isEmpty && names.allSatisfy { $0.hasSuffix(".partial") })
    }

    @Test("an export that is given up keeps the lines it has")
    func abandoned() throws {
        var rig = try ExportRig()
        rig.play(try trade("10", "1"), at: 1, symbol)
        rig.play(try trade("10", "1"), at: 61, symbol)
        rig.abandon()
        #expect(try rig.lines("delta_bars.jsonl.partial").count == 1)
        #expect(try rig.lines("footprints.jsonl.partial").count == 1)
        #expect(!rig.names.contains("summary.json"))
    }
}

@Suite("Exported ladders")
struct ExportedLadderTests {
    private func snapshot(_ price: String = "10") throws -> MarketEvent.Payload {
        .domSnapshot(DomSnapshot(bids: [Level(price: try Price(price), size: try Quantity("1"))], asks: []))
    }

    @Test("ladders of one moment are in order of the names, not of first appearance")
    func order() throws {
        var rig = try ExportRig { $0.ladderTimes = [Timestamp(nanoseconds: 5_000_000_000)] }
        for name in ["LADDER-C", "LADDER-A", "LADDER-D", "LADDER-B"] {
            rig.play(try snapshot(), at: 1, try #require(SymbolID(name)))
        }
        try rig.finish()
        let names = try rig.lines("dom.jsonl").map { $0["symbol"]?.stringValue }
        #expect(names == ["LADDER-A", "LADDER-B", "LADDER-C", "LADDER-D"])
    }

    private func moments(_ rig: borrowing ExportRig) throws -> [String] {
        try rig.lines("dom.jsonl").map { String(($0["ts"]?.stringValue ?? "").dropFirst(17).prefix(2)) }
    }

    @Test("multiples end with the last event")
    func end() throws {
        let symbol = try #require(SymbolID("XAUUSD"))
        var rig = try ExportRig { $0.ladderInterval = 1_000_000_000 }
        rig.play(try snapshot(), at: 1.5, symbol)
        rig.play(try snapshot(), at: 4.5, symbol)
        try rig.finish()
        #expect(try moments(rig) == ["02", "03", "04"])
    }

    @Test("multiples end with the latest time, also where the last event has an earlier one")
    func backwards() throws {
        let symbol = try #require(SymbolID("XAUUSD"))
        var rig = try ExportRig { $0.ladderInterval = 1_000_000_000 }
        rig.play(try snapshot(), at: 1, symbol)
        rig.play(try snapshot(), at: 3, symbol)
        rig.play(try snapshot(), at: 2, symbol)
        try rig.finish()
        #expect(try moments(rig) == ["01", "02", "03"])
    }

    @Test("moments without any ladder cost nothing and count for no limit")
    func beforeLadders() throws {
        let symbol = try #require(SymbolID("XAUUSD"))
        var rig = try ExportRig { $0.ladderInterval = 1_000_000 }
        rig.play(try tick("10", "11"), at: 1, symbol)
        rig.play(try tick("10", "11"), at: 5_000_000, symbol)
        rig.play(try snapshot(), at: 8_999_999.9985, symbol)
        rig.play(try tick("10", "11"), at: 9_000_000, symbol)
        try rig.finish()
        #expect(rig.failures.withLock { $0.isEmpty })
        #expect(try rig.lines("dom.jsonl").count == 2)
    }

    @Test("the limit counts lines, of all instruments together")
    func limit() throws {
        var rig = try ExportRig { $0.ladderInterval = 1_000_000_000 }
        for name in ["LADDER-A", "LADDER-B"] { rig.play(try snapshot(), at: 1, try #require(SymbolID(name))) }
        rig.play(try snapshot(), at: 600_000, try #require(SymbolID("LADDER-A")))
        #expect(rig.failures.withLock { $0.count } == 1)
    }
}

@Suite("Exported bounds")
struct ExportedBoundTests {
    let symbol: SymbolID

    init() throws { symbol = try #require(SymbolID("XAUUSD")) }

    @Test("silences beyond the bound are told by their number")
    func gaps() throws {
        var rig = try ExportRig()
        for number in 0..<10_003 { rig.play(try tick("1", "2"), at: Double(number) * 61, symbol) }
        try rig.finish()
        let ticks = try rig.lines("tape.json").first?["XAUUSD"]?["ticks"]
        #expect(ticks?["gaps_over_60s"]?.arrayValue?.count == 10_000)
        #expect(ticks?["more_gaps_over_60s"] == 2)
    }

    @Test("equally busy seconds beyond the bound are told by their number")
    func busiest() throws {
        var rig = try ExportRig()
        for second in 0..<1_500 { rig.play(try trade("1", "1"), at: Double(second), symbol) }
        try rig.finish()
        let busiest = try rig.lines("tape.json").first?["XAUUSD"]?["busiest_second"]
        #expect(busiest?["start"]?.arrayValue?.count == 1_000)
        #expect(busiest?["more"] == 500)
    }

    @Test("a clamped notional has no mean price")
    func clamped() throws {
        var rig = try ExportRig()
        for _ in 0..<3 { rig.play(try trade("9200000000", "9200000000"), at: 1, symbol) }
        try rig.finish()
        let tape = try rig.lines("tape.json").first?["XAUUSD"]
        #expect(tape?["notional"] == .number("170141183460469231731.687303715884105727"))
        #expect(tape?["vwap"] == .null)
    }
}
