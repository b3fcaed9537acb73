import ExactJSON
import TradingModel

/// Records → events. What a checksum cannot tell is checked here: no record may bring the core to a halt.
extension JournalWords {
    /// The quote of a `tick`; `nil` out of range.
    @inline(__always)
    var tick: Tick? {
        let bid = Int64(bitPattern: words.0), ask = Int64(bitPattern: words.1)
        let bidSize = Int64(bitPattern: words.2), askSize = Int64(bitPattern: words.3)
        guard bid > 0, ask > 0, bidSize >= 0 || bidSize == .min, askSize >= 0 || askSize == .min else {
            return nil
        }
        return Tick(
            bid: Price(rawValue: bid), ask: Price(rawValue: ask),
            bidSize: bidSize == .min ? nil : Quantity(rawValue: bidSize),
            askSize: askSize == .min ? nil : Quantity(rawValue: askSize))
    }

    /// The print of a `trade`; `nil` out of range.
    @inline(__always)
    var trade: Trade? {
        let price = Int64(bitPattern: words.0), size = Int64(bitPattern: words.1)
        guard price > 0, size > 0, words.2 <= 0xFF,
            let aggressor = Aggressor(rawValue: UInt8(truncatingIfNeeded: words.2))
        else { return nil }
        return Trade(price: Price(rawValue: price), size: Quantity(rawValue: size), aggressor: aggressor)
    }

    /// The row operation of a `domDelta`; `nil` out of range.
    @inline(__always)
    var domDelta: DomDelta? {
        let price = Int64(bitPattern: words.0), size = Int64(bitPattern: words.1)
        let position = words.2 >> 16
        guard let side = BookSide(rawValue: UInt8(truncatingIfNeeded: words.2)),
            let operation = DomOperation(rawValue: UInt8(truncatingIfNeeded: words.2 >> 8)),
            position <= FlatRecord.deepestPosition, size >= 0,
            price > 0 || operation == .delete && price == 0
        else { return nil }
        return DomDelta(
            side: side, operation: operation, position: UInt16(truncatingIfNeeded: position),
            price: Price(rawValue: price), size: Quantity(rawValue: size), endsBatch: endsBatch)
    }

    /// The event with that payload.
    @inline(__always)
    func event(
        _ payload: MarketEvent.Payload, _ symbol: SymbolID, _ sequence: UInt64, _ source: EventSource,
        _ trace: TraceContext
    ) -> MarketEvent {
        var event = MarketEvent(
            timestamp: Timestamp(nanoseconds: timestamp), receivedAt: Timestamp(nanoseconds: receivedAt),
            symbol: symbol, source: source, feedSequence: feedSequence, trace: trace, payload: payload)
        event.sequence = sequence
        return event
    }

    /// Any event with what follows its record, at `position`, which moves behind it.
    func longEvent(
        _ bytes: RawSpan, _ position: inout Int, _ symbol: SymbolID, _ sequence: UInt64
    ) throws(JournalFault) -> MarketEvent {
        let begin = position
        guard let source, let kind else { throw JournalFault("a record is of no known kind or source") }
        var trace = TraceContext.none
        if isTraced {
            guard bytes.byteCount - position >= JournalMarks.traceBytes else {
                throw JournalFault("a trace passes its end")
            }
            trace = TraceContext(
                traceID: TraceID(high: bytes.word(position), low: bytes.word(position + 8)),
                spanID: SpanID(rawValue: bytes.word(position + 16)))
            position += JournalMarks.traceBytes
        }
        let payload = try payload(kind, bytes, &position)
        let event = event(payload, symbol, sequence, source, trace)
        do throws(RowFault) { try event.checkRanges() } catch { throw JournalFault(error.reason) }
        position = begin + JournalFormat.rounded(position - begin)
        guard position <= bytes.byteCount else { throw JournalFault("a record passes its end") }
        return event
    }

    private func payload(
        _ kind: JournalRecordKind, _ bytes: RawSpan, _ position: inout Int
    ) throws(JournalFault) -> MarketEvent.Payload {
        switch kind {
        case .tick: if let tick { return .tick(tick) }
        case .trade: if let trade { return .trade(trade) }
        case .domDelta: if let domDelta { return .domDelta(domDelta) }
        case .domSnapshot: return .domSnapshot(try snapshot(bytes, &position))
        case .feedStatus:
            guard words.0 <= 0xFF, let quality = FeedStatus.Quality(rawValue: UInt8(words.0)) else { break }
            let stream = words.1 == 0 ? nil : UInt8(exactly: words.1 - 1).flatMap(FeedStream.init(rawValue:))
            guard words.1 == 0 || stream != nil else { break }
            return .feedStatus(
                FeedStatus(stream: stream, quality: quality, reason: try bytes.text(words.3, at: &position)))
        case .system:
            guard words.0 <= 0xFF, let kind = SystemNotice.Kind(rawValue: UInt8(words.0)) else {
                throw JournalFault("holds a notice of kind \(words.0), which this program does not know")
            }
            let actor = try bytes.text(words.2, at: &position)
            let reason = try bytes.text(words.3, at: &position)
            return .system(SystemNotice(kind, actor: actor, reason: reason, decisionSequence: words.1))
        case .timer:
            guard let id = UInt32(exactly: words.0) else { break }
            return .timer(
                TimerFired(id: id, dueAt: Timestamp(nanoseconds: Int64(bitPattern: words.1))))
        case .other: return try other(bytes, &position)
        case .symbol: break
        }
        throw JournalFault("holds an impossible event")
    }

    private func snapshot(_ bytes: RawSpan, _ position: inout Int) throws(JournalFault) -> DomSnapshot {
        let limit = UInt64(LadderSide.capacity)
        guard words.0 <= limit, words.1 <= limit,
            bytes.byteCount - position >= Int(words.0 + words.1) * 16
        else { throw JournalFault("holds an impossible ladder") }
        var sides: [[Level]] = []
        for count in [words.0, words.1] {
            sides.append(
                (0..<Int(count)).map { row in
                    Level(
                        price: Price(rawValue: bytes.signed(position + 16 * row)),
                        size: Quantity(rawValue: bytes.signed(position + 16 * row + 8)))
                })
            position += 16 * Int(count)
        }
        return DomSnapshot(bids: sides[0], asks: sides[1], endsBatch: endsBatch)
    }

    private func other(_ bytes: RawSpan, _ position: inout Int) throws(JournalFault) -> MarketEvent.Payload {
        let text = try bytes.text(words.3, at: &position)
        guard let json = try? JSONParser.parse(text), let event = try? MarketEvent(json: json, source: .clock)
        else { throw JournalFault("holds an event whose JSON cannot be read") }
        return event.payload
    }
}
