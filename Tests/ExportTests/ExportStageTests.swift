import ExactJSON
import Glibc
import Platform
import TestSupport
import Testing
import TradingModel

@testable import Export

@Suite("Export stage")
struct ExportStageTests {
    let symbol: SymbolID

    init() throws { symbol = try #require(SymbolID("XAUUSD")) }

    @Test("files have partial names until the end, which gives all of them their own")
    func names() throws {
        var rig = try ExportRig { $0.ladderInterval = 1_000_000_000 }
        rig.play(try trade("10", "1"), at: 1, symbol)
        let whole = ExportFileName.allCases.map(\.text)
        #expect(rig.names == whole.map { $0 + ".partial" }.sorted())
        try rig.finish()
        #expect(rig.names == whole.sorted())
        #expect(try rig.lines("summary.json") == [["done": true]])
    }

    @Test("without events every file is empty and the tape is an empty object")
    func nothing() throws {
        var rig = try ExportRig { $0.ladderTimes = [.zero] }
        try rig.finish()
        #expect(try rig.lines("tape.json") == [.object([])])
        for name in ["delta_bars.jsonl", "footprints.jsonl", "tick_bars.jsonl", "dom.jsonl", "orders.jsonl"] {
            #expect(try rig.lines(name).isEmpty, "\(name)")
        }
    }

    @Test("the ladder of a moment is that before a reset which comes later, and empty after it")
    func reset() throws {
        var rig = try ExportRig { options in
            options.ladderTimes = [2, 3, 4].map { Timestamp(nanoseconds: $0 * 1_000_000_000) }
        }
        let level = Level(price: try Price("10"), size: try Quantity("1"))
        rig.play(.domSnapshot(DomSnapshot(bids: [level], asks: [])), at: 1, symbol, 7)
        rig.play(.feedStatus(FeedStatus(quality: .reset, reason: "317")), at: 3, symbol, 8)
        rig.play(try tick("10", "11"), at: 3.5, symbol, 9)
        try rig.finish()
        let ladders = try rig.lines("dom.jsonl")
        #expect(ladders.map { $0["bids"] } == [[[10, 1]], [], []])
        #expect(ladders.map { $0["after_seq"] } == [7, 7, 7])
    }

    @Test("a recording that jumps far ends the export instead of filling the disk")
    func tooManyLadders() throws {
        var rig = try ExportRig { $0.ladderInterval = 1_000_000_000 }
        rig.play(.domSnapshot(DomSnapshot(bids: [], asks: [])), at: 1, symbol)
        rig.play(try tick("10", "11"), at: 5_000_000, symbol)
        rig.play(try tick("10", "11"), at: 9_000_000, symbol)
        let expected = ExportError.tooManyLadders(
            between: Timestamp(nanoseconds: 1_000_000_000), and: Timestamp(nanoseconds: 5_000_000_000_000_000)
        )
        #expect(rig.failures.withLock { $0 } == [expected])
        #expect(throws: expected) { try rig.finish() }
        #expect(rig.names.allSatisfy { $0.hasSuffix(".partial") })
    }

    @Test("a footprint whose rows had to be made higher says how high")
    func coarseRows() throws {
        var rig = try ExportRig()
        for number in 1...9_000 { rig.play(try trade("\(number)", "1"), at: 1, symbol) }
        try rig.finish()
        let bar = try #require(try rig.lines("footprints.jsonl").first)
        #expect(bar["row_size"] != nil)
        let trades = bar["levels"]?.arrayValue?.reduce(0) { $0 + ($1.arrayValue?[4].integerValue ?? 0) }
        #expect(trades == 9_000)
    }

    @Test("rows that are asked for hold exactly what belongs to them, however many prices there are")
    func wantedRows() throws {
        let row = try Price("10")
        var rig = try ExportRig { $0.rowSize = row }
        for number in 0..<10_000 {
            let price = "\(60_000 + number / 10).\(number % 10)"
            rig.play(try trade(price, "1"), at: 1, symbol)
        }
        try rig.finish()
        let bar = try #require(try rig.lines("footprints.jsonl").first)
        let rows: [JSONValue] = (0..<100).map { [.number("\(60_000 + $0 * 10)"), 0, 100, 0, 100] }
        #expect(bar["levels"] == .array(rows))
        #expect(bar["poc"]?.arrayValue?.count == 100)
        #expect(bar["poc_volume"] == 100)
        #expect(bar["row_size"] == nil)
    }

    @Test("rows made higher than asked for are a multiple of what was asked for")
    func coarserRows() throws {
        let row = try Price("3")
        var rig = try ExportRig { $0.rowSize = row }
        for number in 0..<10_000 { rig.play(try trade("\(number * 3 + 1)", "1"), at: 1, symbol) }
        try rig.finish()
        let bar = try #require(try rig.lines("footprints.jsonl").first)
        let size = try #require(bar["row_size"]?.integerValue)
        #expect(size > 3 && size % 3 == 0)
        let levels = try #require(bar["levels"]?.arrayValue)
        #expect(levels.allSatisfy { ($0.arrayValue?[0].integerValue ?? 1) % size == 0 })
        #expect(levels.reduce(0) { $0 + ($1.arrayValue?[4].integerValue ?? 0) } == 10_000)
    }

    @Test("prices at both ends of the range share a bar")
    func widestSpan() throws {
        var rig = try ExportRig()
        for number in 1...4_200 {
            rig.play(try trade("\(9_000_000_000 + number)", "1"), at: 1, symbol)
            rig.play(try trade("-\(9_000_000_000 + number)", "1"), at: 1, symbol)
        }
        try rig.finish()
        let bar = try #require(try rig.lines("footprints.jsonl").first)
        #expect(bar["row_size"] != nil)
    }

    @Test("a trade of size 0 is counted, and a tape of nothing else has no mean price")
    func zeroSize() throws {
        var rig = try ExportRig()
        rig.play(try trade("10", "0"), at: 1, symbol)
        rig.play(try trade("11", "0", .unknown), at: 1, symbol)
        try rig.finish()
        let tape = try #require(try rig.lines("tape.json").first?["XAUUSD"])
        #expect(tape["zero_size_trades"] == 2)
        #expect(tape["vwap"] == .null)
        #expect(tape["trades"] == 2)
        let bar = try #require(try rig.lines("footprints.jsonl").first)
        #expect(bar["poc"] == [10, 11])
    }

    @Test("a full disk is one failure that names the file")
    func fullDisk() throws {
        let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
        try #require(full >= 0)
        let directory = try TemporaryDirectory()
        var file = ExportFile("tape.json", in: try HeldDirectory(directory.path), descriptor: full)
        try file.line { $0.integer(1) }
        let expected = ExportError.notWritten(
            SystemError("write", directory.path + "/tape.json.partial", code: ENOSPC))
        #expect(throws: expected) { try file.finish() }
        #expect(throws: Never.self) { try file.abandon() }
    }

    @Test("a second export into the directory is refused while the first is at work")
    func heldDirectory() throws {
        var rig = try ExportRig()
        let options = ExportOptions(directory: rig.directory.path + "/export")
        #expect(throws: ExportError.inUse(directory: options.directory)) {
            _ = try ExportStage(options, barInterval: 1) { _ in }
        }
        try rig.finish()
        var second = try ExportStage(options, barInterval: 1) { _ in }
        #expect(rig.names.contains("summary.json"), "nothing has begun")
        try second.begin()
        #expect(rig.names.allSatisfy { $0.hasSuffix(".partial") })
        second.abandon()
    }
}
