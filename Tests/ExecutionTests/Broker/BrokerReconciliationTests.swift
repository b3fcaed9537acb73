import Messaging
import Platform
import TWSClient
import TWSProtocol
import Testing
import TradingModel

@testable import Execution

@Suite("Books compared with the broker's")
struct BrokerReconciliationTests {
    @Test("the broker is lost until the first comparison, and again until the next one")
    func readiness() throws {
        let rig = try BrokerRig("BOOKS.READY", isLive: false)
        rig.connect()
        #expect(rig.notices.last == .brokerLost && !rig.orders.reconciliation.isReady)
        let before = rig.notices.count
        rig.reconcile()
        #expect(rig.notices.last == .brokerReady && rig.orders.reconciliation.isReady)
        rig.lose("1100")
        rig.session(.lost, .backoff)
        rig.session(.backoff, .connecting)
        #expect(rig.notices[before...] == [.brokerReady, .brokerLost])
        rig.reconcile()
        #expect(rig.notices.last == .brokerReady)
        let lost = rig.events.withLock { events in
            events.compactMap { if case .system(let notice) = $0.payload { notice.reason } else { nil } }
        }
        #expect(lost[before + 1] == "1100")
    }

    @Test("fills of the gap are booked from the executions, once; the rest of the order works on")
    func gap() throws {
        let rig = try BrokerRig("BOOKS.GAP")
        let orderID = try rig.send()
        rig.say(try rig.openOrder(orderID), try rig.execution(orderID, "a.01", "2"))
        rig.lose()
        rig.reconcile(
            open: [try rig.openOrder(orderID), try rig.status(orderID, "Submitted", filled: "5")],
            executions: [
                try rig.execution(orderID, "a.01", "2", request: 4),
                try rig.execution(orderID, "b.01", "3", request: 4),
            ], positions: [try rig.position("5")])
        #expect(rig.lines.last == "1 fill partially_filled 3@4000 Σ5 leaves 5")
        #expect(rig.lines.count == 3 && rig.orders.reconciliation.isReady)
        #expect(rig.book.openOrders == [rig.id(1)])
    }

    @Test("a fill that completes an order in the gap ends it as filled")
    func filledInGap() throws {
        let rig = try BrokerRig("BOOKS.FILLED")
        let orderID = try rig.send()
        rig.lose()
        rig.reconcile(
            executions: [try rig.execution(orderID, "a.01", "10", request: 4)],
            positions: [try rig.position("10")], completed: [try rig.completed(orderID, "Filled")])
        #expect(rig.lines == ["1 fill filled 10@4000 Σ10 leaves 0"])
    }

    @Test(
        "an order whose request or cancel was thrown away for its pace is over when it is nowhere",
        arguments: [[Int32(100)], [100, 10_147], [10_147]])
    func thrownAway(codes: [Int32]) throws {
        let rig = try BrokerRig("BOOKS.THROWN")
        let orderID = try rig.send()
        try rig.cancel(1)
        for code in codes { rig.error(orderID, code) }
        #expect(rig.lines == [])
        rig.reconcile()
        #expect(rig.lines == ["1 reject rejected Σ0 leaves 0"])
        #expect(rig.book.openOrders.isEmpty)

        let other = try BrokerRig("BOOKS.KEPT")
        let lives = try other.send()
        try other.cancel(1)
        other.error(lives, 100)
        other.reconcile(open: [try other.openOrder(lives)])
        #expect(other.lines == ["1 ack accepted Σ0 leaves 10"])
        #expect(other.book.openOrders == [other.id(1)])
    }

    @Test(
        "an order that is not open any more ends as the completed orders say, or is cancelled",
        arguments: [
            ("Cancelled", "1 cancel cancelled Σ0 leaves 0"), ("Inactive", "1 reject rejected Σ0 leaves 0"),
            ("", "1 cancel cancelled Σ0 leaves 0"),
        ])
    func gone(status: String, line: String) throws {
        let rig = try BrokerRig("BOOKS.GONE")
        let orderID = try rig.send()
        rig.say(try rig.openOrder(orderID))
        rig.lose()
        rig.reconcile(completed: status.isEmpty ? [] : [try rig.completed(orderID, status)])
        #expect(rig.lines.last == line)
        #expect(
            rig.reports.last?.reason
                == (status.isEmpty ? "not open at the broker after reconnection" : "Cancelled by Trader"))
    }

    @Test(
        "an order nobody knows never reached the broker: only when it was sent before the loss and all answers are in"
    )
    func neverArrived() throws {
        let rig = try BrokerRig("BOOKS.NEVER")
        try rig.send()
        rig.reconcile()
        #expect(rig.lines == [], "the session was not lost since")
        rig.lose()
        rig.reconcile(withCompleted: false)
        #expect(rig.lines == [], "the completed orders have not been told")
        rig.lose()
        rig.reconcile()
        #expect(rig.lines == ["1 reject rejected Σ0 leaves 0"])
        #expect(rig.reports[0].reason == "not sent: it never reached the broker")
    }

    @Test("an order that arrived though its answer was lost is acknowledged by the comparison")
    func arrived() throws {
        let rig = try BrokerRig("BOOKS.ARRIVED")
        let orderID = try rig.send()
        rig.lose()
        rig.reconcile(open: [try rig.openOrder(orderID)])
        #expect(rig.lines == ["1 ack accepted Σ0 leaves 10"])
    }

    @Test("what had been given up and is alive after all is cancelled, with an alarm, and its fills count")
    func revived() throws {
        let rig = try BrokerRig("BOOKS.REVIVED")
        let orderID = try rig.send()
        rig.lose()
        rig.reconcile()
        rig.say(try rig.openOrder(orderID))
        #expect(rig.cancels == [orderID])
        #expect(rig.notes.withLock { $0.last?.severity } == .alarm)
        rig.say(try rig.execution(orderID, "a.01", "10"))
        #expect(rig.lines.last == "1 fill filled 10@4000 Σ10 leaves 0")
    }

    @Test("an order that was cancelled by the broker's word and is named as open is cancelled once more")
    func contradicted() throws {
        let rig = try BrokerRig("BOOKS.CONTRA")
        let orderID = try rig.send()
        rig.error(orderID, 202)
        rig.say(try rig.openOrder(orderID))
        #expect(rig.cancels == [], "a late repetition says nothing")
        rig.lose()
        rig.reconcile(open: [try rig.openOrder(orderID)])
        #expect(rig.cancels == [orderID] && rig.lines.count == 1)
    }

    @Test(
        "filled by the broker's word without executions stays as it is, and the positions tell the difference"
    )
    func noExecutions() throws {
        let rig = try BrokerRig("BOOKS.WORD")
        let orderID = try rig.send()
        rig.say(try rig.openOrder(orderID))
        rig.lose()
        rig.reconcile(positions: [try rig.position("10")], completed: [try rig.completed(orderID, "Filled")])
        #expect(rig.lines.count == 1 && rig.book.openOrders.count == 1)
        #expect(!rig.orders.reconciliation.isReady)
    }

    @Test("103: the order is refused only when the open orders do not show it")
    func duplicateNumber() throws {
        let rig = try BrokerRig("BOOKS.103")
        let orderID = try rig.send()
        rig.error(orderID, 103, "Duplicate order id")
        rig.say(try rig.status(orderID, "Filled", filled: "10", permanentID: 4_711))
        #expect(rig.lines == [] && rig.book.openOrders.count == 1)
        rig.pass(0)
        #expect(rig.wishes.withLock { $0 } == ["order number in use"])
        rig.reconcile(open: [try rig.openOrder(orderID, reference: "c-2-9", permanentID: 4_711)])
        #expect(rig.lines == ["1 reject rejected Σ0 leaves 0"])
        #expect(rig.reports[0].reason == "the order number was in use: Duplicate order id")

        let other = try BrokerRig("BOOKS.103B")
        let lives = try other.send()
        other.error(lives, 103)
        other.reconcile(open: [try other.openOrder(lives)])
        #expect(other.lines == ["1 ack accepted Σ0 leaves 10"])
    }

    @Test("an order that the gateway holds back is cancelled, and refused when nobody knows it")
    func held() throws {
        let rig = try BrokerRig("BOOKS.HELD")
        let orderID = try rig.send()
        rig.error(orderID, 383, "size above the limit")
        rig.pass(0)
        #expect(rig.cancels == [orderID])
        rig.error(orderID, 10_147)
        rig.pass(0)
        rig.reconcile()
        #expect(rig.reports.last?.reason == "held by the gateway: size above the limit")
    }

    @Test(
        "at the start, orders of others are found; what an earlier session held is the base of what follows")
    func start() throws {
        let rig = try BrokerRig("BOOKS.START", isLive: false)
        let held = AdoptedPosition(
            carried: rig.symbol, try Quantity("3"), averagePrice: try Price("3990"), mark: try Price("4000"))
        rig.book.carry([held])
        rig.connect()
        rig.reconcile(
            open: [
                try rig.openOrder(9, reference: "c-2-5"), try rig.openOrder(8, reference: "by hand"),
                try rig.openOrder(7, client: 8, reference: "c-2-6"),
                try rig.openOrder(6, "Cancelled", reference: ""),
            ],
            executions: [try rig.execution(9, "old.01", "3", reference: "c-2-5", request: 2)],
            positions: [try rig.position("3"), try rig.position("50", account: "DU2")])
        #expect(
            rig.orders.reconciliation.foundAtStart.map(\.description) == [
                "open order 8 (by hand): BUY 10 XAUUSD LMT",
                "open order 9 (c-2-5): BUY 10 XAUUSD LMT",
            ])
        #expect(rig.orders.reconciliation.isReady && rig.lines == [])
        #expect(rig.orders.reconciliation.adopted == [held] && rig.adoptions == [])
        let orderID = try rig.send()
        rig.say(try rig.execution(orderID, "a.01", "10"), try rig.position("13"))
        rig.pass(60)
        #expect(rig.drifts.withLock { $0.isEmpty } && rig.wishes.withLock { $0.isEmpty })
        rig.lose()
        rig.reconcile(positions: [try rig.position("13")])
        #expect(rig.orders.reconciliation.drift == [] && rig.orders.reconciliation.foundAtStart.count == 2)
    }

    @Test(
        "a difference of positions keeps the broker unavailable; it is drift when it lasts, and may be accepted"
    )
    func drift() throws {
        let rig = try BrokerRig("BOOKS.DRIFT")
        rig.lose()
        rig.reconcile(positions: [try rig.position("-4")])
        #expect(rig.notices.last == .brokerUnreconciled && rig.drifts.withLock { $0.isEmpty })
        rig.pass(2)
        #expect(rig.drifts.withLock { $0.isEmpty })
        rig.pass(2)
        rig.pass(2)
        #expect(rig.drifts.withLock { $0.count } == 1)
        #expect(
            rig.orders.reconciliation.drift.map(\.description) == [
                "BOOKS.DRIFT: the broker holds -4, our executions make 0"
            ])
        #expect(rig.notices.last == .brokerUnreconciled)
        #expect(rig.book.uncountedHoldings(in: .all) == ["BOOKS.DRIFT -4"])
        rig.accept()
        #expect(rig.notices.suffix(2) == [.positionAdopted, .brokerReady])
        #expect(rig.adoptions == ["BOOKS.DRIFT=-4"] && rig.orders.reconciliation.drift == [])
        #expect(rig.book.uncountedHoldings(in: .all) == [])
    }

    @Test("a difference that an execution explains a moment later is none")
    func lateExecution() throws {
        let rig = try BrokerRig("BOOKS.MOMENT")
        let orderID = try rig.send()
        rig.lose()
        rig.reconcile(open: [try rig.openOrder(orderID)], positions: [try rig.position("4")])
        #expect(rig.notices.last == .brokerUnreconciled)
        rig.say(try rig.execution(orderID, "a.01", "4"))
        rig.pass(1)
        #expect(rig.notices.last == .brokerReady && rig.drifts.withLock { $0.isEmpty })
    }

    @Test("while the session runs, a difference that lasts leads to a comparison first")
    func differenceWhileLive() throws {
        let rig = try BrokerRig("BOOKS.LIVE")
        rig.say(try rig.position("2"))
        rig.pass(1)
        rig.say(try rig.position("0"))
        rig.pass(5)
        #expect(rig.wishes.withLock { $0 } == [])
        rig.say(try rig.position("2"))
        rig.pass(1)
        rig.pass(4)
        #expect(rig.wishes.withLock { $0 } == ["positions differ"] && rig.drifts.withLock { $0.isEmpty })
        rig.reconcile(positions: [try rig.position("2")])
        rig.pass(4)
        #expect(rig.drifts.withLock { $0.count } == 1)
    }

    @Test("a position without a number is not zero: nothing is concluded from it")
    func untold() throws {
        let rig = try BrokerRig("BOOKS.UNTOLD")
        rig.lose()
        rig.reconcile(positions: [try rig.position(nil)])
        rig.pass(10)
        #expect(rig.drifts.withLock { $0.isEmpty } && rig.notices.last == .brokerReady)
    }
}
