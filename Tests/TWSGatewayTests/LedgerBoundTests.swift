import Glibc
import TWSProtocol
import TestSupport
import Testing
import TradingModel

@testable import TWSGateway

@Suite("Bounds of the ledger")
struct LedgerBoundTests {
    var harness: BrokerageHarness
    let session: SessionID
    let gold: GatewayInstrument

    init() throws {
        harness = try BrokerageHarness()
        session = try harness.connectQuietly(7)
        gold = try harness.instrument(BrokerageHarness.gold)
        try harness.quote("4000", "4001")
    }

    @Test("orders are refused that could come to a position that does not fit")
    mutating func position() throws {
        #expect(
            try harness.send(order(1, "BUY", "9000000000", limit: "1", in: gold), from: session).codes.isEmpty
        )
        #expect(
            try harness.send(order(2, "BUY", "300000000", limit: "1", in: gold), from: session).codes == [201]
        )
        #expect(
            try harness.send(order(3, "BUY", "200000000", limit: "1", in: gold), from: session).codes.isEmpty)
        #expect(
            try harness.send(order(3, "BUY", "300000000", limit: "1", in: gold), from: session).codes == [201]
        )
        #expect(
            try harness.send(order(4, "SELL", "9000000000", limit: "9000", in: gold), from: session).codes
                .isEmpty)
        #expect(
            try harness.send(order(5, "SELL", "9000000000", limit: "9000", in: gold), from: session).codes
                == [201])
        var cancel = CancelOrder()
        cancel.orderID = 1
        try harness.send(cancel, from: session)
        #expect(
            try harness.send(order(6, "BUY", "9000000000", limit: "1", in: gold), from: session).codes.isEmpty
        )
        #expect(harness.brokerage.failure == nil)
    }

    @Test("orders are refused that could come to a value that does not fit")
    mutating func value() throws {
        let told = try harness.send(
            order(1, "BUY", "9000000000", limit: "9000000000", in: gold), from: session)
        #expect(told.codes == [201])
    }

    @Test("a position or an amount that does not fit is a fault of the ledger, and leaves nothing behind")
    func overflow() throws {
        var position = Position()
        let most = Quantity(rawValue: .max)
        _ = try position.take(most, at: try Price("1"), multiplier: Money.one)
        let before = position
        #expect(throws: LedgerFault.self) {
            _ = try position.take(try Quantity("1"), at: try Price("1"), multiplier: Money.one)
        }
        #expect(position == before)
        var other = Position()
        #expect(throws: LedgerFault.self) {
            _ = try other.take(most, at: Price(rawValue: .max), multiplier: most)
        }
    }

    @Test("orders of the day and good-till-date orders end at their time, with nothing else happening")
    func expiry() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready(client: 7)
        try gateway.tick("XAUUSD", "4000", "4001")
        let end = gateway.time.advanced(by: 5_000_000_000)
        gateway.say(
            .placeOrder(
                try order(1, limit: "3990", life: "GTD", in: gold) {
                    $0.order.goodTillDate = GatewayTime.dateAndTime(end)
                }), session)
        #expect(try gateway.heard(session).codes.isEmpty)
        let deadline = try #require(gateway.core.nextDeadline)
        #expect(deadline > gateway.time && deadline <= end)
        gateway.core.advance(to: deadline)
        #expect(try gateway.heard(session).codes == [202])
        #expect(gateway.core.nextDeadline == nil)
        gateway.say(.placeOrder(try order(2, limit: "3990", in: gold)), session)
        _ = try gateway.heard(session)
        gateway.core.advance(to: try #require(gateway.core.nextDeadline))
        #expect(try gateway.heard(session).codes == [202])
    }

    @Test("what was left out at the end of a torn log is noted, at the start and after a restart")
    func torn() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/" + BrokerageLog.name
        do {
            let gateway = try CoreFixture { $0.stateDirectory = directory.path }
            #expect(gateway.core.takeNotes().isEmpty)
        }
        try Self.append("00000000 {\"half", to: path)
        let gateway = try CoreFixture { $0.stateDirectory = directory.path }
        #expect(
            gateway.core.takeNotes().map(\.text).contains { $0.hasPrefix("brokerage.log: line 2 was not") })
        try gateway.fault("restart")
        #expect(!gateway.core.takeNotes().contains { $0.text.hasPrefix("brokerage.log") })
        try Self.append("00000000 {\"half", to: path)
        try gateway.fault("restart")
        #expect(gateway.core.takeNotes().contains { $0.text.hasPrefix("brokerage.log: line 2 was not") })
    }

    private static func append(_ text: String, to path: String) throws {
        let file = try #require(fopen(path, "a"))
        defer { fclose(file) }
        #expect(fputs(text, file) >= 0)
    }

    @Test("a global cancel of many orders ends them all, in their order")
    mutating func globalCancel() throws {
        for number in 1...2_000 {
            _ = harness.brokerage.handle(
                .placeOrder(try order(Int32(number), limit: "3000", in: gold)), from: session,
                at: harness.time, &harness.outbox)
        }
        _ = try harness.received(session)
        let told = try harness.send(GlobalCancel(), from: session)
        #expect(told.errors.map(\.id) == (1...2_000).map { Int32($0) })
        #expect(harness.brokerage.desk.ledger.open.isEmpty)
        #expect(harness.brokerage.desk.ledger.largestPosition(OrderTerms()) == 0)
    }
}
