import TWSProtocol
import Testing
import TradingModel

@testable import TWSClient

@Suite("contracts")
struct ContractTests {
    private func data(
        _ request: Int32, id: Int32, exchange: String = "SMART", currency: String = "USD", rules: String = ""
    ) -> ContractData {
        var data = ContractData()
        data.requestID = request
        data.contract = CoreFixture.gold
        data.contract.contractID = id
        data.contract.exchange = exchange
        data.contract.currency = currency
        data.validExchanges = "IBCMDTY,SMART"
        data.marketRuleIDs = rules
        return data
    }

    private func end(_ request: Int32) -> ServerMessage {
        var end = ContractDataEnd()
        end.requestID = request
        return .contractDataEnd(end)
    }

    private func rule(_ id: Int32) throws -> ServerMessage {
        var rule = MarketRule()
        rule.marketRuleID = id
        var low = PriceIncrement()
        low.increment = try Price("0.01")
        var high = PriceIncrement()
        high.lowEdge = try Price("100")
        high.increment = try Price("0.05")
        rule.increments = [high, low, PriceIncrement()]
        return .marketRule(rule)
    }

    private func ready(_ contracts: [Contract] = [CoreFixture.gold]) -> CoreFixture {
        let session = CoreFixture(contracts: contracts) { $0.heartbeatAfter = .max }
        session.started()
        return session
    }

    @Test("one answer with a market rule: told with its price steps, then the session goes on")
    func resolved() throws {
        let session = ready()
        #expect(session.state == .ready)
        let request = try #require(session.contractRequests.last)
        session.say(.contractData(data(request, id: 69_067_924, rules: "26,67")))
        _ = session.heard()
        session.say(end(request))
        #expect(session.heard() == ["ask rule 67"])
        #expect(session.state == .ready)
        session.say(try rule(67))
        #expect(session.state == .reconciling)
        let contract = try #require(session.contracts.last ?? nil)
        #expect(contract.contract.contractID == 69_067_924)
        #expect(contract.contract.exchange == "SMART")
        let edge = try Price("100")
        #expect(contract.priceSteps.map(\.lowEdge) == [.zero, edge])
    }

    @Test("a rule is asked for once, and kept over sessions")
    func ruleIsKept() throws {
        let session = ready()
        let first = try #require(session.contractRequests.last)
        session.say(.contractData(data(first, id: 1, rules: "26,67")))
        session.say(end(first))
        session.say(try rule(67))
        session.lose()
        session.pass(1)
        session.started()
        let second = try #require(session.contractRequests.last)
        #expect(second != first)
        session.say(.contractData(data(second, id: 1, rules: "26,67")))
        _ = session.heard()
        session.say(end(second))
        #expect(!session.heard().contains("ask rule 67"))
        #expect(session.contracts.count == 2)
        #expect(session.contracts.last??.priceSteps.count == 2)
    }

    @Test("a rule that does not come holds nothing up for longer than the step")
    func ruleIsLate() throws {
        let session = ready()
        let request = try #require(session.contractRequests.last)
        session.say(.contractData(data(request, id: 1, rules: "26,67")))
        session.say(end(request))
        session.pass(10)
        #expect(session.state == .reconciling)
        #expect(session.contracts.last??.priceSteps == [])
    }

    @Test("no answer, 200, and several that fit: told with a text, and the session goes on without")
    func unresolved() throws {
        let answers: [(CoreFixture, Int32) -> Void] = [
            { $0.say(self.end($1)) },
            { $0.error(200, id: $1, "No security definition has been found for the request") },
            {
                $0.say(.contractData(self.data($1, id: 1)))
                $0.say(.contractData(self.data($1, id: 2)))
                $0.say(self.end($1))
            },
        ]
        for answer in answers {
            let session = ready()
            answer(session, try #require(session.contractRequests.last))
            #expect(session.state == .reconciling)
            #expect(session.contracts == [nil])
            session.endBooks()
            session.pass(31)
            #expect(session.contractRequests.count == 1)
        }
    }

    @Test("one refusal takes back nothing that was resolved; the unknown and the known are asked for slowly")
    func refusedLater() throws {
        let session = ready()
        session.error(200, id: try #require(session.contractRequests.last))
        session.endBooks()
        session.pass(59)
        #expect(session.contractRequests.count == 1)
        session.pass(1.1)
        #expect(session.contractRequests.count == 2)
        let request = try #require(session.contractRequests.last)
        session.say(.contractData(data(request, id: 5)))
        session.say(end(request))
        session.lose()
        session.pass(1)
        session.started()
        _ = session.heard()
        session.error(200, id: try #require(session.contractRequests.last))
        #expect(session.heard().contains("note alarm 0"))
        #expect(session.state == .reconciling)
        #expect(session.contracts.map { $0?.contract.contractID } == [nil, 5])
        session.endBooks()
        session.pass(60.1)
        #expect(session.contractRequests.count == 4)
    }

    @Test("of several, the only one at the exchange and in the currency")
    func exact() throws {
        let session = ready()
        let request = try #require(session.contractRequests.last)
        session.say(.contractData(data(request, id: 1, exchange: "IBCMDTY")))
        session.say(.contractData(data(request, id: 2)))
        session.say(.contractData(data(request, id: 3, currency: "EUR")))
        session.say(end(request))
        #expect(session.contracts.last??.contract.contractID == 2)
    }

    @Test("a silent gateway holds nothing up for longer than the step; asked again every 30 seconds")
    func silent() throws {
        let session = ready()
        session.pass(10)
        #expect(session.state == .reconciling)
        #expect(session.contracts == [nil])
        session.endBooks()
        session.pass(29)
        #expect(session.contractRequests.count == 1)
        session.pass(1.1)
        #expect(session.contractRequests.count == 2)
        let request = try #require(session.contractRequests.last)
        session.say(.contractData(data(request, id: 5)))
        session.say(end(request))
        #expect(session.contracts.last??.contract.contractID == 5)
        #expect(session.state == .live)
    }

    @Test("a broken farm of definitions is not waited for, and asked when it is well")
    func farmBroken() throws {
        let session = CoreFixture(contracts: [CoreFixture.gold]) { $0.heartbeatAfter = .max }
        session.begin()
        session.connected()
        session.greeted()
        session.error(2_157, "Sec-def data farm connection is broken:secdefil")
        session.accounts()
        session.nextOrderID()
        #expect(session.state == .reconciling)
        session.endBooks()
        _ = session.heard()
        session.error(2_158, "Sec-def data farm connection is OK:secdefil")
        #expect(session.heardRequests() == ["ask contract"])
    }

    @Test("what an earlier session has resolved is not taken back by silence")
    func staysKnown() throws {
        let session = ready()
        let request = try #require(session.contractRequests.last)
        session.say(.contractData(data(request, id: 5)))
        session.say(end(request))
        session.endBooks()
        session.lose()
        session.pass(1)
        session.started()
        session.pass(10)
        #expect(session.state == .reconciling)
        #expect(session.contracts.count == 1)
    }

    @Test("answers to an earlier question are passed over")
    func lateAnswers() throws {
        let session = ready()
        let first = try #require(session.contractRequests.last)
        session.lose()
        session.pass(1)
        session.started()
        session.say(.contractData(data(first, id: 1)))
        session.say(end(first))
        #expect(session.state == .ready)
        #expect(session.contracts.isEmpty)
    }

    @Test("the rule stands at the place of the exchange; short or empty lists have none")
    func rulePlaces() {
        var contract = data(1, id: 1, rules: "26,67")
        #expect(contract.marketRule(at: "IBCMDTY") == 26)
        #expect(contract.marketRule(at: "SMART") == 67)
        #expect(contract.marketRule(at: "COMEX") == nil)
        contract.marketRuleIDs = "26"
        #expect(contract.marketRule(at: "SMART") == nil)
        contract.marketRuleIDs = ",x"
        #expect(contract.marketRule(at: "SMART") == nil)
    }
}
