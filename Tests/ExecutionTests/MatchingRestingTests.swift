import Testing
import TradingModel

@testable import Execution

@Suite("Matching: orders that rest")
struct MatchingRestingTests {
    @Test("they fill at their own limit once the market reaches it, as far as it goes, by price and arrival")
    func reached() {
        var exchange = MatchingExchange()
        exchange.quote(99, 105, sizes: (9, 9))
        exchange.send(1, .buy, 3, at: 100)
        exchange.send(2, .buy, 3, at: 101)
        exchange.send(3, .buy, 3, at: 101)
        #expect(exchange.quote(99, 102, sizes: (9, 9)) == [])
        #expect(exchange.quote(99, 101, sizes: (9, 4)) == ["2 gave 3@101 left 0", "3 gave 1@101 left 2"])
        // The same quote again is no news, another bid none about the ask.
        #expect(exchange.quote(99, 101, sizes: (9, 4)) == [])
        #expect(exchange.quote(98, 101, sizes: (9, 4)) == [])
        #expect(exchange.quote(98, 100, sizes: (9, 9)) == ["3 gave 2@101 left 0", "1 gave 3@100 left 0"])
        #expect(!exchange.engine.hasOrders)
    }

    @Test("sells fill when the bid comes, each row for itself")
    func sells() {
        var exchange = MatchingExchange()
        exchange.ladder(bids: [(90, 1)], asks: [(110, 1)])
        exchange.send(1, .sell, 5, at: 100)
        #expect(
            exchange.ladder(bids: [(102, 1), (100, 2), (99, 9)], asks: [(110, 1)]) == [
                "1 gave 1@100 left 4", "1 gave 2@100 left 2",
            ])
    }

    @Test("a print through the limit fills up to its size, a print at the limit does not")
    func prints() {
        var exchange = MatchingExchange()
        exchange.quote(99, 105)
        exchange.send(1, .buy, 3, at: 101)
        exchange.send(2, .buy, 3, at: 101)
        exchange.send(3, .buy, 3, at: 100)
        exchange.send(4, .sell, 2, at: 103)
        #expect(exchange.print(101, 50) == [] && exchange.print(103, 50) == [])
        #expect(exchange.print(100, 4) == ["1 gave 3@101 left 0", "2 gave 1@101 left 2"])
        #expect(exchange.print(104, 1) == ["4 gave 1@103 left 1"])
        #expect(exchange.print(90, 0) == [] && exchange.print(90, -5) == [])
        #expect(exchange.print(90, 50) == ["2 gave 2@101 left 0", "3 gave 3@100 left 0"])
    }

    @Test("a side that tells no size is as deep as one likes, whatever the other tells")
    func sizesNotTold() {
        var exchange = MatchingExchange()
        exchange.quote(99, 101, sizes: (nil, nil))
        #expect(exchange.send(1, .buy, .max).last == "1 took \(Int64.max)@101 left 0")
        #expect(exchange.send(2, .sell, .max).last == "2 took \(Int64.max)@99 left 0")
        exchange.quote(99, 101, sizes: (0, nil))
        #expect(exchange.send(3, .buy, .max).last == "3 took \(Int64.max)@101 left 0")
        exchange.quote(99, 101, sizes: (nil, 5))
        #expect(exchange.send(4, .buy, 6, .immediateOrCancel)[1] == "4 took 5@101 left 1")
        #expect(exchange.send(5, .sell, .max).last == "5 took \(Int64.max)@99 left 0")
    }

    @Test(
        "a side that tells a size of zero or less trades with nobody and starts nothing",
        arguments: [0, -1, Int64.min + 1])
    func sizesOfNothing(nothing: Int64) {
        var exchange = MatchingExchange()
        #expect(exchange.send(1, .buy, 1_000_000) == ["1 accepted"])
        exchange.send(2, .sell, 9, at: 90)
        exchange.send(3, .buy, 1, stop: 101)
        #expect(exchange.quote(99, 101, sizes: (nothing, nothing)) == [])
        #expect(!exchange.engine.isMarketKnown)
        #expect(exchange.quote(99, 101, sizes: (nil, nothing)) == [] && exchange.engine.isMarketKnown)
        #expect(exchange.quote(99, 101, sizes: (5, nothing)) == [])
        #expect(exchange.send(4, .sell, 6, at: 99, .immediateOrCancel)[1] == "4 took 5@99 left 1")
        #expect(exchange.quote(99, 101, sizes: (5, 7)).first == "1 took 7@101 left 999984")
    }

    @Test("an engine that refuses orders without a market refuses them while both sides tell nothing")
    func nothingIsNoMarket() {
        var exchange = MatchingExchange(MatchingOptions(rejectsWithoutMarket: true))
        exchange.quote(99, 101, sizes: (0, 0))
        #expect(exchange.send(1, .buy, 1) == ["1 rejected noMarket"])
        exchange.quote(99, 101, sizes: (0, 4))
        #expect(exchange.send(1, .buy, 1).last == "1 took 1@101 left 0")
    }

    @Test("a book whose bid is not below its ask trades with nobody and starts nothing, until it is in order")
    func crossed() {
        var exchange = MatchingExchange()
        exchange.quote(101, 101)
        #expect(exchange.send(1, .buy, 1, at: 105) == ["1 accepted"])
        #expect(exchange.send(2, .sell, 1, stop: 200) == ["2 accepted stop"])
        #expect(exchange.quote(103, 101) == [])
        #expect(
            exchange.quote(100, 101) == [
                "1 gave 1@105 left 0", "2 triggered", "2 took 1@100 left 0",
            ])
    }

    @Test("a ladder is judged when its batch ends; until then the best rows of the end before stand for it")
    func batches() {
        var exchange = MatchingExchange()
        exchange.ladder(bids: [(99, 2)], asks: [(101, 2), (102, 5)])
        exchange.send(1, .buy, 1, at: 100)
        #expect(exchange.row(.ask, .insert, 0, 100, 5, endsBatch: false) == [])
        #expect(
            exchange.send(2, .buy, 3, at: 102, .immediateOrCancel).dropFirst() == [
                "2 took 2@101 left 1", "2 cancelled left 1 notFilledAtOnce",
            ])
        #expect(exchange.row(.bid, .update, 0, 98, 2) == ["1 gave 1@100 left 0"])
        // Still taken: the batch said nothing of that price.
        #expect(exchange.send(3, .buy, 5, at: 101).dropFirst() == ["3 took 4@100 left 1"])
    }

    @Test("depth comes before quotes; when it is lost nothing is known until the next quote or ladder")
    func lost() {
        var exchange = MatchingExchange()
        exchange.quote(90, 110)
        exchange.ladder(bids: [(99, 2)], asks: [(101, 2)])
        #expect(exchange.quote(90, 95) == [])
        #expect(exchange.send(1, .buy, 3, at: 101).dropFirst() == ["1 took 2@101 left 1"])
        exchange.apply(.feedStatus(FeedStatus(quality: .stale, reason: "")))
        #expect(exchange.engine.isMarketKnown)
        exchange.apply(.feedStatus(FeedStatus(quality: .reset, reason: "")))
        #expect(!exchange.engine.isMarketKnown && exchange.send(2, .buy, 1) == ["2 accepted"])
        #expect(exchange.quote(99, 101, sizes: (1, 2)) == ["2 took 1@101 left 0", "1 gave 1@101 left 0"])
        // Rows of before are gone: the new ladder counts from nothing.
        exchange.row(.ask, .insert, 0, 102, 1)
        #expect(exchange.send(3, .buy, 2).dropFirst() == ["3 took 1@102 left 1"])
        exchange.row(.ask, .delete, 0)
        #expect(!exchange.engine.isMarketKnown)
    }

    @Test("what is lost of quote and ladder leaves the other as the market")
    func lostInPart() {
        var exchange = MatchingExchange()
        exchange.quote(90, 110, sizes: (1, 1))
        exchange.ladder(bids: [(99, 2)], asks: [(101, 2)])
        exchange.apply(.feedStatus(FeedStatus(stream: .trades, quality: .unavailable, reason: "")))
        exchange.apply(.feedStatus(FeedStatus(stream: .quotes, quality: .reset, reason: "")))
        #expect(exchange.send(1, .buy, 1).last == "1 took 1@101 left 0")
        exchange.quote(90, 110, sizes: (1, 1))
        exchange.apply(.feedStatus(FeedStatus(stream: .depth, quality: .unavailable, reason: "")))
        #expect(exchange.send(2, .buy, 1).last == "2 took 1@110 left 0")
        exchange.apply(.feedStatus(FeedStatus(stream: .quotes, quality: .unavailable, reason: "")))
        #expect(!exchange.engine.isMarketKnown)
    }

    @Test("a side without rows does not keep the other from trading")
    func oneSided() {
        var exchange = MatchingExchange()
        exchange.ladder(bids: [], asks: [(101, 2)])
        #expect(exchange.send(1, .buy, 1).last == "1 took 1@101 left 0")
        #expect(exchange.send(2, .sell, 1) == ["2 accepted"])
        #expect(exchange.row(.bid, .insert, 0, 99, 1) == ["2 took 1@99 left 0"])
    }
}
