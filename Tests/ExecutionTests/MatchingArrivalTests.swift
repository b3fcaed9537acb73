import Testing
import TradingModel

@testable import Execution

@Suite("Matching: orders that arrive")
struct MatchingArrivalTests {
    private func exchange(_ options: MatchingOptions = MatchingOptions()) -> MatchingExchange {
        var exchange = MatchingExchange(options)
        exchange.ladder(bids: [(99, 2), (98, 4)], asks: [(101, 2), (102, 3), (104, 5)])
        return exchange
    }

    @Test("an order takes row by row from the best price on, never past its limit, and the rest rests")
    func rows() {
        var exchange = exchange()
        #expect(
            exchange.send(1, .buy, 9, at: 103) == [
                "1 accepted", "1 took 2@101 left 7", "1 took 3@102 left 4",
            ])
        #expect(exchange.open == ["1 buy 4/9 at 103"])
        #expect(
            exchange.send(2, .sell, 3, at: 98) == [
                // Our own buy at 103 is better than the shown 99.
                "2 accepted", "2 took 3@103 left 0", "1 gave 3@103 left 1",
            ])
    }

    @Test("rows of one price at several positions add up; rows of size zero are not there")
    func sums() {
        var exchange = MatchingExchange()
        exchange.ladder(bids: [(99, 1)], asks: [(100, 0), (102, 2), (101, 1), (101, 2)])
        #expect(
            exchange.send(1, .buy, 4, at: 102).dropFirst() == ["1 took 3@101 left 1", "1 took 1@102 left 0"])
    }

    @Test("what was taken from a row stays taken until the feed says something new about its price")
    func taken() {
        var exchange = exchange()
        exchange.send(1, .buy, 1, at: 101)
        #expect(
            exchange.send(2, .buy, 2, at: 101, .immediateOrCancel).last
                == "2 cancelled left 1 notFilledAtOnce")
        #expect(
            exchange.send(3, .buy, 1, at: 101, .immediateOrCancel).last
                == "3 cancelled left 1 notFilledAtOnce")
        // News about another price, and the same ladder once more, are none about this one.
        exchange.row(.ask, .update, 1, 102, 8)
        exchange.ladder(bids: [(99, 2), (98, 4)], asks: [(101, 2), (102, 8), (104, 5)])
        #expect(
            exchange.send(4, .buy, 1, at: 101, .immediateOrCancel).last
                == "4 cancelled left 1 notFilledAtOnce")
        #expect(exchange.send(5, .buy, 1, .immediateOrCancel).last == "5 took 1@102 left 0")
        exchange.row(.ask, .update, 0, 101, 1)
        #expect(exchange.send(6, .buy, 1, at: 101).last == "6 took 1@101 left 0")
        exchange.row(.ask, .delete, 0)
        exchange.row(.ask, .insert, 0, 101, 1)
        #expect(exchange.send(7, .buy, 1, at: 101).last == "7 took 1@101 left 0")
        #expect(exchange.open == [])
    }

    @Test("at one price the shown book was there first; a strictly better resting order comes before it")
    func better() {
        var exchange = exchange()
        exchange.send(1, .sell, 5, at: 102)
        #expect(
            exchange.send(2, .buy, 7, at: 102).dropFirst() == [
                "2 took 2@101 left 5", "2 took 3@102 left 2", "2 took 2@102 left 0", "1 gave 2@102 left 3",
            ])
        exchange.send(3, .sell, 1, at: 100)
        exchange.row(.ask, .update, 0, 101, 4)
        #expect(
            exchange.send(4, .buy, 2).dropFirst() == [
                "4 took 1@100 left 1", "3 gave 1@100 left 0", "4 took 1@101 left 0",
            ])
    }

    @Test("our resting orders fill by price, then by arrival")
    func priority() {
        var exchange = MatchingExchange()
        exchange.ladder(bids: [(90, 1)], asks: [(110, 1)])
        exchange.send(1, .sell, 1, at: 101)
        exchange.send(2, .sell, 1, at: 100)
        exchange.send(3, .sell, 1, at: 100)
        exchange.send(4, .sell, 1, at: 99)
        #expect(exchange.open.map { $0.prefix(1) } == ["4", "2", "3", "1"])
        let told = exchange.send(5, .buy, 4)
        #expect(told.filter { $0.contains("gave") }.map { $0.prefix(1) } == ["4", "2", "3", "1"])
    }

    @Test("immediate-or-cancel fills what it can and is cancelled; fill-or-kill all or nothing")
    func immediate() {
        var exchange = exchange()
        #expect(
            exchange.send(1, .buy, 6, at: 102, .fillOrKill) == [
                "1 accepted", "1 cancelled left 6 notFilledAtOnce",
            ])
        #expect(
            exchange.send(2, .buy, 5, at: 102, .fillOrKill) == [
                "2 accepted", "2 took 2@101 left 3", "2 took 3@102 left 0",
            ])
        #expect(
            exchange.send(3, .buy, 9, at: 104, .immediateOrCancel) == [
                "3 accepted", "3 took 5@104 left 4", "3 cancelled left 4 notFilledAtOnce",
            ])
        #expect(
            exchange.send(4, .buy, 1, .fillOrKill) == ["4 accepted", "4 cancelled left 1 notFilledAtOnce"])
        // Together with our own resting order it is enough.
        exchange.send(5, .sell, 3, at: 101)
        exchange.row(.ask, .update, 0, 101, 1)
        #expect(exchange.send(6, .buy, 5, at: 101, .fillOrKill).last == "6 cancelled left 5 notFilledAtOnce")
        #expect(exchange.send(7, .buy, 4, at: 101, .fillOrKill).count == 4)
        #expect(exchange.open == [])
    }

    @Test(
        "the rest of a market order waits, takes what comes before resting orders do, and never meets another"
    )
    func waits() {
        var exchange = MatchingExchange()
        #expect(exchange.send(1, .buy, 4) == ["1 accepted"])
        #expect(exchange.send(2, .sell, 1) == ["2 accepted"])
        // What comes to rest is taken by who waits, at its price.
        #expect(
            exchange.send(3, .buy, 3, at: 101) == [
                "3 accepted", "2 took 1@101 left 0", "3 gave 1@101 left 2",
            ])
        #expect(exchange.quote(99, 101, sizes: (0, 3)) == ["1 took 3@101 left 1"])
        #expect(exchange.open == ["1 buy 1/4", "3 buy 2/3 at 101"])
        #expect(
            exchange.send(4, .sell, 4, at: 101) == [
                "4 accepted", "4 took 2@101 left 2", "3 gave 2@101 left 0", "1 took 1@101 left 0",
                "4 gave 1@101 left 1",
            ])
    }

    @Test("slippage makes a fill worse than the row, not worse than the limit, and not at our own orders")
    func slippage() {
        var exchange = exchange(MatchingOptions(slippageTicks: 3))
        exchange.send(1, .sell, 1, at: 100)
        #expect(
            exchange.send(2, .buy, 4, at: 103).dropFirst() == [
                "2 took 1@100 left 3", "1 gave 1@100 left 0", "2 took 2@103 left 1", "2 took 1@103 left 0",
            ])
        #expect(exchange.send(3, .sell, 1).last == "3 took 1@96 left 0")
    }

    @Test("slippage takes no price from above zero to zero, nor from zero below it; below zero it goes on")
    func slippageAtZero() {
        var exchange = MatchingExchange(MatchingOptions(slippageTicks: 5))
        exchange.quote(2, 4)
        #expect(exchange.send(1, .sell, 1).last == "1 took 1@1 left 0")
        #expect(exchange.send(2, .sell, 1, at: 2).last == "2 took 1@2 left 0")
        #expect(exchange.send(3, .buy, 1).last == "3 took 1@9 left 0")
        exchange.quote(6, 8)
        #expect(exchange.send(4, .sell, 1).last == "4 took 1@1 left 0")
        exchange.quote(0, 1)
        #expect(exchange.send(5, .sell, 1).last == "5 took 1@0 left 0")
        exchange.quote(-3, -1)
        #expect(exchange.send(6, .sell, 1).last == "6 took 1@-8 left 0")
        #expect(exchange.send(7, .buy, 1).last == "7 took 1@4 left 0")
    }

    @Test("the lowest price slippage reaches is one tick, or the shown price where that is less")
    func slippageOffTheGrid() {
        for (bid, price) in [(250, 100), (100, 100), (30, 30)] as [(Int64, Int64)] {
            var engine = MatchingEngine(
                tickSize: Price(rawValue: 100), options: MatchingOptions(slippageTicks: 2))
            var reports: ContiguousArray<MatchingReport> = []
            engine.quoteChanged(
                Tick(bid: Price(rawValue: bid), ask: Price(rawValue: bid + 1)), into: &reports)
            engine.submit(
                MatchingOrder(id: 1, side: .sell, type: .market, quantity: Quantity(rawValue: 1)),
                into: &reports)
            #expect(reports.last?.line == "1 took 1@\(price) left 0")
        }
    }

    @Test("orders that make no sense are rejected and change nothing")
    func rejected() {
        var exchange = exchange()
        exchange.send(1, .buy, 1, at: 90)
        #expect(exchange.send(1, .buy, 1, at: 90) == ["1 rejected duplicateID"])
        #expect(exchange.send(2, .buy, 0, at: 90) == ["2 rejected invalidQuantity"])
        #expect(exchange.send(2, .sell, .min) == ["2 rejected invalidQuantity"])
        let one = Quantity(rawValue: 1)
        #expect(
            exchange.submit(MatchingOrder(id: 2, side: .buy, type: .limit, quantity: one)) == [
                "2 rejected missingPrice"
            ])
        #expect(
            exchange.submit(
                MatchingOrder(
                    id: 2, side: .buy, type: .stopLimit, quantity: one, limitPrice: Price(rawValue: 1)))
                == ["2 rejected missingPrice"])
        #expect(exchange.open == ["1 buy 1/1 at 90"])
        #expect(exchange.cancel(1) == ["1 cancelled left 1 requested"] && exchange.cancel(1) == ["unknown"])
        // The number of one that is gone is free.
        #expect(exchange.send(1, .buy, 1, at: 90) == ["1 accepted"])
    }

    @Test("without a market an order waits, or is refused where the options say so")
    func noMarket() {
        var waiting = MatchingExchange()
        #expect(waiting.send(1, .buy, 1, at: 100) == ["1 accepted"] && !waiting.engine.isMarketKnown)
        #expect(waiting.quote(90, 99) == ["1 gave 1@100 left 0"])
        var refusing = MatchingExchange(MatchingOptions(rejectsWithoutMarket: true))
        #expect(refusing.send(1, .buy, 1, at: 100) == ["1 rejected noMarket"])
        refusing.quote(90, 99)
        #expect(refusing.send(1, .buy, 1) == ["1 accepted", "1 took 1@99 left 0"])
        refusing.engine.marketLost()
        #expect(refusing.send(2, .buy, 1) == ["2 rejected noMarket"])
    }

    @Test("a chance of nothing fills nothing from the shown book; our own orders still meet")
    func chance() {
        var exchange = exchange(MatchingOptions(fillChance: 0))
        #expect(exchange.send(1, .buy, 1, at: 101) == ["1 accepted"])
        #expect(exchange.print(95, 5) == [])
        #expect(exchange.send(2, .sell, 1).dropFirst() == ["2 took 1@101 left 0", "1 gave 1@101 left 0"])
    }
}
