import Platform
import TWSGateway
import TestSupport
import Testing
import TradingModel

@testable import Execution

@Suite("Orders at a simulated gateway", .serialized, .timeLimit(.minutes(3)))
struct BrokerGatewayTests {
    @Test("orders are acknowledged, filled, cancelled and changed, and the positions are equal")
    func clean() throws {
        let rig = try GatewayRig("GATE.CLEAN")
        let bought = try rig.send(.buy, "3")
        let resting = try rig.send(.buy, "2", limit: "1000")
        try rig.reaches(bought, .filled)
        try rig.reaches(resting, .accepted)
        let id = ClientOrderID(session: 1, number: resting)
        #expect(rig.adapter.replace(id, quantity: try Quantity("1"), limitPrice: try Price("1001")) == nil)
        try rig.eventually("changed") { $0.reports.last?.reason == "changed" }
        #expect(rig.seen.withLock { $0.reports.last?.leavesQuantity } == (try Quantity("1")))
        try rig.cancel(resting)
        try rig.reaches(resting, .cancelled)
        try rig.reaches(try rig.send(.sell, "5"), .filled)
        try rig.compare()
        #expect(rig.position == (try Quantity("-2")))
        #expect(rig.published == (try Quantity("-2")))
        #expect(rig.book.counts.unknownExecutions == 0 && rig.book.openOrders.isEmpty)
    }

    @Test(
        "faults in the telling lose no fill and book none twice",
        arguments: [
            "order duplicate-status", "order missing-status", "order execution-first", "order reject",
            "order duplicate-id", "order id-rollback 50",
        ])
    func telling(fault: String) throws {
        let rig = try GatewayRig("GATE.TELL")
        for _ in 0..<3 { try rig.gateway.perform(fault) }
        for round in 0..<4 {
            try rig.send(round.isMultiple(of: 2) ? .buy : .sell, "\(round + 1)")
            let resting = try rig.send(.buy, "1", limit: "100\(round)")
            if fault.contains("id") && round == 1 { try rig.gateway.perform("drop") }
            try rig.eventually("order \(resting) is answered") { seen in
                seen.reports.contains { $0.id.number == resting }
            }
            try rig.becomesReady()
            try rig.cancel(resting)
        }
        let book = rig.book
        try rig.eventually("nothing is open") { _ in book.openOrders.isEmpty }
        try rig.expectEqualBooks()
    }

    @Test("a corrected execution leads to the corrected price and the same position")
    func correction() throws {
        let rig = try GatewayRig("GATE.FIX")
        let number = try rig.send(.buy, "3")
        try rig.reaches(number, .filled)
        try rig.gateway.perform("order correction")
        let book = rig.book
        try rig.eventually("corrected") { _ in book.counts.corrections == 1 }
        try rig.expectEqualBooks()
        let fills = rig.seen.withLock { seen in seen.reports.filter { $0.report == .fill } }
        #expect(fills.count >= 3 && fills.contains { $0.lastQuantity < .zero })
        #expect(fills.last?.status == .filled)
        #expect(rig.published == (try Quantity("3")))
    }

    @Test("the exchange cancels; an order fills while nobody is connected")
    func unseen() throws {
        let rig = try GatewayRig("GATE.UNSEEN")
        let first = try rig.send(.buy, "1", limit: "1000")
        try rig.reaches(first, .accepted)
        try rig.gateway.perform("order cancel")
        try rig.reaches(first, .cancelled)
        let second = try rig.send(.buy, "2", limit: "1000")
        try rig.reaches(second, .accepted)
        try rig.gateway.perform("order fill-while-disconnected")
        try rig.reaches(second, .filled)
        try rig.becomesReady()
        try rig.expectEqualBooks()
        #expect(rig.published == (try Quantity("2")))
    }

    @Test("the link to IBKR is lost and comes back: fills of the gap are booked", arguments: [1_101, 1_102])
    func link(code: Int) throws {
        let rig = try GatewayRig("GATE.LINK")
        let resting = try rig.send(.sell, "2", limit: "9000")
        try rig.reaches(resting, .accepted)
        let gone = try rig.send(.sell, "2", limit: "9001")
        try rig.reaches(gone, .accepted)
        try rig.gateway.perform("error 1100")
        try rig.eventually("lost") { $0.notices.last == .brokerLost }
        let late = try rig.send(.buy, "1")
        try rig.reaches(late, .rejected)
        try rig.cancel(gone)
        try rig.gateway.perform("error \(code)")
        try rig.becomesReady()
        try rig.reaches(gone, .cancelled)
        try rig.cancel(resting)
        try rig.reaches(resting, .cancelled)
        try rig.reaches(try rig.send(.buy, "1"), .filled)
        try rig.expectEqualBooks()
    }

    @Test("the connection drops again and again under random orders: no fill lost, none twice")
    func drops() throws {
        var random = TestRandom(seed: TestSeed.value("BROKER_GATEWAY_SEED"))
        let rig = try GatewayRig("GATE.DROPS")
        let faults = [
            "drop", "reset", "on placeOrder drop", "after placeOrder drop", "order duplicate-status",
            "order missing-status", "order execution-first", "order correction", "order reject",
            "order fill-while-disconnected", "error 1100", "order cancel", "order duplicate-id",
        ]
        var sent: [UInt32] = []
        for _ in 0..<40 {
            let side: Side = random.below(2) == 0 ? .buy : .sell
            let limit = side == .buy ? "1000" : "9000"
            sent.append(
                try rig.send(side, "\(1 + random.below(4))", limit: random.below(3) == 0 ? limit : nil))
            let fault = faults[Int(random.below(UInt64(faults.count)))]
            if random.below(3) == 0 {
                try rig.gateway.perform(fault)
                if fault == "error 1100" {
                    try rig.gateway.perform(random.below(2) == 0 ? "error 1101" : "error 1102")
                }
            }
            if random.below(4) == 0 { try rig.cancel(sent[Int(random.below(UInt64(sent.count)))]) }
            if random.below(2) == 0 { try rig.becomesReady() }
        }
        try rig.becomesReady()
        for number in sent { try rig.cancel(number) }
        let book = rig.book
        try rig.eventually("nothing is open") { _ in book.openOrders.isEmpty }
        try rig.becomesReady()
        try rig.expectEqualBooks()
        #expect(rig.book.counts.unknownExecutions == 0)
    }
}
