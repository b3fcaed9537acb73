import TWSProtocol
import Testing
import TradingModel

@testable import TWSGateway

@Suite("Brokerage: orders")
struct BrokerageOrderTests {
    @Test("a client is told its accounts and the next order id when it starts")
    func start() throws {
        var harness = try BrokerageHarness(accounts: ["DU1", "DU2"])
        let session = harness.connect(7)
        let messages = try harness.received(session)
        guard case .managedAccounts(let accounts) = messages.first else {
            Issue.record("no accounts: \(messages)")
            return
        }
        #expect(accounts.accounts == "DU1,DU2")
        #expect(messages.nextIDs == [1])
    }

    @Test(
        "an order is placed, filled in parts and reported at every version",
        arguments: BrokerageHarness.versions)
    func fill(version: ServerVersion) throws {
        var harness = try BrokerageHarness()
        let gold = try harness.instrument(BrokerageHarness.gold)
        let session = try harness.connectQuietly(7, version: version)
        try harness.quote("4000", "4001", size: "3")
        let placed = try harness.send(
            order(1, "BUY", "5", limit: "4001", in: gold) { $0.order.reference = "mine" }, from: session)
        #expect(placed.story == ["PreSubmitted 0/5", "Submitted 0/5", "Submitted 3/2"])
        #expect(placed.kinds == [5, 3, 5, 3, 5, 3, 11, 59])
        try harness.quote("3999", "4000", size: "9")
        let filled = try harness.received(session)
        #expect(filled.story == ["Filled 5/0"])
        let executions = placed.executions + filled.executions
        #expect(executions.map(\.shares) == [try Quantity("3"), try Quantity("2")])
        #expect(executions.map(\.cumulativeQuantity) == [try Quantity("3"), try Quantity("5")])
        #expect(executions.map(\.executionID) == ["0000e0d5.01000001.01.01", "0000e0d5.01000002.01.01"])
        #expect(executions.map(\.lastLiquidity) == [2, 1])
        #expect(
            executions.allSatisfy { $0.side == "BOT" && $0.orderReference == "mine" && $0.requestID == -1 })
        #expect(executions[0].time == "20261123 12:00:00 UTC")
        #expect((placed.commissions + filled.commissions).map(\.executionID) == executions.map(\.executionID))
        let permanent = Set(executions.map(\.permanentID) + placed.openOrders.map(\.permanentID))
        #expect(permanent == [version >= .longPermanentID ? 4_300_000_001 : 1_100_000_001])
    }
}
