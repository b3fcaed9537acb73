import Messaging
import Platform
import TWSClient
import TWSProtocol
import Testing
import TradingModel

@testable import Execution
@testable import Messaging

@Suite("Orders that an earlier session has left open")
struct BrokerLeftoverTests {
    private func kill(_ rig: BrokerRig) {
        var outbox = Outbox()
        rig.adapter.cancelEverythingElse(reason: "kill switch", &outbox)
    }

    private func ids(_ rig: BrokerRig) -> [Int32] {
        rig.book.leftovers.map { if case .openOrder(let orderID, _, _) = $0 { orderID } else { 0 } }
    }

    @Test("are cancelled by the kill switch, by their numbers, and followed until they are gone")
    func killed() throws {
        let rig = try BrokerRig("LEFT.KILL", isLive: false)
        rig.connect()
        rig.reconcile(open: [
            try rig.openOrder(9, reference: "c-2-5"), try rig.openOrder(8, reference: "by hand"),
            try rig.openOrder(10, reference: "c-2-6"), try rig.openOrder(7, client: 8, reference: "c-2-7"),
            try rig.openOrder(-3, reference: ""),
        ])
        let orderID = try rig.send()
        #expect(rig.book.openLeftovers == 3 && ids(rig) == [8, 9, 10] && rig.cancels == [])
        kill(rig)
        kill(rig)
        #expect(rig.cancels == [8, 9, 10])
        rig.say(try rig.openOrder(8, "Cancelled", reference: "by hand"), try rig.status(9, "Cancelled"))
        rig.error(10, 202)
        #expect(rig.book.openLeftovers == 0 && rig.book.openOrders == [rig.id(1)] && orderID == 101)
    }

    @Test("a status of another order with the same number does not end one")
    func stranger() throws {
        let rig = try BrokerRig("LEFT.STRANGER")
        rig.say(try rig.openOrder(9, reference: "c-2-5"), try rig.status(9, "Cancelled", permanentID: 5))
        rig.say(try rig.status(9, "Submitted"), try rig.status(9, "Cancelled", client: 8))
        #expect(ids(rig) == [9])
    }

    @Test("found while the switch is engaged: cancelled though the books differ and the broker is not ready")
    func foundLater() throws {
        let rig = try BrokerRig("LEFT.LATER")
        kill(rig)
        rig.lose()
        rig.reconcile(open: [try rig.openOrder(9, reference: "c-2-5")], positions: [try rig.position("4")])
        #expect(rig.notices.last == .brokerUnreconciled)
        rig.pass(0)
        #expect(rig.cancels == [9])
        var outbox = Outbox()
        rig.adapter.spareEverythingElse()
        rig.say(try rig.openOrder(11, reference: "c-2-6"))
        rig.pass(0)
        #expect(rig.cancels == [9], "released: what is found then stays")
        rig.adapter.cancelEverythingElse(reason: "again", &outbox)
        #expect(rig.cancels == [9, 9, 11])
    }

    @Test("a cancel that could not be sent, or is not answered, is sent again; what is not named is gone")
    func again() throws {
        let rig = try BrokerRig("LEFT.AGAIN")
        rig.say(try rig.openOrder(9, reference: "c-2-5"))
        rig.lane.state.withLock { $0.cancelOutcome = .refused(.tooMany) }
        kill(rig)
        #expect(rig.cancels == [])
        rig.lane.state.withLock { $0.cancelOutcome = .sent }
        rig.pass(0)
        rig.pass(5)
        #expect(rig.cancels == [9])
        rig.pass(6)
        #expect(rig.wishes.withLock { $0 } == ["a left-over order is not cancelled yet"])
        rig.reconcile(open: [try rig.openOrder(9, reference: "c-2-5")])
        rig.pass(0)
        #expect(rig.cancels == [9, 9])
        rig.reconcile()
        #expect(rig.book.openLeftovers == 0)
    }
}
