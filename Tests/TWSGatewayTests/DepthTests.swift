import MarketData
import TWSProtocol
import Testing
import TradingModel

@testable import TWSGateway

@Suite("Depth")
struct DepthTests {
    /// Rows told, as `side operation position price size`.
    private func rows(_ heard: [ServerMessage]) -> [String] {
        heard.compactMap { message in
            switch message {
            case .market(.depth(let depth)): Self.text(depth.row)
            case .market(.depthL2(let depth)): "\(depth.marketMaker) " + Self.text(depth.row)
            case .errorMessage(let error): "error \(error.code)"
            default: nil
            }
        }
    }

    private static func text(_ row: DepthRow) -> String {
        let side = row.side == 1 ? "bid" : "ask"
        let operation = ["insert", "update", "delete"][Int(row.operation)]
        return "\(side) \(operation) \(row.position) \(row.price) \(row.size)"
    }

    @Test("a subscription begins with inserts of as many rows as were asked for")
    func beginning() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready()
        try gateway.ladder("GCZ6", rows: 4)
        gateway.say(Asked.depth(1, Asked.goldFuture, rows: 2), session)
        #expect(
            try rows(gateway.heard(session)) == [
                "ask insert 0 101 1", "ask insert 1 102 2", "bid insert 0 99 1", "bid insert 1 98 2",
            ])
    }

    @Test("a delete brings the row that comes into view, what is out of view is not told")
    func view() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready()
        try gateway.ladder("GCZ6", rows: 4)
        gateway.say(Asked.depth(1, Asked.goldFuture, rows: 2), session)
        _ = try gateway.heard(session)
        try gateway.market("GCZ6", .domDelta(DomDelta(side: .bid, operation: .delete, position: 0)))
        #expect(try rows(gateway.heard(session)) == ["bid delete 0 0 0", "bid insert 1 97 3"])
        try gateway.market(
            "GCZ6",
            .domDelta(
                DomDelta(
                    side: .bid, operation: .update, position: 2, price: Price("96"), size: Quantity("9"))))
        #expect(try rows(gateway.heard(session)).isEmpty)
        try gateway.market(
            "GCZ6",
            .domDelta(
                DomDelta(
                    side: .ask, operation: .insert, position: 1, price: Price("101.5"), size: Quantity("7"))))
        #expect(try rows(gateway.heard(session)) == ["ask insert 1 101.5 7"])
    }

    @Test("a client that keeps lists cut at its rows has the gateway's book after any simulated market")
    func lists() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready()
        gateway.say(Asked.depth(1, Asked.goldFuture, rows: 4), session)
        let symbol = try #require(SymbolID.known("GCZ6"))
        let instrument = SimulatedInstrument(
            symbol: symbol, tickSize: try Price("0.1"), startPrice: try Price("4000"))
        var simulator = MarketSimulator(MarketSimulatorOptions(seed: 5, instruments: [instrument]))
        var book: [[Level]] = [[], []]
        var events: ContiguousArray<MarketEvent> = []
        for _ in 0..<200 {
            events.removeAll()
            simulator.next(into: &events)
            for event in events { gateway.core.marketChanged(event, at: gateway.time) }
            gateway.collect()
            for message in try gateway.heard(session) {
                if case .errorMessage(let error) = message, error.code == 317 { book = [[], []] }
                guard case .market(.depth(let depth)) = message else { continue }
                Self.apply(depth.row, &book[Int(depth.row.side)], limit: 4)
            }
            let ladder = gateway.core.market.markets[try #require(gateway.core.market.place(named: "GCZ6"))]
                .ladder
            #expect(book[1] == Array(ladder.bids.levels.prefix(4)))
            #expect(book[0] == Array(ladder.asks.levels.prefix(4)))
        }
    }

    private static func apply(_ row: DepthRow, _ side: inout [Level], limit: Int) {
        let position = Int(row.position)
        let level = Level(price: row.price, size: row.size)
        switch row.operation {
        case 0: side.insert(level, at: min(position, side.count))
        case 1: side[position] = level
        default: side.remove(at: position)
        }
        if side.count > limit { side.removeLast() }
    }

    @Test("venues with market makers and smart depth name who stands in a row")
    func makers() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready()
        try gateway.ladder("AAPL", rows: 1)
        var direct = Asked.apple
        direct.exchange = "ARCA"
        gateway.say(Asked.depth(1, direct), session)
        #expect(try rows(gateway.heard(session)) == ["ARCA ask insert 0 101 1", "ARCA bid insert 0 99 1"])
        gateway.say(Asked.depth(2, Asked.apple, smart: true), session)
        let smart = try gateway.heard(session)
        #expect(smart.count == 2)
        for message in smart {
            guard case .market(.depthL2(let depth)) = message else {
                Issue.record("\(message)")
                continue
            }
            #expect(depth.isSmartDepth && !depth.marketMaker.isEmpty)
        }
    }

    @Test("a new ladder clears the book with 317 before its rows")
    func reset() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready()
        gateway.say(Asked.depth(1, Asked.goldFuture), session)
        try gateway.ladder("GCZ6", rows: 1)
        #expect(try rows(gateway.heard(session)) == ["error 317", "ask insert 0 101 1", "bid insert 0 99 1"])
    }

    @Test("what cannot be subscribed is refused by number, and cancels must fit")
    func refusals() throws {
        let gateway = try CoreFixture { $0.limits.depthInstruments = 1 }
        let session = try gateway.ready()
        gateway.say(Asked.depth(1, Asked.apple), session)
        gateway.say(Asked.depth(2, Asked.gold, rows: 0), session)
        gateway.say(Asked.depth(3, Asked.gold), session)
        gateway.say(Asked.depth(3, Asked.gold), session)
        gateway.say(Asked.depth(4, Asked.gold), session)
        gateway.say(Asked.depth(5, Asked.euro), session)
        #expect(try gateway.errors(session) == ["1:10092", "2:321", "3:322", "5:309"])
        var cancel = CancelMarketDepth()
        cancel.requestID = 3
        cancel.isSmartDepth = true
        gateway.say(.cancelMarketDepth(cancel), session)
        cancel.isSmartDepth = false
        gateway.say(.cancelMarketDepth(cancel), session)
        gateway.say(.cancelMarketDepth(cancel), session)
        #expect(try gateway.errors(session) == ["3:310", "3:310"])
        #expect(gateway.core.subscriptionCounts.depth == 1)
    }
}
