import ExactJSON
import TradingModel

/// What a JSON record turned out to be.
enum JSONRecord {
    /// An event; `keepsBatchMark` where the record itself says whether it ends a batch.
    case event(MarketEvent, keepsBatchMark: Bool)
    /// Well formed, but not an event.
    case skipped(type: String)
}

/// Reads JSON records: flat ticks, trades and depth rows from bytes, everything else through the strict parser.
struct JSONRecordReader: PlainRowReader {
    /// Types of record that recordings hold beside events: raw broker ticks.
    static let skippedTypes: Set<String> = ["ib_tick"]

    private var fields = FieldReader()
    private var shapes = RowShapes()
    private var nested = NestedRecordReader()

    /// Reads a flat record of a shape seen before.
    @inline(__always)
    mutating func readRow(
        _ bytes: Span<UInt8>, at position: inout Int, into record: inout FlatRecord
    ) -> Bool {
        let start = position
        if fields.readRow(bytes, shapes, at: &position, into: &record) {
            shapes.hit()
            return true
        }
        return readOtherShape(bytes, start, &position, &record)
    }

    @inline(__always)
    private mutating func readOtherShape(
        _ bytes: Span<UInt8>, _ start: Int, _ position: inout Int, _ record: inout FlatRecord
    ) -> Bool {
        for _ in 1..<RowShapes.count {
            shapes.turn()
            position = start
            record = FlatRecord()
            if fields.readRow(bytes, shapes, at: &position, into: &record) {
                shapes.hit()
                return true
            }
        }
        return false
    }

    /// Reads a flat record in plain form, in a shape seen before or with its keys in any order.
    ///
    /// - Returns: `false` when the record needs a careful look.
    mutating func readPlain(
        _ bytes: Span<UInt8>, _ framed: FramedRecord, into record: inout FlatRecord
    ) -> Bool {
        var position = framed.start
        if readRow(bytes, at: &position, into: &record), position == framed.end { return true }
        record = FlatRecord()
        return readAnyOrder(bytes, framed, into: &record)
    }

    /// Reads a flat record in plain form, keys in any order, and keeps its shape.
    ///
    /// - Returns: `false` when the record needs a careful look.
    mutating func readAnyOrder(
        _ bytes: Span<UInt8>, _ framed: FramedRecord, into record: inout FlatRecord
    ) -> Bool {
        var position = framed.start
        var places = ValuePlaces()
        guard bytes[position] == UInt8(ascii: "{") else { return false }
        position += 1
        while true {
            Self.skipSpaces(bytes, &position)
            guard bytes[position] == UInt8(ascii: "\"") else { return false }
            position += 1
            guard let field = Self.key(bytes, &position), record.seen & field.bit == 0 else { return false }
            record.seen |= field.bit
            Self.skipSpaces(bytes, &position)
            guard readValue(field, bytes, &position, &record, &places) else { return false }
            Self.skipSpaces(bytes, &position)
            let separator = bytes[position]
            position += 1
            if separator == UInt8(ascii: ",") { continue }
            guard separator == UInt8(ascii: "}"), position == framed.end,
                record.seen & RecordField.kind.bit != 0, record.isPlainEvent
            else { return false }
            record.isDepth = record.kind == .depth
            shapes.learn(bytes, framed, places, record.kind)
            return true
        }
    }

    @inline(__always)
    private mutating func readValue(
        _ field: RecordField, _ bytes: Span<UInt8>, _ position: inout Int, _ record: inout FlatRecord,
        _ places: inout ValuePlaces
    ) -> Bool {
        if (field == .bidSize || field == .askSize) && bytes.word(at: position) & 0xFFFF_FFFF == Self.null {
            places.note(field, position, position + 4)
            position += 4
            return true
        }
        let isQuoted = field.isText
        if isQuoted {
            guard bytes[position] == UInt8(ascii: "\"") else { return false }
            position += 1
        }
        let start = position
        guard fields.read(field, bytes, at: &position, into: &record) else { return false }
        places.note(field, start, position)
        if isQuoted {
            guard bytes[position] == UInt8(ascii: "\"") else { return false }
            position += 1
        }
        return true
    }

    /// Reads a key behind its opening quote, and the colon; `nil` for a key no flat record has.
    @inline(__always)
    private static func key(_ bytes: Span<UInt8>, _ position: inout Int) -> RecordField? {
        let word = bytes.word(at: position)
        // The lowest byte equal to a quote: the classic test for a zero byte after exclusive or.
        let quotes = word ^ 0x2222_2222_2222_2222
        let found = (quotes &- 0x0101_0101_0101_0101) & ~quotes & 0x8080_8080_8080_8080
        let count: Int
        let field: RecordField
        if found != 0 {
            count = found.trailingZeroBitCount / 8
            // A NUL at the end of a key would look like the shorter key.
            guard let key = FlatKey(rawValue: word & ((1 << UInt64(8 * count)) &- 1)),
                bytes[position + count - 1] != 0
            else { return nil }
            field = key.field
        } else {
            guard let long = longKey(word, bytes, position) else { return nil }
            (field, count) = long
        }
        position += count
        guard bytes[position] == UInt8(ascii: "\"") else { return nil }
        position += 1
        skipSpaces(bytes, &position)
        guard bytes[position] == UInt8(ascii: ":") else { return nil }
        position += 1
        return field
    }

    /// Keys of eight bytes and more, by their first eight and what follows.
    @inline(__always)
    private static func longKey(
        _ word: UInt64, _ bytes: Span<UInt8>, _ position: Int
    ) -> (RecordField, Int)? {
        switch FlatKey(rawValue: word) {
        case .bidSize: (.bidSize, 8)
        case .askSize: (.askSize, 8)
        case .position: (.position, 8)
        case .aggressor where bytes[position + 8] == UInt8(ascii: "r"): (.aggressor, 9)
        case .timestamp where bytes[position + 8] == UInt8(ascii: "p"): (.time, 9)
        default: nil
        }
    }

    /// Blanks and tabs; a record that spans lines is for the strict parser.
    @inline(__always)
    private static func skipSpaces(_ bytes: Span<UInt8>, _ position: inout Int) {
        while bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
    }

    /// `null`, as it lies in memory.
    static let null: UInt64 = 0x6C6C_756E

    /// Reads a nested record in plain form; `nil` when it needs a careful look.
    mutating func readNested(_ bytes: Span<UInt8>, _ framed: FramedRecord) -> JSONRecord? {
        guard let (event, keepsBatchMark) = nested.read(bytes, framed) else { return nil }
        return .event(event, keepsBatchMark: keepsBatchMark)
    }

    /// Everything else: the strict parser, and words for every fault.
    static func readCarefully(_ bytes: Span<UInt8>, _ record: FramedRecord) throws(RowFault) -> JSONRecord {
        let text = bytes.extracting(record.start..<record.end).withUnsafeBufferPointer { Array($0) }
        do {
            let value = try JSONParser.parse(text)
            if let type = (value["event_type"] ?? value["type"])?.stringValue, skippedTypes.contains(type) {
                return .skipped(type: type)
            }
            let event = try MarketEvent(json: value, source: .replay)
            try event.checkRanges()
            return .event(event, keepsBatchMark: (value["payload"] ?? value)["ends_batch"] != nil)
        } catch let fault as RowFault {
            throw fault
        } catch {
            throw RowFault("\(error)")
        }
    }
}

/// Keys of flat records, their first eight bytes as they lie in memory, least byte first.
enum FlatKey: UInt64, CaseIterable {
    case type = 0x6570_7974
    case seq = 0x71_6573
    case ts = 0x7374
    case timestamp = 0x6D61_7473_656D_6974
    case symbol = 0x6C6F_626D_7973
    case bid = 0x64_6962
    case ask = 0x6B_7361
    case bidSize = 0x657A_6973_5F64_6962
    case askSize = 0x657A_6973_5F6B_7361
    case price = 0x65_6369_7270
    case size = 0x657A_6973
    case aggressor = 0x6F73_7365_7267_6761
    case side = 0x6564_6973
    case op = 0x706F
    case position = 0x6E6F_6974_6973_6F70

    /// What the key holds.
    @inline(__always)
    var field: RecordField {
        switch self {
        case .type: .kind
        case .seq: .sequence
        case .ts, .timestamp: .time
        case .symbol: .symbol
        case .bid: .bid
        case .ask: .ask
        case .bidSize: .bidSize
        case .askSize: .askSize
        case .price: .price
        case .size: .size
        case .aggressor: .aggressor
        case .side: .side
        case .op: .operation
        case .position: .position
        }
    }
}
