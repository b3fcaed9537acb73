import Messaging
import Risk
import Testing
import TradingModel

@testable import Execution

@Suite("Terms of orders at the simulated venue")
struct OrderTermsTests {
    @Test("a GTD order ends with the first event from its expiry on, before it could fill in it")
    func goodTillDate() throws {
        let rig = try OrderPathRig("TERMS.GTD")
        try rig.quote("4000", "4000.1")
        let until = rig.now.advanced(by: 20_000_000)
        let id = try rig.send(.buy, "1", limit: "3999", tif: .goodTillDate, until: until)
        try rig.quote("4000", "4000.2")
        #expect(rig.reports == ["\(id) ack accepted"])
        rig.pass(20_000_000)
        try rig.quote("3998", "3998.5")
        #expect(rig.reports.last == "\(id) expire expired")
        #expect(rig.bus.query { $0.execution.orders.working.isEmpty && $0.risk.engine.openOrders == 0 })
        #expect(rig.bus.query { $0.execution.orders.order(id)?.life.display } == .expired)
        #expect(try rig.auditTypes().last == "order.expire")
    }

    @Test("one whose time is over before it leaves does not leave")
    func late() throws {
        let rig = try OrderPathRig("TERMS.LATE")
        try rig.quote("4000", "4000.1")
        try rig.send(.buy, "1", limit: "3999", tif: .goodTillDate, until: rig.now)
        #expect(rig.rejections == ["not sent: its time is over"])
        #expect(rig.bus.query { $0.risk.engine.openOrders } == 0)
    }

    @Test("a day order ends with the session it was sent in; one till cancelled stays")
    func day() throws {
        let end = Timestamp(nanoseconds: 5_000_000_000)
        let rig = try OrderPathRig("TERMS.DAY", sessionEnds: { _, time in time < end ? end : nil })
        try rig.quote("4000", "4000.1")
        let day = try rig.send(.buy, "1", limit: "3999")
        let stays = try rig.send(.buy, "2", limit: "3998", tif: .goodTillCancel)
        rig.pass(5_000_000_000)
        try rig.quote("4000", "4000.2")
        #expect(rig.reports.last == "\(day) expire expired")
        let next = try rig.send(.buy, "3", limit: "3997")
        rig.pass(50_000_000_000)
        try rig.quote("4000", "4000.3")
        #expect(rig.bus.query { $0.execution.orders.working.map(\.id) } == [stays, next])
    }

    @Test("post-only rests at its side of the market and is rejected where it would trade")
    func postOnly() throws {
        let rig = try OrderPathRig("TERMS.POST")
        try rig.quote("4000", "4000.1")
        let taker = try rig.send(.buy, "1", limit: "4000.1", flags: .postOnly)
        #expect(rig.reports == ["\(taker) reject rejected"])
        #expect(rig.rejections == ["post-only: it would trade at once"])
        let maker = try rig.send(.buy, "1", limit: "4000", flags: .postOnly)
        #expect(rig.reports.last == "\(maker) ack accepted")
        // Nor with a resting order of ours.
        let other = try rig.send(.sell, "1", limit: "4000", flags: .postOnly)
        #expect(rig.reports.last == "\(other) reject rejected")
    }

    @Test("reduce-only orders that a smaller position has no room for go, the oldest that fit stay")
    func reduceOnly() throws {
        let rig = try OrderPathRig("TERMS.REDUCE")
        try rig.quote("4000", "4000.1")
        try rig.send(.buy, "3", limit: "4000.1")
        let first = try rig.send(.sell, "1", limit: "4005", flags: .reduceOnly)
        let second = try rig.send(.sell, "2", limit: "4006", flags: .reduceOnly)
        let plain = try rig.send(.sell, "5", limit: "4007")
        try rig.send(.sell, "1", limit: "4000")
        #expect(rig.reports.last == "\(second) cancel cancelled")
        #expect(rig.bus.query { $0.execution.orders.working.map(\.id) } == [first, plain])
    }
}

@Suite("Changes of orders at the simulated venue")
struct OrderChangeTests {
    private func rig(_ name: String) throws -> OrderPathRig {
        let rig = try OrderPathRig(name)
        try rig.quote("4000", "4000.1")
        return rig
    }

    private func change(
        _ rig: OrderPathRig, _ id: ClientOrderID, _ quantity: String? = nil, limit: String? = nil,
        stop: String? = nil
    ) throws -> String? {
        let before = rig.bus.query { $0.answers.count }
        rig.notify(
            .modifyRequested,
            detail: ChangeWish(
                id: id, quantity: try quantity.map { try Quantity($0) },
                limitPrice: try limit.map { try Price($0) },
                stopPrice: try stop.map { try Price($0) }, token: "t"
            ).text)
        return rig.bus.query { $0.answers.count == before ? nil : $0.answers.last }
    }

    private func reserved(_ rig: OrderPathRig) -> Quantity {
        rig.bus.query { $0.risk.engine.view(rig.gold.symbol, now: rig.now, quotes: { _ in nil }).openBuys }
    }

    @Test("a change is judged, sent and confirmed; what is reserved follows")
    func confirmed() throws {
        let rig = try rig("CHANGE.OK")
        let id = try rig.send(.buy, "2", limit: "3999")
        #expect(try change(rig, id, "5", limit: "3999.5") == nil)
        #expect(rig.reports == ["\(id) ack accepted", "\(id) replace accepted"])
        #expect(reserved(rig) == (try Quantity("5")))
        let order = try #require(rig.bus.query { $0.execution.orders.order(id) })
        #expect(try order.quantity == Quantity("5") && order.limitPrice == Price("3999.5"))
        #expect(order.life.requests.isEmpty)
        #expect(try change(rig, id, "1") == nil)
        #expect(reserved(rig) == (try Quantity("1")))
        try rig.quote("3999", "3999.4")
        #expect(rig.reports.last == "\(id) fill filled 3999.5")
        #expect(rig.bus.query { $0.risk.engine.openOrders } == 0 && reserved(rig) == .zero)
        let types = try rig.auditTypes()
        #expect(
            types.filter { $0.hasPrefix("order.replace") } == [
                "order.replace.request", "order.replace", "order.replace.request", "order.replace",
            ])
    }

    @Test("a price that crosses the market trades at once, within the change")
    func crossing() throws {
        let rig = try rig("CHANGE.CROSS")
        let id = try rig.send(.buy, "2", limit: "3999")
        #expect(try change(rig, id, limit: "4000.1") == nil)
        #expect(
            rig.reports == [
                "\(id) ack accepted", "\(id) replace accepted", "\(id) fill filled 4000.1",
            ])
    }

    @Test("risk denies what it would deny of an order; the order and what is reserved stay as they were")
    func denied() throws {
        let rig = try rig("CHANGE.DENIED")
        let id = try rig.send(.buy, "2", limit: "3999")
        #expect(try change(rig, id, "30") == "denied size_limit")
        #expect(try change(rig, id, limit: "4200") == "denied price_collar")
        #expect(try change(rig, id, limit: "3999.001") == "denied invalid_price")
        #expect(reserved(rig) == (try Quantity("2")) && rig.reports == ["\(id) ack accepted"])
        rig.notify(.disarmed)
        #expect(try change(rig, id, "3") == "denied mode")
        // Less is always allowed.
        #expect(try change(rig, id, "1") == nil)
    }

    @Test("what cannot be changed is said in words")
    func objections() throws {
        let rig = try rig("CHANGE.NOT")
        let id = try rig.send(.buy, "4", limit: "3999")
        #expect(try change(rig, ClientOrderID(session: 7, number: 7), "1") == "no such order")
        #expect(try change(rig, id) == "nothing is to be changed")
        #expect(try change(rig, id, stop: "4001") == "the order has no trigger")
        try rig.quote("3998", "3999", sizes: ("1", "1"))
        #expect(try change(rig, id, "1") == "1 have filled already")
        let stop = try rig.send(.buy, "1", limit: nil, stop: "4005")
        #expect(try change(rig, stop, limit: "4006") == "the order has no limit")
        #expect(try change(rig, stop, stop: "4006") == nil)
        #expect(rig.reports.last == "\(stop) replace accepted")
        #expect(rig.bus.query { $0.execution.orders.order(stop)?.stopPrice } == (try Price("4006")))
        rig.notify(.cancelRequested, detail: CancelWish.order(id).text)
        #expect(try change(rig, id, "3") == "the order is over: cancelled")
    }

    @Test("with records on the disk a change leaves once its own is safe, and not at all under a kill")
    func durable() throws {
        let rig = try OrderPathRig("CHANGE.DISK", handOver: .afterNotice)
        try rig.quote("4000", "4000.1")
        let id = try rig.send(.buy, "2", limit: "3999")
        rig.tellDurable(try #require(rig.approvals.last))
        #expect(try change(rig, id, "3") == nil)
        #expect(rig.reports == ["\(id) ack accepted"])
        #expect(try change(rig, id, "4") == "another change is under way")
        rig.tellDurable(rig.bus.query { $0.seen.last?.sequence ?? 0 })
        #expect(rig.reports.last == "\(id) replace accepted")
        #expect(try change(rig, id, "5") == nil)
        rig.notify(.disarmed)
        #expect(rig.reports.last == "\(id) replace_reject accepted")
        #expect(reserved(rig) == (try Quantity("3")))
        #expect(rig.bus.query { $0.execution.orders.order(id)?.quantity } == (try Quantity("3")))
    }
}
