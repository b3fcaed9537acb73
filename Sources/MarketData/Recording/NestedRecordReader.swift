import TradingModel

/// Reads ticks, trades and depth rows in the nested form, exactly as `MarketEvent.write(to:)` writes them.
///
/// It never judges: whatever is written otherwise, or belongs to a trace, gives `nil` and is for the strict parser.
struct NestedRecordReader {
    private var fields = FieldReader()

    /// Reads a record.
    ///
    /// - Returns: the event, and whether it says itself that it ends a batch.
    mutating func read(_ bytes: Span<UInt8>, _ framed: FramedRecord) -> (MarketEvent, keepsBatchMark: Bool)? {
        let keys = Self.keys
        var position = framed.start
        var record = FlatRecord()
        var received = FlatRecord()
        guard keys.type.pass(bytes, &position), fields.read(.kind, bytes, at: &position, into: &record),
            keys.sequence.pass(bytes, &position), let sequence = bytes.plainInteger(at: &position),
            keys.feedSequence.pass(bytes, &position), keys.colon.pass(bytes, &position),
            fields.read(.sequence, bytes, at: &position, into: &record),
            keys.timestamp.pass(bytes, &position), fields.read(.time, bytes, at: &position, into: &record),
            keys.receivedAt.pass(bytes, &position), keys.quote.pass(bytes, &position),
            fields.read(.time, bytes, at: &position, into: &received),
            keys.source.pass(bytes, &position), let source = keys.source(bytes, &position),
            keys.symbol.pass(bytes, &position), fields.read(.symbol, bytes, at: &position, into: &record),
            keys.payload.pass(bytes, &position), let endsBatch = payload(bytes, &position, &record),
            keys.end.pass(bytes, &position), position == framed.end, record.hasPlainValues
        else { return nil }
        var event = record.event
        event.sequence = sequence
        event.receivedAt = Timestamp(nanoseconds: received.time)
        event.source = source
        if !endsBatch { event.clearEndsBatch() }
        return (event, record.kind == .depth)
    }

    /// - Returns: whether a depth row ends its batch; `true` for the others, `nil` for another form.
    private mutating func payload(
        _ bytes: Span<UInt8>, _ position: inout Int, _ record: inout FlatRecord
    ) -> Bool? {
        let keys = Self.keys
        switch record.kind {
        case .tick:
            guard keys.bid.pass(bytes, &position), fields.read(.bid, bytes, at: &position, into: &record),
                keys.ask.pass(bytes, &position), fields.read(.ask, bytes, at: &position, into: &record),
                keys.bidSize.pass(bytes, &position), size(.bidSize, bytes, &position, &record),
                keys.askSize.pass(bytes, &position), size(.askSize, bytes, &position, &record)
            else { return nil }
            return true
        case .trade:
            guard keys.price.pass(bytes, &position), fields.read(.price, bytes, at: &position, into: &record),
                keys.size.pass(bytes, &position), fields.read(.size, bytes, at: &position, into: &record),
                keys.aggressor.pass(bytes, &position),
                fields.read(.aggressor, bytes, at: &position, into: &record),
                keys.quote.pass(bytes, &position)
            else { return nil }
            return true
        case .depth:
            guard keys.side.pass(bytes, &position), fields.read(.side, bytes, at: &position, into: &record),
                keys.operation.pass(bytes, &position),
                fields.read(.operation, bytes, at: &position, into: &record),
                keys.position.pass(bytes, &position),
                fields.read(.position, bytes, at: &position, into: &record),
                keys.nextPrice.pass(bytes, &position),
                fields.read(.price, bytes, at: &position, into: &record),
                keys.size.pass(bytes, &position), fields.read(.size, bytes, at: &position, into: &record),
                keys.endsBatch.pass(bytes, &position)
            else { return nil }
            if keys.yes.pass(bytes, &position) { return true }
            return keys.no.pass(bytes, &position) ? false : nil
        }
    }

    private mutating func size(
        _ field: RecordField, _ bytes: Span<UInt8>, _ position: inout Int, _ record: inout FlatRecord
    ) -> Bool {
        Self.keys.null.pass(bytes, &position) || fields.read(field, bytes, at: &position, into: &record)
    }

    private static let keys = NestedKeys()
}

/// What stands between the values of a nested record.
private struct NestedKeys: Sendable {
    let type = ByteLiteral("{\"event_type\":\"")
    let sequence = ByteLiteral("\",\"sequence\":")
    let feedSequence = ByteLiteral(",\"feed_sequence\"")
    let colon = ByteLiteral(":")
    let timestamp = ByteLiteral(",\"timestamp\":\"")
    let receivedAt = ByteLiteral("\",\"received_at\":")
    let quote = ByteLiteral("\"")
    let source = ByteLiteral("\",\"source\":\"")
    let symbol = ByteLiteral(",\"symbol\":\"")
    let payload = ByteLiteral("\",\"payload\":{")
    let end = ByteLiteral("}}")
    let bid = ByteLiteral("\"bid\":")
    let ask = ByteLiteral(",\"ask\":")
    let bidSize = ByteLiteral(",\"bid_size\":")
    let askSize = ByteLiteral(",\"ask_size\":")
    let price = ByteLiteral("\"price\":")
    let size = ByteLiteral(",\"size\":")
    let aggressor = ByteLiteral(",\"aggressor\":\"")
    let side = ByteLiteral("\"side\":\"")
    let operation = ByteLiteral("\",\"op\":\"")
    let position = ByteLiteral("\",\"position\":")
    let nextPrice = ByteLiteral(",\"price\":")
    let endsBatch = ByteLiteral(",\"ends_batch\":")
    let yes = ByteLiteral("true")
    let no = ByteLiteral("false")
    let null = ByteLiteral("null")
    /// Who made an event, with the quote behind the name.
    private let sources = EventSource.allCases.map { ($0, ByteLiteral("\($0.name)\"")) }

    /// Reads the name of a source and the quote behind it.
    func source(_ bytes: Span<UInt8>, _ position: inout Int) -> EventSource? {
        for (source, name) in sources where name.pass(bytes, &position) { return source }
        return nil
    }
}

extension ByteLiteral {
    /// The bytes of a short text.
    fileprivate init(_ text: String) {
        let bytes = Array(text.utf8)
        self.init(bytes.span)
    }

    /// Moves behind this where `bytes` continue with it.
    @inline(__always)
    fileprivate func pass(_ bytes: Span<UInt8>, _ position: inout Int) -> Bool {
        guard matches(bytes, at: position) else { return false }
        position &+= count
        return true
    }
}
