import TWSProtocol
import TestSupport
import Testing

@testable import TWSClient

@Suite("budgets of streams")
struct StreamBudgetTests {
    private let quotes = StreamKind.tickByTickQuotes
    private let trades = StreamKind.tickByTickTrades(includesUnreported: true)
    private let depth = StreamKind.depth(rows: 10, isSmart: true)
    private let level1 = StreamKind.level1(isDelayed: false)

    @Test("of one instrument quotes are asked for first, trades after the interval")
    func interval() {
        let rig = StreamRig()
        rig.live()
        let second = rig.open(trades)
        let first = rig.open(quotes)
        rig.poll()
        #expect(rig.requestID(first) != nil)
        #expect(rig.notices(second) == [.waiting(.tickByTickInterval)])
        rig.pass(seconds: 14.9)
        #expect(rig.poll().isEmpty)
        rig.pass(seconds: 0.5)
        #expect(rig.poll().count == 1)
        #expect(rig.notices(second) == [.requested])
    }

    /// A lane with requests for that many seconds, and two streams of one instrument, the first of which waits behind them.
    private func congested(seconds: Int) throws -> (StreamRig, LaneRig, StreamID) {
        let (rig, lane) = (StreamRig(), try LaneRig(requestsPerSecond: 5))
        lane.goLive()
        for id in 0..<Int32(seconds * 5) { lane.lane.send(LaneRig.rule(id), now: rig.now) }
        rig.table.sessionLive(now: rig.now)
        let second = rig.open(trades)
        _ = rig.open(quotes)
        rig.table.send(over: lane.lane, now: rig.now)
        #expect(rig.notices(second) == [.waiting(.tickByTickInterval)])
        return (rig, lane, second)
    }

    @Test("the interval begins when the request is written, however long it waits in the lane")
    func intervalFromWriting() throws {
        let (rig, lane, second) = try congested(seconds: 20)
        let began = rig.now
        var left: [Int32] = []
        while left.isEmpty, rig.now < began + 60 * StreamRig.second {
            rig.pass(seconds: 0.1)
            #expect(rig.table.poll(now: rig.now).isEmpty)
            left = lane.lane.drain(now: rig.now).left
            rig.table.written(left, now: rig.now)
        }
        #expect(left.count == 1 && rig.now > began + 15 * StreamRig.second)
        rig.pass(seconds: 14.9)
        #expect(rig.poll().isEmpty)
        rig.pass(seconds: 0.5)
        #expect(rig.poll().count == 1)
        #expect(rig.notices(second) == [.requested])
    }

    @Test("a request that never left holds up nothing")
    func intervalOfNothing() throws {
        let (lost, lane, _) = try congested(seconds: 20)
        _ = lane.lane.detach(reason: "gone")
        lost.table.sessionLost(now: lost.now)
        #expect(lost.live().count == 1)
        // Here the lane takes nothing more.
        let (full, _, _) = try congested(seconds: LaneContent.mostOthers)
        full.pass(seconds: 2)
        #expect(full.poll().count == 1)
    }

    @Test("the interval counts over a reconnect and over other streams of the instrument")
    func intervalStays() {
        let rig = StreamRig()
        rig.live()
        let stream = rig.open(quotes)
        rig.poll()
        rig.pass(seconds: 3)
        rig.table.sessionLost(now: rig.now)
        rig.forget()
        rig.live()
        #expect(rig.held.isEmpty)
        #expect(rig.notices(stream).last == .waiting(.tickByTickInterval))
        rig.pass(seconds: 12.5)
        rig.poll()
        #expect(rig.held.count == 1)
    }

    @Test("without enough lines, instruments that come first get them; a line that is free goes to the next")
    func priority() {
        let rig = StreamRig { $0.tickByTickStreams = 2 }
        rig.live()
        let streams = [4, 2, 3, 1].map { rig.open(quotes, symbol: $0) }
        rig.poll()
        #expect(rig.held.count == 2)
        #expect(streams.map { rig.requestID($0) != nil } == [false, true, false, true])
        #expect(rig.notices(streams[0]) == [.waiting(.noLine)])
        rig.table.close(streams[3])
        rig.poll()
        #expect(rig.requestID(streams[2]) != nil)
        #expect(rig.most[StreamResource.tickByTick.rawValue] == 2)
    }

    @Test("an instrument that comes first takes the line of one that comes later, cancelled before")
    func eviction() {
        let rig = StreamRig { $0.depthInstruments = 1 }
        rig.live()
        let late = rig.open(depth, symbol: 5)
        rig.poll()
        let early = rig.open(depth, symbol: 1)
        let sent = rig.poll()
        #expect(sent.count == 2)
        #expect(sent.first?.begunRequest == nil)
        #expect(rig.requestID(early) != nil)
        #expect(rig.notices(late) == [.requested, .waiting(.noLine)])
        rig.table.close(early)
        rig.poll()
        #expect(rig.requestID(late) != nil)
    }

    @Test("depth counts instruments, not streams")
    func instruments() {
        let rig = StreamRig { $0.depthInstruments = 1 }
        rig.live()
        let first = rig.open(depth, symbol: 1)
        let second = rig.open(.depth(rows: 5, isSmart: false), symbol: 1)
        let other = rig.open(depth, symbol: 2)
        rig.poll()
        #expect(rig.requestID(first) != nil)
        #expect(rig.requestID(second) != nil)
        #expect(rig.requestID(other) == nil)
    }

    @Test(
        "the gateway's word that there are no more lowers the limit; the stream waits for a line",
        arguments: [
            (.tickByTickQuotes, 10_190), (.depth(rows: 5, isSmart: false), 309),
            (.level1(isDelayed: false), 101),
        ] as [(StreamKind, Int32)])
    func learns(kind: StreamKind, code: Int32) {
        let rig = StreamRig {
            ($0.tickByTickStreams, $0.depthInstruments, $0.marketDataLines) = (3, 3, 3)
        }
        rig.live()
        let streams = (1...3).map { rig.open(kind, symbol: $0) }
        rig.poll()
        rig.refuse(streams[2], code)
        rig.refuse(streams[1], code)
        #expect(rig.notices(streams[2]) == [.requested, .waiting(.noLine)])
        rig.pass(seconds: 20)
        #expect(rig.poll().isEmpty)
        // A line that is freed goes to the one that waits.
        rig.table.close(streams[0])
        rig.poll()
        #expect(rig.requestID(streams[1]) != nil)
        #expect(rig.requestID(streams[2]) == nil)
    }

    @Test("what was learned is tried again after five minutes, and forgotten with the session")
    func forgets() {
        let rig = StreamRig { $0.marketDataLines = 2 }
        rig.live()
        let streams = (1...2).map { rig.open(level1, symbol: $0) }
        rig.poll()
        rig.refuse(streams[1], 101)
        rig.pass(seconds: 299)
        #expect(rig.poll().isEmpty)
        rig.pass(seconds: 2)
        #expect(rig.poll().count == 1)
        rig.refuse(streams[1], 101)
        rig.table.sessionLost(now: rig.now)
        rig.forget()
        rig.live()
        #expect(rig.held.count == 2)
    }

    @Test("a stream that was refused takes a free line on retry, never one that another holds")
    func doubtful() {
        let rig = StreamRig { $0.marketDataLines = 1 }
        rig.live()
        let first = rig.open(level1, symbol: 1)
        rig.poll()
        rig.refuse(first, 354)
        let second = rig.open(level1, symbol: 2)
        rig.poll()
        rig.table.retry(first)
        rig.poll()
        #expect(rig.requestID(second) != nil)
        #expect(rig.notices(first).last == .waiting(.noLine))
        rig.table.close(second)
        rig.poll()
        #expect(rig.requestID(first) != nil)
    }

    @Test("requests leave at the pace of the options")
    func pace() {
        let rig = StreamRig { $0.requestsPerSecond = 10 }
        rig.live()
        for symbol in 1...30 { _ = rig.open(level1, symbol: symbol) }
        for _ in 0..<60 {
            rig.poll()
            rig.pass(seconds: 0.1)
        }
        #expect(rig.held.count == 30)
        #expect(PaceTests.fullest(rig.times) <= 8)
    }

    @Test("whatever comes when: budgets hold, and in the end everything that fits is subscribed")
    func random() {
        var random = TestRandom(seed: TestSeed.value("STREAM_SEED"))
        for _ in 0..<30 { runRandom(&random) }
    }

    private func runRandom(_ random: inout TestRandom) {
        let limits = (0..<3).map { _ in Int(random.below(6)) }
        let rig = StreamRig {
            ($0.tickByTickStreams, $0.depthInstruments, $0.marketDataLines) = (
                limits[0], limits[1], limits[2]
            )
            $0.requestsPerSecond = 10 + Int(random.below(40))
        }
        var open: [StreamID] = []
        for _ in 0..<400 {
            step(rig, &open, &random)
            for number in rig.allRequests where rig.held[number] == nil {
                #expect(rig.table.stream(ofRequest: number) == nil)
            }
        }
        settle(rig, open)
        for resource in StreamResource.allCases {
            #expect(rig.most[resource.rawValue] <= limits[resource.rawValue])
        }
        for times in rig.tickByTickTimes.values {
            for (earlier, later) in zip(times, times.dropFirst()) {
                #expect(later - earlier >= 15 * StreamRig.second)
            }
        }
        #expect(Set(rig.allRequests).count == rig.allRequests.count)
        expectEverythingThatFits(rig, limits)
    }

    private func step(_ rig: StreamRig, _ open: inout [StreamID], _ random: inout TestRandom) {
        let kinds = [
            quotes, trades, depth, StreamKind.depth(rows: 3, isSmart: false), level1,
            .level1(isDelayed: true),
        ]
        switch random.below(20) {
        case 0...4 where open.count < 60:
            open.append(rig.open(kinds[Int(random.below(6))], symbol: 1 + Int(random.below(8))))
        case 5, 6:
            if !open.isEmpty { rig.table.close(open.remove(at: Int(random.below(UInt64(open.count))))) }
        case 7: if let id = open.last { rig.table.retry(id) }
        case 8:
            let codes: [Int32] = [354, 10_189, 316, 317, 10_167, 200, 10_197, 9_999, 100]
            let code = codes[Int(random.below(9))]
            if let id = open.randomMember(&random) {
                if [317, 10_167, 9_999].contains(code), let number = rig.requestID(id) {
                    rig.error(number, code)
                } else {
                    rig.refuse(id, code)
                }
            }
        case 9:
            rig.table.sessionLost(now: rig.now)
            rig.forget()
        case 10:
            rig.forget()
            rig.table.dataLost(now: rig.now)
        case 11: rig.table.interrupted(code: 1100)
        case 12: rig.table.resumed(code: 1102)
        case 13: rig.pass(seconds: Double(random.below(20)))
        case 14...16: rig.table.sessionLive(now: rig.now)
        default: rig.poll()
        }
    }

    /// Everything refused is retried, and time passes.
    private func settle(_ rig: StreamRig, _ open: [StreamID]) {
        rig.table.sessionLive(now: rig.now)
        for line in rig.table.lines where line.state == "refused" { rig.table.retry(line.id) }
        for _ in 0..<200 {
            rig.pass(seconds: 1)
            rig.poll()
        }
        #expect(Set(rig.table.lines.map(\.id)) == Set(open))
    }

    private func expectEverythingThatFits(_ rig: StreamRig, _ limits: [Int]) {
        for resource in StreamResource.allCases {
            let lines = rig.table.lines.filter { $0.kind.resource == resource }
            let wanted = resource == .depth ? Set(lines.map(\.symbol)).count : lines.count
            #expect(rig.count(resource) == min(wanted, limits[resource.rawValue]))
        }
    }
}

extension [StreamID] {
    fileprivate func randomMember(_ random: inout TestRandom) -> StreamID? {
        isEmpty ? nil : self[Int(random.below(UInt64(count)))]
    }
}
