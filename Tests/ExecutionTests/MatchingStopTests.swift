import Testing
import TradingModel

@testable import Execution

@Suite("Matching: stops")
struct MatchingStopTests {
    @Test("a buy starts when the ask reaches its stop, a sell when the bid does, and then trades as it can")
    func quotes() {
        var exchange = MatchingExchange()
        exchange.quote(99, 101, sizes: (5, 5))
        #expect(exchange.send(1, .buy, 2, stop: 103) == ["1 accepted stop"])
        #expect(exchange.send(2, .sell, 9, at: 96, stop: 97) == ["2 accepted stop"])
        #expect(exchange.quote(102, 102 + 0, sizes: (5, 5)) == [] && exchange.quote(98, 102) == [])
        #expect(exchange.quote(101, 104, sizes: (5, 5)) == ["1 triggered", "1 took 2@104 left 0"])
        #expect(exchange.quote(95, 98, sizes: (5, 5)) == ["2 triggered"])
        #expect(exchange.open == ["2 sell 9/9 at 96"])
        #expect(exchange.quote(96, 98, sizes: (5, 5)) == ["2 gave 5@96 left 4"])
    }

    @Test("a print starts them, too, and one that is reached when it comes starts at once")
    func prints() {
        var exchange = MatchingExchange()
        exchange.send(1, .buy, 1, stop: 103)
        exchange.send(2, .sell, 1, stop: 97)
        #expect(exchange.print(102, 1) == [] && exchange.print(98, 1) == [])
        #expect(exchange.print(103, 1) == ["1 triggered"] && exchange.print(97, 1) == ["2 triggered"])
        #expect(exchange.quote(99, 101) == ["1 took 1@101 left 0", "2 took 1@99 left 0"])
        #expect(
            exchange.send(3, .buy, 1, stop: 101) == ["3 accepted stop", "3 triggered", "3 took 1@101 left 0"])
    }

    @Test("several reached at once arrive in the order they were submitted, after the orders already at work")
    func order() {
        var exchange = MatchingExchange()
        exchange.quote(99, 101, sizes: (9, 9))
        exchange.send(1, .buy, 1, stop: 104)
        exchange.send(2, .buy, 1, stop: 103)
        exchange.send(3, .sell, 1, at: 105, stop: 90)
        #expect(
            exchange.quote(99, 104, sizes: (9, 1)) == [
                "1 triggered", "1 took 1@104 left 0", "2 triggered",
            ])
        exchange.send(4, .buy, 1, at: 98)
        exchange.send(5, .sell, 1, stop: 98)
        #expect(
            exchange.quote(80, 97, sizes: (9, 9)) == [
                "2 took 1@97 left 0", "4 gave 1@98 left 0", "3 triggered", "5 triggered",
                "5 took 1@80 left 0",
            ])
    }

    @Test("a started order lives as long as it was to: immediate-or-cancel and fill-or-kill do not rest")
    func lives() {
        var exchange = MatchingExchange()
        exchange.quote(99, 101, sizes: (1, 1))
        exchange.send(1, .buy, 3, stop: 102, .immediateOrCancel)
        exchange.send(2, .buy, 3, at: 102, stop: 102, .fillOrKill)
        #expect(
            exchange.quote(99, 102, sizes: (1, 2)) == [
                "1 triggered", "1 took 2@102 left 1", "1 cancelled left 1 notFilledAtOnce", "2 triggered",
                "2 cancelled left 3 notFilledAtOnce",
            ])
    }

    @Test("a waiting stop is cancelled and replaced like any order; once started its stop means nothing")
    func replaced() {
        var exchange = MatchingExchange()
        exchange.quote(99, 101, sizes: (9, 9))
        exchange.send(1, .buy, 3, at: 110, stop: 105)
        #expect(exchange.replace(1, 2, at: 100, stop: 105) == ["1 replaced left 2"])
        #expect(exchange.open == ["1 buy 2/2 at 100 stop 105"])
        #expect(exchange.replace(1, 2, at: 100, stop: nil) == ["1 rejected missingPrice"])
        #expect(exchange.replace(1, 2, at: 100, stop: 101) == ["1 replaced left 2", "1 triggered"])
        #expect(exchange.replace(1, 2, at: 99, stop: 500) == ["1 replaced left 2"])
        #expect(exchange.open == ["1 buy 2/2 at 99"])
        exchange.send(2, .sell, 1, stop: 50)
        #expect(exchange.cancel(2) == ["2 cancelled left 1 requested"])
    }
}
