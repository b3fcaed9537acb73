import ExactJSON
import Glibc
import Platform
import Testing
import TradingModel

/// One event of every type, with every field set to something that could be lost.
enum SampleEvents {
    static func all() throws -> [MarketEvent] {
        let symbol = try #require(SymbolID("XAUUSD"))
        let trace = TraceContext(
            traceID: TraceID(session: 3, sequence: 41), spanID: SpanID(sequence: 42))
        return try payloads(symbol, trace).enumerated().map { index, payload in
            var event = MarketEvent(
                timestamp: Timestamp(nanoseconds: 1_767_623_400_000_000_125 + Int64(index)),
                receivedAt: Timestamp(nanoseconds: 1_767_623_400_000_001_125 + Int64(index)),
                symbol: payload.type.concernsInstrument ? symbol : .none,
                source: EventSource.allCases[index % EventSource.allCases.count],
                feedSequence: UInt64(index * 7), trace: index.isMultiple(of: 2) ? trace : .none,
                payload: payload)
            event.sequence = UInt64(index + 1)
            return event
        }
    }

    private static func payloads(_ symbol: SymbolID, _ trace: TraceContext) throws -> [MarketEvent.Payload] {
        let level = Level(price: try Price("4000.1"), size: try Quantity("0.000000001"))
        return [
            .tick(
                Tick(bid: try Price("4000.1"), ask: try Price("4000.300000001"), bidSize: try Quantity("3.5"))
            ),
            .trade(Trade(price: try Price("4000.2"), size: try Quantity("12"), aggressor: .sell)),
            .domDelta(
                DomDelta(
                    side: .ask, operation: .insert, position: 9, price: try Price("4001"),
                    size: try Quantity("7"), endsBatch: false)),
            .domSnapshot(DomSnapshot(bids: [level], asks: [], endsBatch: true)),
            .deltaBar(try bar()), .tapeSnapshot(try tape()), .footprintSnapshot(try footprint()),
            .signal(
                Signal(
                    strategy: StrategyID("micro_price_momentum"), direction: .short, isWeighted: true,
                    score: -1.25, confidence: 0.5555555555555556, last: try Price("4000.1"),
                    mean5: try Price("4000.2"), mean10: try Price("4000.3"), bid: try Price("4000"),
                    ask: try Price("4000.2"))),
            .riskDecision(try decision(symbol, trace)), .orderEvent(try report()),
            .feedStatus(FeedStatus(quality: .stale, reason: "no event for 2 s\n\"quoted\"")),
            .system(SystemNotice(.killSwitchEngaged, actor: "uid:1000", reason: "déjà vu")),
            .timer(TimerFired(id: 4, dueAt: Timestamp(nanoseconds: 1_767_623_401_000_000_000))),
        ]
    }

    private static func bar() throws -> DeltaBar {
        var bar = DeltaBar(
            start: Timestamp(nanoseconds: 1_767_623_400_000_000_000), interval: 60_000_000_000,
            price: try Price("4000.1"), feedSequence: 5)
        bar.high = try Price("4002")
        bar.low = try Price("3999")
        bar.close = try Price("4001")
        bar.buyVolume = Volume(rawValue: Int128(Int64.max) * 3)
        bar.sellVolume = Volume(try Quantity("2"))
        bar.unknownVolume = Volume(try Quantity("1"))
        bar.maxDelta = Volume(try Quantity("8"))
        bar.minDelta = Volume(rawValue: -4_500_000_000)
        bar.cumulativeDelta = Volume(rawValue: -1)
        bar.buyTrades = 3
        bar.sellTrades = 2
        bar.unknownTrades = 1
        bar.lastFeedSequence = 11
        bar.isClosed = true
        return bar
    }

    private static func tape() throws -> TapeSnapshot {
        var totals = TapeTotals()
        totals.sellTrades = 1
        totals.sellVolume = Volume(try Quantity("12"))
        totals.notional = Money(rawValue: 48_002_400_000_000_000_000_001)
        totals.firstPrice = try Price("4000.2")
        totals.lastPrice = totals.firstPrice
        totals.high = totals.firstPrice
        totals.low = totals.firstPrice
        let trade = Trade(price: try Price("4000.2"), size: try Quantity("12"), aggressor: .sell)
        return TapeSnapshot(
            prints: [TapePrint(feedSequence: 9, timestamp: Timestamp(nanoseconds: 7), trade: trade)],
            totals: totals)
    }

    private static func footprint() throws -> FootprintSnapshot {
        var row = FootprintLevel(price: try Price("4000.1"))
        row.buyVolume = Volume(try Quantity("2"))
        row.trades = 2
        return FootprintSnapshot(
            start: Timestamp(nanoseconds: 1_767_623_400_000_000_000), interval: 60_000_000_000,
            levels: [row], isClosed: true)
    }

    private static func decision(_ symbol: SymbolID, _ trace: TraceContext) throws -> RiskDecision {
        let request = OrderRequest(
            id: ClientOrderID(session: 2, number: 17), symbol: symbol, side: .sell, type: .stopLimit,
            quantity: try Quantity("1.5"), limitPrice: try Price("3999"), stopPrice: try Price("3999.5"),
            timeInForce: .goodTillCancel, flags: .reduceOnly, strategy: StrategyID("micro_price_momentum"),
            signalSequence: 40, trace: trace)
        return RiskDecision(
            request: request, approved: false, reasons: [.exposureLimit],
            limits: [
                RiskCheck(.killSwitch, limit: .flag(false), actual: .flag(false), passed: true),
                RiskCheck(
                    .sizeLimit, limit: .quantity(try Quantity("10")), actual: .quantity(try Quantity("1.5")),
                    passed: true),
                RiskCheck(.priceCollar, limit: .price(try Price("3990")), actual: .missing, passed: true),
                RiskCheck(
                    .exposureLimit, limit: .money(Money(try Price("5000"))),
                    actual: .money(Money(rawValue: 1)),
                    passed: false),
                RiskCheck(.throttleExceeded, limit: .count(10), actual: .count(3), passed: true),
            ])
    }

    private static func report() throws -> OrderEvent {
        OrderEvent(
            id: ClientOrderID(session: 2, number: 17), venueOrderID: 99, report: .fill,
            status: .partiallyFilled, side: .sell, quantity: try Quantity("1.5"),
            filledQuantity: try Quantity("1"), averagePrice: try Price("3999.25"),
            lastPrice: try Price("3999.25"), lastQuantity: try Quantity("1"), executionID: 12,
            leavesQuantity: try Quantity("0.5"), reason: "because", raw: "Submitted\t\u{1F600}")
    }
}

@Suite("Events as JSON")
struct MarketEventTests {
    private static let fixture =
        #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
        + "/Fixtures/events-0.3.0.jsonl"

    @Test("a report carries a commission with its currency; one without has no such fields")
    func commission() throws {
        var event = try #require(try SampleEvents.all().first { $0.eventType == .orderEvent })
        #expect(!event.json.contains("commission"))
        guard case .orderEvent(var report) = event.payload else { return }
        report.report = .commission
        report.commission = Money(rawValue: -1_234_567_890_123_456_789)
        report.commissionCurrency = try #require(CurrencyCode("USDT"))
        event.payload = .orderEvent(report)
        #expect(event.json.contains(#""commission":-1.234567890123456789,"commission_currency":"USDT""#))
        let copy = try MarketEvent(json: try JSONParser.parse(event.json), source: .replay)
        #expect(copy.payload == event.payload && copy.json == event.json)
        let broken = event.json.replacing("USDT", with: "U$D")
        #expect(throws: EventDecodingError.self) {
            try MarketEvent(json: try JSONParser.parse(broken), source: .replay)
        }
    }

    @Test("a currency is one to eight letters and digits")
    func currency() throws {
        #expect(CurrencyCode("USD")?.name == "USD" && CurrencyCode("ABCDEFGH")?.name == "ABCDEFGH")
        #expect(CurrencyCode("USD") != CurrencyCode("USDT") && CurrencyCode.none.name == "")
        for text in ["", "ABCDEFGHI", "U D", "É", "a\0"] { #expect(CurrencyCode(text) == nil) }
    }

    @Test("every type of event reads back as written, to the last digit")
    func roundTrip() throws {
        let events = try SampleEvents.all()
        #expect(events.map(\.eventType) == EventType.allCases)
        for event in events {
            let copy = try MarketEvent(json: try JSONParser.parse(event.json), source: .replay)
            #expect(copy.json == event.json)
            #expect(copy.payload == event.payload)
            #expect(copy.trace == event.trace && copy.sequence == event.sequence)
            #expect(copy.receivedAt == event.receivedAt && copy.source == event.source)
        }
    }

    @Test("states of every stream, and of all, read back as written")
    func feedStatuses() throws {
        for stream in [nil] + FeedStream.allCases.map(Optional.some) {
            for quality in FeedStatus.Quality.allCases {
                let status = FeedStatus(stream: stream, quality: quality, reason: "refused (354)")
                let event = MarketEvent(
                    timestamp: .zero, receivedAt: .zero, symbol: .none, source: .ibkr,
                    payload: .feedStatus(status))
                let copy = try MarketEvent(json: try JSONParser.parse(event.json), source: .replay)
                #expect(copy.payload == event.payload)
            }
        }
    }

    @Test("what version 0.3.0 wrote is read for ever")
    func frozen() throws {
        if getenv("TRADINGD_WRITE_FIXTURES") != nil {
            let text = try SampleEvents.all().map { $0.json + "\n" }.joined()
            try DurableFile.replace(Self.fixture, with: Array(text.utf8), mode: 0o644)
        }
        let content = try #require(try DurableFile.read(Self.fixture))
        let lines = String(decoding: content, as: UTF8.self).split(separator: "\n")
        let events = try SampleEvents.all()
        #expect(lines.count == events.count)
        for (line, event) in zip(lines, events) {
            let read = try MarketEvent(json: try JSONParser.parse(String(line)), source: .replay)
            #expect(read.payload == event.payload && read.timestamp == event.timestamp)
        }
    }

    @Test("takes flat records and the aliases type and ts; numbers may be strings")
    func flat() throws {
        let text =
            #"{"type":"trade","seq":2,"ts":"2024-08-08T23:54:15.088176367Z","symbol":"BTCUSDT","price":"61800.30","size":0.006,"aggressor":"buy"}"#
        let event = try MarketEvent(json: try JSONParser.parse(text), source: .replay)
        #expect(event.feedSequence == 2 && event.sequence == 0 && event.receivedAt == event.timestamp)
        #expect(event.ts.description == "2024-08-08T23:54:15.088176367Z" && event.type == .trade)
        let size = Quantity(rawValue: 6_000_000)
        #expect(event.payload == .trade(Trade(price: try Price("61800.3"), size: size, aggressor: .buy)))
    }

    @Test(
        "names the field that is wrong",
        arguments: [
            ("{}", "event_type: missing"), (#"{"type":"quote"}"#, #"type: unknown event type "quote""#),
            (#"{"type":"tick"}"#, "timestamp: missing"),
            (#"{"type":"tick","ts":"today"}"#, "ts: must be an RFC 3339 time in UTC"),
            (#"{"type":"tick","ts":"2024-08-08T23:54:15Z"}"#, "bid: missing"),
            (#"{"type":"tick","ts":"2024-08-08T23:54:15Z","bid":1,"ask":2}"#, "symbol: missing"),
            (
                #"{"event_type":"tick","ts":"2024-08-08T23:54:15Z","payload":{"bid":1e99}}"#,
                "payload.bid: number too large"
            ),
            (
                #"{"type":"trade","ts":"2024-08-08T23:54:15Z","price":1,"size":1,"aggressor":"me"}"#,
                "aggressor: 'me' is none of buy, sell, unknown"
            ),
            (
                #"{"type":"dom_snapshot","ts":"2024-08-08T23:54:15Z","bids":[[1]],"asks":[]}"#,
                "bids[0]: must be [price, size]"
            ), ("[]", "event: must be an object, not array"),
        ])
    func refuses(_ text: String, _ message: String) throws {
        let value = try JSONParser.parse(text)
        let error = #expect(throws: EventDecodingError.self) { try MarketEvent(json: value, source: .replay) }
        #expect(error?.description == message)
    }
}

@Suite("Numbers by type of event")
struct EventCountsTests {
    @Test("has room for every type, and tells them apart")
    func everyType() {
        var counts = EventCounts()
        for (index, type) in EventType.allCases.enumerated() { counts[type] = index + 1 }
        for (index, type) in EventType.allCases.enumerated() { #expect(counts[type] == index + 1) }
        let count = EventType.allCases.count
        #expect(counts.total == count * (count + 1) / 2)
        var other = counts
        #expect(other == counts && other.hashValue == counts.hashValue)
        other[.timer] += 1
        #expect(other != counts)
    }
}
