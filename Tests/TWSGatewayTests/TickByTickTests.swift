import TWSProtocol
import Testing
import TradingModel

@testable import TWSGateway

@Suite("Tick by tick")
struct TickByTickTests {
    private func events(_ heard: [ServerMessage]) -> [TickByTick.Event] {
        heard.compactMap { if case .market(.tickByTick(let tick)) = $0 { tick.event } else { nil } }
    }

    private func quote(_ bid: String, _ ask: String, _ bidSize: String, _ askSize: String) throws
        -> TickByTick.Event
    {
        var quote = TickByTick.Quote()
        quote.bid = try Price(bid)
        quote.ask = try Price(ask)
        quote.bidSize = try Quantity(bidSize)
        quote.askSize = try Quantity(askSize)
        return .bidAsk(quote)
    }

    @Test("BidAsk tells every change, with ignoreSize only those of prices, MidPoint those of the middle")
    func quotes() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready()
        gateway.say(Asked.ticks(1, Asked.gold, "BidAsk"), session)
        let other = try gateway.ready(client: 2, version: 178)
        gateway.say(Asked.ticks(1, Asked.gold, "BidAsk", ignoresSize: true), other)
        gateway.say(Asked.ticks(2, Asked.gold, "MidPoint"), other)
        for sizes in [("1", "1"), ("5", "1"), ("5", "6")] {
            try gateway.tick("XAUUSD", "4000", "4001", sizes: sizes)
        }
        try gateway.tick("XAUUSD", "3999", "4001", sizes: ("5", "6"))
        try gateway.tick("XAUUSD", "3998.5", "4001.5", sizes: ("5", "6"))
        #expect(
            try events(gateway.heard(session)) == [
                quote("4000", "4001", "1", "1"), quote("4000", "4001", "5", "1"),
                quote("4000", "4001", "5", "6"), quote("3999", "4001", "5", "6"),
                quote("3998.5", "4001.5", "5", "6"),
            ])
        #expect(
            try events(gateway.heard(other)) == [
                quote("4000", "4001", "1", "1"), .midPoint(Price("4000.5")),
                quote("3999", "4001", "5", "6"), .midPoint(Price("4000")),
                quote("3998.5", "4001.5", "5", "6"),
            ])
    }

    @Test("trades are told as Last and AllLast with their venue")
    func trades() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready()
        gateway.say(Asked.ticks(1, Asked.goldFuture, "Last"), session)
        gateway.say(Asked.ticks(2, Asked.goldFuture, "AllLast"), session)
        try gateway.trade("GCZ6", "4000.1", "3")
        var print = TickByTick.Print()
        print.price = try Price("4000.1")
        print.size = try Quantity("3")
        print.exchange = "COMEX"
        #expect(try events(gateway.heard(session)) == [.last(print), .allLast(print)])
    }

    @Test("past ticks come first, in one message that is done")
    func past() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready()
        for price in ["1", "2", "3"] { try gateway.trade("AAPL", price, "1") }
        gateway.say(Asked.ticks(1, Asked.apple, "AllLast", past: 2), session)
        let heard = try gateway.heard(session)
        guard case .historicalLastTicks(let ticks)? = heard.first, heard.count == 1 else {
            Issue.record("\(heard)")
            return
        }
        #expect(try ticks.ticks.map(\.price) == [Price("2"), Price("3")])
        #expect(ticks.isDone)
    }

    @Test("what cannot be subscribed is refused by number")
    func refusals() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready()
        gateway.say(Asked.ticks(1, Asked.gold, "Last"), session)
        gateway.say(Asked.ticks(2, Asked.euro, "AllLast"), session)
        gateway.say(Asked.ticks(3, Asked.gold, "bidask"), session)
        for request in 4...8 { gateway.say(Asked.ticks(Int32(request), Asked.gold, "BidAsk"), session) }
        gateway.say(Asked.ticks(8, Asked.gold, "MidPoint"), session)
        gateway.say(Asked.ticks(9, Asked.gold, "MidPoint"), session)
        #expect(try gateway.errors(session) == ["1:10189", "2:10189", "3:321", "8:322", "9:10190"])
        var cancel = CancelTickByTick()
        cancel.requestID = 5
        gateway.say(.cancelTickByTick(cancel), session)
        gateway.say(.cancelTickByTick(cancel), session)
        gateway.say(Asked.ticks(9, Asked.gold, "MidPoint"), session)
        #expect(try gateway.errors(session) == ["5:300"])
        #expect(gateway.core.subscriptionCounts.tickByTick == 5)
    }

    @Test("subscriptions end with their session")
    func ended() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready()
        gateway.say(Asked.ticks(1, Asked.gold, "BidAsk"), session)
        gateway.say(Asked.line(2, Asked.gold), session)
        gateway.core.closed(session, at: gateway.time)
        #expect(gateway.core.subscriptionCounts == (0, 0, 0))
    }
}
