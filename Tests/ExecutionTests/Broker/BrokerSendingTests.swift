import Messaging
import Platform
import TWSClient
import TWSProtocol
import Testing
import TradingModel

@testable import Execution

@Suite("Orders on their way to the broker")
struct BrokerSendingTests {
    @Test("an order leaves with everything said, and nothing is reported before the gateway speaks")
    func leaves() throws {
        let rig = try BrokerRig("SEND.LMT")
        let orderID = try rig.send(.buy, "2.5", limit: "4000.01", tif: .goodTillCancel)
        let placed = try #require(rig.placed.first)
        #expect(placed.orderID == orderID && rig.placed.count == 1)
        #expect(placed.contract.contractID == 777 && placed.contract.exchange == "SMART")
        #expect(placed.order.action == "BUY" && placed.order.orderType == "LMT")
        #expect(placed.order.totalQuantity == (try Quantity("2.5")))
        #expect(placed.order.limitPrice == (try Price("4000.01")) && placed.order.auxiliaryPrice == nil)
        #expect(placed.order.timeInForce == "GTC" && placed.order.account == "DU1")
        #expect(placed.order.reference == "c-3-1" && placed.order.transmits)
        #expect(!placed.order.isOutsideRegularHours)
        #expect(rig.lines == [])
    }

    @Test("kinds of order and times in force have the gateway's names")
    func names() throws {
        let rig = try BrokerRig("SEND.NAMES")
        try rig.send(.sell, limit: nil)
        try rig.send(.buy, limit: nil, stop: "4001", tif: .immediateOrCancel)
        try rig.send(.buy, limit: "4002", stop: "4001", tif: .fillOrKill)
        #expect(rig.placed.map(\.order.orderType) == ["MKT", "STP", "STP LMT"])
        #expect(rig.placed.map(\.order.action) == ["SELL", "BUY", "BUY"])
        #expect(rig.placed.map(\.order.timeInForce) == ["DAY", "IOC", "FOK"])
        #expect(rig.placed.map(\.order.limitPrice) == [nil, nil, try Price("4002")])
        #expect(rig.placed.map(\.order.auxiliaryPrice) == [nil, try Price("4001"), try Price("4001")])
    }

    @Test("without an order id, or when the lane refuses, the order is rejected as not sent and forgotten")
    func refused() throws {
        let rig = try BrokerRig("SEND.REFUSED")
        rig.lane.state.withLock { $0.hasIDs = false }
        try rig.send()
        rig.lane.state.withLock {
            $0.hasIDs = true
            $0.outcome = .refused(.notLive)
        }
        try rig.send()
        #expect(rig.lines == ["1 reject rejected Σ0 leaves 0", "2 reject rejected Σ0 leaves 0"])
        #expect(
            rig.reports.map(\.reason) == [
                "not sent: no order id is reserved on disk", "not sent: session with the gateway is not live",
            ])
        #expect(rig.book.openOrders.isEmpty && rig.placed.isEmpty)
        let sources = rig.events.withLock { events in Set(events.map(\.source)) }
        #expect(sources == [.ibkr], "a refusal is news from outside: a replay has to be told")
    }

    @Test("a contract that is not resolved, and a price off its steps, are refused and never rounded")
    func grid() throws {
        let rig = try BrokerRig("SEND.GRID")
        try rig.send(limit: "4000.005")
        try rig.send(limit: "5000.01")
        try rig.send(limit: "5000.05")
        try rig.send(limit: "4000.01", stop: "6000.02")
        rig.book.resolve(rig.symbol, nil)
        try rig.send()
        #expect(
            rig.reports.map(\.reason) == [
                "not sent: price 4000.005 is not on the contract's steps of 0.01",
                "not sent: price 5000.01 is not on the contract's steps of 0.05",
                "not sent: price 6000.02 is not on the contract's steps of 0.05",
                "not sent: the gateway has not told the contract of SEND.GRID",
            ])
        #expect(rig.placed.map(\.order.limitPrice) == [try Price("5000.05")])
    }

    @Test("an order that had waited in the lane and will not leave is rejected")
    func unsent() throws {
        let rig = try BrokerRig("SEND.UNSENT")
        rig.lane.state.withLock { $0.outcome = .queued }
        let orderID = try rig.send()
        #expect(rig.lines == [])
        rig.orders.unsent(orderID, isCancel: false, reason: "the session was lost", at: rig.now)
        #expect(rig.lines == ["1 reject rejected Σ0 leaves 0"])
        #expect(rig.reports[0].reason == "not sent: the session was lost")
    }

    @Test("a cancel is sent once, and again when the session has come back and the order is still open")
    func cancelAgain() throws {
        let rig = try BrokerRig("SEND.CANCEL")
        let orderID = try rig.send()
        rig.say(try rig.openOrder(orderID))
        try rig.cancel(1)
        try rig.cancel(1)
        #expect(rig.cancels == [orderID])
        rig.lose()
        try rig.cancel(1, reason: "another reason")
        rig.reconcile(open: [try rig.openOrder(orderID)])
        #expect(rig.cancels == [orderID, orderID])
        try rig.cancel(1)
        #expect(rig.cancels.count == 2, "asked again by the comparison already")
        rig.say(try rig.status(orderID, "Cancelled"))
        #expect(rig.lines.last == "1 cancel cancelled Σ0 leaves 0")
        #expect(rig.reports.last?.reason == "kill switch")
    }

    @Test("an order that has not been acknowledged is cancelled, too; one that is over is not")
    func cancelUnacknowledged() throws {
        let rig = try BrokerRig("SEND.EARLY")
        let orderID = try rig.send()
        try rig.cancel(1)
        #expect(rig.cancels == [orderID])
        rig.say(try rig.execution(orderID, "a.01", "10"))
        try rig.cancel(1)
        #expect(rig.cancels == [orderID])
    }

    @Test(
        "a refusal that may be of the cancel ends nothing: the books say whether the order is there",
        arguments: [(Int32(321), false), (321, true), (201, true)], [true, false])
    func ambiguousRefusal(_ error: (code: Int32, isWorking: Bool), _ isOpen: Bool) throws {
        let rig = try BrokerRig("SEND.AMBIGUOUS")
        let orderID = try rig.send()
        if error.isWorking { rig.say(try rig.status(orderID, "Submitted")) }
        let before = rig.lines
        try rig.cancel(1)
        rig.error(orderID, error.code, "which of the two?")
        #expect(rig.lines == before, "nothing is over by that")
        rig.reconcile(open: isOpen ? [try rig.openOrder(orderID)] : [])
        if isOpen {
            #expect(rig.cancels == [orderID, orderID], "asked for once more")
            #expect(rig.lines == ["1 ack accepted Σ0 leaves 10"])
        } else {
            #expect(rig.lines.count == before.count + 1)
            #expect(rig.reports.last?.status.isTerminal == true)
        }
    }

    @Test("a cancel that could not be sent is tried again while the session lives")
    func cancelRefused() throws {
        let rig = try BrokerRig("SEND.RETRY")
        let orderID = try rig.send()
        rig.lane.state.withLock { $0.cancelOutcome = .refused(.tooMany) }
        try rig.cancel(1)
        rig.pass(1)
        #expect(rig.cancels.isEmpty)
        rig.lane.state.withLock { $0.cancelOutcome = .sent }
        rig.pass(1)
        rig.pass(1)
        #expect(rig.cancels == [orderID])
        rig.orders.unsent(orderID, isCancel: true, reason: "lost", at: rig.now)
        rig.pass(1)
        #expect(rig.cancels == [orderID, orderID])
    }
}

@Suite("Changes of orders at the broker")
struct BrokerChangeTests {
    private func working(_ name: String) throws -> (BrokerRig, Int32) {
        let rig = try BrokerRig(name)
        let orderID = try rig.send()
        rig.say(try rig.openOrder(orderID))
        return (rig, orderID)
    }

    @Test("the same number goes out with other terms, and the gateway's echo confirms them")
    func confirmed() throws {
        let (rig, orderID) = try working("CHANGE.ECHO")
        let refusal = rig.adapter.replace(
            rig.id(1), quantity: try Quantity("6"), limitPrice: try Price("3999"))
        #expect(refusal == nil)
        #expect(rig.placed.map(\.orderID) == [orderID, orderID])
        #expect(rig.placed[1].order.totalQuantity == (try Quantity("6")))
        #expect(rig.placed[1].order.reference == "c-3-1")
        rig.say(try rig.openOrder(orderID))
        #expect(rig.lines.count == 1, "an echo of the old terms confirms nothing")
        rig.say(try rig.openOrder(orderID, quantity: "6", limit: "3999"))
        #expect(rig.lines.last == "1 replace accepted Σ0 leaves 6")
        rig.say(try rig.execution(orderID, "a.01", "6", "3999"))
        #expect(rig.lines.last == "1 fill filled 6@3999 Σ6 leaves 0")
    }

    @Test("refused by the gateway, the original lives", arguments: [Int32(104), 105, 2_102, 201, 110, 321])
    func refusedThere(code: Int32) throws {
        let (rig, orderID) = try working("CHANGE.REFUSED")
        #expect(rig.adapter.replace(rig.id(1), quantity: try Quantity("6"), limitPrice: nil) == nil)
        rig.error(orderID, code)
        #expect(rig.lines == ["1 ack accepted Σ0 leaves 10", "1 replace_reject accepted Σ0 leaves 10"])
        rig.say(try rig.execution(orderID, "a.01", "10"))
        #expect(rig.lines.last == "1 fill filled 10@4000 Σ10 leaves 0")
    }

    @Test(
        "refused here: not acknowledged, over, no more than has filled, off the steps"
    )
    func refusedHere() throws {
        let rig = try BrokerRig("CHANGE.HERE")
        let orderID = try rig.send()
        func change(_ quantity: String, _ limit: String? = nil) throws -> String? {
            rig.adapter.replace(
                rig.id(1), quantity: try Quantity(quantity), limitPrice: try limit.map { try Price($0) })
        }
        #expect(try change("6") == "the order is not acknowledged yet")
        rig.say(try rig.openOrder(orderID), try rig.execution(orderID, "a.01", "4"))
        #expect(try change("4") == "4 have filled already")
        #expect(try change("6", "4000.001") == "price 4000.001 is not on the contract's steps of 0.01")
        rig.lane.state.withLock { $0.outcome = .refused(.notLive) }
        #expect(try change("6") == "session with the gateway is not live")
        rig.lane.state.withLock { $0.outcome = .sent }
        #expect(try change("6") == nil)
        #expect(try change("5") == "another change is under way")
        rig.say(try rig.execution(orderID, "b.01", "6"))
        #expect(try change("6") == "the order is over")
        #expect(rig.adapter.replace(rig.id(9), quantity: .zero, limitPrice: nil) == "no such order")
    }
}
