import TestSupport
import Testing
import TradingModel

@testable import Risk

@Suite("Reservations")
struct ExposureBookTests {
    private let symbol: SymbolID
    private var book = ExposureBook()

    init() throws { symbol = try #require(SymbolID("BOOK.GOLD")) }

    private mutating func order(_ number: UInt32, _ side: Side = .buy, _ quantity: String = "10") throws {
        book.reserve(
            OrderRequest(
                id: ClientOrderID(session: 1, number: number), symbol: symbol, side: side, type: .limit,
                quantity: try Quantity(quantity), limitPrice: try Price("4000")))
    }

    private mutating func report(
        _ number: UInt32, _ report: OrderReport, _ status: OrderStatus, fill: String = "0",
        execution: UInt64 = 0,
        side: Side = .buy, quantity: String = "10"
    ) throws {
        book.fold(
            OrderEvent(
                id: ClientOrderID(session: 1, number: number), report: report, status: status, side: side,
                quantity: try Quantity(quantity), lastQuantity: try Quantity(fill), executionID: execution,
                leavesQuantity: .zero), symbol)
    }

    private var text: String {
        let exposure = book.exposures[symbol]
        return "\(exposure.position) +\(exposure.openBuys) -\(exposure.openSells) drift \(book.drift)"
    }

    @Test("an approval reserves all of it; a partial fill moves its part into the position in one step")
    mutating func partial() throws {
        try order(1)
        #expect(text == "0 +10 -0 drift 0")
        try report(1, .ack, .accepted)
        try report(1, .fill, .partiallyFilled, fill: "4", execution: 1)
        #expect(text == "4 +6 -0 drift 0")
        try report(1, .fill, .filled, fill: "6", execution: 2)
        #expect(text == "10 +0 -0 drift 0" && book.openOrders == 0)
    }

    @Test("the end of an order gives back what did not fill", arguments: [OrderStatus.cancelled, .rejected])
    mutating func end(_ status: OrderStatus) throws {
        try order(1, .sell)
        try report(1, .fill, .partiallyFilled, fill: "4", execution: 1, side: .sell)
        try report(1, status == .cancelled ? .cancel : .reject, status, side: .sell)
        #expect(text == "-4 +0 -0 drift 0" && book.openOrders == 0)
    }

    @Test("only what certainly has not left is released without the venue's word")
    mutating func unsent() throws {
        try order(1)
        try order(2)
        book.releaseUnsent(ClientOrderID(session: 1, number: 1))
        book.releaseUnsent(ClientOrderID(session: 1, number: 1))
        #expect(text == "0 +10 -0 drift 0" && book.openOrders == 1)
    }

    @Test(
        "fills after the end and beyond the quantity count in the position, never in the leaves, and are drift"
    )
    mutating func late() throws {
        try order(1)
        try report(1, .fill, .partiallyFilled, fill: "12", execution: 1)
        #expect(text == "12 +0 -0 drift 1")
        try report(1, .cancel, .cancelled)
        try report(1, .fill, .cancelled, fill: "1", execution: 2)
        #expect(text == "13 +0 -0 drift 2")
    }

    @Test("an execution told twice counts once; one taken back reverses, and its correction counts")
    mutating func corrections() throws {
        try order(1)
        try report(1, .fill, .partiallyFilled, fill: "4", execution: 1)
        try report(1, .fill, .partiallyFilled, fill: "4", execution: 1)
        #expect(text == "4 +6 -0 drift 0" && book.repeats == 1)
        try report(1, .fill, .accepted, fill: "-4", execution: 1)
        try report(1, .fill, .accepted, fill: "-4", execution: 1)
        #expect(text == "0 +10 -0 drift 0" && book.repeats == 2)
        try report(1, .fill, .partiallyFilled, fill: "3", execution: 1)
        #expect(text == "3 +7 -0 drift 0")
    }

    @Test("a larger replacement reserves first; refused, the old order stays")
    mutating func replaceUp() throws {
        try order(1)
        let id = ClientOrderID(session: 1, number: 1)
        book.beginReplace(id, try Quantity("15"), limit: nil)
        #expect(text == "0 +15 -0 drift 0")
        book.refuseReplace(id)
        #expect(text == "0 +10 -0 drift 0")
        book.beginReplace(id, try Quantity("15"), limit: nil)
        try report(1, .fill, .partiallyFilled, fill: "4", execution: 1)
        #expect(text == "4 +11 -0 drift 0")
        book.confirmReplace(id, try Quantity("15"), limit: nil)
        #expect(text == "4 +11 -0 drift 0")
    }

    @Test("a smaller replacement gives back only once the venue has said so")
    mutating func replaceDown() throws {
        try order(1)
        let id = ClientOrderID(session: 1, number: 1)
        book.beginReplace(id, try Quantity("6"), limit: nil)
        #expect(text == "0 +10 -0 drift 0")
        try report(1, .ack, .accepted, quantity: "6")
        #expect(text == "0 +6 -0 drift 0")
        book.beginReplace(id, try Quantity("3"), limit: nil)
        book.refuseReplace(id)
        #expect(text == "0 +6 -0 drift 0")
    }

    @Test("of several replacements on their way the largest stays reserved until all are answered")
    mutating func replaceTwice() throws {
        try order(1)
        let id = ClientOrderID(session: 1, number: 1)
        book.beginReplace(id, try Quantity("20"), limit: nil)
        book.beginReplace(id, try Quantity("5"), limit: nil)
        #expect(text == "0 +20 -0 drift 0")
        book.confirmReplace(id, try Quantity("20"), limit: nil)
        #expect(text == "0 +20 -0 drift 0")
        book.confirmReplace(id, try Quantity("5"), limit: nil)
        #expect(text == "0 +5 -0 drift 0")
    }

    @Test(
        "one replacement agreed to, the other refused: what the venue works with stays reserved, in either order"
    )
    mutating func replaceTwiceInPart() throws {
        try order(1)
        let id = ClientOrderID(session: 1, number: 1)
        for isFirstAgreed in [true, false] {
            book.beginReplace(id, try Quantity("5"), limit: nil)
            book.beginReplace(id, try Quantity("3"), limit: nil)
            if isFirstAgreed { book.confirmReplace(id, try Quantity("5"), limit: nil) }
            book.refuseReplace(id)
            if !isFirstAgreed { book.confirmReplace(id, try Quantity("5"), limit: nil) }
            #expect(text == "0 +5 -0 drift 0")
            book.beginReplace(id, try Quantity("10"), limit: nil)
            book.confirmReplace(id, try Quantity("10"), limit: nil)
        }
    }

    @Test("reducing: on the other side, and no larger than the position less what works there")
    mutating func reducing() throws {
        try order(1)
        #expect(!book.exposures[symbol].isReducing(try Quantity("1"), .sell), "nothing is held yet")
        try report(1, .fill, .filled, fill: "10", execution: 1)
        #expect(book.exposures[symbol].isReducing(try Quantity("10"), .sell))
        #expect(!book.exposures[symbol].isReducing(try Quantity("11"), .sell))
        #expect(!book.exposures[symbol].isReducing(try Quantity("1"), .buy))
        try order(2, .sell, "7")
        #expect(book.exposures[symbol].isReducing(try Quantity("3"), .sell))
        #expect(!book.exposures[symbol].isReducing(try Quantity("4"), .sell))
    }
}
