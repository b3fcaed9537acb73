import TradingModel

/// What a column or key of a flat record holds. Raw values are bits in `FlatRecord.seen`.
enum RecordField: UInt8 {
    case time, symbol, sequence
    case bid, ask, bidSize, askSize
    case price, size, aggressor
    case side, operation, position
    /// `type` of a JSON record.
    case kind
    /// A column nobody asked for.
    case ignored
    /// No value at all.
    case nothing

    /// This field in a set of fields.
    @inline(__always)
    var bit: UInt16 { 1 << UInt16(rawValue) }

    /// Whether JSON writes it as a string.
    @inline(__always)
    var isText: Bool { bit & 0b10_1110_0000_0011 != 0 }
}

/// The three frequent kinds of flat record.
enum FlatKind: UInt8 {
    case tick, trade, depth

    /// Fields without which there is no event.
    var required: UInt16 {
        switch self {
        case .tick: Self.tickFields
        case .trade: Self.tradeFields
        case .depth: Self.depthFields
        }
    }

    /// Fields that may be there.
    var allowed: UInt16 {
        required | Self.optionalFields | (self == .tick ? Self.tickSizes : 0)
    }

    // Bits of `RecordField`, spelled out so that they are constants.
    private static var tickFields: UInt16 { 0b0_0000_0001_1011 }
    private static var tickSizes: UInt16 { 0b0_0000_0110_0000 }
    private static var tradeFields: UInt16 { 0b0_0011_1000_0011 }
    private static var depthFields: UInt16 { 0b1_1101_1000_0011 }
    private static var optionalFields: UInt16 { 1 << 13 | 1 << 14 | 1 << 2 }
}

/// One row of a recording between parsing and merging: 72 plain bytes, which are cheaper to move than an event.
///
/// The event is made only when it is handed over. Rows that are no flat tick, trade or depth row carry the
/// place of their event instead.
struct FlatRecord: BitwiseCopyable {
    static let deepestPosition: UInt64 = 63
    /// Stands for a size that was not recorded.
    static var unknownSize: Int64 { .min }

    /// When the daemon had the event: the order of recordings. The source's time in flat records.
    var time: Int64 = 0
    /// `seq`; orders the events of one time.
    var number: UInt64 = 0
    /// `price`, or `bid`.
    var price: Int64 = 0
    var ask: Int64 = 0
    /// `size`, or `bid_size`.
    var size = Self.unknownSize
    var askSize = Self.unknownSize
    var symbol = SymbolID(rawValue: 0)
    /// Place of the event in `OrderingBlock.others`; negative in flat records.
    var other: Int32 = -1
    /// Bits of the fields that were read.
    var seen: UInt16 = 0
    var position: UInt8 = 0
    var kind = FlatKind.tick
    var aggressor = Aggressor.unknown
    var side = BookSide.bid
    var operation = DomOperation.insert
    /// Whether this is a depth event, of whatever form.
    var isDepth = false
    /// Whether the record itself says whether it ends a batch.
    var keepsBatchMark = false

    /// Nothing read yet.
    @inline(__always)
    init(_ kind: FlatKind = .tick) { self.kind = kind }

    /// Whether everything needed is there and in range.
    @inline(__always)
    var isPlainEvent: Bool {
        seen & kind.required == kind.required && seen & ~kind.allowed == 0 && hasPlainValues
    }

    /// Whether the values are in range.
    @inline(__always)
    var hasPlainValues: Bool {
        switch kind {
        case .tick: return price > 0 && ask > 0
        case .trade: return price > 0 && size > 0
        case .depth: return price > 0 || operation == .delete
        }
    }

    /// The event; only for flat records with plain values.
    var event: MarketEvent { event(.none) }

    /// The event, with that trace.
    @inline(__always)
    func event(_ trace: TraceContext) -> MarketEvent {
        let timestamp = Timestamp(nanoseconds: time)
        return MarketEvent(
            timestamp: timestamp, receivedAt: timestamp, symbol: symbol, source: .replay,
            feedSequence: number, trace: trace, payload: payload)
    }

    @inline(__always)
    private var payload: MarketEvent.Payload {
        switch kind {
        case .tick:
            .tick(
                Tick(
                    bid: Price(rawValue: price), ask: Price(rawValue: ask), bidSize: Self.quantity(size),
                    askSize: Self.quantity(askSize)))
        case .trade:
            .trade(
                Trade(price: Price(rawValue: price), size: Quantity(rawValue: size), aggressor: aggressor))
        case .depth:
            .domDelta(
                DomDelta(
                    side: side, operation: operation, position: UInt16(position),
                    price: Price(rawValue: price), size: Quantity(rawValue: size)))
        }
    }

    @inline(__always)
    private static func quantity(_ raw: Int64) -> Quantity? {
        raw == unknownSize ? nil : Quantity(rawValue: raw)
    }
}

extension FlatRecord {
    /// A row in its place for an event that is kept elsewhere, at `other`.
    init(_ event: borrowing MarketEvent, other: Int32, keepsBatchMark: Bool) {
        time = event.receivedAt.nanoseconds
        // The bus's number where it was recorded, else the feed's.
        number = event.sequence != 0 ? event.sequence : event.feedSequence
        symbol = event.symbol
        self.other = other
        isDepth = event.eventType == .domDelta || event.eventType == .domSnapshot
        self.keepsBatchMark = keepsBatchMark
    }

    /// Place among the events of all files.
    @inline(__always)
    func key(file: Int) -> EventKey { EventKey(time: time, number: number, file: file) }
}

/// Place of an event among those of all files: time, then number, then file.
struct EventKey: Comparable, BitwiseCopyable {
    var time: Int64
    var number: UInt64
    var file: Int

    /// Comes after every event.
    static let end = EventKey(time: .max, number: .max, file: .max)

    @inline(__always)
    static func < (left: EventKey, right: EventKey) -> Bool {
        if left.time != right.time { return left.time < right.time }
        if left.number != right.number { return left.number < right.number }
        return left.file < right.file
    }
}
