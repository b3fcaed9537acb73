import TWSProtocol
import Testing
import TradingModel

@testable import TWSGateway

@Suite("Contracts and history")
struct ReferenceDataTests {
    private func ask(_ contract: Contract, _ gateway: CoreFixture, _ session: SessionID) throws
        -> [ContractData]
    {
        var request = RequestContractData()
        request.requestID = 3
        request.contract = contract
        gateway.say(.requestContractData(request), session)
        let heard = try gateway.heard(session)
        guard case .contractDataEnd(let end)? = heard.last else { return [] }
        #expect(end.requestID == 3)
        return heard.compactMap { if case .contractData(let data) = $0 { data } else { nil } }
    }

    @Test(
        "a contract is found by its fields and by its number, at every version",
        arguments: ServerVersion.spoken)
    func found(version: ServerVersion) throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready(version: version.rawValue)
        let gold = try ask(Asked.gold, gateway, session)
        #expect(gold.map(\.contract.contractID) == [69_067_924])
        #expect(try gold[0].minTick == Price("0.01"))
        #expect(
            gold[0].marketRuleIDs.split(separator: ",").count
                == gold[0].validExchanges.split(separator: ",").count)
        var byNumber = Contract()
        byNumber.contractID = 12_087_792
        #expect(try ask(byNumber, gateway, session).map(\.contract.localSymbol) == ["EUR.USD"])
    }

    @Test("an ambiguous contract is told whole, an unknown one refused with 200")
    func ambiguous() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready()
        let chain = try ask(Asked.contract("GC", "FUT", "COMEX"), gateway, session)
        #expect(chain.map(\.contractMonth) == ["202612", "202702"])
        #expect(try ask(Asked.goldFuture, gateway, session).map(\.contract.localSymbol) == ["GCZ6"])
        var request = RequestContractData()
        request.requestID = 4
        request.contract = Asked.contract("XAGUSD", "CMDTY", "SMART")
        gateway.say(.requestContractData(request), session)
        #expect(try gateway.errors(session) == ["4:200"])
    }

    @Test("trading hours are told in the form of contract data, with closed weekends")
    func hours() {
        let overnight = TradingHours.overnight(from: "1800", to: "1700")
        #expect(
            overnight.text(from: CoreFixture.start, days: 2)
                == "20261122:1800-20261123:1700;20261123:1800-20261124:1700")
        let days = TradingHours.days(from: "0400", to: "2000")
        #expect(
            days.text(from: CoreFixture.start, days: 6).hasSuffix(
                "20261127:0400-20261127:2000;20261128:CLOSED"))
    }

    @Test("market rules give the step at a price")
    func rules() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready()
        var request = RequestMarketRule()
        request.marketRuleID = 26
        gateway.say(.requestMarketRule(request), session)
        guard case .marketRule(let rule)? = try gateway.heard(session).first else {
            Issue.record("no rule")
            return
        }
        #expect(try rule.increments.map(\.increment) == [Price("0.0001"), Price("0.01")])
        request.marketRuleID = 1
        gateway.say(.requestMarketRule(request), session)
        #expect(try gateway.errors(session) == ["-1:321"])
    }

    @Test("bars are put together from what the gateway has seen")
    func bars() throws {
        for version in [Int32(178), 195, 196, 200] {
            let gateway = try CoreFixture()
            let session = try gateway.ready(version: version)
            for (price, wait) in [("10", 0), ("12", 1_000), ("9", 5_000), ("11", 55_000)] {
                gateway.pass(milliseconds: Int64(wait))
                try gateway.trade("AAPL", price, "2")
            }
            var request = RequestHistoricalData()
            request.requestID = 8
            request.contract = Asked.apple
            request.barSize = "1 min"
            request.duration = "300 S"
            request.whatToShow = "TRADES"
            request.dateFormat = 2
            gateway.say(.requestHistoricalData(request), session)
            let heard = try gateway.heard(session)
            guard case .historicalData(let data)? = heard.first else {
                Issue.record("\(heard)")
                return
            }
            #expect(heard.count == (version >= 196 ? 2 : 1))
            // 02:13:20 is 20 s into its minute: the first three trades share one bar.
            #expect(try data.bars.map(\.close) == [Price("9"), Price("11")])
            #expect(try data.bars[0].open == Price("10") && data.bars[0].high == Price("12"))
            #expect(data.bars.map(\.count) == [3, 1])
        }
    }

    @Test("history that there is not gets 162, nonsense 321")
    func noHistory() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready()
        var request = RequestHistoricalData()
        request.requestID = 8
        request.contract = Asked.gold
        request.barSize = "5 secs"
        request.duration = "60 S"
        request.whatToShow = "TRADES"
        gateway.say(.requestHistoricalData(request), session)
        request.barSize = "7 secs"
        gateway.say(.requestHistoricalData(request), session)
        request.barSize = "5 secs"
        request.endTime = "tomorrow"
        gateway.say(.requestHistoricalData(request), session)
        var cancel = CancelHistoricalData()
        cancel.requestID = 8
        gateway.say(.cancelHistoricalData(cancel), session)
        #expect(try gateway.errors(session) == ["8:162", "8:321", "8:10314", "8:366"])
    }

    @Test("past quotes and trades are told from a start or up to an end")
    func pastTicks() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready()
        for bid in ["1", "2", "3"] {
            try gateway.tick("XAUUSD", bid, "4")
            gateway.pass(milliseconds: 1_000)
        }
        func ask(_ start: String, _ end: String, _ what: String) throws -> [ServerMessage] {
            var request = RequestHistoricalTicks()
            request.requestID = 5
            request.contract = Asked.gold
            request.startTime = start
            request.endTime = end
            request.numberOfTicks = 2
            request.whatToShow = what
            gateway.say(.requestHistoricalTicks(request), session)
            return try gateway.heard(session)
        }
        let second = GatewayTime.dateAndTime(CoreFixture.start.advanced(by: 1_000_000_000))
        guard case .historicalBidAskTicks(let later)? = try ask(second + " UTC", "", "BID_ASK").first,
            case .historicalTicks(let middle)? = try ask("", second + " UTC", "MIDPOINT").first
        else {
            Issue.record("no ticks")
            return
        }
        #expect(try later.ticks.map(\.bid) == [Price("2"), Price("3")])
        #expect(try middle.ticks.map(\.price) == [Price("2.5"), Price("3")])
        guard case .errorMessage(let none)? = try ask("", second + " UTC", "TRADES").first,
            case .errorMessage(let both)? = try ask(second, second, "BID_ASK").first
        else {
            Issue.record("no errors")
            return
        }
        #expect(none.code == 10187 && both.code == 321)
    }
}
