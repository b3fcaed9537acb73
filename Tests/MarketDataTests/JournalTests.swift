import CLinux
import Platform
import TestSupport
import Testing
import TradingModel

@testable import MarketData

@Suite("Journal")
struct JournalTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test("gives back every field of every kind of event", arguments: [1, 3, 1_000])
    func everyField(perBlock: Int) throws {
        let events = try everyKind()
        let file = try directory.file("a.tdj", JournalImage.of(events, perBlock: perBlock).bytes)
        let read = try journalEvents([file], limit: 2)
        #expect(read.map { EventImage($0) } == events.map { EventImage($0) })
    }

    @Test("gives back states of every stream, and of all")
    func feedStatuses() throws {
        var events: [MarketEvent] = []
        for stream in [nil] + FeedStream.allCases.map(Optional.some) {
            for quality in FeedStatus.Quality.allCases {
                events.append(
                    MarketEvent(
                        timestamp: .zero, receivedAt: Timestamp(nanoseconds: 5), symbol: .none, source: .ibkr,
                        payload: .feedStatus(FeedStatus(stream: stream, quality: quality, reason: "no (354)"))
                    ))
            }
        }
        let file = try directory.file("a.tdj", JournalImage.of(delivered(events)).bytes)
        #expect(try journalEvents([file]).map(\.payload) == events.map(\.payload))
    }

    @Test("gives back notices with a level, a scope and details")
    func notices() throws {
        let symbol = try #require(SymbolID("JOURNAL.NOTICE"))
        let notices = [
            SystemNotice(
                .killSwitchEngaged, actor: "uid:1", reason: "ü", level: .reduce, scope: .symbol(symbol)),
            SystemNotice(.killSwitchEngaged, actor: "", scope: .strategy(StrategyID("journal_notice"))),
            SystemNotice(.killSwitchReleased, actor: "uid:1", level: .halt),
            SystemNotice(.killSwitchReleased, actor: "uid:1"), SystemNotice(.killSwitchEngaged, actor: "a"),
            SystemNotice(.limitsChanged, actor: "uid:1", detail: "risk.max_size=2"),
        ]
        let events = notices.map { notice in
            MarketEvent(
                timestamp: .zero, receivedAt: Timestamp(nanoseconds: 5), symbol: .none, source: .operator_,
                payload: .system(notice))
        }
        let file = try directory.file("a.tdj", JournalImage.of(delivered(events)).bytes)
        #expect(try journalEvents([file]).map(\.payload) == events.map(\.payload))
    }

    @Test("gives back its header")
    func header() throws {
        var header = journalHeader()
        header.file = 7
        header.symbols = ["A", "Ω"]
        let bytes = header.bytes
        #expect(bytes.count % 64 == 0)
        #expect(try JournalHeader(bytes) == header)
        #expect(try JournalReader(files: [directory.file("a.tdj", bytes)]).header == header)
    }

    @Test("the bus tells outside events by type and source")
    func external() throws {
        #expect(try everyKind().allSatisfy { JournalEncoder.isExternal($0) })
        for source in [EventSource.orderFlow, .strategy, .risk, .execution] {
            let notice = MarketEvent(
                timestamp: .zero, receivedAt: .zero, symbol: .none, source: source,
                payload: .system(SystemNotice(.armed, actor: "")))
            #expect(!JournalEncoder.isExternal(notice))
        }
    }

    @Test("as a recording, plain or gzip, gives the events its feed gave, and no commands")
    func recording() throws {
        let market = try simulatedEvents(5_000)
        let notice = MarketEvent(
            timestamp: market[0].timestamp, receivedAt: market[0].receivedAt, symbol: .none,
            source: .operator_, payload: .system(SystemNotice(.armed, actor: "startup")))
        let bytes = JournalImage.of(delivered([notice] + market)).bytes
        let plain = try directory.file("a.tdj", bytes)
        let packed = try directory.file("b.dat", gzip(bytes))
        var options = HistoricalLoaderOptions()
        options.types = EventType.ofFeeds
        for file in [plain, packed] {
            for readSize in [64, 1_000, 65_536] {
                options.readSize = readSize
                let loaded = load([file], options)
                #expect(loaded.error == nil)
                #expect(loaded.json == delivered([notice] + market).dropFirst().map(\.json))
                #expect(
                    loaded.statistics.rows == market.count + 1 && loaded.statistics.skipped == ["system": 1])
                #expect(loaded.statistics.events == market.count)
            }
        }
    }

    @Test("repeated, is the same as its events repeated as JSON")
    func repeated() throws {
        let events = delivered(try simulatedEvents(700))
        let journal = try directory.file("a.tdj", JournalImage.of(events).bytes)
        let lines = events.map { $0.json + "\n" }.joined()
        let json = try directory.file("a.jsonl", lines)
        var options = HistoricalLoaderOptions()
        options.repeats = 3
        #expect(load([journal], options).json == load([json], options).json)
        #expect(load([journal], options).events.count == 3 * events.count)
    }

    @Test("merges with other recordings by time, and leaves out instruments that are not wanted")
    func merged() throws {
        let gold = delivered(try simulatedEvents(600)), silver = try simulatedEvents(600, symbols: ["XAGUSD"])
        let journal = try directory.file("a.tdj", JournalImage.of(gold).bytes)
        let lines = try directory.file("b.jsonl", silver.map { $0.json + "\n" }.joined())
        let both = load([journal, lines])
        #expect(both.error == nil && both.events.count == gold.count + silver.count)
        #expect(zip(both.events, both.events.dropFirst()).allSatisfy { $0.receivedAt <= $1.receivedAt })
        var options = HistoricalLoaderOptions()
        options.symbols = ["XAGUSD"]
        #expect(load([journal], options).events.isEmpty)
        #expect(load([journal], options).statistics.filtered == gold.count)
        #expect(load([journal, lines], options).events.count == silver.count)
    }

    @Test("the files of a session are one journal in any order; a missing one is told")
    func files() throws {
        let events = delivered(try simulatedEvents(900, symbols: ["A", "B"]))
        let image = JournalImage.of(events, perBlock: 300)
        let start = journalHeader().bytes.count
        let cuts = [start, image.blocks[1], image.blocks[2], image.bytes.count]
        var names: [String] = []
        for part in 0..<3 {
            var header = journalHeader()
            header.file = UInt32(part + 1)
            header.symbols = part == 0 ? [] : ["A", "B"]
            names.append(
                try directory.file("\(part).tdj", header.bytes + image.bytes[cuts[part]..<cuts[part + 1]]))
        }
        #expect(try journalEvents(names.reversed()).map { EventImage($0) } == events.map { EventImage($0) })
        #expect(load(names).json == events.map(\.json))
        #expect(throws: JournalError.files("\(names[2]) is file 3 of its session, not 2")) {
            try JournalReader(files: [names[0], names[2]])
        }
        let stranger = try directory.file("s.tdj", journalHeader(session: 4).bytes)
        #expect(throws: JournalError.files("\(stranger) is of another session than \(names[0])")) {
            try JournalReader(files: [names[0], stranger])
        }
    }

    @Test("the checksum is CRC-32C, by instruction and by table")
    func checksum() {
        #expect(tradingd_crc32c(0, "123456789", 9) == 0xE306_9283)
        var random = TestRandom(seed: 5)
        let bytes = (0..<70_000).map { _ in UInt8(random.below(256)) }
        for count in [0, 1, 7, 8, 63, 1_535, 1_536, 4_097, 70_000] {
            bytes.withUnsafeBytes { all in
                #expect(
                    tradingd_crc32c(9, all.baseAddress, count)
                        == tradingd_crc32c_portable(9, all.baseAddress, count))
            }
        }
    }

    @Test("a name too many is refused, an event longer than a block too")
    func limits() throws {
        var encoder = JournalEncoder()
        let block = JournalBlock()
        let notice = MarketEvent(
            timestamp: .zero, receivedAt: .zero, symbol: .none, source: .operator_,
            payload: .system(SystemNotice(.armed, actor: String(repeating: "x", count: 1 << 20))))
        guard case .impossible = encoder.add(notice, to: block) else {
            Issue.record("took an event longer than a block")
            return
        }
        #expect(block.isEmpty)
        let long = MarketEvent(
            timestamp: .zero, receivedAt: .zero, symbol: .none, source: .operator_,
            payload: .system(SystemNotice(.armed, actor: String(repeating: "x", count: 100_000))))
        #expect(encoder.add(long, to: block) == .added)
    }
}
