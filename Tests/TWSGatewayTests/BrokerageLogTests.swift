import TWSProtocol
import TestSupport
import Testing
import TradingModel

@testable import TWSGateway

@Suite("Brokerage: the log")
struct BrokerageLogTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// A day with fills in parts, a change, a cancel, a refusal, a correction, and orders left over.
    private func day() throws -> BrokerageHarness {
        var harness = try BrokerageHarness(directory: directory.path)
        let gold = try harness.instrument(BrokerageHarness.gold)
        let session = try harness.connectQuietly(7)
        try harness.quote("4000", "4001", size: "3")
        try harness.send(
            order(1, "BUY", "5", limit: "4001", in: gold) { $0.order.reference = "a\"\\\n" }, from: session)
        try harness.send(order(2, "BUY", "2", limit: "3990", life: "GTC", in: gold), from: session)
        try harness.send(order(2, "BUY", "4", limit: "3991", life: "GTC", in: gold), from: session)
        try harness.send(order(3, "SELL", "1", "STP", stop: "3980", in: gold), from: session)
        try harness.send(order(4, "SELL", "1", "TRAIL", in: gold), from: session)
        try harness.send(
            order(5, "SELL", "1", limit: "4000", in: gold) { $0.order.isAllOrNone = true }, from: session)
        try harness.send(order(6, "SELL", "2", limit: "4000", in: gold), from: session)
        harness.brokerage.inject(.executionCorrection, at: harness.time, &harness.outbox)
        var cancel = CancelOrder()
        cancel.orderID = 1
        try harness.send(cancel, from: session)
        try harness.send(order(7, limit: "3980", in: gold) { $0.order.transmits = false }, from: session)
        harness.disconnect(session)
        return harness
    }

    private func close(_ harness: inout BrokerageHarness) throws {
        harness = try BrokerageHarness()
    }

    @Test("everything is there again after a restart, and orders work on")
    func restart() throws {
        var harness = try day()
        let before = harness.brokerage.desk.ledger
        let held = try #require(before.order(OrderKey(client: 7, order: 7)))
        #expect(held.stage == .held)
        try harness.brokerage.restart()
        let after = harness.brokerage.desk.ledger
        BrokerageInvariants.check(after)
        #expect(after.order(held.number)?.stage == .cancelled)
        #expect(after.executions == before.executions)
        #expect(after.positions.positions == before.positions.positions)
        #expect(after.nextID(of: 7) == 8)
        let session = try harness.connectQuietly(7)
        #expect(try harness.send(RequestOpenOrders(), from: session).statuses.map(\.orderID) == [2, 3])
        try harness.quote("3979", "3980")
        let told = try harness.received(session)
        #expect(told.statuses.last { $0.orderID == 2 }?.status == "Filled")
        #expect(told.statuses.last { $0.orderID == 3 }?.status == "Filled")
        #expect(Set(told.executions.map(\.executionID)).isDisjoint(with: before.executions.map(\.id)))
    }

    @Test("an order that was filled in part can be changed after a restart")
    func modifyAfterRestart() throws {
        var harness = try BrokerageHarness(directory: directory.path)
        let gold = try harness.instrument(BrokerageHarness.gold)
        var session = try harness.connectQuietly(7)
        try harness.quote("4000", "4001", size: "3")
        try harness.send(order(1, "BUY", "5", limit: "4001", in: gold), from: session)
        harness.disconnect(session)
        try harness.brokerage.restart()
        session = try harness.connectQuietly(7)
        try harness.send(order(1, "BUY", "9", limit: "4002", in: gold), from: session)
        try harness.quote("4001", "4002", size: "20")
        #expect(try harness.received(session).story == ["Filled 9/0"])
        BrokerageInvariants.check(harness.brokerage.desk.ledger)
    }

    @Test("two gateways cannot have the same log")
    func lock() throws {
        let harness = try day()
        #expect(throws: BrokerageError.self) { try BrokerageHarness(directory: directory.path) }
        #expect(harness.brokerage.failure == nil)
    }

    @Test("whatever is cut off the end of the log, what is left adds up")
    func everyPrefix() throws {
        var harness = try day()
        try close(&harness)
        let bytes = try directory.read(BrokerageLog.name)
        let ends = bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }
        // Every line, and of the last one every byte.
        let beforeLast = ends.count > 1 ? ends[ends.count - 2] : 0
        for length in [0] + ends.map({ $0 + 1 }) + Array(beforeLast..<bytes.count) {
            try directory.write(Array(bytes[..<length]), to: BrokerageLog.name)
            let cut = try BrokerageHarness(directory: directory.path)
            BrokerageInvariants.check(cut.brokerage.desk.ledger, "cut after \(length) bytes")
            let isWhole = length == 0 || bytes[length - 1] == UInt8(ascii: "\n")
            if !isWhole { #expect(cut.brokerage.tornLog != nil) }
        }
    }

    @Test("what is cut is gone from the file, and the log goes on behind it")
    func tornLine() throws {
        var harness = try day()
        let ledger = harness.brokerage.desk.ledger
        try close(&harness)
        let bytes = try directory.read(BrokerageLog.name)
        try directory.write(bytes + Array("1234".utf8), to: BrokerageLog.name)
        harness = try BrokerageHarness(directory: directory.path)
        #expect(harness.brokerage.tornLog?.contains("4 bytes") == true)
        let session = try harness.connectQuietly(7)
        try harness.send(
            order(20, limit: "3900", in: harness.instrument(BrokerageHarness.gold)), from: session)
        try close(&harness)
        harness = try BrokerageHarness(directory: directory.path)
        #expect(harness.brokerage.tornLog == nil)
        #expect(harness.brokerage.desk.ledger.orders.count == ledger.orders.count + 1)
    }

    @Test("a damaged line refuses to start, with file and line", arguments: [0, 4, 9])
    func damage(line: Int) throws {
        var harness = try day()
        try close(&harness)
        var bytes = try directory.read(BrokerageLog.name)
        let starts = [0] + bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
        bytes[starts[line] + 20] ^= 1
        try directory.write(bytes, to: BrokerageLog.name)
        let error = #expect(throws: BrokerageError.self) { try BrokerageHarness(directory: directory.path) }
        #expect(error?.description.contains("\(BrokerageLog.name):\(line + 1): checksum") == true)
    }

    @Test("a line that is missing refuses to start")
    func gap() throws {
        var harness = try day()
        try close(&harness)
        let bytes = try directory.read(BrokerageLog.name)
        let starts = [0] + bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
        try directory.write(Array(bytes[..<starts[3]] + bytes[starts[4]...]), to: BrokerageLog.name)
        let error = #expect(throws: BrokerageError.self) { try BrokerageHarness(directory: directory.path) }
        #expect(error?.description.contains(":4: has number 5 where 4 should be") == true)
    }

    @Test("an order that cannot be logged is refused, and nothing has happened")
    func unwritable() throws {
        var harness = try day()
        try close(&harness)
        let size = try directory.read(BrokerageLog.name).count
        harness = try BrokerageHarness(directory: directory.path) { $0.mostLogBytes = UInt64(size) + 900 }
        let before = harness.brokerage.desk.ledger
        let session = try harness.connectQuietly(7)
        let gold = try harness.instrument(BrokerageHarness.gold)
        try harness.quote("4000", "4001")
        let opened = try directory.read(BrokerageLog.name).count
        let answer = try harness.send(
            order(30, "BUY", "1", "MKT", in: gold) { message in
                message.order.reference = String(repeating: "\n", count: 256)
            }, from: session)
        #expect(answer.codes == [201])
        #expect(answer.count == 1)
        BrokerageInvariants.expectSame(harness.brokerage.desk.ledger, before)
        #expect(try directory.read(BrokerageLog.name).count == opened)
        #expect(harness.brokerage.failure == nil)
        // What is short enough still goes in.
        #expect(try harness.send(order(30, limit: "3900", in: gold), from: session).codes.isEmpty)
    }

    @Test("a log that is full refuses orders")
    func full() throws {
        var harness = try BrokerageHarness { $0.mostOrders = 1 }
        let gold = try harness.instrument(BrokerageHarness.gold)
        let session = try harness.connectQuietly(7)
        #expect(try harness.send(order(1, limit: "3900", in: gold), from: session).codes.isEmpty)
        #expect(try harness.send(order(2, limit: "3900", in: gold), from: session).codes == [201])
    }
}
