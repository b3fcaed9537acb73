import TWSProtocol
import Testing

@testable import TWSClient

@Suite("errors of streams")
struct StreamErrorTests {
    private static let quotes = StreamKind.tickByTickQuotes
    private static let depth = StreamKind.depth(rows: 10, isSmart: false)
    private static let level1 = StreamKind.level1(isDelayed: false)

    private func rig(_ kind: StreamKind) -> (StreamRig, StreamID) {
        let rig = StreamRig()
        rig.live()
        let stream = rig.open(kind)
        rig.poll()
        _ = rig.table.takeNotices()
        return (rig, stream)
    }

    @Test(
        "refusals end the request until it is retried",
        arguments: [
            (quotes, 10_189), (quotes, 10_187), (quotes, 354), (quotes, 10_089), (quotes, 322),
            (quotes, 10_197),
            (depth, 200), (depth, 10_091), (depth, 320), (level1, 354), (level1, 10_168), (level1, 10_186),
            (level1, 102), (level1, 10_197),
        ] as [(StreamKind, Int32)])
    func refused(kind: StreamKind, code: Int32) throws {
        let (rig, stream) = rig(kind)
        let number = try #require(rig.requestID(stream))
        #expect(rig.refuse(stream, code))
        #expect(rig.notices(stream) == [.refused(code: code, text: "text")])
        #expect(rig.table.stream(ofRequest: number) == nil)
        rig.pass(seconds: 100)
        #expect(rig.poll().isEmpty)
        rig.table.retry(stream)
        #expect(rig.poll().count == 1)
        #expect(rig.held.count == 1)
    }

    @Test("the next session asks once more for what the last one refused")
    func refusedAgain() {
        let (rig, stream) = rig(Self.level1)
        rig.refuse(stream, 354)
        rig.table.sessionLive(now: rig.now)
        #expect(rig.poll().isEmpty)
        rig.table.sessionLost(now: rig.now)
        #expect(rig.live().count == 1)
        rig.refuse(stream, 354)
        rig.pass(seconds: 100)
        #expect(rig.poll().isEmpty)
    }

    @Test("a refusal long after the request is the end of what flowed")
    func ended() {
        let (rig, stream) = rig(Self.level1)
        rig.pass(seconds: 60)
        rig.refuse(stream, 354)
        #expect(rig.notices(stream) == [.ended(code: 354, text: "text")])
    }

    @Test("halts and stopped updates are ends, whenever they come", arguments: [316, 10_182] as [Int32])
    func halted(code: Int32) {
        let (rig, stream) = rig(Self.depth)
        rig.refuse(stream, code)
        #expect(rig.notices(stream) == [.ended(code: code, text: "text")])
    }

    @Test(
        "notes leave the stream alive, unknown codes too",
        arguments: [
            (level1, 10_167), (level1, 10_089), (level1, 10_091), (level1, 10_090), (depth, 2_152),
            (quotes, 2_104 - 7),
            (quotes, 424_242), (level1, 317), (level1, 399),
        ] as [(StreamKind, Int32)])
    func notes(kind: StreamKind, code: Int32) throws {
        let (rig, stream) = rig(kind)
        let number = try #require(rig.requestID(stream))
        #expect(rig.error(number, code))
        #expect(rig.notices(stream) == [.note(code: code, text: "text")])
        #expect(rig.table.stream(ofRequest: number) == stream)
        #expect(rig.poll().isEmpty)
    }

    @Test("317 is a reset of the book, not an end")
    func reset() throws {
        let (rig, stream) = rig(Self.depth)
        let number = try #require(rig.requestID(stream))
        #expect(rig.error(number, 317))
        #expect(rig.notices(stream) == [.reset])
        #expect(rig.table.stream(ofRequest: number) == stream)
    }

    @Test("answers to our own cancels are ours and mean nothing", arguments: [300, 310, 366] as [Int32])
    func cancelled(code: Int32) throws {
        let (rig, stream) = rig(Self.depth)
        let number = try #require(rig.requestID(stream))
        rig.table.retry(stream)
        rig.poll()
        _ = rig.table.takeNotices()
        #expect(rig.error(number, code))
        #expect(rig.error(number, 354))
        #expect(rig.table.takeNotices().isEmpty)
        #expect(rig.requestID(stream) != nil)
    }

    @Test("a request that was too fast is made again a little later")
    func tooFast() {
        let (rig, stream) = rig(Self.level1)
        rig.refuse(stream, 100)
        #expect(rig.poll().isEmpty)
        rig.pass(seconds: 1.6)
        #expect(rig.poll().count == 1)
        #expect(rig.requestID(stream) != nil)
    }

    @Test("what a full lane does not take is asked for, or cancelled, later")
    func fullLane() throws {
        let lane = try LaneRig(requestsPerSecond: 5)
        lane.goLive()
        for id in 0..<Int32(LaneContent.mostOthers + 5) { lane.lane.send(LaneRig.rule(id), now: lane.now) }
        let (rig, kept) = rig(Self.level1)
        let number = try #require(rig.requestID(kept))
        let opened = rig.open(Self.level1, symbol: 2)
        rig.table.send(over: lane.lane, now: rig.now)
        #expect(rig.table.requestIDs[Int(opened.rawValue)] == 0)
        rig.table.close(kept)
        rig.table.send(over: lane.lane, now: rig.now)
        rig.pass(seconds: 2)
        let sent = rig.poll()
        #expect(sent.map(\.endedRequest) == [number, nil])
        #expect(rig.requestID(opened) != nil)
    }

    @Test("a cancel that was too fast is repeated, for some seconds")
    func cancelTooFast() throws {
        let (rig, stream) = rig(Self.level1)
        let number = try #require(rig.requestID(stream))
        rig.table.close(stream)
        #expect(rig.poll().map(\.endedRequest) == [number])
        rig.error(number, 354)
        #expect(rig.poll().isEmpty)
        rig.error(number, 100)
        #expect(rig.poll().map(\.endedRequest) == [number])
        rig.pass(seconds: 11)
        _ = rig.open(Self.level1)
        rig.poll()
        rig.error(number, 100)
        #expect(rig.poll().isEmpty)
    }

    @Test(
        "orders, other requests and nonsense are not ours",
        arguments: [-1, 0, 17, 0x3000_0000, 0x4000_0001, .max, .min] as [Int32])
    func strangers(number: Int32) {
        let (rig, _) = rig(Self.level1)
        #expect(!rig.error(number, 354))
        #expect(rig.table.takeNotices().isEmpty)
    }

    @Test("a flood of notes that nobody takes is bounded, what matters is kept")
    func flood() throws {
        let (rig, stream) = rig(Self.level1)
        let number = try #require(rig.requestID(stream))
        for _ in 0..<10_000 { rig.error(number, 10_167) }
        rig.refuse(stream, 354)
        let told = rig.notices(stream)
        #expect(told.count == StreamTable.mostNotices + 1)
        #expect(told.last == .refused(code: 354, text: "text"))
    }
}
