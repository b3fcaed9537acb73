import MarketData
import TestSupport
import Testing
import TradingModel

@Suite("Order of recordings")
struct OrderTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func ticks(_ rows: [(millisecond: Int, seq: Int)]) -> String {
        "ts,symbol,bid,ask,bid_size,ask_size,seq\n"
            + rows.map { row in
                let text = String(row.millisecond)
                let padded = String(repeating: "0", count: 3 - text.utf8.count) + text
                return "2014-05-05T00:00:00.\(padded)Z,X,1,2,,,\(row.seq)\n"
            }.joined()
    }

    @Test("merges files by time, then seq, then order of the files")
    func merges() throws {
        let first = try directory.file("a.csv", ticks([(1, 1), (2, 5), (2, 6), (9, 9)]))
        let second = try directory.file("b.csv", ticks([(0, 4), (2, 2), (2, 5), (2, 8), (8, 7)]))
        let loaded = load([first, second], limit: 2)
        #expect(loaded.error == nil)
        #expect(loaded.events.map(\.feedSequence) == [4, 1, 2, 5, 5, 6, 8, 7, 9])
    }

    @Test("puts a file in order within the window, by seq where all events of a time have one")
    func reorders() throws {
        let file = try directory.file(
            "r.csv", ticks([(5, 3), (3, 2), (5, 1), (7, 4), (6, 9), (6, 8), (12, 10)]))
        let loaded = load([file], HistoricalLoaderOptions(reorderWindow: 2_000_000), limit: 1)
        #expect(loaded.error == nil)
        #expect(loaded.events.map(\.feedSequence) == [2, 1, 3, 8, 9, 4, 10])
        let unnumbered = try directory.file("u.csv", ticks([(5, 3), (5, 0), (5, 1)]))
        #expect(load([unnumbered]).events.map(\.feedSequence) == [3, 0, 1])
    }

    @Test("refuses a step back beyond the window with file and line")
    func refusesStepsBack() throws {
        let file = try directory.file("b.csv", ticks([(5, 1), (4, 2), (6, 3)]))
        let reason = "time goes back by 1000000 ns, more than the reorder window of 0 ns"
        let failing = load([file])
        #expect(failing.error?.description == "\(file):3: \(reason)")
        #expect(failing.events.map(\.feedSequence) == [1])
        let skipping = load([file], HistoricalLoaderOptions(malformedRows: .skip))
        #expect(skipping.malformed.map(\.description) == ["\(file):3: \(reason)"])
        #expect(skipping.events.map(\.feedSequence) == [1, 3])
        #expect(load([file], HistoricalLoaderOptions(reorderWindow: 999_999)).error != nil)
        #expect(load([file], HistoricalLoaderOptions(reorderWindow: 1_000_000)).error == nil)
    }

    @Test("a long shuffle within the window comes out sorted, whatever the batch size")
    func longShuffle() throws {
        let seed = testSeed()
        var random = SeededRandom(seed: seed)
        var rows = (0..<5_000).map { (millisecond: Int($0 / 6), seq: $0 + 1) }
        for start in stride(from: 0, to: rows.count - 40, by: 20) {
            let (left, right) = (start + Int(random.below(20)), start + 20 + Int(random.below(20)))
            rows.swapAt(left, right)
        }
        let file = try directory.file("s.csv", ticks(rows))
        for limit in [1, 7, 4_096] {
            let loaded = load([file], HistoricalLoaderOptions(reorderWindow: 40_000_000), limit: limit)
            #expect(loaded.error == nil, "seed \(seed)")
            #expect(loaded.events.map(\.feedSequence) == (1...5_000).map(UInt64.init), "seed \(seed)")
        }
    }

    private let depthHeader = "ts,symbol,side,op,position,price,size,seq\n"

    @Test("the last depth event of a symbol at a time ends its batch, across batches and files")
    func endsBatch() throws {
        let depth = try directory.file(
            "d.csv",
            depthHeader
                + "2014-05-05T00:00:00Z,A,bid,update,0,1,1,1\n2014-05-05T00:00:00Z,B,bid,update,0,1,1,2\n"
                + "2014-05-05T00:00:00Z,A,bid,delete,1,0,0,4\n2014-05-05T00:00:01Z,A,ask,update,0,2,1,6\n")
        let more = try directory.file("e.csv", depthHeader + "2014-05-05T00:00:00Z,A,ask,update,0,2,1,5\n")
        let tick = try directory.file(
            "t.csv", "ts,symbol,bid,ask,bid_size,ask_size,seq\n2014-05-05T00:00:00Z,A,1,2,,,3\n")
        for limit in 1...7 {
            let loaded = load([depth, more, tick], limit: limit)
            #expect(loaded.error == nil)
            #expect(loaded.events.map(\.feedSequence) == [1, 2, 3, 4, 5, 6])
            #expect(
                loaded.events.map(\.endsBatch) == [false, true, nil, false, true, true], "limit \(limit)")
        }
    }

    @Test("insert rows of a CSV that share a seq are one snapshot; one alone stays a row operation")
    func snapshots() throws {
        let file = try directory.file(
            "s.csv",
            depthHeader
                + "2014-05-05T00:00:00Z,A,bid,insert,0,10,1,1\n2014-05-05T00:00:00Z,A,bid,insert,1,9,2,1\n"
                + "2014-05-05T00:00:00Z,A,ask,insert,0,11,3,1\n2014-05-05T00:00:01Z,A,ask,insert,1,12,4,2\n"
                + "2014-05-05T00:00:01Z,A,ask,insert,2,13,4,3\n2014-05-05T00:00:02Z,A,bid,insert,0,10,1,4\n"
                + "2014-05-05T00:00:02Z,A,bid,update,0,10,2,4\n2014-05-05T00:00:03Z,A,bid,insert,0,10,1,\n"
                + "2014-05-05T00:00:03Z,A,bid,insert,0,10,1,\n2014-05-05T00:00:04Z,A,bid,insert,0,10,1,9\n"
                + "2014-05-05T00:00:04Z,B,bid,insert,0,10,1,9\n2014-05-05T00:00:05Z,A,ask,insert,0,10,1,10\n"
                + "2014-05-05T00:00:05Z,A,ask,insert,0,9,1,10")
        for limit in [1, 3, 256] {
            let loaded = load([file], limit: limit)
            #expect(loaded.error == nil)
            #expect(loaded.statistics.events(.domSnapshot) == 2)
            #expect(loaded.statistics.events(.domDelta) == 8)
            #expect(
                loaded.events.first?.payload
                    == .domSnapshot(
                        DomSnapshot(
                            bids: [
                                Level(price: try Price("10"), size: try Quantity("1")),
                                Level(price: try Price("9"), size: try Quantity("2")),
                            ], asks: [Level(price: try Price("11"), size: try Quantity("3"))])))
            guard case .domSnapshot(let last)? = loaded.events.last?.payload else {
                Issue.record("the file ends with a snapshot")
                return
            }
            #expect(last.asks.map(\.price.description) == ["9", "10"])
        }
    }

    @Test("nested events keep their own batch marks, times, sequence, trace and source")
    func nested() throws {
        let symbol = try #require(SymbolID("A"))
        var events: [MarketEvent] = []
        for (number, ends) in [true, false, false].enumerated() {
            let delta = DomDelta(
                side: .bid, operation: .update, position: 0, price: try Price("1"), size: try Quantity("1"),
                endsBatch: ends)
            var event = MarketEvent(
                timestamp: Timestamp(nanoseconds: 1_000_000_000 - Int64(number)),
                receivedAt: Timestamp(nanoseconds: 2_000_000_000), symbol: symbol, source: .ibkr,
                feedSequence: UInt64(9 - number),
                trace: TraceContext(
                    traceID: TraceID(session: 1, sequence: 2), spanID: SpanID(sequence: 3)),
                payload: .domDelta(delta))
            event.sequence = UInt64(number + 1)
            events.append(event)
        }
        let file = try directory.file("n.jsonl", events.map(\.json).joined(separator: "\n"))
        for limit in 1...4 {
            let loaded = load([file], limit: limit)
            #expect(loaded.error == nil)
            #expect(loaded.images == events.map { EventImage($0) })
        }
        let silent = events[0].json.replacingEndsBatch()
        let second = try directory.file("m.jsonl", "\(silent)\n\(silent)\n")
        #expect(load([second]).events.map(\.endsBatch) == [false, true])
    }
}

extension MarketEvent {
    var endsBatch: Bool? {
        switch payload {
        case .domDelta(let delta): delta.endsBatch
        case .domSnapshot(let snapshot): snapshot.endsBatch
        default: nil
        }
    }
}

extension String {
    fileprivate func replacingEndsBatch() -> String {
        let mark = ",\"ends_batch\":true"
        guard let range = firstRange(of: mark) else { return self }
        return String(self[..<range.lowerBound] + self[range.upperBound...])
    }
}
