import MarketData
import TWSClient
import TWSProtocol
import Testing
import TradingModel

@Suite("Depth of IBKR")
struct IBKRDepthTests {
    private func filled(_ change: (inout IBKREventsOptions) -> Void = { _ in }) -> IBKRRig {
        let rig = IBKRRig("IBKR.DEPTH", change)
        rig.read([rig.row(.insert, .bid, 0, "10", "1"), rig.row(.insert, .ask, 0, "11", "2")])
        _ = rig.sink.take()
        return rig
    }

    @Test("the last row of a read ends the batch, and only that, over several calls")
    func endsBatch() {
        let rig = IBKRRig("IBKR.DEPTH")
        let first: ContiguousArray = [
            rig.row(.insert, .bid, 0, "10", "1"), rig.row(.insert, .ask, 0, "11", "2"),
        ]
        let second: ContiguousArray = [rig.row(.update, .ask, 0, "11", "3"), rig.bidAsk("10", "11")]
        rig.events.take(first.span, at: rig.now)
        #expect(rig.sink.take().isEmpty, "nobody knows yet which row is the last")
        rig.events.take(second.span, at: rig.now)
        rig.events.readEnded(at: rig.now)
        #expect(
            rig.sink.take().data == [
                "bid insert 0 10×1", "ask insert 0 11×2", "ask update 0 11×3 end", "quote 10×1 11×1",
            ])
    }

    @Test(
        "a read of many rows leaves in batches of 256 without losing its end",
        arguments: [255, 256, 257, 1_000])
    func split(_ count: Int) {
        let rig = IBKRRig("IBKR.DEPTH")
        var messages = [rig.row(.insert, .bid, 0, "10", "1")]
        for index in 1..<count { messages.append(rig.row(.update, .bid, 0, "10", "\(index)")) }
        messages += (0..<300).map { rig.bidAsk("10", "11", "\($0)") }
        rig.read(messages)
        #expect(rig.sink.batches.allSatisfy { (1...256).contains($0.count) })
        let data = rig.sink.take().data
        #expect(data.count == count + 300)
        #expect(data.indices.filter { data[$0].hasSuffix("end") } == [count - 1])
    }

    @Test("an insert into a full side is preceded by a delete of the last row")
    func cut() {
        let rig = IBKRRig("IBKR.DEPTH") { $0.instruments[0].depthRows = 2 }
        rig.read([
            rig.row(.insert, .bid, 0, "10", "1"), rig.row(.insert, .bid, 1, "9", "1"),
            rig.row(.insert, .bid, 0, "10.5", "1"), rig.row(.insert, .bid, 2, "8", "1"),
        ])
        #expect(
            rig.sink.take().data == [
                "bid insert 0 10×1", "bid insert 1 9×1", "bid delete 1 0×0", "bid insert 0 10.5×1 end",
            ])
        #expect(rig.events.counts.rowsOutOfBounds == 1)
    }

    @Test("rows that make no sense are counted and go nowhere")
    func nonsense() {
        let rig = filled()
        rig.read([
            rig.row(3, 1, 0, "10", "1"), rig.row(0, 2, 0, "10", "1"), rig.row(0, 1, -1, "10", "1"),
            rig.row(1, 1, 0, "0", "1"), rig.row(1, 1, 0, "-1", "1"), rig.row(1, 1, 0, "10", "-1"),
            rig.row(0, 0, 70_000, "10", "1"),
        ])
        #expect(rig.sink.take().isEmpty)
        #expect(rig.events.counts.nonsense == 7)
    }

    @Test("317 clears the book and goes on; the next rows are live again")
    func reset() {
        let rig = filled()
        rig.notice(.reset, rig.depth)
        rig.read([rig.row(.insert, .bid, 0, "9", "1")])
        #expect(
            rig.sink.take().brief == [
                "depth reset: cleared by the venue (317)", "depth live: rows", "bid insert 0 9×1 end",
            ])
        #expect(rig.streams.take() == [])
        #expect(rig.events.counts.bookResets == 1)
    }

    @Test("a book that cannot be true is void and asked for again; what still comes of it is dropped")
    mutating func broken() {
        var rig = filled()
        for _ in 0..<3 { rig.read([rig.row(.update, .bid, 1, "10.5", "1")]) }
        #expect(rig.sink.take().statuses == ["depth reset: rows out of order"])
        rig.pass(100)
        #expect(rig.streams.take() == [.retry(.depth(rows: 10, isSmart: false))])
        rig.read([rig.row(.update, .bid, 0, "10", "1")])
        #expect(rig.sink.take().isEmpty)
        rig.notice(.requested, rig.depth)
        rig.read([rig.row(.insert, .bid, 0, "10", "1")])
        #expect(rig.sink.take().brief == ["depth live: rows", "bid insert 0 10×1 end"])
        #expect(rig.events.counts.lateRows == 1)
    }

    @Test(
        "bids above asks are believed for 250 ms at one venue, for ever at several", arguments: [false, true])
    mutating func crossed(_ isSmart: Bool) {
        var rig = filled { $0.instruments[0].isSmartDepth = isSmart }
        rig.read([rig.row(.update, .bid, 0, "12", "1")])
        rig.pass(250)
        #expect(rig.sink.take().statuses == [])
        rig.pass(1)
        #expect(rig.sink.take().statuses == (isSmart ? [] : ["depth reset: bids above asks"]))
    }

    @Test("rows may come from below while a book fills; later an operation outside it breaks it")
    mutating func outside() {
        var rig = filled()
        rig.read([rig.row(.update, .bid, 5, "9", "1"), rig.row(.delete, .ask, 7)])
        #expect(rig.sink.take().isEmpty)
        for _ in 0..<6 {
            rig.pass(1_000)
            rig.read([rig.row(.update, .bid, 0, "10", "1")])
        }
        _ = rig.sink.take()
        rig.read([rig.row(.update, .bid, 5, "9", "1")])
        #expect(rig.sink.take().brief == ["depth reset: an operation on a row that is not there"])
    }

    @Test("depth that is refused or has ended is told, with the gateway's words")
    func unavailable() {
        let rig = filled()
        rig.notice(.ended(code: 316, text: "halted"), rig.depth)
        #expect(rig.sink.take().brief == ["depth unavailable: no depth: ended (316) halted"])
        rig.notice(.refused(code: 309, text: "too many"), rig.depth)
        #expect(rig.sink.take().brief == ["depth unavailable: no depth: refused (309) too many"])
    }
}
