import Testing
import TradingModel

@testable import Risk

@Suite("Orders by hand")
struct ManualOrdersTests {
    private let gold: SymbolID
    private var orders = ManualOrders()
    private var requests: ContiguousArray<OrderProposal> = []
    private var numbers = OrderNumbers(session: 4)
    private var sequence: UInt64 = 0

    init() throws { gold = try #require(SymbolID("MANUAL.GOLD")) }

    private func ticket(_ token: String, quantity: String = "1") throws -> OrderTicket {
        OrderTicket(
            symbol: gold, side: .buy, type: .limit, quantity: try Quantity(quantity),
            limitPrice: try Price("100"), token: token)
    }

    private mutating func fold(_ payload: MarketEvent.Payload) {
        sequence += 1
        var event = MarketEvent(
            timestamp: .zero, receivedAt: .zero, symbol: .none, source: .operator_, payload: payload)
        event.sequence = sequence
        orders.fold(event, &requests, &numbers)
    }

    private mutating func ask(_ text: String, by actor: String = "uid:1") {
        fold(.system(SystemNotice(.orderRequested, actor: actor, detail: text)))
    }

    @Test("a notice becomes one request with the next number and a trace of its own, and its verdict is kept")
    mutating func request() throws {
        let ticket = try ticket("a")
        ask(ticket.text)
        let request = try #require(requests.first?.request)
        #expect(request.id == ClientOrderID(session: 4, number: 1) && request.strategy == .manual)
        #expect(request.quantity == ticket.quantity && request.limitPrice == ticket.limitPrice)
        #expect(request.trace != .none && requests.first?.origin == nil)
        #expect(orders.entry(by: "uid:1", "a")?.verdict == nil)
        fold(.riskDecision(RiskDecision(request: request, approved: true, reasons: [], limits: RiskChecks())))
        #expect(orders.entry(by: "uid:1", "a")?.verdict?.isApproved == true)
        #expect(orders.entry(by: "uid:1", "a")?.id == request.id)
    }

    @Test("a denial is kept with the control that failed; a later decision does not change it")
    mutating func denial() throws {
        ask(try ticket("a").text)
        let request = try #require(requests.first?.request)
        var checks = RiskChecks()
        checks.append(.mode, mustBeOff: true)
        let denied = RiskDecision(request: request, approved: false, reasons: [.mode], limits: checks)
        fold(.riskDecision(denied))
        fold(.riskDecision(RiskDecision(request: request, approved: true, reasons: [], limits: RiskChecks())))
        let verdict = try #require(orders.entry(by: "uid:1", "a")?.verdict)
        #expect(!verdict.isApproved && verdict.failure?.reason == .mode)
    }

    @Test("the same caller's token asks once, another caller's is another; what is no order asks for nothing")
    mutating func tokens() throws {
        for _ in 0..<3 { ask(try ticket("a").text) }
        ask(try ticket("a", quantity: "2").text)
        #expect(requests.count == 1)
        ask(try ticket("a").text, by: "uid:2")
        #expect(requests.count == 2)
        ask("symbol=X")
        fold(.system(SystemNotice(.armed, actor: "uid:1", detail: try ticket("b").text)))
        #expect(requests.count == 2)
    }

    @Test("the newest thousand are remembered")
    mutating func memory() throws {
        let more = 5
        for number in 0..<ManualOrders.kept + more { ask(try ticket("t\(number)").text) }
        #expect(requests.count == ManualOrders.kept + more)
        for number in 0..<more { #expect(orders.entry(by: "uid:1", "t\(number)") == nil) }
        for number in [more, 500, ManualOrders.kept + more - 1] {
            let entry = try #require(orders.entry(by: "uid:1", "t\(number)"))
            #expect(entry.id.number == UInt32(number + 1) && entry.ticket.token == "t\(number)")
        }
        // Verdicts still find theirs.
        let last = try #require(requests.last?.request)
        fold(.riskDecision(RiskDecision(request: last, approved: true, reasons: [], limits: RiskChecks())))
        #expect(orders.entry(by: "uid:1", "t\(ManualOrders.kept + more - 1)")?.verdict?.isApproved == true)
    }
}
