import ExactJSON

extension MarketEvent {
    /// Reads what `write(to:)` writes, and the flat records of recorded data.
    ///
    /// `type` and `ts` stand for `event_type` and `timestamp`; in a flat record the payload's fields lie beside
    /// them and `seq` is the feed's number. Prices may be JSON numbers or strings.
    ///
    /// - Throws: `EventDecodingError` naming the field.
    public init(json value: JSONValue, source defaultSource: EventSource) throws(EventDecodingError) {
        let fields = try JSONFields(value)
        guard let (key, kind) = fields.optional("event_type", "type") else {
            throw EventDecodingError("event_type", "missing")
        }
        guard let name = kind.stringValue, let type = EventType(name: name) else {
            throw EventDecodingError(key, "unknown event type \(kind.text)")
        }
        let timestamp = try fields.timestamp("timestamp", "ts")
        let isNested = fields.optional("payload") != nil
        let payload = try Payload(type, isNested ? try fields.nested("payload") : fields)
        var symbol = SymbolID.none
        if fields.optional("symbol") != nil {
            guard let known = SymbolID(try fields.string("symbol")) else {
                throw EventDecodingError("symbol", "not a usable name")
            }
            symbol = known
        } else if type.concernsInstrument {
            throw EventDecodingError("symbol", "missing")
        }
        var source = defaultSource
        if isNested, fields.optional("source") != nil {
            source = try fields.named("source", \EventSource.name)
        }
        self.init(
            timestamp: timestamp,
            receivedAt: fields.optional("received_at") == nil
                ? timestamp : try fields.timestamp("received_at"),
            symbol: symbol, source: source, feedSequence: try Self.feedSequence(fields),
            trace: try Self.trace(fields), payload: payload)
        if fields.optional("sequence") != nil { sequence = try fields.integer("sequence") }
    }

    private static func feedSequence(_ fields: JSONFields) throws(EventDecodingError) -> UInt64 {
        guard let (key, _) = fields.optional("feed_sequence", "seq") else { return 0 }
        return try fields.integer(key)
    }

    private static func trace(_ fields: JSONFields) throws(EventDecodingError) -> TraceContext {
        guard fields.optional("trace_id") != nil else { return .none }
        guard let trace = TraceID(hex: try fields.string("trace_id")) else {
            throw EventDecodingError("trace_id", "must be 32 hex digits")
        }
        guard let span = SpanID(hex: try fields.string("span_id")) else {
            throw EventDecodingError("span_id", "must be 16 hex digits")
        }
        return TraceContext(traceID: trace, spanID: span)
    }
}

extension EventType {
    /// Whether events of this type belong to one instrument.
    @inlinable
    public var concernsInstrument: Bool {
        switch self {
        case .feedStatus, .system, .timer: false
        default: true
        }
    }
}

extension MarketEvent.Payload {
    init(_ type: EventType, _ fields: JSONFields) throws(EventDecodingError) {
        switch type {
        case .tick: self = .tick(try Tick(fields))
        case .trade: self = .trade(try Trade(fields))
        case .domDelta: self = .domDelta(try DomDelta(fields))
        case .domSnapshot: self = .domSnapshot(try DomSnapshot(fields))
        case .deltaBar: self = .deltaBar(try DeltaBar(fields))
        case .tapeSnapshot: self = .tapeSnapshot(try TapeSnapshot(fields))
        case .footprintSnapshot: self = .footprintSnapshot(try FootprintSnapshot(fields))
        case .signal: self = .signal(try Signal(fields))
        case .riskDecision: self = .riskDecision(try RiskDecision(fields))
        case .orderEvent: self = .orderEvent(try OrderEvent(fields))
        case .feedStatus:
            self = .feedStatus(
                FeedStatus(
                    stream: fields.optional("stream") == nil
                        ? nil : try fields.named("stream", \FeedStream.name),
                    quality: try fields.named("quality", \FeedStatus.Quality.name),
                    reason: try fields.string("reason")))
        case .system:
            self = .system(try SystemNotice(fields))
        case .timer:
            self = .timer(TimerFired(id: try fields.integer("id"), dueAt: try fields.timestamp("due_at")))
        }
    }
}

extension SystemNotice {
    init(_ fields: JSONFields) throws(EventDecodingError) {
        let scope = fields.optional("scope") == nil ? "all" : try fields.string("scope")
        guard let scope = KillScope(text: scope) else {
            throw EventDecodingError(fields.path("scope"), "must be all, strategy:NAME or symbol:NAME")
        }
        self.init(
            try fields.named("kind", \SystemNotice.Kind.name), actor: try fields.string("actor"),
            reason: try fields.string("reason"),
            decisionSequence: fields.optional("decision_seq") == nil
                ? 0 : try fields.integer("decision_seq"),
            level: fields.optional("level") == nil ? nil : try fields.named("level", \KillLevel.name),
            scope: scope,
            detail: fields.optional("detail") == nil ? "" : try fields.string("detail"))
    }
}

extension Tick {
    init(_ fields: JSONFields) throws(EventDecodingError) {
        self.init(
            bid: try fields.price("bid"), ask: try fields.price("ask"),
            bidSize: try fields.optionalQuantity("bid_size"), askSize: try fields.optionalQuantity("ask_size")
        )
    }
}

extension Trade {
    init(_ fields: JSONFields) throws(EventDecodingError) {
        self.init(
            price: try fields.price("price"), size: try fields.quantity("size"),
            aggressor: try fields.named("aggressor", \Aggressor.name))
    }
}

extension DomDelta {
    init(_ fields: JSONFields) throws(EventDecodingError) {
        self.init(
            side: try fields.named("side", \BookSide.name),
            operation: try fields.named("op", \DomOperation.name), position: try fields.integer("position"),
            price: try fields.price("price"), size: try fields.quantity("size"),
            endsBatch: fields.optional("ends_batch") == nil ? true : try fields.bool("ends_batch"))
    }
}

extension DomSnapshot {
    init(_ fields: JSONFields) throws(EventDecodingError) {
        self.init(
            bids: try Self.levels(fields, "bids"), asks: try Self.levels(fields, "asks"),
            endsBatch: fields.optional("ends_batch") == nil ? true : try fields.bool("ends_batch"))
    }

    private static func levels(_ fields: JSONFields, _ key: String) throws(EventDecodingError) -> [Level] {
        guard let rows = try fields.required(key).arrayValue else {
            throw EventDecodingError(fields.path(key), "must be an array of [price, size]")
        }
        var levels: [Level] = []
        for (index, row) in rows.enumerated() {
            let path = "\(fields.path(key))[\(index)]"
            guard let pair = row.arrayValue, pair.count == 2 else {
                throw EventDecodingError(path, "must be [price, size]")
            }
            levels.append(
                Level(
                    price: Price(rawValue: try fields.decimal(pair[0], path)),
                    size: Quantity(rawValue: try fields.decimal(pair[1], path))))
        }
        return levels
    }
}

extension DeltaBar {
    init(_ fields: JSONFields) throws(EventDecodingError) {
        self.init(
            start: try fields.timestamp("start"), interval: try fields.integer("interval_ns"),
            price: try fields.price("open"), feedSequence: try fields.integer("first_seq"))
        high = try fields.price("high")
        low = try fields.price("low")
        close = try fields.price("close")
        buyVolume = try fields.volume("buy_volume")
        sellVolume = try fields.volume("sell_volume")
        unknownVolume = try fields.volume("unknown_volume")
        maxDelta = try fields.volume("max_delta")
        minDelta = try fields.volume("min_delta")
        cumulativeDelta = try fields.volume("cum_delta")
        let trades: UInt32 = try fields.integer("trades")
        let buys: UInt32 = try fields.integer("buy_trades")
        let sells: UInt32 = try fields.integer("sell_trades")
        guard UInt64(buys) + UInt64(sells) <= trades else {
            throw EventDecodingError(fields.path("trades"), "less than buy_trades and sell_trades together")
        }
        buyTrades = Int(buys)
        sellTrades = Int(sells)
        unknownTrades = Int(trades - buys - sells)
        lastFeedSequence = try fields.integer("last_seq")
        isClosed = try fields.bool("closed")
    }
}

extension TapeSnapshot {
    init(_ fields: JSONFields) throws(EventDecodingError) {
        guard let rows = try fields.required("prints").arrayValue else {
            throw EventDecodingError(fields.path("prints"), "must be an array")
        }
        var prints: [TapePrint] = []
        for (index, row) in rows.enumerated() {
            let print = try JSONFields(row, at: "\(fields.path("prints"))[\(index)]")
            prints.append(
                TapePrint(
                    feedSequence: try print.integer("seq"), timestamp: try print.timestamp("ts"),
                    trade: try Trade(print)))
        }
        self.init(prints: prints, totals: try TapeTotals(try fields.nested("totals")))
    }
}

extension TapeTotals {
    init(_ fields: JSONFields) throws(EventDecodingError) {
        self.init()
        // Counts of 32 bits, so that their sum fits.
        let buys: UInt32 = try fields.integer("buy_trades")
        let sells: UInt32 = try fields.integer("sell_trades")
        let unknown: UInt32 = try fields.integer("unknown_trades")
        buyTrades = Int(buys)
        sellTrades = Int(sells)
        unknownTrades = Int(unknown)
        buyVolume = try fields.volume("buy_volume")
        sellVolume = try fields.volume("sell_volume")
        unknownVolume = try fields.volume("unknown_volume")
        notional = try fields.money("notional")
        firstPrice = try fields.optionalPrice("first_price")
        lastPrice = try fields.optionalPrice("last_price")
        high = try fields.optionalPrice("high")
        low = try fields.optionalPrice("low")
    }
}

extension FootprintSnapshot {
    init(_ fields: JSONFields) throws(EventDecodingError) {
        guard let rows = try fields.required("levels").arrayValue else {
            throw EventDecodingError(fields.path("levels"), "must be an array")
        }
        var levels: [FootprintLevel] = []
        for (index, row) in rows.enumerated() {
            let path = "\(fields.path("levels"))[\(index)]"
            guard let cells = row.arrayValue, cells.count == 5, case .number(let count) = cells[4],
                let trades = UInt32(count)
            else { throw EventDecodingError(path, "must be [price, sell, buy, unknown, trades]") }
            var level = FootprintLevel(price: Price(rawValue: try fields.decimal(cells[0], path)))
            level.sellVolume = try JSONFields.volume(cells[1], path)
            level.buyVolume = try JSONFields.volume(cells[2], path)
            level.unknownVolume = try JSONFields.volume(cells[3], path)
            level.trades = trades
            levels.append(level)
        }
        self.init(
            start: try fields.timestamp("start"), interval: try fields.integer("interval_ns"), levels: levels,
            rowSize: try fields.optionalPrice("row_size"), isClosed: try fields.bool("closed"))
    }
}
