import MarketData
import TWSProtocol
import TradingModel

/// Builds the block of messages that a firehose sends over and over.
struct FirehoseMaker {
    /// Messages in a block.
    private static let frames = 1_000

    private var random = SeededRandom(seed: 20_261_122)
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var writer: FrameWriter

    /// - Parameter version: of the session that gets it.
    init(_ version: ServerVersion) { writer = FrameWriter(.gateway, version: version) }

    /// A block of `make`'s messages, to be sent `count` times altogether; `nil` when one cannot be written.
    mutating func block<Message: WireMessage>(
        count: Int, _ make: (inout SeededRandom, Int) -> Message
    ) -> FirehoseBlock? {
        for index in 0..<min(count, Self.frames) {
            do throws(MessageFault) { try writer.append(make(&random, index)) } catch { return nil }
            ends.append(writer.bytes.count)
        }
        return FirehoseBlock(bytes: writer.bytes, ends: ends, count: count)
    }
}

extension MarketDesk {
    /// The block for the first live subscription of a kind.
    ///
    /// - Parameter session: of a client; `nil` for any.
    func firehose(
        _ kind: Fault.FirehoseKind, count: Int, session: SessionID?, at time: Timestamp,
        version: (SessionID) -> ServerVersion?
    ) -> (session: SessionID, block: FirehoseBlock, message: MessageID)? {
        func concerns(_ owner: SessionID) -> Bool { session == nil || session == owner }
        switch kind {
        case .bidask:
            guard let tick = ticks.first(where: { $0.kind == .bidAsk && concerns($0.session) }) else { return nil }
            return make(tick.session, count, version) { random, _ in
                tick.message(.bidAsk(TickSubscription.tick(quote(tick.instrument, &random))), at: time)
            }
        case .alllast:
            guard let tick = ticks.first(where: { $0.kind.isOfTrades && concerns($0.session) }) else { return nil }
            return make(tick.session, count, version) { random, _ in
                var print = TickByTick.Print()
                print.price = quote(tick.instrument, &random).bid
                print.size = Quantity(rawValue: (1 + random.below(20)) * 1_000_000_000)
                print.exchange = tick.venue
                return tick.message(tick.kind == .last ? .last(print) : .allLast(print), at: time)
            }
        case .depth:
            guard let depth = depths.first(where: { concerns($0.session) }) else { return nil }
            return depth.makers.isEmpty
                ? make(depth.session, count, version) { depth.plain(row(depth, &$0, $1)) }
                : make(depth.session, count, version) { depth.withMaker(row(depth, &$0, $1)) }
        }
    }

    private func make<Message: WireMessage>(
        _ session: SessionID, _ count: Int, _ version: (SessionID) -> ServerVersion?,
        _ message: (inout SeededRandom, Int) -> Message
    ) -> (session: SessionID, block: FirehoseBlock, message: MessageID)? {
        guard let version = version(session) else { return nil }
        var maker = FirehoseMaker(version)
        return maker.block(count: count, message).map { (session, $0, Message.messageID) }
    }

    /// A quote a few steps around where the market stands.
    private func quote(_ place: Int, _ random: inout SeededRandom) -> MarketQuote {
        let instrument = markets[place].instrument
        let base = markets[place].quote?.bid ?? instrument.startPrice
        let step = instrument.rule.increment(at: base)
        let bid = base.moved(by: (random.below(21) - 10) * step.rawValue)
        func size() -> Quantity { Quantity(rawValue: (1 + random.below(99)) * 1_000_000_000) }
        return MarketQuote(bid: bid, ask: bid.moved(by: step.rawValue), bidSize: size(), askSize: size())
    }

    /// Updates of rows that are there, so that the book stays one: rows in turn, sides in turn, prices as they are.
    private func row(_ depth: DepthSubscription, _ random: inout SeededRandom, _ index: Int) -> DepthRow {
        let ladder = markets[depth.instrument].ladder
        let side = index % 2 == 0 ? ladder.bids : ladder.asks
        var row = DepthRow()
        row.operation = 1
        row.side = index % 2 == 0 ? 1 : 0
        row.size = Quantity(rawValue: (1 + random.below(99)) * 1_000_000_000)
        let known = min(side.count, depth.rows)
        guard known > 0 else { return row }
        row.position = Int32(index / 2 % known)
        row.price = side[Int(row.position)].price
        return row
    }
}
