/// Numbers of the format `tradingd.journal/1`: see docs/journal.md.
///
/// A file is a header and then blocks; everything is little-endian and a multiple of 64 bytes long.
public enum JournalFormat {
    /// Name and version.
    public static let name = "tradingd.journal/1"
    /// What the name of a journal ends with.
    public static let suffix = ".tdj"
    /// Bytes of a record, and what everything else is rounded up to.
    public static let recordBytes = 64
    /// Bytes of a block that is full, its header included, unless one event alone needs more.
    public static let blockBytes = 65_536
    /// Bytes of a block, at most.
    public static let longestBlock = 1 << 20
    /// Names of instruments in a session, at most: their numbers have 16 bits.
    public static let mostSymbols = 65_535

    /// `TDJOURN1`, as a number.
    static let fileMagic: UInt64 = 0x314E_5255_4F4A_4454
    /// `TDJB`, as a number.
    static let blockMagic: UInt32 = 0x424A_4454
    /// Says which byte of a number comes first.
    static let byteOrder: UInt32 = 0x0102_0304
    static let version: UInt16 = 1
    static let fileHeaderBytes = 64
    static let blockHeaderBytes = 64
    /// Bytes of the description in the header of a file, at most.
    static let longestDescription = 8 << 20
    /// The last moment a recording may tell: before 2262-01-01.
    static let year2262: Int64 = 9_214_646_400_000_000_000

    /// `count` rounded up to whole records.
    static func rounded(_ count: Int) -> Int { (count + recordBytes - 1) & ~(recordBytes - 1) }
}

/// What a record tells. The numbers are part of the format.
enum JournalRecordKind: UInt8 {
    case tick = 1
    case trade = 2
    case domDelta = 3
    case domSnapshot = 4
    case feedStatus = 5
    case system = 6
    case timer = 7
    /// Any other event, in its JSON form.
    case other = 8
    /// Gives an instrument its number in this journal; no event.
    case symbol = 9
}

/// The second byte of a record: who made the event, and two marks.
enum JournalMarks {
    /// Bits of the source.
    static let source: UInt8 = 0x3F
    /// The depth event ends a batch.
    static let endsBatch: UInt8 = 0x40
    /// Trace and span stand in front of what follows the record.
    static let traced: UInt8 = 0x80
    /// Bytes of trace and span.
    static let traceBytes = 24
}

/// Bytes after the last whole block: what a crash, or a write that failed, left behind.
public struct JournalTornTail: Hashable, Sendable, CustomStringConvertible {
    /// Path of the file.
    public let file: String
    /// Whole blocks before it.
    public let blocks: Int
    /// Where it begins.
    public let offset: Int
    /// How many bytes are left out.
    public let bytes: Int

    /// One line for the operator.
    public var description: String {
        "\(file): \(bytes) bytes after block \(blocks) (byte \(offset)) are no whole block and left out"
    }
}

/// Why a journal cannot be read on.
public enum JournalError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file says that it is a journal, but its header cannot be used.
    case header(file: String, reason: String)
    /// A block is damaged or impossible. Blocks count from 1, bytes from the start of the (unpacked) file.
    case block(file: String, block: Int, offset: Int, reason: String)
    /// The files given are not one journal.
    case files(String)
    /// A file cannot be opened or read, or its compressed form is damaged.
    case unreadable(HistoricalLoaderError)

    /// One line for the operator; names the place.
    public var description: String {
        switch self {
        case .header(let file, let reason): "\(file): \(reason)"
        case .block(let file, let block, let offset, let reason):
            "\(file): block \(block) (byte \(offset)): \(reason)"
        case .files(let reason): reason
        case .unreadable(let error): error.description
        }
    }
}

/// What is wrong with a block or a record, before its place is known.
struct JournalFault: Error, Equatable {
    var reason: String

    init(_ reason: String) { self.reason = reason }
}
