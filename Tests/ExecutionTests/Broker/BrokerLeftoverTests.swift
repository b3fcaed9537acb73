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
        rig.adapter.cancelEverythingElse(in: nil, reason: "kill switch", &outbox)
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
        rig.adapter.cancelEverythingElse(in: nil, reason: "again", &outbox)
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
        #expect(
            rig.wishes.withLock { $0 } == [
                "an open order is not ours", "a left-over order is not cancelled yet",
            ])
        rig.reconcile(open: [try rig.openOrder(9, reference: "c-2-5")])
        rig.pass(0)
        #expect(rig.cancels == [9, 9])
        rig.reconcile()
        #expect(rig.book.openLeftovers == 0)
    }

    @Test("those of a symbol are cancelled by a kill of that symbol, also what is found later")
    func ofSymbol() throws {
        let rig = try BrokerRig("LEFT.SYMBOL", isLive: false)
        rig.connect()
        rig.reconcile(open: [
            try rig.openOrder(8, reference: "c-2-4", contractID: 5),
            try rig.openOrder(9, reference: "c-2-5"),
        ])
        var outbox = Outbox()
        rig.adapter.cancelEverythingElse(in: rig.symbol, reason: "kill switch", &outbox)
        #expect(rig.cancels == [9])
        rig.say(
            try rig.openOrder(10, reference: "c-2-6"),
            try rig.openOrder(11, reference: "c-2-7", contractID: 5))
        rig.pass(0)
        #expect(rig.cancels == [9, 10])
        rig.adapter.spareEverythingElse()
        rig.say(try rig.openOrder(12, reference: "c-2-8"))
        rig.pass(0)
        #expect(rig.cancels == [9, 10])
    }

    @Test(
        "one that appears while the session runs is drift once a comparison names it, one of the start is not"
    )
    func appeared() throws {
        let rig = try BrokerRig("LEFT.NEW", isLive: false)
        rig.connect()
        let old = try rig.openOrder(8, reference: "c-2-4")
        rig.reconcile(open: [old])
        let new = try rig.openOrder(9, reference: "by hand")
        rig.say(new)
        rig.pass(0)
        #expect(rig.wishes.withLock { $0 } == ["an open order is not ours"])
        #expect(rig.strangers.withLock { $0 } == [])
        rig.reconcile(open: [old, new])
        rig.reconcile(open: [old, new])
        #expect(
            rig.strangers.withLock { $0 } == ["open order 9 (by hand): BUY 10 XAUUSD LMT is not ours"])
    }

    @Test(
        "one that is found after a loss is asked about before it is drift, and none when it is gone by then")
    func appearedMeanwhile() throws {
        let rig = try BrokerRig("LEFT.GAP")
        let new = try rig.openOrder(9, reference: "c-2-4"), other = try rig.openOrder(10, reference: "x")
        rig.lose()
        rig.reconcile(open: [new, other])
        #expect(rig.strangers.withLock { $0 } == [])
        rig.pass(0)
        #expect(rig.wishes.withLock { $0 } == ["an open order is not ours"])
        rig.reconcile(open: [other])
        #expect(rig.strangers.withLock { $0 } == ["open order 10 (x): BUY 10 XAUUSD LMT is not ours"])
    }

    @Test(
        "the cancels of a kill are asked after at once, then every second, until they are answered or 5 s over"
    )
    func asked() throws {
        let rig = try BrokerRig("LEFT.ASKED")
        let orderID = try rig.send()
        rig.say(try rig.openOrder(orderID))
        func kill() throws {
            try rig.cancel(1)
            rig.adapter.followCancels()
        }
        try kill()
        rig.pass(0)
        rig.pass(0)
        #expect(rig.wishes.withLock { $0.count } == 1)
        rig.reconcile(open: [try rig.openOrder(orderID)])
        #expect(rig.cancels == [orderID, orderID])
        for _ in 0..<8 { rig.pass(1) }
        #expect(rig.wishes.withLock { $0.count } == 5)
        try kill()
        rig.pass(0)
        #expect(rig.wishes.withLock { $0.count } == 6)
        rig.reconcile()
        #expect(rig.lines.last == "1 cancel cancelled Σ0 leaves 0")
        rig.pass(1)
        rig.pass(1)
        #expect(rig.wishes.withLock { $0.count } == 6)
    }
}
