import TWSProtocol
import Testing

@testable import TWSClient

@Suite("stream table")
struct StreamTableTests {
    private let quotes = StreamKind.tickByTickQuotes
    private let trades = StreamKind.tickByTickTrades(includesUnreported: true)
    private let depth = StreamKind.depth(rows: 10, isSmart: true)
    private let level1 = StreamKind.level1(isDelayed: false)

    @Test("nothing is asked for before the session is live, and the wait is told once")
    func notLive() {
        let rig = StreamRig()
        let stream = rig.open(level1)
        #expect(rig.poll().isEmpty)
        #expect(rig.notices(stream) == [.waiting(.notLive)])
        rig.live()
        #expect(rig.notices(stream) == [.requested])
        #expect(rig.held.count == 1)
        #expect(rig.poll().isEmpty)
    }

    @Test("each kind is asked for as it must be, and cancelled as it was asked for")
    func commands() throws {
        let rig = StreamRig()
        rig.live()
        let prints = StreamKind.tickByTickTrades(includesUnreported: false)
        let kinds = [quotes, trades, prints, depth, StreamKind.depth(rows: 5, isSmart: false), level1]
        for (index, kind) in kinds.enumerated() { _ = rig.open(kind, symbol: index + 1) }
        let sent = rig.poll()
        let types = sent.compactMap { command -> String? in
            if case .tickByTick(let request) = command { return request.tickType }
            return nil
        }
        #expect(types == ["BidAsk", "AllLast", "Last"])
        for id in rig.table.lines.map(\.id) { rig.table.close(id) }
        let cancels = rig.poll()
        #expect(rig.held.isEmpty)
        let smart = cancels.compactMap { command -> Bool? in
            if case .cancelDepth(let cancel) = command { return cancel.isSmartDepth }
            return nil
        }
        #expect(smart == [true, false])
    }

    @Test("a delayed stream is asked for between two changes of the data type")
    func delayed() throws {
        let rig = StreamRig()
        rig.live()
        _ = rig.open(.level1(isDelayed: true))
        let sent = rig.poll()
        try #require(sent.count == 3)
        var type = RequestMarketDataType()
        type.marketDataType = 3
        #expect(sent[0] == .marketDataType(type))
        #expect(sent[1].begunRequest != nil)
        type.marketDataType = 1
        #expect(sent[2] == .marketDataType(type))
    }

    @Test("the number holds the place and how often it was asked for; what is late belongs to nobody")
    func generations() throws {
        let rig = StreamRig()
        rig.live()
        let stream = rig.open(level1)
        rig.poll()
        let first = try #require(rig.requestID(stream))
        #expect(first == StreamTable.firstRequestID | 1 << 10 | stream.rawValue)
        rig.table.retry(stream)
        #expect(rig.table.stream(ofRequest: first) == nil)
        rig.poll()
        let second = try #require(rig.requestID(stream))
        #expect(second == StreamTable.firstRequestID | 2 << 10 | stream.rawValue)
        #expect(rig.table.stream(ofRequest: first) == nil)
        #expect(rig.held.count == 1)
        rig.table.close(stream)
        #expect(rig.open(level1, symbol: 2) == stream)
        #expect(rig.table.stream(ofRequest: second) == nil)
        rig.poll()
        #expect(rig.requestID(stream) != nil)
    }

    @Test(
        "numbers that are none of ours",
        arguments: [0, -1, 5, .max, .min, 0x4000_0000, 0x4000_03FF, 0x3000_0001])
    func strangers(requestID: Int32) {
        let rig = StreamRig()
        rig.live()
        #expect(rig.table.stream(ofRequest: requestID) == nil)
        _ = rig.open(level1)
        rig.poll()
        #expect(rig.table.stream(ofRequest: requestID) == nil)
    }

    @Test("after a loss of the session everything is told lost, and asked for again under new numbers")
    func reconnect() {
        let rig = StreamRig()
        rig.live()
        let streams = [rig.open(quotes), rig.open(depth), rig.open(level1)]
        rig.poll()
        let before = rig.allRequests
        _ = rig.table.takeNotices()
        rig.table.sessionLost(now: rig.now)
        rig.forget()
        #expect(rig.table.takeNotices().map(\.1) == [.lost, .lost, .lost])
        for number in before { #expect(rig.table.stream(ofRequest: number) == nil) }
        #expect(rig.poll().isEmpty)
        rig.pass(seconds: 60)
        rig.live()
        #expect(rig.held.count == 3)
        #expect(Set(rig.allRequests).count == 6)
        for stream in streams { #expect(rig.requestID(stream) != nil) }
    }

    @Test("a notice that is being told does not reach who has the place meanwhile")
    func noticeOfPredecessor() {
        let rig = StreamRig()
        rig.live()
        let stream = rig.open(level1)
        rig.poll()
        let openings = rig.table.openings
        #expect(rig.table.takeNotices().count == 1)
        #expect(rig.table.concerns(stream, after: openings))
        rig.table.close(stream)
        #expect(!rig.table.concerns(stream, after: openings))
        #expect(rig.open(level1, symbol: 2) == stream)
        #expect(!rig.table.concerns(stream, after: openings))
        #expect(rig.table.concerns(stream, after: rig.table.openings))
        #expect(rig.table.concerns(StreamID(rawValue: -1), after: openings))
    }

    @Test(
        "1101 loses every subscription while the session stays: asked for again, after a cancel of what may be on its way"
    )
    func dataLost() throws {
        let rig = StreamRig()
        rig.live()
        let stream = rig.open(level1)
        rig.poll()
        rig.table.interrupted(code: 1100)
        let first = try #require(rig.requestID(stream))
        rig.table.dataLost(now: rig.now)
        let sent = rig.poll()
        #expect(sent.map(\.endedRequest) == [first, nil])
        #expect(sent.last?.begunRequest != nil)
        #expect(rig.held.count == 1)
        #expect(rig.notices(stream) == [.requested, .interrupted(code: 1100), .lost, .requested])
    }

    @Test("while the gateway has lost IBKR nothing new is asked for; after 1102 it is")
    func linkDown() {
        let rig = StreamRig()
        rig.live()
        let kept = rig.open(level1)
        rig.poll()
        rig.table.interrupted(code: 1100)
        let opened = rig.open(level1, symbol: 2)
        #expect(rig.poll().isEmpty)
        rig.table.resumed(code: 1102)
        #expect(rig.poll().count == 1)
        #expect(rig.requestID(opened) != nil)
        #expect(rig.notices(kept) == [.requested, .interrupted(code: 1100), .resumed(code: 1102)])
    }

    @Test("a broken farm is told to streams that are subscribed, and stops nothing")
    func farm() {
        let rig = StreamRig { $0.marketDataLines = 1 }
        rig.live()
        let (first, second) = (rig.open(level1), rig.open(level1, symbol: 2))
        rig.poll()
        _ = rig.table.takeNotices()
        rig.table.interrupted(code: 2103)
        rig.table.resumed(code: 2104)
        let told = rig.table.takeNotices()
        #expect(told.map(\.0) == [first, first])
        #expect(told.map(\.1) == [.interrupted(code: 2103), .resumed(code: 2104)])
        rig.table.close(first)
        #expect(rig.poll().count == 2)
        #expect(rig.requestID(second) != nil)
    }

    @Test("places are given from the lowest, at most 1,024, and one too many is refused")
    func places() {
        let rig = StreamRig()
        let streams = (0..<1_024).map { rig.open(level1, symbol: $0 % 200 + 1) }
        #expect(streams.map(\.rawValue) == (0..<1_024).map { Int32($0) })
        let none = rig.open(level1)
        #expect(none.rawValue == -1)
        guard case .refused? = rig.notices(none).first else {
            Issue.record("one too many must be refused")
            return
        }
        rig.table.retry(none)
        rig.table.close(none)
        rig.table.close(streams[7])
        #expect(rig.open(level1) == streams[7])
    }

    @Test("what a closed stream had to tell is not told of its successor")
    func closedNotices() {
        let rig = StreamRig()
        rig.live()
        let stream = rig.open(level1)
        rig.poll()
        rig.table.close(stream)
        rig.table.close(stream)
        #expect(rig.open(level1) == stream)
        #expect(rig.notices(stream).isEmpty)
        #expect(rig.table.lines.count == 1)
    }

    @Test("an operator sees how each stream stands")
    func lines() {
        let rig = StreamRig { $0.tickByTickStreams = 1 }
        rig.live()
        let (first, second) = (rig.open(quotes), rig.open(quotes, symbol: 2))
        let third = rig.open(level1, symbol: 3)
        rig.poll()
        rig.refuse(third, 354)
        #expect(rig.table.lines.map(\.id) == [first, second, third])
        #expect(rig.table.lines.map(\.state) == ["requested", "no_line", "refused"])
        #expect(rig.table.lines.map(\.code) == [nil, nil, 354])
    }
}
