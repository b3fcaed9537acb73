import TradingModel

/// Reads the plain form of every field of a flat record straight from bytes, allocating nothing.
///
/// It never judges: whatever is not plain gives `false`, and the careful reader of the format then says what
/// the row is, or what is wrong with it.
struct FieldReader {
    private var times = TimeReader()
    private var symbols = SymbolReader()

    /// Reads `field` at `position` into `record` and moves behind it.
    @inline(__always)
    mutating func read(
        _ field: RecordField, _ bytes: Span<UInt8>, at position: inout Int, into record: inout FlatRecord
    ) -> Bool {
        switch field {
        case .time:
            guard let time = times.read(bytes, at: &position) else { return false }
            record.time = time
        case .symbol:
            guard let symbol = symbols.read(bytes, at: &position) else { return false }
            record.symbol = symbol
        case .sequence:
            guard let sequence = bytes.plainInteger(at: &position) else { return false }
            record.number = sequence
        case .position:
            guard let row = bytes.plainInteger(at: &position), row <= FlatRecord.deepestPosition
            else { return false }
            record.position = UInt8(truncatingIfNeeded: row)
        case .bid, .price:
            guard let price = bytes.plainDecimal(at: &position) else { return false }
            record.price = price
        case .ask:
            guard let price = bytes.plainDecimal(at: &position) else { return false }
            record.ask = price
        case .bidSize, .size:
            guard let size = bytes.plainDecimal(at: &position) else { return false }
            record.size = size
        case .askSize:
            guard let size = bytes.plainDecimal(at: &position) else { return false }
            record.askSize = size
        case .aggressor: return Self.readAggressor(bytes, at: &position, into: &record)
        case .side: return Self.readSide(bytes, at: &position, into: &record)
        case .operation: return Self.readOperation(bytes, at: &position, into: &record)
        case .kind: return Self.readKind(bytes, at: &position, into: &record)
        case .ignored, .nothing: return false
        }
        return true
    }

    // The words of the enumerations, compared as little-endian numbers: all of them, so that there is no branch that
    // depends on what the market did.

    @inline(__always)
    private static func readAggressor(
        _ bytes: Span<UInt8>, at position: inout Int, into record: inout FlatRecord
    ) -> Bool {
        let (text, count) = name(bytes, at: position)
        let (isBuy, isSell) = (text == FlatName.buy.rawValue, text == FlatName.sell.rawValue)
        guard isOne(text, .buy, .sell, .unknown) else { return false }
        record.aggressor = isBuy ? .buy : isSell ? .sell : .unknown
        position += count
        return true
    }

    @inline(__always)
    private static func readSide(
        _ bytes: Span<UInt8>, at position: inout Int, into record: inout FlatRecord
    ) -> Bool {
        let (text, count) = name(bytes, at: position)
        let isBid = text == FlatName.bid.rawValue
        guard isOne(text, .bid, .ask, .ask) else { return false }
        record.side = isBid ? .bid : .ask
        position += count
        return true
    }

    @inline(__always)
    private static func readOperation(
        _ bytes: Span<UInt8>, at position: inout Int, into record: inout FlatRecord
    ) -> Bool {
        let (text, count) = name(bytes, at: position)
        let (isUpdate, isInsert) = (text == FlatName.update.rawValue, text == FlatName.insert.rawValue)
        guard isOne(text, .update, .insert, .delete) else { return false }
        record.operation = isUpdate ? .update : isInsert ? .insert : .delete
        position += count
        return true
    }

    @inline(__always)
    private static func readKind(
        _ bytes: Span<UInt8>, at position: inout Int, into record: inout FlatRecord
    ) -> Bool {
        let (text, count) = name(bytes, at: position)
        switch text {
        case FlatName.tick.rawValue: record.kind = .tick
        case FlatName.trade.rawValue: record.kind = .trade
        default:
            guard bytes.word(at: position) == domDelta, bytes[position + 8] == UInt8(ascii: "a") else {
                return false
            }
            record.kind = .depth
            position += 9
            return true
        }
        position += count
        return true
    }

    @inline(__always)
    private static func isOne(_ text: UInt64, _ first: FlatName, _ second: FlatName, _ third: FlatName)
        -> Bool
    {
        min(text ^ first.rawValue, text ^ second.rawValue, text ^ third.rawValue) == 0
    }

    /// The first eight letters of `dom_delta`.
    private static let domDelta: UInt64 = 0x746C_6564_5F6D_6F64

    /// The lower-case letters at `position`, at most seven.
    @inline(__always)
    private static func name(_ bytes: Span<UInt8>, at position: Int) -> (text: UInt64, count: Int) {
        let word = bytes.word(at: position)
        // A byte below 0x40 (quote, comma, line end) ends the name; letters have bit 6 set.
        let ends = ~word & 0x4040_4040_4040_4040
        guard ends != 0 else { return (0, 0) }
        let count = ends.trailingZeroBitCount / 8
        return (word & ((1 << UInt64(8 * count)) &- 1), count)
    }
}

/// Names of enumeration values as they lie in memory, least byte first.
enum FlatName: UInt64, CaseIterable {
    case buy = 0x79_7562
    case sell = 0x6C6C_6573
    case unknown = 0x6E_776F_6E6B_6E75
    case bid = 0x64_6962
    case ask = 0x6B_7361
    case insert = 0x7472_6573_6E69
    case update = 0x6574_6164_7075
    case delete = 0x6574_656C_6564
    case tick = 0x6B63_6974
    case trade = 0x65_6461_7274
}
