import TWSProtocol
import Testing
import TradingModel

@testable import TWSGateway

@Suite("Brokerage: refusals")
struct BrokerageRefusalTests {
    /// What is wrong with an order, and the code it must be refused with.
    struct Case: Sendable, CustomTestStringConvertible {
        let code: Int32
        let testDescription: String
        let change: @Sendable (inout PlaceOrder) -> Void

        init(_ code: Int32, _ name: String, _ change: @escaping @Sendable (inout PlaceOrder) -> Void) {
            self.code = code
            testDescription = name
            self.change = change
        }
    }

    static let cases: [Case] = [
        Case(110, "price off the grid") { $0.order.limitPrice = Price(rawValue: 4_000_001_000_000) },
        Case(200, "no such contract") {
            $0.contract.contractID = 1
        },
        Case(200, "ambiguous contract") {
            $0.contract = Contract()
            $0.contract.symbol = "GC"
            $0.contract.exchange = "COMEX"
        },
        Case(321, "no exchange") { $0.contract.exchange = "" },
        Case(201, "foreign id") { $0.securityID = "US0378331005" },
        Case(321, "no action") { $0.order.action = "HOLD" },
        Case(201, "short sale of institutions") { $0.order.action = "SSHORT" },
        Case(434, "no size") { $0.order.totalQuantity = .zero },
        Case(434, "negative size") { $0.order.totalQuantity = -Money.one },
        Case(10243, "a part of a unit") { $0.order.totalQuantity = Quantity(rawValue: 500_000_000) },
        Case(387, "type that is none") { $0.order.orderType = "TRAIL" },
        Case(387, "no type") { $0.order.orderType = "" },
        Case(321, "life that is none") { $0.order.timeInForce = "OPG" },
        Case(321, "end without GTD") { $0.order.goodTillDate = "20261124 12:00:00 UTC" },
        Case(321, "GTD without end") { $0.order.timeInForce = "GTD" },
        Case(321, "end that is over") {
            $0.order.timeInForce = "GTD"
            $0.order.goodTillDate = "20261122 12:00:00 UTC"
        },
        Case(321, "no limit") { $0.order.limitPrice = nil },
        Case(321, "negative limit") { $0.order.limitPrice = Price(rawValue: -4_000_000_000_000) },
        Case(321, "no stop") { $0.order.orderType = "STP" },
        Case(321, "account that is none") { $0.order.account = "DU9" },
        Case(135, "parent that is none") { $0.order.parentID = 77 },
        Case(201, "algorithm") { $0.order.algorithm.strategy = "Adaptive" },
        Case(201, "all or none") { $0.order.isAllOrNone = true },
        Case(201, "iceberg") { $0.order.displaySize = 1 },
        Case(201, "smallest fill") { $0.order.minimumQuantity = 3 },
        Case(201, "group that reduces") {
            $0.order.oneCancelsAll.group = "g"
            $0.order.oneCancelsAll.type = 2
        },
        Case(201, "cash quantity") { $0.order.cashQuantity = Money.cents(100) },
        Case(321, "long text") { $0.order.reference = String(repeating: "x", count: 257) },
        Case(321, "number that is none") { $0.orderID = 0 },
    ]

    @Test("what cannot be done is refused with its code, and nothing else is told", arguments: cases)
    func refusal(wrong: Case) throws {
        var harness = try BrokerageHarness()
        let session = try harness.connectQuietly(7)
        let message = try order(5, limit: "4000", in: harness.instrument(BrokerageHarness.gold), wrong.change)
        let answer = try harness.send(message, from: session)
        #expect(answer.codes == [wrong.code])
        #expect(answer.count == 1)
        #expect(answer.errors.first?.id == message.orderID)
        #expect(try harness.send(RequestOpenOrders(), from: session) == [.openOrderEnd(OpenOrderEnd())])
        let used = wrong.code == 201
        #expect(try harness.send(RequestIDs(), from: session).nextIDs == [used ? 6 : 1])
    }

    @Test("with several accounts an order names its own")
    func account() throws {
        var harness = try BrokerageHarness(accounts: ["DU1", "DU2"])
        let session = try harness.connectQuietly(7)
        let gold = try harness.instrument(BrokerageHarness.gold)
        #expect(try harness.send(order(1, limit: "4000", in: gold), from: session).codes == [435])
        let answer = try harness.send(
            order(1, limit: "4000", in: gold) { $0.order.account = "DU2" }, from: session)
        #expect(answer.openOrders.last?.order.account == "DU2")
    }

    @Test("an order id is used once, and only upwards")
    func duplicates() throws {
        var harness = try BrokerageHarness()
        let session = try harness.connectQuietly(7)
        let gold = try harness.instrument(BrokerageHarness.gold)
        try harness.send(order(5, limit: "3000", in: gold), from: session)
        #expect(try harness.send(order(4, limit: "3000", in: gold), from: session).codes == [103])
        var cancel = CancelOrder()
        cancel.orderID = 5
        #expect(try harness.send(cancel, from: session).codes == [202])
        #expect(try harness.send(order(5, limit: "3000", in: gold), from: session).codes == [103])
        // Another client has numbers of its own.
        let other = try harness.connectQuietly(8)
        #expect(try harness.send(order(1, limit: "3000", in: gold), from: other).codes.isEmpty)
    }

    @Test("cancels of orders that are not there, not one's own or done are refused")
    func cancels() throws {
        var harness = try BrokerageHarness()
        let session = try harness.connectQuietly(7)
        let other = try harness.connectQuietly(8)
        let gold = try harness.instrument(BrokerageHarness.gold)
        try harness.quote("4000", "4001")
        try harness.send(order(1, "BUY", "1", "MKT", in: gold), from: session)
        try harness.send(order(2, limit: "3000", in: gold), from: session)
        var cancel = CancelOrder()
        cancel.orderID = 1
        let done = try harness.send(cancel, from: session)
        #expect(done.codes == [10148])
        #expect(done.errors.first?.text.contains("Filled") == true)
        cancel.orderID = 2
        #expect(try harness.send(cancel, from: other).codes == [10147])
        cancel.orderID = 99
        #expect(try harness.send(cancel, from: session).codes == [10147])
    }

    @Test("only client 0 takes over orders typed in by hand")
    func binding() throws {
        var harness = try BrokerageHarness()
        let zero = try harness.connectQuietly(0)
        let other = try harness.connectQuietly(8)
        var request = RequestAutoOpenOrders()
        request.isBinding = true
        #expect(try harness.send(request, from: zero).isEmpty)
        #expect(try harness.send(request, from: other).codes == [327])
    }
}
