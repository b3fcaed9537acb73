import TWSProtocol
import Testing
import TradingModel

@testable import TWSGateway

@Suite("Brokerage: faults")
struct BrokerageFaultTests {
    var harness: BrokerageHarness
    let session: SessionID
    let gold: GatewayInstrument

    init() throws {
        harness = try BrokerageHarness()
        session = try harness.connectQuietly(7)
        gold = try harness.instrument(BrokerageHarness.gold)
        try harness.quote("4000", "4001")
    }

    private mutating func inject(_ fault: OrderFault) {
        harness.brokerage.inject(fault, at: harness.time, &harness.outbox)
    }

    @Test("a status is told twice, once")
    mutating func duplicateStatus() throws {
        inject(.duplicateStatus)
        let told = try harness.send(order(1, limit: "3900", in: gold), from: session)
        #expect(told.kinds == [5, 3, 3, 5, 3])
    }

    @Test("a status is not told, once")
    mutating func missingStatus() throws {
        inject(.missingStatus)
        #expect(try harness.send(order(1, limit: "3900", in: gold), from: session).kinds == [5, 5, 3])
    }

    @Test("an execution comes before its status, once")
    mutating func executionFirst() throws {
        inject(.executionBeforeStatus)
        let first = try harness.send(order(1, "BUY", "1", "MKT", in: gold), from: session)
        #expect(first.kinds == [5, 3, 5, 3, 11, 59, 5, 3])
        let second = try harness.send(order(2, "BUY", "1", "MKT", in: gold), from: session)
        #expect(second.kinds == [5, 3, 5, 3, 5, 3, 11, 59])
    }

    @Test("an execution is corrected: same id, next part, a tick worse, and position and cash follow")
    mutating func correction() throws {
        try harness.send(order(1, "BUY", "2", "MKT", in: gold), from: session)
        inject(.executionCorrection)
        let told = try harness.received(session)
        #expect(told.kinds == [11, 59])
        #expect(told.executions.first?.executionID == "0000e0d5.01000001.01.02")
        #expect(told.executions.first?.price == (try Price("4001.01")))
        #expect(told.executions.first?.averagePrice == (try Price("4001.01")))
        let position = try harness.send(RequestPositions(), from: session).positions.first
        #expect(position?.averageCost == Money(exactText: "4001.01"))
        #expect(AccountView(harness.brokerage.desk).cash("DU1") == Money(exactText: "991995.98"))
        var request = RequestExecutions()
        request.requestID = 1
        #expect(
            try harness.send(request, from: session).executions.map(\.executionID) == [
                "0000e0d5.01000001.01.02"
            ])
        inject(.executionCorrection)
        #expect(try harness.received(session).executions.first?.executionID == "0000e0d5.01000001.01.03")
    }

    @Test("an order is filled while its client is gone, which is dropped for that")
    mutating func fillWhileDisconnected() throws {
        inject(.fillWhileDisconnected)
        try harness.send(order(1, "BUY", "2", limit: "3900", in: gold), from: session)
        #expect(harness.effects[session] == [.drop])
        harness.disconnect(session)
        let again = harness.connect(7)
        #expect(try harness.received(again).executions.isEmpty)
        #expect(try harness.send(RequestOpenOrders(), from: again).openOrders.isEmpty)
        let found = try harness.send(RequestExecutions(), from: again)
        #expect(found.executions.map(\.shares) == [try Quantity("2")])
    }

    @Test("the next id is rolled back, for one start, and never below 1")
    mutating func rollBack() throws {
        try harness.send(order(10, limit: "3900", in: gold), from: session)
        harness.disconnect(session)
        for (count, expected) in [(Int32(3), Int32(8)), (50, 1), (0, 11)] {
            if count > 0 { inject(.nextIDRolledBack(count)) }
            let again = harness.connect(7)
            #expect(try harness.received(again).nextIDs == [expected])
            harness.disconnect(again)
        }
    }

    @Test("the next order is rejected, with the reasons as JSON, and its number is used up")
    mutating func reject() throws {
        inject(.rejectNextOrder)
        let told = try harness.send(order(1, limit: "3900", in: gold), from: session)
        #expect(told.codes == [201])
        #expect(told.errors.first?.advancedRejection.hasPrefix("{\"rejects\"") == true)
        #expect(try harness.send(order(2, limit: "3900", in: gold), from: session).codes.isEmpty)
    }

    @Test("the exchange cancels the oldest working order, now or when there is one")
    mutating func cancelByExchange() throws {
        inject(.cancelByExchange)
        let told = try harness.send(order(1, limit: "3900", in: gold), from: session)
        #expect(told.codes == [202])
        #expect(told.story.last == "Cancelled 0/1")
        try harness.send(order(2, limit: "3900", in: gold), from: session)
        try harness.send(order(3, limit: "3900", in: gold), from: session)
        inject(.cancelByExchange)
        #expect(try harness.received(session).errors.map(\.id) == [2])
    }

    @Test("an order is answered with 103 although its number is new")
    mutating func duplicateID() throws {
        inject(.duplicateID)
        #expect(try harness.send(order(1, limit: "3900", in: gold), from: session).codes == [103])
        #expect(try harness.send(order(1, limit: "3900", in: gold), from: session).codes.isEmpty)
    }

    @Test("an order that works is refused, now or when there is one")
    mutating func rejectWorking() throws {
        inject(.rejectWorking)
        let told = try harness.send(order(1, limit: "3900", in: gold), from: session)
        #expect(told.codes == [201] && told.story.last == "Inactive 0/1")
        #expect(try harness.send(RequestOpenOrders(), from: session).openOrders.isEmpty)
    }

    @Test("a cancel comes too late, once: its order has filled")
    mutating func fillBeforeCancel() throws {
        inject(.fillBeforeCancel)
        for (number, code, status) in [(Int32(1), Int32(10148), "Filled 1/0"), (2, 202, "Cancelled 0/1")] {
            try harness.send(order(number, limit: "3900", in: gold), from: session)
            var cancel = CancelOrder()
            cancel.orderID = number
            let told = try harness.send(cancel, from: session)
            #expect(told.codes == [code] && told.story.last == status)
        }
    }

    @Test("a change becomes an order beside the one that it is of, once")
    mutating func changeBecomesOrder() throws {
        try harness.send(order(1, "BUY", "2", limit: "3900", in: gold), from: session)
        inject(.changeBecomesOrder)
        for limit in ["3901", "3902"] {
            try harness.send(order(1, "BUY", "1", limit: limit, in: gold), from: session)
        }
        let open = try harness.send(RequestOpenOrders(), from: session).openOrders
        #expect(open.map(\.orderID) == [1, 2])
        #expect(try open.map(\.order.limitPrice) == [Price("3902"), Price("3901")])
    }
}
