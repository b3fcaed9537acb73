import Messaging
import Positions
import TWSProtocol
import Testing
import TradingModel

@testable import Execution
@testable import Risk

@Suite("Executions that are taken back")
struct BrokerFoldTests {
    private func price(_ text: String) throws -> Price { try Price(text) }
    private func quantity(_ text: String) throws -> Quantity { try Quantity(text) }

    /// Profit in all if what is held were closed at `mark`.
    private func worth(_ position: Position, at mark: String) throws -> Money {
        position.realized + position.unrealized(mark: try price(mark), multiplier: Money.one)
    }

    @Test("a position is what it would be without them, and so is the profit in all")
    func position() throws {
        var corrected = Position()
        var plain = Position()
        func both(_ side: Side, _ size: String, _ at: String) throws {
            for keyPath in [0, 1] {
                if keyPath == 0 {
                    corrected.book(side, try quantity(size), at: try price(at), multiplier: Money.one)
                } else {
                    plain.book(side, try quantity(size), at: try price(at), multiplier: Money.one)
                }
            }
        }
        try both(.buy, "4", "100")
        corrected.book(.buy, try quantity("3"), at: try price("110"), multiplier: Money.one)
        corrected.book(.buy, try quantity("-3"), at: try price("110"), multiplier: Money.one)
        #expect(corrected == plain, "one that had opened is gone without a trace")
        corrected.book(.sell, try quantity("4"), at: try price("120"), multiplier: Money.one)
        corrected.book(.sell, try quantity("-4"), at: try price("120"), multiplier: Money.one)
        #expect(corrected.quantity == plain.quantity && corrected.fills == plain.fills)
        let (is105, be105) = (try worth(corrected, at: "105"), try worth(plain, at: "105"))
        #expect(is105 == be105)
        try both(.sell, "9", "121")
        let (is130, be130) = (try worth(corrected, at: "130"), try worth(plain, at: "130"))
        #expect(is130 == be130)
        #expect(corrected.traded == plain.traded)
        corrected.book(.sell, try quantity("-5"), at: try price("121"), multiplier: Money.one)
        #expect(corrected.quantity == .zero && corrected.cost == .zero)
    }

    @Test("risk gives the leaves back that an execution had taken")
    func exposure() throws {
        let symbol = try #require(SymbolID("FOLD.RISK"))
        var book = ExposureBook()
        let request = OrderRequest(
            id: ClientOrderID(session: 1, number: 1), symbol: symbol, side: .sell, type: .market,
            quantity: try quantity("10"))
        book.reserve(request)
        func fill(_ last: String, _ filled: String, _ leaves: String) throws {
            book.fold(
                OrderEvent(
                    id: request.id, report: .fill, status: .partiallyFilled, side: .sell,
                    quantity: request.quantity, filledQuantity: try quantity(filled),
                    lastPrice: try price("1"), lastQuantity: try quantity(last),
                    leavesQuantity: try quantity(leaves)), symbol)
        }
        try fill("4", "4", "6")
        try fill("-4", "0", "10")
        try fill("3", "3", "7")
        #expect(book.exposures[symbol].position == (try quantity("-3")))
        #expect(book.exposures[symbol].openSells == (try quantity("7")))
    }

    @Test("an order that is over takes late fills and corrections, and stays over")
    func table() throws {
        let symbol = try #require(SymbolID("FOLD.TABLE"))
        let request = OrderRequest(
            id: ClientOrderID(session: 1, number: 1), symbol: symbol, side: .buy, type: .market,
            quantity: try quantity("10"))
        var table = OrderTable()
        table.insert(
            WorkingOrder(
                ApprovedOrder(request: request, decisionSequence: 5, auditEntry: 1), sentAt: .zero))
        var order = BrokerOrder(request, orderID: 1, contractID: 1, lossesBefore: 0, round: 0)
        _ = table.fold(order.report(.cancel, .cancelled, raw: ""), at: .zero)
        let fill = BrokerOrder.Fill(
            revision: 1, number: 1, price: try price("100"), quantity: try quantity("4"))
        order.add(fill, ExecutionName("a.01"))
        let late = table.fold(order.report(.fill, .cancelled, fill: fill, raw: ""), at: .zero)
        #expect(late?.decisionSequence == 5)
        #expect(late?.filledQuantity == (try quantity("4")))
        #expect(table.working.isEmpty && table.order(request.id)?.status == .cancelled)
        #expect(table.unknownReports == 0)
    }

    @Test("the parts of an execution's id")
    func names() {
        #expect(ExecutionName("0000e0d5.67fe667b.01.02").base == "0000e0d5.67fe667b.01")
        #expect(ExecutionName("0000e0d5.67fe667b.01.02").revision == 2)
        #expect(ExecutionName("a.b") == ExecutionName("a.b") && ExecutionName("a.b").revision == 0)
        #expect(ExecutionName("").base == "" && ExecutionName("77").base == "77")
    }
}
