import MarketData
import Testing
import TradingModel

/// A header for tests.
func journalHeader(session: UInt32 = 3) -> JournalHeader {
    JournalHeader(
        product: "0.0.1", profile: "dev", mode: "sim", session: session, configHash: "c0ffee",
        origin: "tradingd.local/dev/test",
        startedAt: Timestamp(nanoseconds: 1_767_623_400_000_000_123), settings: "env = dev\nsymbols = [é]\n")
}

/// Writes a journal in memory as the recorder does, without its file.
struct JournalImage {
    private(set) var bytes: [UInt8]
    /// Where each block begins.
    private(set) var blocks: [Int] = []
    private var encoder = JournalEncoder()
    private var block = JournalBlock()

    init(_ header: JournalHeader = journalHeader()) { bytes = header.bytes }

    mutating func add(_ event: MarketEvent) {
        if encoder.add(event, to: block) == .full {
            close()
            #expect(encoder.add(event, to: block) == .added)
        }
    }

    /// Ends the block at hand.
    mutating func close() {
        guard !block.isEmpty else { return }
        encoder.close(block)
        blocks.append(bytes.count)
        block.withSealedBytes { bytes += $0 }
        block = JournalBlock()
    }

    /// A journal of those events, a block for each `perBlock` of them.
    static func of(_ events: [MarketEvent], perBlock: Int = .max) -> JournalImage {
        var image = JournalImage()
        for (index, event) in events.enumerated() {
            image.add(event)
            if (index + 1) % perBlock == 0 { image.close() }
        }
        image.close()
        return image
    }
}

/// Events as the bus delivers them: numbered from 1, with gaps for those that follow from them.
func delivered(_ events: [MarketEvent], step: UInt64 = 1) -> [MarketEvent] {
    events.enumerated().map { index, event in
        var event = event
        event.sequence = 1 + UInt64(index) * step
        return event
    }
}

/// Everything a journal holds.
func journalEvents(_ files: [String], limit: Int = 256) throws -> [MarketEvent] {
    let reader = try JournalReader(files: files)
    var events: [MarketEvent] = []
    var batch: ContiguousArray<MarketEvent> = []
    while try reader.next(into: &batch, limit: limit) { events += batch }
    return events
}

/// One event of each kind that comes from outside, and some that never do.
func everyKind() throws -> [MarketEvent] {
    let symbol = try #require(SymbolID("EUR.USD")), other = try #require(SymbolID("ΩMEGA"))
    let price = Price(rawValue: 1_234_500_000), size = Quantity(rawValue: 7)
    let level = Level(price: price, size: size)
    let trace = TraceContext(
        traceID: TraceID(high: .max, low: 1), spanID: SpanID(rawValue: 0x0123_4567_89AB_CDEF))
    let payloads: [(SymbolID, EventSource, TraceContext, MarketEvent.Payload)] = [
        (
            .none, .operator_, .none,
            .system(SystemNotice(.sessionStart, actor: "startup", reason: "mode sim"))
        ),
        (symbol, .ibkr, .none, .tick(Tick(bid: price, ask: price, bidSize: size, askSize: nil))),
        (symbol, .ibkr, trace, .tick(Tick(bid: price, ask: price))),
        (other, .replay, .none, .trade(Trade(price: price, size: size, aggressor: .unknown))),
        (symbol, .simulator, .none, .domDelta(DomDelta(side: .ask, operation: .delete, position: 63))),
        (
            symbol, .simulator, .none,
            .domDelta(
                DomDelta(
                    side: .bid, operation: .insert, position: 0, price: price, size: size, endsBatch: false))
        ),
        (
            other, .ibkr, trace,
            .domSnapshot(DomSnapshot(bids: [level, level], asks: [level], endsBatch: false))
        ),
        (symbol, .ibkr, .none, .domSnapshot(DomSnapshot(bids: [], asks: []))),
        (symbol, .clock, .none, .feedStatus(FeedStatus(quality: .reset, reason: "317: é"))),
        (.none, .clock, .none, .feedStatus(FeedStatus(quality: .ended, reason: ""))),
        (.none, .clock, .none, .timer(TimerFired(id: 9, dueAt: Timestamp(nanoseconds: 5)))),
        (
            .none, .operator_, trace,
            .system(
                SystemNotice(
                    .killSwitchEngaged, actor: "uid:1000", reason: String(repeating: "x", count: 3_000)))
        ),
        (.none, .operator_, .none, .system(SystemNotice(.armed, actor: "", reason: ""))),
        (
            symbol, .ibkr, trace,
            .orderEvent(
                OrderEvent(
                    id: ClientOrderID(session: 3, number: 4), report: .fill, status: .filled, side: .buy,
                    quantity: size, leavesQuantity: .zero, reason: "r"))
        ),
    ]
    return delivered(
        payloads.enumerated().map { index, payload in
            MarketEvent(
                timestamp: Timestamp(nanoseconds: 1_700_000_000_000_000_000 - Int64(index)),
                receivedAt: Timestamp(nanoseconds: 1_700_000_000_000_000_000 + Int64(index / 3)),
                symbol: payload.0, source: payload.1, feedSequence: UInt64(index * 5), trace: payload.2,
                payload: payload.3)
        }, step: 3)
}
