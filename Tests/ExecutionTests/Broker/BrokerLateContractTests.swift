import Messaging
import Platform
import TWSProtocol
import Testing
import TradingModel

@testable import Execution

@Suite("Contracts that are told after the books were compared")
struct BrokerLateContractTests {
    @Test("no order before a comparison; what an earlier session held of it is compared then")
    func late() throws {
        let rig = try BrokerRig("LATE.FIRST")
        let other = try #require(SymbolID("LATE.OTHER"))
        rig.book.carry([AdoptedPosition(carried: other, try Quantity("5"), averagePrice: nil, mark: .zero)])
        rig.say(try rig.position("5", contractID: 888))
        rig.book.resolve(other, try rig.resolved(888))
        rig.pass(0)
        #expect(rig.wishes.withLock { $0 } == ["the contract of LATE.OTHER is known now"])
        try rig.send(symbol: other)
        #expect(rig.reports.last?.reason == "not sent: books not compared for LATE.OTHER")
        #expect(rig.placed.isEmpty)
        rig.reconcile(positions: [try rig.position("5", contractID: 888)])
        #expect(rig.book.reconciliation.foundAtStart == [] && rig.adoptions == [])
        #expect(rig.notices.last == .brokerReady, "told again, so that somebody looks at what was found")
        let orderID = try rig.send(symbol: other)
        rig.say(
            try rig.execution(orderID, "a.01", "10", number: 2, contractID: 888),
            try rig.position("15", contractID: 888))
        rig.pass(5)
        rig.pass(5)
        #expect(rig.lines.last == "2 fill filled 10@4000 Σ10 leaves 0")
        #expect(rig.drifts.withLock { $0.isEmpty } && rig.wishes.withLock { $0.count } == 1)
    }

    @Test("of a contract that is not told any more the position is still compared")
    func forgotten() throws {
        let rig = try BrokerRig("LATE.FORGOTTEN")
        rig.book.resolve(rig.symbol, nil)
        rig.lose()
        rig.reconcile(positions: [try rig.position("4")])
        #expect(rig.notices.last == .brokerUnreconciled)
        rig.book.resolve(rig.symbol, try rig.resolved())
        rig.pass(0)
        #expect(rig.wishes.withLock { $0 } == [], "the same contract as before")
    }

    @Test("an order that the gateway holds back is asked about, less and less often")
    func heldBack() throws {
        let rig = try BrokerRig("LATE.HELD")
        let orderID = try rig.send()
        rig.say(try rig.status(orderID, "Inactive"))
        rig.pass(0)
        rig.pass(11)
        #expect(rig.wishes.withLock { $0 } == ["an order is in doubt"])
        rig.say(try rig.openOrder(orderID, "PendingSubmit"))
        rig.pass(11)
        #expect(rig.wishes.withLock { $0.count } == 1, "twice as patient")
        rig.pass(11)
        #expect(rig.wishes.withLock { $0.count } == 2)
        rig.say(try rig.status(orderID, "Submitted"))
        rig.pass(100)
        rig.pass(100)
        #expect(rig.wishes.withLock { $0.count } == 2)
    }

    @Test("an error of an order that nobody knows is told once, here: the session does not")
    func unknownOrder() throws {
        let rig = try BrokerRig("UNKNOWN.ORDER")
        let before = rig.notes.withLock { $0.count }
        rig.error(4_711, 202, "Order Canceled")
        let notes = rig.notes.withLock { Array($0.dropFirst(before)) }
        #expect(notes.map(\.text) == ["order 4711, not known: Order Canceled"])
        #expect(notes.map(\.code) == [202] && rig.book.counts.foreign == 1)
    }

    @Test("notes are bounded, alarms longer than others; what was held back is counted and told")
    func notes() throws {
        let rig = try BrokerRig("LATE.NOTES")
        rig.pass(1)
        for number in 0..<100 { rig.say(try rig.status(try rig.send(), "Unheard\(number)")) }
        #expect(rig.notes.withLock { $0.count } == 20 && rig.book.counts.notesLost == 80)
        for number in 0..<100 { rig.say(try rig.execution(7, "x\(number).01", "1", number: 7_000)) }
        #expect(rig.notes.withLock { $0.count } == 40 && rig.book.counts.notesLost == 160)
        rig.pass(8)
        #expect(rig.notes.withLock { $0.last?.text } == "160 notes about orders were held back")
    }

    @Test("open orders are named for people")
    func texts() throws {
        let rig = try BrokerRig("LATE.TEXTS")
        try rig.send(.sell, "1.5")
        #expect(rig.book.openOrderTexts == ["c-3-1 order 101 LATE.TEXTS sell 1.5"])
    }
}
