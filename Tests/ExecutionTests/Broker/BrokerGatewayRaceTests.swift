import Platform
import TWSGateway
import Testing
import TradingModel

@testable import Execution
@testable import Messaging

@Suite("Races and outages at a simulated gateway", .serialized, .timeLimit(.minutes(3)))
struct BrokerGatewayRaceTests {
    @Test("201 on an order that works ends it")
    func rejectedAtWork() throws {
        let rig = try GatewayRig("RACE.REFUSED")
        let resting = try rig.send(.buy, "2", limit: "1000")
        try rig.reaches(resting, .accepted)
        try rig.gateway.perform("order reject-working")
        try rig.reaches(resting, .rejected)
        #expect(rig.book.openOrders.isEmpty)
        try rig.expectEqualBooks()
    }

    @Test("a cancel that loses to a fill: the order is filled, once")
    func cancelTooLate() throws {
        let rig = try GatewayRig("RACE.CANCEL")
        let resting = try rig.send(.buy, "2", limit: "1000")
        try rig.reaches(resting, .accepted)
        try rig.gateway.perform("order fill-before-cancel")
        try rig.cancel(resting)
        try rig.reaches(resting, .filled)
        #expect(rig.published == (try Quantity("2")) && rig.book.openOrders.isEmpty)
        #expect(rig.seen.withLock { seen in !seen.reports.contains { $0.report == .cancel } })
        try rig.expectEqualBooks()
    }

    @Test("a gateway that forgot its last order, and gives its number again: the order is told as not sent")
    func forgotten() throws {
        let rig = try GatewayRig("RACE.FORGOTTEN")
        let known = try rig.send(.buy, "1", limit: "1000")
        try rig.reaches(known, .accepted)
        // It waits in the gateway for the link, and goes with it.
        try rig.gateway.perform("on placeOrder error 1100")
        let forgotten = try rig.send(.buy, "2", limit: "1001")
        try rig.eventually("the link is lost") { $0.notices.last == .brokerLost }
        #expect(rig.book.openOrders.count == 2, "nobody knows what has become of it")
        try rig.gateway.perform("restart 20ms")
        try rig.reaches(forgotten, .rejected)
        try rig.becomesReady()
        let reason = rig.seen.withLock { $0.reports.last?.reason }
        #expect(reason == "not sent: it never reached the broker")
        let next = try rig.send(.buy, "3", limit: "1002")
        try rig.reaches(next, .accepted)
        #expect(rig.book.openOrders.map(\.number) == [known, next])
        try rig.expectEqualBooks()
    }

    @Test(
        "orders of a second client are neither followed nor touched, whatever they bear; what they fill is drift"
    )
    func secondClient() throws {
        let rig = try GatewayRig("RACE.OURS")
        let other = try GatewayRig("RACE.OTHERS", at: rig, clientID: 8)
        let ours = try rig.send(.buy, "1", limit: "1000")
        let theirs = try other.send(.buy, "2", limit: "1001")
        try rig.reaches(ours, .accepted)
        try other.reaches(theirs, .accepted)
        try GatewayRig.compare([rig, other])
        #expect(rig.book.openOrders.count == 1 && rig.book.leftovers.isEmpty)
        var outbox = Outbox()
        rig.adapter.cancelEverythingElse(in: nil, reason: "kill switch", &outbox)
        try rig.cancel(ours)
        try rig.reaches(ours, .cancelled)
        try GatewayRig.compare([other, rig])
        #expect(other.book.openOrders.count == 1, "it lives")
        try other.reaches(try other.send(.buy, "3"), .filled)
        try rig.eventually("the positions differ") { $0.drifts == 1 }
        #expect(rig.published == .zero && !rig.book.reconciliation.isReady)
    }

    @Test(
        "a change in an outage that becomes a second order: ours is the one that was, the other is told and can be cancelled"
    )
    func twins() throws {
        let rig = try GatewayRig("RACE.TWINS")
        let resting = try rig.send(.buy, "2", limit: "1000")
        try rig.reaches(resting, .accepted)
        try rig.gateway.perform("order twin")
        try rig.gateway.perform("after placeOrder drop")
        let id = ClientOrderID(session: 1, number: resting)
        #expect(rig.adapter.replace(id, quantity: try Quantity("1"), limitPrice: try Price("1001")) == nil)
        try rig.eventually("the change is refused") { $0.reports.last?.report == .replaceReject }
        try rig.becomesReady()
        #expect(rig.book.openOrders == [id] && rig.book.leftovers.count == 1)
        #expect(rig.seen.withLock { $0.reports.last?.leavesQuantity } == (try Quantity("2")))
        var outbox = Outbox()
        rig.adapter.cancelEverythingElse(in: nil, reason: "kill switch", &outbox)
        let book = rig.book
        try rig.eventually("the other is gone") { _ in book.leftovers.isEmpty }
        #expect(rig.book.openOrders == [id], "ours works on")
        try rig.cancel(resting)
        try rig.reaches(resting, .cancelled)
        try rig.expectEqualBooks()
    }
}
