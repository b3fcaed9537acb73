import TWSProtocol
import Testing
import TradingModel

@testable import TWSGateway

@Suite("Brokerage: the life of orders")
struct BrokerageLifeTests {
    var harness: BrokerageHarness
    let session: SessionID
    let gold: GatewayInstrument

    init() throws {
        harness = try BrokerageHarness()
        session = try harness.connectQuietly(7)
        gold = try harness.instrument(BrokerageHarness.gold)
    }

    @Test("price, quantity and life can be changed, nothing else")
    mutating func modify() throws {
        try harness.quote("4000", "4001")
        try harness.send(order(1, "BUY", "5", limit: "3999", in: gold), from: session)
        let changed = try harness.send(
            order(1, "BUY", "7", limit: "3999.5", life: "GTC", in: gold), from: session)
        #expect(changed.story == ["Submitted 0/7"])
        #expect(changed.openOrders.first?.order.timeInForce == "GTC")
        let wrongs = [
            try order(1, "SELL", "7", limit: "3999.5", life: "GTC", in: gold),
            try order(1, "BUY", "7", "MKT", life: "GTC", in: gold),
            try order(
                1, "BUY", "7", limit: "270", life: "GTC", in: harness.instrument(BrokerageHarness.share)),
            try order(1, "BUY", "7", limit: "3999.5", life: "GTC", in: gold) { $0.order.reference = "other" },
            try order(1, "BUY", "7", limit: "3999.5", life: "GTC", in: gold) { $0.order.transmits = false },
        ]
        for wrong in wrongs { #expect(try harness.send(wrong, from: session).codes == [105]) }
        let filled = try harness.send(order(1, "BUY", "7", limit: "4001", in: gold), from: session)
        #expect(filled.story == ["Submitted 0/7", "Filled 7/0"])
        #expect(try harness.send(order(1, "BUY", "9", limit: "4001", in: gold), from: session).codes == [104])
    }

    @Test("a change to no more than what has filled is refused, and the order lives")
    mutating func modifyBelowFilled() throws {
        try harness.quote("4000", "4001", size: "3")
        try harness.send(order(1, "BUY", "5", limit: "4001", in: gold), from: session)
        #expect(try harness.send(order(1, "BUY", "3", limit: "4001", in: gold), from: session).codes == [105])
        #expect(try harness.send(RequestOpenOrders(), from: session).story == ["Submitted 3/2"])
    }

    @Test("a cancel is confirmed with the status and 202")
    mutating func cancel() throws {
        try harness.send(order(1, limit: "3000", in: gold), from: session)
        var cancel = CancelOrder()
        cancel.orderID = 1
        let answer = try harness.send(cancel, from: session)
        #expect(answer.story == ["Cancelled 0/1"])
        #expect(answer.codes == [202])
    }

    @Test("a global cancel ends the orders of all clients")
    mutating func globalCancel() throws {
        let other = try harness.connectQuietly(8)
        try harness.send(order(1, limit: "3000", in: gold), from: session)
        try harness.send(order(1, limit: "3000", in: gold), from: other)
        #expect(try harness.send(GlobalCancel(), from: session).codes == [202])
        #expect(try harness.received(other).codes == [202])
    }

    @Test("a stop waits for its price, then trades")
    mutating func stop() throws {
        try harness.quote("4000", "4001")
        let placed = try harness.send(order(1, "BUY", "1", "STP", stop: "4005", in: gold), from: session)
        #expect(placed.story == ["PreSubmitted 0/1"])
        try harness.quote("4005", "4006")
        #expect(try harness.received(session).story == ["Submitted 0/1", "Filled 1/0"])
    }

    @Test("a stop limit order works at its limit once started")
    mutating func stopLimit() throws {
        try harness.quote("4000", "4001")
        let placed = try harness.send(
            order(1, "SELL", "1", "STP LMT", limit: "3996", stop: "3995", in: gold), from: session)
        #expect(placed.story == ["PreSubmitted 0/1"])
        try harness.quote("3994", "3995")
        #expect(try harness.received(session).story == ["Submitted 0/1"])
        try harness.quote("3996", "3997")
        #expect(try harness.received(session).executions.first?.price == Price("3996"))
    }

    @Test("what must fill at once and cannot is cancelled", arguments: ["IOC", "FOK"])
    mutating func atOnce(life: String) throws {
        try harness.quote("4000", "4001", size: "2")
        let answer = try harness.send(
            order(1, "BUY", "3", limit: "4001", life: life, in: gold), from: session)
        #expect(answer.codes == [202])
        #expect(answer.story.last == (life == "IOC" ? "Cancelled 2/1" : "Cancelled 0/3"))
    }

    @Test("orders of the day and those with an end are cancelled when it has come")
    mutating func expiry() throws {
        try harness.send(order(1, limit: "3000", in: gold), from: session)
        try harness.send(order(2, limit: "3000", life: "GTC", in: gold), from: session)
        let till = try harness.send(
            order(3, limit: "3000", life: "GTD", in: gold) {
                $0.order.goodTillDate = "20261123 13:00:00 UTC"
            },
            from: session)
        #expect(till.openOrders.last?.order.goodTillDate == "20261123 13:00:00 UTC")
        harness.wait(seconds: 3_600)
        try harness.quote("4000", "4001")
        #expect(try harness.received(session).statuses.map(\.orderID) == [3])
        harness.wait(seconds: 9 * 3_600)
        try harness.quote("4000", "4001")
        #expect(try harness.received(session).statuses.map(\.orderID) == [1])
        #expect(try harness.send(RequestOpenOrders(), from: session).statuses.map(\.orderID) == [2])
    }

    @Test("an order that is not transmitted stays back until it is")
    mutating func transmit() throws {
        try harness.quote("4000", "4001")
        let held = try harness.send(
            order(1, limit: "4001", in: gold) { $0.order.transmits = false }, from: session)
        #expect(held.isEmpty)
        #expect(try harness.send(RequestOpenOrders(), from: session).openOrders.isEmpty)
        let sent = try harness.send(order(1, limit: "4001", in: gold), from: session)
        #expect(sent.story == ["PreSubmitted 0/1", "Submitted 0/1", "Filled 1/0"])
    }

    @Test("the last child transmits a bracket; children wait for the parent, and one cancels the other")
    mutating func bracket() throws {
        try harness.quote("4000", "4001")
        func child(_ message: inout PlaceOrder) {
            message.order.parentID = 1
            message.order.oneCancelsAll.group = "bracket"
            message.order.oneCancelsAll.type = 1
        }
        try harness.send(order(1, limit: "3999", in: gold) { $0.order.transmits = false }, from: session)
        try harness.send(
            order(2, "SELL", limit: "4005", in: gold) {
                child(&$0)
                $0.order.transmits = false
            }, from: session)
        let sent = try harness.send(
            order(3, "SELL", "1", "STP", stop: "3990", in: gold) { child(&$0) }, from: session)
        #expect(sent.statuses.map(\.orderID) == [3, 2, 1, 1])
        try harness.quote("3998", "3999")
        let filled = try harness.received(session)
        #expect(filled.story.first == "Filled 1/0")
        #expect(filled.statuses.last { $0.orderID == 2 }?.status == "Submitted")
        #expect(filled.statuses.last { $0.orderID == 3 }?.status == "PreSubmitted")
        try harness.quote("4005", "4006")
        let closed = try harness.received(session)
        #expect(closed.statuses.last { $0.orderID == 2 }?.status == "Filled")
        #expect(closed.statuses.last { $0.orderID == 3 }?.status == "Cancelled")
    }

    @Test("children go with a parent that is cancelled")
    mutating func orphans() throws {
        try harness.send(order(1, limit: "3000", in: gold), from: session)
        try harness.send(order(2, "SELL", limit: "4005", in: gold) { $0.order.parentID = 1 }, from: session)
        var cancel = CancelOrder()
        cancel.orderID = 1
        #expect(try harness.send(cancel, from: session).errors.map(\.id) == [1, 2])
    }

    @Test("orders of a group that one sweep of the market fills together keep their fills")
    mutating func groupRace() throws {
        for number: Int32 in [1, 2] {
            try harness.send(
                order(number, "BUY", "5", limit: "4001", in: gold) { $0.order.oneCancelsAll.group = "g" },
                from: session)
        }
        try harness.quote("4000", "4001", size: "7")
        let told = try harness.received(session)
        #expect(told.story == ["Filled 5/0", "Submitted 2/3", "Cancelled 2/3"])
        #expect(harness.brokerage.failure == nil)
    }

    @Test("an order that is only to be tried is answered once, with margin and commission")
    mutating func preview() throws {
        try harness.quote("4000", "4001")
        let answer = try harness.send(
            order(1, "BUY", "10", limit: "4001", in: gold) { $0.order.isWhatIf = true }, from: session)
        let state = try #require(answer.openOrders.first?.state)
        #expect(answer.count == 1)
        #expect(state.initialMargin.after == "4001")
        #expect(state.commission == Money.cents(200))
        #expect(try harness.send(RequestIDs(), from: session).nextIDs == [1])
    }
}
