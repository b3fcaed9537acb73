import ExactJSON

extension ReferenceQuote {
    init?(optional key: String, in fields: JSONFields) throws(EventDecodingError) {
        guard fields.optional(key) != nil else { return nil }
        let members = try fields.nested(key)
        self.init(
            try Tick(try members.nested("quote")), sequence: try members.integer("sequence"),
            receivedAt: try members.timestamp("received_at"))
    }
}

extension ReferenceTrade {
    init?(optional key: String, in fields: JSONFields) throws(EventDecodingError) {
        guard fields.optional(key) != nil else { return nil }
        let members = try fields.nested(key)
        self.init(try members.price("price"), receivedAt: try members.timestamp("received_at"))
    }
}

extension OrderOrigin {
    /// Reads what `writeFields` writes; strategy and number of the signal stand in the order beside it.
    init?(optional key: String, in fields: JSONFields) throws(EventDecodingError) {
        guard fields.optional(key) != nil else { return nil }
        let members = try fields.nested(key)
        let order = try fields.nested("order")
        self.init(
            signal: try SignalOrigin(
                members, strategy: StrategyID(try order.string("strategy")),
                sequence: try order.integer("signal_sequence")),
            sizing: try Sizing(try members.nested("sizing")))
    }
}

extension SignalOrigin {
    fileprivate init(
        _ fields: JSONFields, strategy: StrategyID, sequence: UInt64
    ) throws(EventDecodingError) {
        let trigger = try fields.nested("trigger")
        let features = try fields.nested("features")
        let quote = try Tick(trigger)
        self.init(
            trigger: try EventStamp(trigger), quote: quote, samples: try PriceWindow(features),
            sampleCount: try features.integer("count"), tickSize: try features.price("tick"),
            threshold: try features.price("threshold"),
            strategyVersion: try fields.integer("strategy_version"),
            signal: try Signal(
                try fields.nested("signal"), features: features, quote: quote, strategy: strategy),
            signalSequence: sequence)
    }
}

extension Signal {
    fileprivate init(
        _ fields: JSONFields, features: JSONFields, quote: Tick, strategy: StrategyID
    ) throws(EventDecodingError) {
        let basis = try features.string("basis")
        guard basis == "micro" || basis == "mid" else {
            throw EventDecodingError(features.path("basis"), "'\(basis)' is none of micro, mid")
        }
        self.init(
            strategy: strategy, direction: try fields.named("direction", \Direction.name),
            isWeighted: basis == "micro", score: try fields.double("score"),
            confidence: try fields.double("confidence"), last: try features.price("last"),
            mean5: try features.price("mean_5"), mean10: try features.price("mean_10"), bid: quote.bid,
            ask: quote.ask)
    }
}

extension EventStamp {
    fileprivate init(_ fields: JSONFields) throws(EventDecodingError) {
        let timestamp = try fields.timestamp("ts")
        self.init(
            sequence: try fields.integer("seq"), feedSequence: try fields.integer("feed_seq"),
            type: try fields.named("type", \EventType.name), timestamp: timestamp,
            receivedAt: fields.optional("received_at") == nil
                ? timestamp : try fields.timestamp("received_at"))
    }
}

extension PriceWindow {
    fileprivate init(_ fields: JSONFields) throws(EventDecodingError) {
        let path = fields.path("samples")
        guard let rows = try fields.required("samples").arrayValue, rows.count <= Self.capacity else {
            throw EventDecodingError(path, "must be an array of at most \(Self.capacity) prices")
        }
        self.init()
        for row in rows { append(Price(rawValue: try fields.decimal(row, path))) }
    }
}

extension Sizing {
    fileprivate init(_ fields: JSONFields) throws(EventDecodingError) {
        let outcome: Outcome =
            fields.optional("outcome") == nil ? .order : try fields.named("outcome", \Outcome.name)
        self.init(
            target: try fields.quantity("target"), position: try fields.quantity("position"),
            leaves: try fields.quantity("leaves"), outcome: outcome)
    }
}
