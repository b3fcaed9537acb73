import Testing
import TradingModel

@testable import Execution

@Suite("Matching: orders that are replaced")
struct MatchingReplaceTests {
    private func exchange() -> MatchingExchange {
        var exchange = MatchingExchange()
        exchange.quote(90, 110, sizes: (9, 9))
        for id in 1...3 { exchange.send(UInt64(id), .buy, 4, at: 100) }
        return exchange
    }

    @Test("a lower quantity keeps its place; a higher one, or another price and back, goes behind")
    func place() {
        var exchange = exchange()
        #expect(exchange.replace(1, 2, at: 100, .goodTillCancel) == ["1 replaced left 2"])
        #expect(exchange.open.map { $0.prefix(1) } == ["1", "2", "3"])
        #expect(exchange.replace(1, 3, at: 100) == ["1 replaced left 3"])
        #expect(exchange.open.map { $0.prefix(1) } == ["2", "3", "1"])
        exchange.replace(2, 4, at: 101)
        exchange.replace(2, 4, at: 100)
        #expect(exchange.open.map { $0.prefix(1) } == ["3", "1", "2"])
    }

    @Test("a price the market meets trades at once; the filled part counts in the new quantity")
    func marketable() {
        var exchange = exchange()
        #expect(
            exchange.replace(1, 12, at: 110) == ["1 replaced left 12", "1 took 9@110 left 3"])
        #expect(exchange.replace(1, 11, at: 110) == ["1 replaced left 2"])
        #expect(exchange.quote(90, 110, sizes: (9, 1)) == ["1 gave 1@110 left 1"])
        #expect(exchange.send(9, .sell, 1).dropFirst() == ["9 took 1@110 left 0", "1 gave 1@110 left 0"])
    }

    @Test("a quantity no greater than what has filled ends it, filled")
    func filled() {
        var exchange = exchange()
        exchange.print(99, 3)
        #expect(exchange.open.first == "1 buy 1/4 at 100")
        #expect(exchange.engine.openOrder(1)?.filled.rawValue == 3 && exchange.engine.openOrder(9) == nil)
        #expect(exchange.replace(1, 3, at: 100) == ["1 replaced left 0"])
        #expect(exchange.replace(1, 5, at: 100) == ["1 rejected unknownOrder"])
        #expect(exchange.open.count == 2)
    }

    @Test("what makes no sense is rejected and changes nothing")
    func rejected() {
        var exchange = exchange()
        let before = exchange.open
        #expect(exchange.replace(7, 1, at: 100) == ["7 rejected unknownOrder"])
        #expect(exchange.replace(1, 0, at: 100) == ["1 rejected invalidQuantity"])
        #expect(exchange.replace(1, .min, at: 100) == ["1 rejected invalidQuantity"])
        #expect(exchange.replace(1, 4, at: nil) == ["1 rejected missingPrice"])
        #expect(exchange.open == before)
    }

    @Test("made immediate it does not stay; a waiting market order keeps waiting with less")
    func immediate() {
        var exchange = exchange()
        #expect(
            exchange.replace(2, 4, at: 100, .immediateOrCancel) == [
                "2 replaced left 4", "2 cancelled left 4 notFilledAtOnce",
            ])
        exchange.send(8, .buy, 20)
        #expect(exchange.replace(8, 12) == ["8 replaced left 3"])
        #expect(exchange.open.first == "8 buy 3/12")
    }
}
