import Audit
import Messaging
import Positions
import Risk
import Testing
import TradingModel

@testable import Execution

/// The simulated venue fills in parts; everybody behind it must add up.
@Suite("Partial fills")
struct PartialFillTests {
    /// What risk and positions know, as `held 2, buys 3, sells 0, open 1`.
    private func books(_ rig: OrderPathRig) -> String {
        rig.bus.query { core in
            let view = core.risk.engine.view(rig.gold.symbol, now: .zero) { _ in core.quote }
            let held = core.execution.positions.position(rig.gold.symbol).quantity
            #expect(
                view.position == held && core.risk.engine.openOrders == core.execution.orders.working.count)
            return "held \(held), buys \(view.openBuys), sells \(view.openSells), "
                + "open \(core.execution.orders.working.count)"
        }
    }

    @Test(
        "an order fills as far as the quote's size goes; its rest is reserved until it fills or is cancelled")
    func parts() throws {
        let rig = try OrderPathRig("PARTIAL.REST")
        try rig.quote("4000", "4000.20", sizes: ("5", "2"))
        try rig.send(.buy, "5", limit: "4000.20")
        #expect(books(rig) == "held 2, buys 3, sells 0, open 1")
        // The same lots are not there twice; a new size is news.
        try rig.quote("4000.10", "4000.20", sizes: ("5", "2"))
        #expect(books(rig) == "held 2, buys 3, sells 0, open 1")
        try rig.quote("4000.10", "4000.20", sizes: ("5", "1"))
        #expect(books(rig) == "held 3, buys 2, sells 0, open 1")
        rig.bus.query { core in
            let order = core.execution.orders.working.first
            #expect(order?.status == .partiallyFilled && order?.leavesQuantity.description == "2")
        }
        try rig.quote("4000", "4000.10", sizes: ("5", "9"))
        #expect(books(rig) == "held 5, buys 0, sells 0, open 0")
        #expect(
            rig.quantities == [
                "1 accepted, 0 at 0, leaves 5", "1 partially_filled 2@4000.2 #1, 2 at 4000.2, leaves 3",
                "1 partially_filled 1@4000.2 #2, 3 at 4000.2, leaves 2",
                "1 filled 2@4000.2 #3, 5 at 4000.2, leaves 0",
            ])
        #expect(
            try rig.auditTypes().suffix(5) == [
                "order.send", "order.ack", "order.fill", "order.fill", "order.fill",
            ])
        rig.bus.query { core in
            let done = core.execution.orders.newestFinished(limit: 1).first
            #expect(done?.status == .filled && done?.filledQuantity.description == "5")
            #expect(done?.averagePrice.description == "4000.2")
        }
    }

    @Test("a market order pays what it can have at once, and what is left does not rest")
    func mean() throws {
        let rig = try OrderPathRig("PARTIAL.MEAN", sim: SimOptions(slippageTicks: 1))
        try rig.quote("4000", "4000.20", sizes: ("5", "1"))
        try rig.send(.buy, "3", limit: nil)
        #expect(
            rig.quantities.dropFirst() == [
                "1 partially_filled 1@4000.21 #1, 1 at 4000.21, leaves 2",
                "1 cancelled, 1 at 4000.21, leaves 0",
            ])
    }

    @Test(
        "a cancel after a part keeps what filled and gives back the rest: kill switch, and immediate-or-cancel"
    )
    func cancelled() throws {
        let rig = try OrderPathRig("PARTIAL.CANCEL")
        try rig.quote("4000", "4000.20", sizes: ("5", "2"))
        try rig.send(.buy, "5", limit: "4000.20")
        rig.notify(.killSwitchEngaged)
        #expect(rig.quantities.last == "1 cancelled, 2 at 4000.2, leaves 0")
        #expect(books(rig) == "held 2, buys 0, sells 0, open 0")
        rig.notify(.killSwitchReleased)
        rig.notify(.armed)
        try rig.send(.sell, "6", limit: "4000", tif: .immediateOrCancel)
        #expect(
            rig.quantities.suffix(2) == [
                "2 partially_filled 5@4000 #2, 5 at 4000, leaves 1", "2 cancelled, 5 at 4000, leaves 0",
            ])
        #expect(books(rig) == "held -3, buys 0, sells 0, open 0")
        try rig.send(.sell, "1", limit: "4000", tif: .fillOrKill)
        #expect(rig.quantities.last == "3 cancelled, 0 at 0, leaves 0")
        #expect(books(rig) == "held -3, buys 0, sells 0, open 0")
    }

    @Test("resting orders share what is shown by price and arrival, and prints through their limit fill them")
    func shared() throws {
        let rig = try OrderPathRig("PARTIAL.SHARE")
        try rig.quote("4000", "4000.20", sizes: ("9", "9"))
        try rig.send(.buy, "2", limit: "3999", times: 2)
        try rig.send(.buy, "2", limit: "3999.50")
        try rig.quote("3998", "3999", sizes: ("9", "5"))
        #expect(rig.reports.suffix(3).map { $0.prefix(5) } == ["c-1-3", "c-1-1", "c-1-2"])
        #expect(books(rig) == "held 5, buys 1, sells 0, open 1")
        try rig.print("3999", "7")
        #expect(books(rig) == "held 5, buys 1, sells 0, open 1")
        try rig.print("3998.99", "7")
        #expect(books(rig) == "held 6, buys 0, sells 0, open 0")
        #expect(rig.reports.last == "c-1-2 fill filled 3999")
    }

    @Test("two orders of our own meet at the price of the one that rests")
    func own() throws {
        let rig = try OrderPathRig("PARTIAL.OWN")
        try rig.quote("4000", "4001", sizes: ("9", "9"))
        try rig.send(.buy, "3", limit: "4000.50")
        try rig.send(.sell, "2", limit: "4000.10")
        #expect(rig.reports.suffix(2) == ["c-1-2 fill filled 4000.5", "c-1-1 fill partially_filled 4000.5"])
        #expect(books(rig) == "held 0, buys 1, sells 0, open 1")
    }

    @Test("stops wait, reserved, until a quote or a print reaches them; the kill switch cancels them")
    func stops() throws {
        let rig = try OrderPathRig("PARTIAL.STOP")
        try rig.quote("4000", "4000.20", sizes: ("9", "9"))
        try rig.send(.buy, "1", limit: nil, stop: "4001")
        try rig.send(.buy, "2", limit: "4002", stop: "4001.50")
        try rig.send(.sell, "1", limit: nil, stop: "3995")
        #expect(rig.reports == (1...3).map { "c-1-\($0) ack accepted" })
        #expect(books(rig) == "held 0, buys 3, sells 1, open 3")
        try rig.quote("4000.80", "4001", sizes: ("9", "9"))
        #expect(rig.reports.last == "c-1-1 fill filled 4001")
        try rig.print("4001.50", "1")
        #expect(rig.reports.last == "c-1-2 fill filled 4001")
        #expect(books(rig) == "held 3, buys 0, sells 1, open 1")
        rig.notify(.killSwitchEngaged)
        #expect(books(rig) == "held 3, buys 0, sells 0, open 0")
    }

    @Test("while no market is known an order is rejected, and what works waits")
    func lost() throws {
        let rig = try OrderPathRig("PARTIAL.LOST")
        try rig.quote("4000", "4000.20")
        try rig.send(.buy, "1", limit: "3999")
        rig.loseMarket()
        try rig.send(.buy, "1", limit: "4000.20")
        #expect(rig.rejections == ["no market"])
        #expect(books(rig) == "held 0, buys 1, sells 0, open 1")
        try rig.quote("3998", "3998.50")
        #expect(rig.reports.last == "c-1-1 fill filled 3999")
    }
}
