import TWSProtocol
import Testing
import TradingModel

@testable import TWSGateway

@Suite("Brokerage: positions and accounts")
struct BrokerageAccountTests {
    private static func money(_ text: String) throws -> Money { try #require(Money(exactText: text)) }

    @Test("positions average, close and turn around with exact gains")
    func position() throws {
        var position = Position()
        let hundred = try Quantity("100")
        #expect(try position.take(try Quantity("2"), at: try Price("4000"), multiplier: hundred) == nil)
        #expect(try position.take(try Quantity("1"), at: try Price("4003"), multiplier: hundred) == nil)
        #expect(position.averageCost == (try Self.money("400100")))
        #expect(
            try position.take(try Quantity("-2"), at: try Price("4002"), multiplier: hundred)
                == (try Self.money("200")))
        #expect(
            try position.take(try Quantity("-3"), at: try Price("4000"), multiplier: hundred)
                == (try Self.money("-100")))
        #expect(position.quantity == (try Quantity("-2")))
        #expect(position.averageCost == (try Self.money("400000")))
        #expect(
            try position.take(try Quantity("2"), at: try Price("3999"), multiplier: hundred)
                == (try Self.money("200")))
        #expect(position.cost == .zero)
    }

    @Test(
        "positions are told on request, then at each trade, until that is cancelled",
        arguments: BrokerageHarness.versions)
    func positions(version: ServerVersion) throws {
        var (harness, session) = try BrokerageAnswerTests.traded(version)
        let gold = try harness.instrument(BrokerageHarness.gold)
        let told = try harness.send(RequestPositions(), from: session)
        #expect(told.positions.map(\.position) == [try Quantity("3")])
        #expect(told.positions.first?.averageCost == (try Self.money("4001")))
        #expect(told.last == .positionEnd(PositionEnd()))
        let sold = try harness.send(order(9, "SELL", "3", "MKT", in: gold), from: session)
        #expect(sold.positions.map(\.position) == [.zero])
        // Sold 2 before: (4000 − 4001) × 2 less commission 2; now × 3.
        #expect(sold.commissions.first?.realizedPnL == (try Self.money("-5")))
        #expect(try harness.send(CancelPositions(), from: session).isEmpty)
        #expect(try harness.send(order(10, "SELL", "1", "MKT", in: gold), from: session).positions.isEmpty)
    }

    @Test(
        "an account's values and portfolio are told, and again after a trade",
        arguments: BrokerageHarness.versions)
    func updates(version: ServerVersion) throws {
        var (harness, session) = try BrokerageAnswerTests.traded(version)
        var request = RequestAccountUpdates()
        request.isSubscribing = true
        let told = try harness.send(request, from: session)
        func value(_ key: String) -> String? {
            for case .accountValue(let line) in told where line.key == key { return line.value }
            return nil
        }
        // 1 000 000 − 5 × 4001 + 2 × 4000 − 2 commissions of 2, and 3 at the middle of 4000.5.
        #expect(value("TotalCashValue") == "987991")
        #expect(value("NetLiquidation") == "999992.5")
        #expect(value("GrossPositionValue") == "12001.5")
        let portfolio = told.compactMap { if case .portfolioValue(let line) = $0 { line } else { nil } }
        #expect(portfolio.map(\.position) == [try Quantity("3")])
        #expect(portfolio.first?.unrealizedPnL == (try Self.money("-1.5")))
        #expect(portfolio.first?.realizedPnL == (try Self.money("-4")))
        guard case .accountDownloadEnd = told.last else {
            Issue.record("no end: \(told)")
            return
        }
        let sold = try harness.send(
            order(9, "SELL", "3", "MKT", in: harness.instrument(BrokerageHarness.gold)), from: session)
        #expect(
            sold.contains { if case .portfolioValue(let line) = $0 { line.position == .zero } else { false } }
        )
        request.isSubscribing = false
        #expect(try harness.send(request, from: session).isEmpty)
    }

    @Test("a future changes cash by gains alone")
    func future() throws {
        var harness = try BrokerageHarness()
        let session = try harness.connectQuietly(7)
        let future = try harness.future
        let number = future.contract.contractID
        try harness.quote("4000", "4000.1", contract: number)
        try harness.send(order(1, "BUY", "1", "MKT", in: future), from: session)
        try harness.quote("4010", "4010.1", contract: number)
        try harness.send(order(2, "SELL", "1", "MKT", in: future), from: session)
        // 9.90 × 100 − 2 × 2.47.
        #expect(AccountView(harness.brokerage.desk).cash("DU1") == (try Self.money("1000985.06")))
    }

    @Test("summaries give the tags asked for and are limited to two")
    func summary() throws {
        var (harness, session) = try BrokerageAnswerTests.traded(.highest)
        var request = RequestAccountSummary()
        request.group = "All"
        request.tags = "NetLiquidation,Nonsense,$LEDGER:ALL"
        var found: [[String]] = []
        for number: Int32 in 1...3 {
            request.requestID = number
            let told = try harness.send(request, from: session)
            found.append(
                told.compactMap { if case .accountSummaryValue(let line) = $0 { line.tag } else { nil } })
            #expect(told.codes == (number == 3 ? [322] : []))
        }
        #expect(found[0].prefix(3) == ["NetLiquidation", "Currency", "ExchangeRate"])
        var cancel = CancelAccountSummary()
        cancel.requestID = 1
        try harness.send(cancel, from: session)
        #expect(try harness.send(request, from: session).codes.isEmpty)
    }

    @Test("account updates under a number and gains follow trades until cancelled")
    func numbered() throws {
        var (harness, session) = try BrokerageAnswerTests.traded(.highest)
        var multiple = RequestAccountUpdatesMulti()
        multiple.requestID = 5
        #expect(
            try harness.send(multiple, from: session).contains {
                if case .accountUpdateMultiEnd = $0 { true } else { false }
            })
        #expect(try harness.send(multiple, from: session).codes == [102])
        var gains = RequestPnL()
        gains.requestID = 6
        gains.account = "DU1"
        let told = try harness.send(gains, from: session)
        guard case .profitAndLoss(let first) = told.first else {
            Issue.record("no gains: \(told)")
            return
        }
        #expect(first.realized == (try Self.money("-4")))
        #expect(first.unrealized == (try Self.money("-1.5")))
        harness.wait(seconds: 1)
        try harness.quote("4010", "4011")
        #expect(try harness.received(session).count == 1)
        try harness.quote("4011", "4012")
        #expect(try harness.received(session).isEmpty)
        var cancel = CancelPnL()
        cancel.requestID = 6
        try harness.send(cancel, from: session)
        gains.account = "none"
        #expect(try harness.send(gains, from: session).codes == [321])
    }
}
