import TWSProtocol
import Testing
import TradingModel

@testable import TWSGateway

@Suite("Brokerage: reconciliation")
struct BrokerageAnswerTests {
    /// Client 7 has bought 5 and sold 2 of gold and has one order left; client 8 has one.
    static func traded(_ version: ServerVersion) throws -> (BrokerageHarness, SessionID) {
        var harness = try BrokerageHarness()
        let gold = try harness.instrument(BrokerageHarness.gold)
        let session = try harness.connectQuietly(7, version: version)
        let other = try harness.connectQuietly(8, version: version)
        try harness.quote("4000", "4001")
        try harness.send(order(1, "BUY", "5", "MKT", in: gold), from: session)
        harness.wait(seconds: 60)
        try harness.send(order(2, "SELL", "2", limit: "4000", in: gold), from: session)
        try harness.send(order(3, "BUY", "1", limit: "3900", in: gold), from: session)
        try harness.send(order(1, "SELL", "1", limit: "4100", in: gold), from: other)
        return (harness, session)
    }

    @Test("open orders are one's own, or all", arguments: BrokerageHarness.versions)
    func openOrders(version: ServerVersion) throws {
        var (harness, session) = try Self.traded(version)
        let own = try harness.send(RequestOpenOrders(), from: session)
        #expect(own.openOrders.map(\.orderID) == [3])
        #expect(own.last == .openOrderEnd(OpenOrderEnd()))
        let all = try harness.send(RequestAllOpenOrders(), from: session)
        #expect(all.openOrders.map(\.clientID) == [7, 8])
        #expect(all.kinds == [5, 3, 5, 3, 0])
    }

    @Test("completed orders tell how they ended", arguments: BrokerageHarness.versions)
    func completed(version: ServerVersion) throws {
        var (harness, session) = try Self.traded(version)
        var cancel = CancelOrder()
        cancel.orderID = 3
        try harness.send(cancel, from: session)
        let answer = try harness.send(RequestCompletedOrders(), from: session)
        #expect(answer.completed.map(\.status) == ["Filled", "Filled", "Cancelled"])
        #expect(
            answer.completed.map(\.completedStatus) == [
                "Filled Size: 5", "Filled Size: 2", "Cancelled by Trader",
            ])
        #expect(answer.last == .completedOrdersEnd(CompletedOrdersEnd()))
    }

    @Test("executions are found by every field of the filter", arguments: BrokerageHarness.versions)
    func executions(version: ServerVersion) throws {
        var (harness, session) = try Self.traded(version)
        func found(_ change: (inout RequestExecutions) -> Void) throws -> [String] {
            var request = RequestExecutions()
            request.requestID = 4
            change(&request)
            let answer = try harness.send(request, from: session)
            #expect(answer.executions.allSatisfy { $0.requestID == 4 })
            #expect(answer.commissions.map(\.executionID) == answer.executions.map(\.executionID))
            return answer.executions.map(\.side)
        }
        #expect(try found { _ in } == ["BOT", "SLD"])
        #expect(try found { $0.side = "SELL" } == ["SLD"])
        #expect(try found { $0.clientID = 8 } == [])
        #expect(try found { $0.clientID = 7 } == ["BOT", "SLD"])
        #expect(try found { $0.account = "DU2" } == [])
        #expect(try found { $0.symbol = "EUR" } == [])
        #expect(try found { $0.securityType = "CMDTY" } == ["BOT", "SLD"])
        #expect(try found { $0.exchange = "COMEX" } == [])
        #expect(try found { $0.time = "20261123-12:00:30" } == ["SLD"])
        harness.wait(seconds: 13 * 3_600)
        #expect(try found { _ in } == [])
        #expect(try found { $0.time = "20261123 00:00:00 UTC" } == ["BOT", "SLD"])
        guard version >= .executionDays else { return }
        #expect(try found { $0.lastDays = 2 } == ["BOT", "SLD"])
        #expect(try found { $0.dates = [20_261_123] } == ["BOT", "SLD"])
        #expect(try found { $0.dates = [20_261_122] } == [])
    }

    @Test("a filter that says nothing sensible is refused")
    func wrongFilter() throws {
        var (harness, session) = try Self.traded(.highest)
        var request = RequestExecutions()
        request.requestID = 4
        request.time = "yesterday"
        #expect(try harness.send(request, from: session).codes == [321])
    }

    @Test("client 0 and the master client see the orders of all, others their own")
    func visibility() throws {
        var harness = try BrokerageHarness { $0.masterClient = 5 }
        let gold = try harness.instrument(BrokerageHarness.gold)
        let zero = try harness.connectQuietly(0)
        let master = try harness.connectQuietly(5)
        let owner = try harness.connectQuietly(7)
        let other = try harness.connectQuietly(8)
        try harness.quote("4000", "4001")
        let own = try harness.send(order(1, "BUY", "1", "MKT", in: gold), from: owner)
        #expect(try harness.received(zero) == own)
        #expect(try harness.received(master) == own)
        #expect(try harness.received(other).isEmpty)
    }

    @Test("fills while a client is away are not told later, but found")
    func away() throws {
        var harness = try BrokerageHarness()
        let gold = try harness.instrument(BrokerageHarness.gold)
        let session = try harness.connectQuietly(7)
        try harness.send(order(1, "BUY", "1", limit: "4000", in: gold), from: session)
        harness.disconnect(session)
        try harness.quote("3999", "4000")
        let again = harness.connect(7)
        let told = try harness.received(again)
        #expect(told.nextIDs == [2])
        #expect(told.kinds == [0, 0])
        #expect(try harness.send(RequestExecutions(), from: again).executions.count == 1)
        #expect(try harness.send(RequestPositions(), from: again).positions.first?.position == Money.one)
    }

    @Test("open orders are told at the start where that is wanted")
    func download() throws {
        var harness = try BrokerageHarness { $0.downloadsOpenOrders = true }
        let gold = try harness.instrument(BrokerageHarness.gold)
        let session = try harness.connectQuietly(7)
        try harness.send(order(1, limit: "3900", in: gold), from: session)
        harness.disconnect(session)
        let again = harness.connect(7)
        #expect(try harness.received(again).openOrders.map(\.orderID) == [1])
    }
}
