import Messaging
import Platform
import TWSProtocol
import Testing
import TradingModel

@testable import Execution

@Suite("Orders of another daemon that bear our references")
struct BrokerOwnershipTests {
    private func alarms(_ rig: BrokerRig) -> [String] {
        rig.notes.withLock { notes in notes.filter { $0.severity == .alarm }.map(\.text) }
    }

    @Test("an execution of another order number, permanent number or contract is not booked; one alarm each")
    func executions() throws {
        let rig = try BrokerRig("OWNER.EXEC")
        let orderID = try rig.send()
        rig.say(try rig.openOrder(orderID))
        let foreign = [
            try rig.execution(orderID - 50, "a.01", "2"),
            try rig.execution(orderID, "b.01", "2", permanentID: 5),
            try rig.execution(orderID, "c.01", "2", contractID: 778),
            try rig.execution(orderID, "d.01", "2", reference: "", contractID: 778),
        ]
        for message in foreign + foreign { rig.say(message) }
        #expect(rig.lines == ["1 ack accepted Σ0 leaves 10"])
        #expect(rig.book.counts.executions == 0 && rig.book.counts.foreign == 8)
        #expect(alarms(rig).count == 3)
        rig.say(try rig.execution(orderID, "e.01", "2"))
        #expect(rig.lines.last == "1 fill partially_filled 2@4000 Σ2 leaves 8")
    }

    @Test("one that comes before our order has a permanent number does not give it its own")
    func early() throws {
        let rig = try BrokerRig("OWNER.EARLY")
        let orderID = try rig.send()
        rig.say(try rig.execution(orderID - 50, "a.01", "10"))
        #expect(rig.lines == [] && rig.book.openOrders == [rig.id(1)])
        rig.say(try rig.openOrder(orderID), try rig.execution(orderID, "b.01", "10"))
        #expect(rig.lines.last == "1 fill filled 10@4000 Σ10 leaves 0")
    }

    @Test("an open order of ours by reference with another contract or permanent number is not ours")
    func openOrders() throws {
        let rig = try BrokerRig("OWNER.OPEN")
        let orderID = try rig.send()
        rig.say(try rig.openOrder(orderID, contractID: 778), try rig.openOrder(orderID, contractID: 778))
        #expect(rig.lines == [] && alarms(rig).count == 1)
        rig.say(try rig.openOrder(orderID), try rig.openOrder(orderID, "Cancelled", permanentID: 5))
        #expect(rig.lines == ["1 ack accepted Σ0 leaves 10"])
    }

    @Test("a completed order of another contract or side does not end ours")
    func completed() throws {
        let rig = try BrokerRig("OWNER.DONE")
        let orderID = try rig.send()
        rig.lose()
        rig.reconcile(completed: [
            try rig.completed(orderID - 50, "Filled", contractID: 778),
            try rig.completed(orderID - 49, "Filled", action: "SELL"),
        ])
        #expect(rig.lines == ["1 reject rejected Σ0 leaves 0"], "never reached the broker")
    }

    @Test("an execution with our reference of an order that is not known is an alarm, once")
    func unknown() throws {
        let rig = try BrokerRig("OWNER.UNKNOWN")
        let message = try rig.execution(40, "a.01", "2", number: 9)
        rig.say(message, message)
        #expect(rig.book.counts.unknownExecutions == 2 && rig.lines == [])
        #expect(alarms(rig) == ["execution a.01 bears c-3-9, which is not known (any more)"])
        // Once, too: it trips, and a release must not be undone by every comparison.
        #expect(rig.unknownExecutions.withLock { $0 } == alarms(rig))
    }

    @Test("an execution of an order that has been forgotten is an alarm and trips nothing")
    func forgotten() throws {
        let rig = try BrokerRig("OWNER.FORGOTTEN", finishedKept: 1)
        for _ in 0..<3 {
            let orderID = try rig.send()
            rig.say(try rig.status(orderID, "Cancelled"))
        }
        rig.say(try rig.execution(40, "a.01", "2", number: 1))
        #expect(rig.unknownExecutions.withLock { $0 } == [] && rig.book.counts.unknownExecutions == 1)
    }
}
