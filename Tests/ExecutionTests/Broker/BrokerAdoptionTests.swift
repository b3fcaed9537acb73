import Messaging
import Platform
import Positions
import TWSClient
import TWSProtocol
import Testing
import TradingModel

@testable import Execution

@Suite("Positions of the broker that are taken over")
struct BrokerAdoptionTests {
    /// A rig whose books differ by what `positions` say, long enough to be drift.
    private func drifting(
        _ name: String, _ prepare: (BrokerRig) throws -> Void = { _ in },
        positions: (BrokerRig) throws -> [ServerMessage]
    ) throws -> BrokerRig {
        let rig = try BrokerRig(name, isLive: false)
        try prepare(rig)
        rig.connect()
        rig.reconcile(positions: try positions(rig))
        rig.pass(4)
        rig.pass(4)
        return rig
    }

    @Test(
        "found at the start and in no trail: drift, and from the acceptance on ours at the broker's price",
        arguments: ["5", "-5"])
    func start(_ quantity: String) throws {
        let rig = try drifting("ADOPT.START") { [try $0.position(quantity, cost: "4000.1")] }
        #expect(rig.drifts.withLock { $0.count } == 1 && rig.notices.last == .brokerUnreconciled)
        #expect(rig.book.uncountedHoldings(in: .all) == ["ADOPT.START \(quantity)"])
        rig.accept()
        #expect(rig.adoptions == ["ADOPT.START=\(quantity)@4000.1"])
        #expect(rig.notices.suffix(2) == [.positionAdopted, .brokerReady])
        #expect(rig.book.uncountedHoldings(in: .all) == [] && rig.orders.reconciliation.isReady)
        rig.lose()
        rig.reconcile(positions: [try rig.position(quantity)])
        #expect(rig.notices.last == .brokerReady && rig.orders.reconciliation.drift == [])
    }

    @Test("accepted twice: the second time there is nothing to accept")
    func twice() throws {
        let rig = try drifting("ADOPT.TWICE") { [try $0.position("5", cost: "4000")] }
        rig.accept()
        let told = rig.notices
        rig.accept()
        #expect(rig.adoptions.count == 1 && rig.notices == told)
    }

    @Test(
        "what differs in another way than it was told is not accepted, nor anything before a comparison is whole"
    )
    func unsettled() throws {
        let rig = try drifting("ADOPT.UNSETTLED") { [try $0.position("5", cost: "4000")] }
        rig.say(try rig.position("4", cost: "4000"))
        rig.accept()
        #expect(rig.adoptions == [] && rig.book.unsettledDifferences.count == 1)
        rig.lose()
        rig.connect()
        rig.session(.ready, .reconciling)
        rig.say(try rig.position("5", cost: "4000"))
        rig.accept()
        #expect(rig.adoptions == [] && rig.book.acceptableDifferences == [])
        rig.session(.reconciling, .lost)
        rig.connect()
        rig.reconcile(positions: [try rig.position("5", cost: "4000")])
        rig.pass(4)
        rig.pass(4)
        rig.accept()
        #expect(rig.adoptions == ["ADOPT.UNSETTLED=5@4000"])
    }

    @Test("of two instruments the one that differs is taken over alone")
    func partial() throws {
        let other = try #require(SymbolID("ADOPT.OTHER"))
        let rig = try drifting("ADOPT.PARTIAL") { rig in
            rig.book.resolve(other, try rig.resolved(888))
            rig.book.carry([
                AdoptedPosition(
                    carried: other, try Quantity("-2"), averagePrice: try Price("30"), mark: try Price("31"))
            ])
        } positions: { rig in
            [try rig.position("5", cost: "4000"), try rig.position("-2", contractID: 888, cost: "30")]
        }
        #expect(rig.orders.reconciliation.drift.map(\.symbol) == [rig.symbol])
        rig.accept()
        #expect(rig.adoptions == ["ADOPT.PARTIAL=5@4000"])
        #expect(rig.orders.reconciliation.adopted.map(\.symbol) == [other, rig.symbol])
    }

    @Test("a price that is missing, zero or below is none", arguments: [nil, "0", "-3"])
    func unpriced(_ cost: String?) throws {
        let rig = try drifting("ADOPT.UNPRICED") { [try $0.position("5", cost: cost)] }
        rig.accept()
        #expect(rig.adoptions == ["ADOPT.UNPRICED=5"])
    }

    @Test("an average cost has the multiplier in it, and is that of all accounts")
    func cost() throws {
        var comparison = BookComparison()
        comparison.positions[7] = ["DU1": try Quantity("1"), "DU2": try Quantity("-3"), "DU3": .zero]
        comparison.averageCosts[7] = ["DU1": Money(try Price("400")), "DU2": Money(try Price("800"))]
        #expect(comparison.averageCost(ofContract: 7) == Money(try Price("700")))
        comparison.averageCosts[7]?["DU2"] = nil
        #expect(comparison.averageCost(ofContract: 7) == nil && comparison.averageCost(ofContract: 8) == nil)
        let rig = try BrokerRig("ADOPT.COST")
        var resolved = try rig.resolved()
        resolved.contract.multiplier = "100"
        #expect(TradableContract(resolved).price(ofCost: Money(try Price("400010"))) == (try Price("4000.1")))
        resolved.contract.multiplier = "a hundred"
        #expect(TradableContract(resolved).price(ofCost: Money(try Price("400010"))) == nil)
    }

    @Test("what an earlier session held and the broker still does needs nobody's word")
    func carried() throws {
        let rig = try drifting("ADOPT.CARRIED") { rig in
            rig.book.carry([
                AdoptedPosition(carried: rig.symbol, try Quantity("5"), averagePrice: nil, mark: .zero)
            ])
        } positions: {
            [try $0.position("5")]
        }
        #expect(rig.notices.last == .brokerReady && rig.adoptions == [] && rig.drifts.withLock { $0.isEmpty })
    }

    @Test(
        "what was closed by hand meanwhile is drift, and its acceptance takes it away", arguments: ["2", nil])
    func closedByHand(_ left: String?) throws {
        let rig = try drifting("ADOPT.CLOSED") { rig in
            rig.book.carry([
                AdoptedPosition(carried: rig.symbol, try Quantity("5"), averagePrice: nil, mark: .zero)
            ])
        } positions: { rig in
            try left.map { [try rig.position($0, cost: "4000")] } ?? []
        }
        #expect(rig.drifts.withLock { $0.count } == 1)
        rig.accept()
        #expect(rig.adoptions == [left == nil ? "ADOPT.CLOSED=-5" : "ADOPT.CLOSED=-3@4000"])
        #expect(rig.notices.last == .brokerReady)
    }

    @Test("while orders work, their fills count on top of what was taken over")
    func openOrders() throws {
        let rig = try BrokerRig("ADOPT.OPEN")
        let orderID = try rig.send()
        rig.say(try rig.openOrder(orderID), try rig.execution(orderID, "a.01", "2"))
        rig.lose()
        rig.reconcile(
            open: [try rig.openOrder(orderID)], executions: [try rig.execution(orderID, "a.01", "2")],
            positions: [try rig.position("6", cost: "3990")])
        rig.pass(4)
        rig.pass(4)
        rig.accept()
        #expect(rig.adoptions == ["ADOPT.OPEN=4@3990"] && rig.book.openOrders == [rig.id(1)])
        rig.say(try rig.execution(orderID, "b.01", "8"), try rig.position("14"))
        rig.pass(4)
        rig.pass(4)
        #expect(rig.lines.last == "1 fill filled 8@4000 Σ10 leaves 0")
        #expect(rig.notices.last == .brokerReady && rig.wishes.withLock { $0.isEmpty })
    }
}
