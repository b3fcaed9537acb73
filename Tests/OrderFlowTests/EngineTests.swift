import Testing
import TradingModel

@testable import Messaging
@testable import OrderFlow

private func price(_ text: String) throws -> Price { try Price(text) }
private func size(_ text: String) throws -> Quantity { try Quantity(text) }

private func event(
    _ payload: MarketEvent.Payload, at seconds: Double, seq: UInt64, symbol: SymbolID
) -> MarketEvent {
    let time = Timestamp(nanoseconds: Int64(seconds * 1e9))
    return MarketEvent(
        timestamp: time, receivedAt: time, symbol: symbol, source: .replay, feedSequence: seq,
        payload: payload)
}

@Suite("Order-flow engines")
struct EngineTests {
    private let gold: SymbolID
    private var engines = OrderFlowEngines(options: OrderFlowOptions(tapeCapacity: 4, barsKept: 2))
    private var outbox = Outbox()

    init() throws { gold = try #require(SymbolID("FLOW.GOLD")) }

    private mutating func dom(
        _ operation: DomOperation, _ position: UInt16, _ text: String, _ amount: String,
        side: BookSide = .ask,
        endsBatch: Bool = true
    ) throws {
        let delta = DomDelta(
            side: side, operation: operation, position: position, price: try price(text),
            size: try size(amount), endsBatch: endsBatch)
        engines.handle(event(.domDelta(delta), at: 1, seq: 1, symbol: gold), &outbox)
    }

    private mutating func trade(
        _ text: String, _ amount: String, _ aggressor: Aggressor, at seconds: Double, seq: UInt64
    ) throws {
        let trade = Trade(price: try price(text), size: try size(amount), aggressor: aggressor)
        engines.handle(event(.trade(trade), at: seconds, seq: seq, symbol: gold), &outbox)
    }

    private func asks() throws -> [String] {
        try #require(engines.flow(gold)).dom.ladder.asks.levels.map { "\($0.price)×\($0.size)" }
    }

    @Test(
        "inserts shift, updates overwrite or append, deletes remove (the fixture that tells shifting from overwriting)"
    )
    mutating func domShifts() throws {
        try dom(.insert, 0, "101", "5")
        try dom(.insert, 1, "102", "6")
        try dom(.insert, 2, "103", "7")
        try dom(.insert, 1, "101.5", "9")
        #expect(try asks() == ["101×5", "101.5×9", "102×6", "103×7"])
        try dom(.delete, 0, "0", "0")
        try dom(.update, 0, "101.6", "4")
        #expect(try asks() == ["101.6×4", "102×6", "103×7"])
        try dom(.update, 3, "104", "1")
        #expect(try asks() == ["101.6×4", "102×6", "103×7", "104×1"])
    }

    @Test("impossible operations change nothing and are counted")
    mutating func domOutOfBounds() throws {
        try dom(.update, 3, "101", "5")
        try dom(.delete, 0, "0", "0")
        try dom(.delete, 65_535, "0", "0")
        try dom(.insert, 7, "102", "5")
        let dom = try #require(engines.flow(gold)).dom
        #expect(try asks() == ["102×5"])
        #expect(dom.outOfBounds == 3)
        #expect(dom.outcomes[Int(LadderOutcome.insertGap.rawValue)] == 1)
    }

    @Test("a full side drops the last row on insert and never grows past its capacity")
    mutating func domCapacity() throws {
        for _ in 0..<100 { try dom(.insert, 0, "101", "5") }
        let rows = try asks()
        #expect(rows.count == LadderSide.capacity)
        try dom(.update, UInt16(LadderSide.capacity), "1", "1")
        #expect(engines.flow(gold)?.dom.outOfBounds == 1)
    }

    @Test("the top is judged by price at the end of a change only, and merges equal prices")
    mutating func domTop() throws {
        try dom(.insert, 0, "102", "6")
        try dom(.insert, 1, "101", "5")
        try dom(.insert, 2, "101", "2")
        try dom(.insert, 3, "100", "0")
        #expect(engines.top(gold) == nil)
        try dom(.insert, 0, "99", "1", side: .bid, endsBatch: false)
        #expect(engines.top(gold) == nil)
        try dom(.insert, 1, "99.5", "3", side: .bid)
        let top = try #require(engines.top(gold))
        let expected = Tick(
            bid: try price("99.5"), ask: try price("101"), bidSize: try size("3"), askSize: try size("7"))
        #expect(top == expected)
        engines.handle(
            event(.tick(Tick(bid: try price("98"), ask: try price("99"))), at: 2, seq: 9, symbol: gold),
            &outbox)
        #expect(engines.top(gold)?.bid.description == "98")
    }

    @Test(
        "counts deltas as defined: extremes after each trade, the first 0 not counted, unknown in volume only"
    )
    mutating func deltaBar() throws {
        let trades: [(String, Aggressor)] = [
            ("5", .buy), ("3", .buy), ("10", .sell), ("4", .unknown), ("2", .sell), ("9", .buy),
        ]
        for (index, (amount, side)) in trades.enumerated() {
            try trade("100", amount, side, at: 60, seq: UInt64(index + 1))
        }
        let bar = try #require(engines.flow(gold)?.delta.current)
        #expect(bar.buyVolume.description == "17")
        #expect(bar.sellVolume.description == "12")
        #expect(bar.unknownVolume.description == "4")
        #expect(bar.volume.description == "33")
        #expect(bar.delta.description == "5")
        #expect(bar.maxDelta.description == "8")
        #expect(bar.minDelta.description == "-4")
        #expect(bar.firstFeedSequence == 1 && bar.lastFeedSequence == 6 && bar.trades == 6)
    }

    @Test(
        "closes a bar on the first trade of a later interval, without bars for silence, and keeps a bounded history"
    )
    mutating func barsClose() throws {
        try trade("100", "1", .sell, at: 59.9, seq: 1)
        try trade("101", "2", .buy, at: 60, seq: 2)
        try trade("99", "1", .buy, at: 59, seq: 3)
        try trade("102", "1", .buy, at: 300, seq: 4)
        try trade("103", "1", .buy, at: 360, seq: 5)
        let delta = try #require(engines.flow(gold)).delta
        let closed = delta.closedBars(limit: 10)
        #expect(closed.map { $0.start.nanoseconds / 1_000_000_000 } == [60, 300])
        #expect(closed.allSatisfy { $0.isClosed })
        #expect(closed[0].low.description == "99" && closed[0].high.description == "101")
        #expect(closed[0].cumulativeDelta.description == "2")
        #expect(delta.current?.cumulativeDelta.description == "4")
        var types: [EventType] = []
        while let published = outbox.next() { types.append(published.eventType) }
        #expect(types == Array(repeating: [.deltaBar, .footprintSnapshot], count: 3).flatMap(\.self))
    }

    @Test("keeps fewer closed footprints where they have many rows")
    func wideFootprints() {
        // 8,000 rows a bar: sixteen bars have 128,000 together, one more is too many.
        var footprint = FootprintEngine(interval: 60_000_000_000, kept: 512)
        for bar in 0..<40 {
            if bar > 0 { _ = footprint.close() }
            for row in 1...8_000 {
                let trade = Trade(
                    price: Price(rawValue: Int64(row)), size: Quantity(rawValue: 1), aggressor: .buy)
                footprint.add(trade, at: Timestamp(nanoseconds: Int64(bar) * 60_000_000_000))
            }
        }
        let closed = footprint.closedBars(limit: 1_000)
        #expect(closed.count == 16 && closed.allSatisfy { $0.levels.count == 8_000 })
        #expect(closed.last?.start == Timestamp(nanoseconds: 38 * 60_000_000_000))
        #expect(closed.first?.start == Timestamp(nanoseconds: 23 * 60_000_000_000))
        #expect(footprint.closedBars(limit: 3).count == 3)
    }

    @Test("at the end of time trades still share one bar")
    mutating func lastBar() throws {
        for number in 1...3 {
            let trade = Trade(price: try price("1"), size: try size("1"), aggressor: .buy)
            engines.handle(
                MarketEvent(
                    timestamp: Timestamp(nanoseconds: .max), receivedAt: Timestamp(nanoseconds: .max),
                    symbol: gold, source: .replay, feedSequence: UInt64(number), payload: .trade(trade)),
                &outbox)
        }
        let delta = try #require(engines.flow(gold)).delta
        #expect(delta.current?.trades == 3)
        #expect(delta.closedBars(limit: 10).isEmpty)
    }

    @Test("sums volume by price and names every tie of the point of control")
    mutating func footprint() throws {
        try trade("100.2", "3", .buy, at: 60, seq: 1)
        try trade("100.1", "2", .sell, at: 60, seq: 2)
        try trade("100.3", "3", .unknown, at: 61, seq: 3)
        try trade("100.1", "0.5", .sell, at: 62, seq: 4)
        let footprint = try #require(engines.flow(gold)?.footprint.current)
        let rows = footprint.levels.map {
            "\($0.price) \($0.sellVolume) \($0.buyVolume) \($0.unknownVolume) \($0.trades)"
        }
        #expect(rows == ["100.1 2.5 0 0 2", "100.2 0 3 0 1", "100.3 0 0 3 1"])
        #expect(footprint.pointsOfControl.map(\.description) == ["100.2", "100.3"])
        #expect(footprint.pointOfControlVolume.description == "3")
    }

    @Test("a bar with very many prices is made coarser; no volume is lost and its rows stay bounded")
    mutating func coarse() throws {
        let size = try size("1")
        for index in 0..<30_000 {
            let trade = Trade(price: Price(rawValue: 1 + Int64(index) * 7), size: size, aggressor: .buy)
            engines.handle(
                event(.trade(trade), at: 60, seq: UInt64(index + 1), symbol: gold), &outbox)
        }
        let bar = try #require(engines.flow(gold)?.footprint.current)
        let rowSize = try #require(bar.rowSize)
        #expect(bar.levels.count <= FootprintEngine.rowLimit)
        #expect(bar.levels.reduce(0) { $0 + Int($1.trades) } == 30_000)
        #expect(bar.levels.reduce(Volume.zero) { $0 + $1.volume }.description == "30000")
        #expect(bar.levels.allSatisfy { $0.price.isMultiple(of: rowSize) })
        #expect(zip(bar.levels, bar.levels.dropFirst()).allSatisfy { $0.price < $1.price })
        try trade("100", "1", .buy, at: 120, seq: 30_001)
        #expect(engines.flow(gold)?.footprint.current?.rowSize == nil)
    }

    @Test("keeps the newest prints and exact totals")
    mutating func tape() throws {
        for index in 1...6 {
            try trade("100.\(index)", "\(index)", index % 2 == 0 ? .buy : .sell, at: 60, seq: UInt64(index))
        }
        let tape = try #require(engines.flow(gold)).tape.snapshot(limit: 50)
        #expect(tape.prints.map(\.feedSequence) == [6, 5, 4, 3])
        #expect(tape.totals.volume.description == "21")
        #expect(tape.totals.delta.description == "3")
        #expect(tape.totals.notional.description == "2109.1")
        #expect(tape.totals.vwap?.description == "100.433333333")
        #expect(tape.totals.high?.description == "100.6" && tape.totals.low?.description == "100.1")
    }

    @Test("a reset forgets ladder and quote of the instrument it names, or of all")
    mutating func reset() throws {
        try dom(.insert, 0, "101", "5")
        try dom(.insert, 0, "99", "1", side: .bid)
        #expect(engines.top(gold) != nil)
        for symbol in [gold, SymbolID.none] {
            engines.handle(
                event(.tick(Tick(bid: try price("98"), ask: try price("99"))), at: 2, seq: 9, symbol: gold),
                &outbox)
            let reset = FeedStatus(quality: .reset, reason: "317")
            engines.handle(event(.feedStatus(reset), at: 3, seq: 0, symbol: symbol), &outbox)
            #expect(engines.top(gold) == nil)
            #expect(try asks() == [])
        }
        let stale = FeedStatus(quality: .stale, reason: "2 s")
        try dom(.insert, 0, "101", "5")
        engines.handle(event(.feedStatus(stale), at: 3, seq: 0, symbol: gold), &outbox)
        #expect(try asks() == ["101×5"])
    }

    @Test("survives the largest values the types can hold")
    mutating func extremes() throws {
        let huge = Trade(
            price: Price(rawValue: .max), size: Quantity(rawValue: .max), aggressor: .buy)
        for index in 1...4 {
            engines.handle(event(.trade(huge), at: 60, seq: UInt64(index), symbol: gold), &outbox)
        }
        let bar = try #require(engines.flow(gold)?.delta.current)
        #expect(bar.buyVolume.rawValue == Int128(Int64.max) * 4)
    }
}
