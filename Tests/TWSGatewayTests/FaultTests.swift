import TWSProtocol
import Testing
import TradingModel

@testable import TWSGateway

@Suite("Faults")
struct FaultTests {
    private func subscribed(_ gateway: CoreFixture) throws -> SessionID {
        let session = try gateway.ready(client: 7)
        try gateway.ladder("GCZ6", rows: 2)
        try gateway.tick("GCZ6", "99", "101")
        gateway.say(Asked.line(1, Asked.goldFuture), session)
        gateway.say(Asked.depth(2, Asked.goldFuture), session)
        gateway.say(Asked.ticks(3, Asked.goldFuture, "BidAsk"), session)
        _ = try gateway.heard(session)
        return session
    }

    @Test(
        "faults of the connection are handed to it",
        arguments: [
            ("drop", ConnectionEffect.drop), ("reset", .reset), ("trickle 2s", .trickle(2_000_000_000)),
            ("silence 300ms client 7", .silence(300_000_000)), ("hold 1000", .hold(frames: 1_000)),
            ("after 4096 bytes drop", .cut(afterBytes: 4_096)),
        ])
    func connection(line: String, effect: ConnectionEffect) throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready(client: 7)
        try gateway.fault(line)
        #expect(gateway.effects[session] == [effect])
        #expect(gateway.core.counters.faults.values.reduce(0, +) == 1)
    }

    @Test("a cut waits for the next session when there is none")
    func laterCut() throws {
        let gateway = try CoreFixture()
        try gateway.fault("after 10 bytes drop")
        let first = gateway.connect()
        let second = gateway.connect()
        #expect(gateway.effects[first] == [.cut(afterBytes: 10)])
        #expect(gateway.effects[second, default: []].isEmpty)
    }

    @Test(
        "a cut counted from here is for those who are there, else for the next; not for who is being let go")
    func cutFromHere() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready(client: 7)
        gateway.core.outbox.progressed(session, written: 500, isHosing: false)
        try gateway.fault("after 10 more bytes drop")
        #expect(gateway.effects[session] == [.cut(afterBytes: 510)])
        try gateway.fault("drop")
        try gateway.fault("after 20 bytes drop")
        try gateway.fault("after 30 more bytes drop")
        #expect(gateway.effects[session]?.last == .drop)
        for bytes in [20, 30] as [UInt64] {
            let next = gateway.connect()
            #expect(gateway.effects[next] == [.cut(afterBytes: bytes)])
        }
    }

    @Test("malformed frames are what a codec takes them for", arguments: MalformedFrame.allCases)
    func malformed(frame: MalformedFrame) throws {
        let bytes = frame.bytes
        var buffer = FrameBuffer()
        buffer.append(bytes.span)
        var faults: [FrameFault] = []
        var decoded: Decoded<ServerMessage>?
        do throws(FrameFault) {
            let read = try buffer.next { body -> Result<Decoded<ServerMessage>, FrameFault> in
                do throws(FrameFault) {
                    return .success(try ServerMessage.decode(body, version: .highest))
                } catch {
                    return .failure(error)
                }
            }
            decoded = try read?.get()
        } catch { faults.append(error) }
        switch (frame, faults.first, decoded) {
        case (.oversize, .tooLong?, nil), (.garbage, .messageNumber?, nil),
            (.unterminated, .unterminated?, nil),
            (.unknown, nil, .unknown?), (.empty, nil, .empty?), (.truncated, nil, .discarded?):
            break
        default: Issue.record("\(frame): \(faults) \(String(describing: decoded))")
        }
    }

    @Test("a fault waits for its time, for a request, or for the answer to one")
    func moments() throws {
        let gateway = try CoreFixture()
        gateway.core.begin([], at: gateway.time)
        let session = try gateway.ready()
        try gateway.fault("at 5s drop")
        gateway.pass(milliseconds: 4_999)
        #expect(gateway.effects[session, default: []].isEmpty)
        #expect(gateway.core.nextDeadline == CoreFixture.start.advanced(by: 5_000_000_000))
        gateway.pass(milliseconds: 1)
        #expect(gateway.effects[session] == [.drop])

        let second = try gateway.ready(client: 2)
        try gateway.fault("on reqCurrentTime drop")
        gateway.say(.requestCurrentTime(RequestCurrentTime()), second)
        #expect(gateway.effects[second] == [.drop])
        #expect(try gateway.heard(second).isEmpty)

        let third = try gateway.ready(client: 3)
        try gateway.fault("after reqCurrentTime silence 1s")
        gateway.say(.requestMarketDataType(RequestMarketDataType()), third)
        #expect(gateway.effects[third, default: []].isEmpty)
        gateway.say(.requestCurrentTime(RequestCurrentTime()), third)
        #expect(gateway.effects[third] == [.silence(1_000_000_000)])
        #expect(try gateway.heard(third).count == 1)
    }

    @Test("1100 stops the streams, 1102 brings them back with fresh books, 1101 forgets them")
    func link() throws {
        let gateway = try CoreFixture()
        let session = try subscribed(gateway)
        try gateway.fault("error 1100")
        try gateway.tick("GCZ6", "98", "100")
        #expect(try gateway.errors(session) == ["-1:1100"])
        try gateway.fault("error 1102")
        let back = try gateway.heard(session)
        #expect(back.count { if case .errorMessage = $0 { true } else { false } } == 2)
        #expect(back.contains { if case .market(.tickByTick) = $0 { true } else { false } })
        #expect(
            back.contains { if case .market(.tickPrice(let tick)) = $0 { tick.tickType == 1 } else { false } }
        )
        #expect(back.count { if case .market(.depth) = $0 { true } else { false } } == 4)
        try gateway.fault("error 1100")
        try gateway.fault("error 1101")
        #expect(try gateway.errors(session) == ["-1:1100", "-1:1101"])
        #expect(gateway.core.subscriptionCounts == (0, 0, 0))
    }

    @Test("a broken farm stops what it carries, and is told to who starts meanwhile")
    func farms() throws {
        let gateway = try CoreFixture()
        let session = try subscribed(gateway)
        for code in [2103, 2105, 2157] { try gateway.fault("error \(code)") }
        #expect(try gateway.errors(session) == ["-1:2103", "-1:2105", "-1:2157"])
        try gateway.tick("GCZ6", "98", "100")
        var contract = RequestContractData()
        contract.contract = Asked.gold
        gateway.say(.requestContractData(contract), session)
        #expect(try gateway.heard(session).isEmpty)
        var bars = RequestHistoricalData()
        bars.contract = Asked.goldFuture
        gateway.say(.requestHistoricalData(bars), session)
        #expect(try gateway.errors(session) == ["0:162"])
        let other = gateway.connect()
        var start = StartAPI()
        start.clientID = 9
        gateway.say(.startAPI(start), other)
        #expect(try gateway.errors(other) == ["-1:2103", "-1:2105", "-1:2157"])
        for code in [2104, 2106, 2158] { try gateway.fault("error \(code)") }
        #expect(try gateway.errors(session) == ["-1:2104", "2:317", "-1:2106", "-1:2158"])
    }

    @Test("317 is followed by fresh rows, 316 ends the subscription")
    func depth() throws {
        let gateway = try CoreFixture()
        let session = try subscribed(gateway)
        try gateway.fault("error 317 GCZ6")
        let heard = try gateway.heard(session)
        guard case .errorMessage(let error)? = heard.first else {
            Issue.record("\(heard)")
            return
        }
        #expect(error.code == 317 && error.id == 2 && heard.count == 5)
        try gateway.fault("error 316")
        #expect(try gateway.errors(session) == ["2:316"])
        #expect(gateway.core.subscriptionCounts.depth == 0)
    }

    @Test(
        "live subscriptions are ended by what ends them",
        arguments: [
            ("354", ["1:354", "2:354", "3:354"], 0), ("10197", ["1:10197", "2:10197", "3:10197"], 0),
            ("10186 XAUUSD", [], 3), ("309", ["2:309"], 2), ("10190", ["3:10190"], 2),
            ("10189", ["3:10189"], 2),
            ("10090", ["1:10090", "2:10090", "3:10090"], 3),
            ("2152 client 7", ["1:2152", "2:2152", "3:2152"], 3),
            ("2108", ["-1:2108"], 3),
        ])
    func live(code: String, errors: [String], left: Int) throws {
        let gateway = try CoreFixture()
        let session = try subscribed(gateway)
        try gateway.fault("error \(code)")
        #expect(try gateway.errors(session) == errors)
        let counts = gateway.core.subscriptionCounts
        #expect(counts.lines + counts.depth + counts.tickByTick == left)
    }

    @Test("10167 turns live lines into delayed ones")
    func delayed() throws {
        let gateway = try CoreFixture()
        let session = try subscribed(gateway)
        try gateway.fault("error 10167")
        let types = try gateway.heard(session).compactMap { message in
            if case .marketDataTypeNotice(let notice) = message { notice.marketDataType } else { nil }
        }
        #expect(types == [3])
        gateway.pass(milliseconds: 1_000)
        try gateway.tick("GCZ6", "50", "51")
        let ticks = try gateway.heard(session).compactMap { message in
            if case .market(.tickPrice(let tick)) = message { tick.tickType } else { nil }
        }
        #expect(ticks == [66, 67])
    }

    @Test("requests are refused by kind, instrument and number of times")
    func refusals() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready()
        try gateway.fault("refuse 10189 tick XAUUSD 2")
        gateway.say(Asked.ticks(1, Asked.goldFuture, "BidAsk"), session)
        gateway.say(Asked.line(2, Asked.gold), session)
        for request in 3...5 { gateway.say(Asked.ticks(Int32(request), Asked.gold, "BidAsk"), session) }
        #expect(try gateway.errors(session) == ["3:10189", "4:10189"])
        try gateway.fault("refuse 309")
        gateway.say(Asked.depth(6, Asked.gold), session)
        gateway.say(Asked.depth(7, Asked.gold), session)
        #expect(try gateway.errors(session) == ["6:309"])
        try gateway.fault("refuse 10167 l1")
        gateway.say(Asked.line(8, Asked.apple), session)
        #expect(try gateway.errors(session) == ["8:10167"])
        #expect(gateway.core.subscriptionCounts.lines == 2)
    }

    @Test("a client is told that its id is in use, and that it sends too much")
    func clientFaults() throws {
        let gateway = try CoreFixture()
        try gateway.fault("busy")
        let session = gateway.connect()
        gateway.say(.startAPI(StartAPI()), session)
        #expect(try gateway.errors(session) == ["-1:326"])
        let second = try gateway.ready(client: 2)
        try gateway.fault("pacing 3")
        for _ in 0..<3 { gateway.say(.requestCurrentTime(RequestCurrentTime()), second) }
        #expect(try gateway.errors(second) == ["-1:100", "-1:100", "-1:100"])
        #expect(gateway.effects[second] == [.finish])
    }

    @Test("a restart forgets sessions and subscriptions, and closes the port")
    func restart() throws {
        let gateway = try CoreFixture()
        let session = try subscribed(gateway)
        try gateway.fault("restart 250ms")
        #expect(gateway.core.takeServerEffects() == [.restart(250_000_000)])
        #expect(gateway.core.takeClosing() == [session])
        #expect(gateway.core.subscriptionCounts == (0, 0, 0))
        gateway.core.closed(session, at: gateway.time)
        let again = try gateway.ready(client: 7)
        #expect(gateway.core.outbox.clientID(of: again) == 7)
    }

    @Test("a paused market stands still")
    func pause() throws {
        let gateway = try CoreFixture()
        let session = try subscribed(gateway)
        try gateway.fault("pause")
        try gateway.tick("GCZ6", "50", "51")
        #expect(try gateway.heard(session).isEmpty)
        try gateway.fault("resume")
        try gateway.tick("GCZ6", "50", "51")
        #expect(try !gateway.heard(session).isEmpty)
    }

    @Test("a firehose is as many messages as asked for, then a currentTime", arguments: ["bidask", "depth"])
    func firehose(kind: String) throws {
        let gateway = try CoreFixture()
        let session = try subscribed(gateway)
        try gateway.fault("firehose \(kind) 2500")
        guard case .firehose(let block)? = gateway.effects[session]?.last else {
            Issue.record("no firehose")
            return
        }
        #expect(block.count == 2_500 && block.ends.count == 1_000 && block.ends.last == block.bytes.count)
        guard case .currentTime? = try gateway.heard(session).first else {
            Issue.record("no marker")
            return
        }
        #expect(throws: FaultSyntaxError.self) { try gateway.fault("firehose alllast 1") }
    }

    @Test("what cannot happen is said")
    func impossible() throws {
        let gateway = try CoreFixture()
        for line in ["drop client 4", "error 317 SILVER", "refuse 354 SILVER", "firehose depth 5"] {
            #expect(throws: FaultSyntaxError.self) { try gateway.fault(line) }
        }
        #expect(gateway.core.counters.faults.isEmpty)
    }

    @Test("a second firehose is refused while one runs")
    func secondFirehose() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready()
        gateway.say(Asked.ticks(1, Asked.gold, "BidAsk"), session)
        try gateway.fault("firehose bidask 10")
        #expect(throws: FaultSyntaxError("a firehose is running")) { try gateway.fault("firehose bidask 10") }
        #expect(gateway.core.counters.faults["firehose"] == 1)
        gateway.core.outbox.progressed(session, written: 100, isHosing: false)
        try gateway.fault("firehose bidask 10")
    }

    @Test("faults beyond what may wait are refused")
    func tooMany() throws {
        let gateway = try CoreFixture()
        for _ in 0..<FaultBoard.limit { try gateway.fault("refuse 354") }
        #expect(throws: FaultSyntaxError.self) { try gateway.fault("refuse 354") }
    }

    @Test("silence extends the time that greeting and start may take")
    func silentHandshake() throws {
        let gateway = try CoreFixture()
        _ = gateway.connect()
        try gateway.fault("silence 30s")
        gateway.pass(milliseconds: 39_000)
        #expect(gateway.core.counters.late == 0)
        gateway.pass(milliseconds: 2_000)
        #expect(gateway.core.counters.late == 1)
    }
}
